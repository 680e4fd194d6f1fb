//! Messages: written with a change, sealed until they are sent, sent by SMTP or captured.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tenantry_db::{Change, Origin, Purpose, TenantDb};
use tenantry_kernel::RequestId;
use tenantry_messages::{Language, Letter, Message};
use tenantry_tenancy::Isolation;
use tenantry_testkit::{Options, World};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail server that answers `RCPT` with these replies in turn, and then takes everything.
struct Server {
    port: u16,
    received: Arc<Mutex<Vec<String>>>,
    refusals: Refusals,
}

type Refusals = Arc<Mutex<Vec<&'static str>>>;

impl Server {
    async fn start(refusals: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received: Arc<Mutex<Vec<String>>> = Arc::default();
        let refusals: Refusals = Arc::new(Mutex::new(refusals.iter().rev().copied().collect()));
        let (into, left) = (Arc::clone(&received), Arc::clone(&refusals));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&into), Arc::clone(&left)));
            }
        });
        Self { port, received, refusals }
    }

    async fn world(&self) -> World {
        let setting = |key: &str, value: String| (key.to_owned(), value);
        let settings = vec![
            setting("mail.smtp_url", format!("smtp://127.0.0.1:{}", self.port)),
            setting("mail.from", "Tenantry <no-reply@tenantry.example>".to_owned()),
            setting("jobs.poll_ms", "100".to_owned()),
        ];
        World::with(Options { settings, isolation: Isolation::Pooled, ..Options::default() }).await
    }

    async fn first(&self) -> String {
        for _ in 0..400 {
            if let Some(mail) = self.received.lock().unwrap().first() {
                return mail.clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("no mail came");
    }
}

/// The server's side of RFC 5321, as far as one client needs it.
async fn converse(stream: TcpStream, received: Arc<Mutex<Vec<String>>>, refusals: Refusals) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
    let mut said = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250 mail.example".to_owned(),
            "RCPT" => refusals.lock().unwrap().pop().unwrap_or("250 ok").to_owned(),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    said.push_str(&line);
                    said.push('\n');
                }
                received.lock().unwrap().push(std::mem::take(&mut said));
                "250 taken".to_owned()
            }
            "QUIT" => return,
            _ => "250 ok".to_owned(),
        };
        if line.starts_with("MAIL") || line.starts_with("RCPT") {
            said.push_str(&line);
            said.push('\n');
        }
        write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
    }
}

async fn scope(world: &World) -> TenantDb {
    let parts = &world.nodes[0].parts;
    let placement = parts.placements.of(world.a.id).await.unwrap().unwrap();
    let tools = &parts.tools;
    let id = RequestId::new(&tools.clock, &tools.rng);
    parts.authority.enter(&placement, Purpose::Job, Origin::system(id, tools.clock.now(), "test:post"))
}

fn message() -> Message {
    let letter = Letter::new("Grüße").paragraph("Your secret is xylophone.").code("424242");
    Message::mail("ann@amaranth.example", "test", Language::German, &letter).unwrap()
}

async fn post(world: &World, message: Message) {
    let mut tx = scope(world).await.begin().unwrap();
    world.nodes[0].parts.messages.post(&mut tx, message).await.unwrap();
    tx.commit(Change::named("test", None, "posted", json!({})), ()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_out_by_smtp_and_is_tried_again() {
    let server = Server::start(&["451 not now"]).await;
    let world = server.world().await;
    post(&world, message()).await;
    let mail = server.first().await;
    for part in [
        "MAIL FROM:<no-reply@tenantry.example>",
        "RCPT TO:<ann@amaranth.example>",
        "From: Tenantry <no-reply@tenantry.example>",
        "To: ann@amaranth.example",
        "Auto-Submitted: auto-generated",
        "Your secret is xylophone.",
        "424242",
        "multipart/alternative",
    ] {
        assert!(mail.contains(part), "{part} is not in\n{mail}");
    }
    assert!(server.refusals.lock().unwrap().is_empty(), "the first attempt was put off");

    // Nothing of it is kept in plain text, and the development page is not there.
    let row = "SELECT string_agg(payload::text || coalesce(last_error, ''), ' ') FROM app.jobs WHERE kind = 'messages.send'";
    let kept: String = world.database.admin().await.query_one(row, &[]).await.unwrap().get(0);
    let trail = world.admin_a().await.get("/api/v1/audit/logs?limit=100").await.expect(200).text;
    for secret in ["xylophone", "424242", "ann@", "Grüße"] {
        assert!(!kept.contains(secret) && !trail.contains(secret), "{secret}\n{kept}\n{trail}");
    }
    world.client().get("/dev/mailbox").await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_mail_server_refuses_for_good_is_a_dead_letter_at_once() {
    let server = Server::start(&["550 no such ann@amaranth.example"]).await;
    let world = server.world().await;
    post(&world, message()).await;
    let admin = world.admin_a().await;
    for attempt in 0.. {
        let dead = admin.get("/api/v1/jobs?state=dead").await.expect(200);
        if let Some(letter) = dead.body["data"].as_array().unwrap().first() {
            assert_eq!((&letter["kind"], &letter["attempts"]), (&json!("messages.send"), &json!(1)));
            assert_eq!(letter["last_error"], "the mail server has refused the message (550)");
            break;
        }
        assert!(attempt < 400, "no dead letter");
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert!(server.received.lock().unwrap().is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_a_change_that_did_not_happen_is_not_sent() {
    let world = World::new().await;
    let mut tx = scope(&world).await.begin().unwrap();
    let messages = &world.nodes[0].parts.messages;
    messages.post(&mut tx, message()).await.unwrap();
    drop(tx);
    let late = world.nodes[0].parts.tools.clock.now() - jiff::SignedDuration::from_secs(1);
    post(&world, message().until(late)).await;
    let other = Message::sms("+1234567890", "code", Language::English, "Your code is 171717").unwrap();
    post(&world, other).await;
    assert_eq!(world.message_to("+1234567890", "code").await.message.text, "Your code is 171717");
    assert_eq!(world.messages().len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mailbox_page_is_for_this_machine_alone() {
    let world = World::new().await;
    post(&world, message()).await;
    world.message_to("ann@amaranth.example", "test").await;
    let page = world.client().get("/dev/mailbox").await.expect(200);
    assert!(page.text.contains("Your secret is xylophone."), "{}", page.text);
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let port = world.nodes[0].address.port();
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("host", "evil.example"),
        ("host", &format!("alpha.localhost:{port}")),
    ] {
        let refused = world.client().header(name, value).get("/dev/mailbox").await.expect(404);
        assert!(!refused.text.contains("xylophone"), "{name}");
    }
    world.end().await;
}
