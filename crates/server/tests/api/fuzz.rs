//! Nonsense, thousands of times: the answer is never the server's fault, and the server lives on.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenantry_kernel::Rng;
use tenantry_testkit::World;

use crate::operation::{Operation, Place};
use crate::request::{Ids, Maker, key, sample};
use crate::wire::{Ask, Reply, Wire, random_id};

/// How many requests at most, and how long at most.
const MOST: usize = 4000;
const LONGEST: Duration = Duration::from_secs(15);

/// Repeatable choices.
struct Dice(Rng);

impl Dice {
    fn below(&self, most: usize) -> usize {
        usize::try_from(u64::from_be_bytes(self.0.bytes()) % u64::try_from(most).unwrap()).unwrap()
    }

    fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn one_in(&self, most: usize) -> bool {
        self.below(most) == 0
    }

    fn text(&self) -> String {
        const ALPHABET: &[char] = &[
            'a', 'Z', '0', '9', ' ', '"', '\\', '\'', '%', '&', '=', '?', '#', '/', '.', ':', ';', '{', '}',
            '[', ']', '<', '>', '$', '-', '_', '@', '+', '*', '~', '|', ',', '\n', '\t', '\u{7f}', 'ä', 'ß',
            '€', '漢', '\u{202e}', '🦀', '\u{feff}',
        ];
        (0..self.below(40)).map(|_| *self.pick(ALPHABET)).collect()
    }

    /// Something that is nearly an id, a number, a date, a cursor or a word of SQL.
    fn word(&self) -> String {
        let known = [
            "null",
            "true",
            "-1",
            "0",
            "9223372036854775808",
            "1e999",
            "NaN",
            "2026-02-30",
            "2026-11-05T12:00:00Z",
            "-009999-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
            "+012345-01-01T00:00:00Z",
            "' OR 1=1 --",
            "%",
            "\\",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "f_________8AAAAAAAAAAAAAAAAAAAAA",
            "active",
            "-created_at",
            "20",
            "100",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "../../etc/passwd",
            "platform",
            "0123456789abcdef0123456789abcdef",
        ];
        match self.below(5) {
            0 => self.text(),
            1 => random_id(),
            2 => random_id()[..self.below(36)].to_owned(),
            _ => (*self.pick(&known)).to_owned(),
        }
    }

    /// Something that is nearly a word or a token of the OpenID provider.
    fn field(&self) -> String {
        let known = [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAifQ.",
            "ort_00000000000000000000000000000000.00000000000000000000000000000000.0.AAAA",
            "00000000000000000000000000000000.secret",
            "code",
            "openid profile",
            "https://app.example.com/callback",
            "response_type=code&client_id=00000000-0000-0000-0000-000000000000",
        ];
        if self.one_in(2) { self.word() } else { (*self.pick(&known)).to_owned() }
    }

    fn value(&self, depth: usize) -> Value {
        match self.below(if depth == 0 { 7 } else { 10 }) {
            0 => Value::Null,
            1 => json!(self.one_in(2)),
            2 => json!(i64::from_be_bytes(self.0.bytes())),
            3 => json!(f64::from_bits(u64::from_be_bytes(self.0.bytes()))),
            4 | 5 => json!(self.word()),
            6 => json!("x".repeat(self.below(12_000))),
            7 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => Value::Object((0..self.below(4)).map(|_| (self.word(), self.value(depth - 1))).collect()),
        }
    }

    /// A valid body with something wrong in it, or nothing valid at all.
    fn body(&self, schema: Option<&str>) -> Value {
        let Some(mut body) = schema.and_then(|schema| sample(schema, "nonsense")) else {
            return self.value(3);
        };
        let names: Vec<String> = body.as_object().unwrap().keys().cloned().collect();
        match self.below(4) {
            0 => body[self.pick(&names)] = self.value(3),
            1 => body[self.word()] = self.value(2),
            2 => drop(body.as_object_mut().unwrap().remove(self.pick(&names))),
            _ => return self.value(3),
        }
        body
    }

    fn header(&self) -> (&'static str, String) {
        let names = [
            "host",
            "x-tenant-id",
            "x-tenant-slug",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "x-request-id",
            "last-event-id",
            "accept-encoding",
            "origin",
            "x-forwarded-for",
            "user-agent",
            "accept",
            "cookie",
            "range",
            "expect",
        ];
        let value: String = self.word().chars().filter(|c| !c.is_control()).collect();
        let name = *self.pick(&names);
        // The client itself keeps to the form of a host.
        let is_fine = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-' || c == ':';
        (name, if name == "host" { value.chars().filter(|c| is_fine(*c)).collect() } else { value })
    }
}

/// A request of an operation, with this and that turned into nonsense.
fn nonsense(dice: &Dice, a: &Maker<'_>, operation: &Operation) -> Ask {
    let mut ids = Ids::new();
    for id in &operation.ids {
        let value = if dice.one_in(2) { random_id() } else { dice.word() };
        ids.insert(key(&id.place), escaped(&value));
    }
    let mut path = operation.path.replace("{tenant}", if dice.one_in(4) { "beta" } else { &a.slug });
    for id in &operation.ids {
        if let Place::Path(name) = &id.place {
            path = path.replace(&format!("{{{name}}}"), &ids[&key(&id.place)]);
        }
    }
    let parameters = [
        "limit", "cursor", "sort", "status", "count", "owner_id", "from", "to", "search", "type", "after",
        "tenant",
    ];
    let own = operation.query.iter().map(String::as_str);
    let parameters: Vec<&str> = parameters.into_iter().chain(own).collect();
    let query: Vec<String> =
        (0..dice.below(4)).map(|_| format!("{}={}", dice.pick(&parameters), escaped(&dice.word()))).collect();
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    if dice.one_in(20) {
        path.insert_str(dice.below(8), &escaped(&dice.word()));
        path.insert(0, '/');
    }
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"];
    let method = if dice.one_in(12) { *dice.pick(&methods) } else { operation.method.as_str() };
    let mut ask = Ask::new(method, path).by(if dice.one_in(8) { None } else { a.admin.token.as_deref() });
    for _ in 0..dice.below(3) {
        let (name, value) = dice.header();
        ask = ask.header(name, &value);
    }
    if !operation.form.is_empty() {
        let field = |_| format!("{}={}", dice.pick(&operation.form), escaped(&dice.field()));
        let fields: Vec<String> = (0..dice.below(8)).map(field).collect();
        ask.form = Some(fields.join("&"));
    } else if operation.body.is_some() || dice.one_in(10) {
        ask.body = Some(dice.body(operation.body.as_deref()));
    }
    ask
}

/// As a part of a URL.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_never_the_servers_fault() {
    let world = World::new().await;
    let (dice, wire, a) = (Dice(Rng::seeded(20_261_105)), Wire::to(&world), Maker::in_a(&world).await);
    let mut operations = Operation::all("/");
    // Signing out would end the run, a stream would hold it up, and sign-in is as slow as it should be.
    operations.retain(|one| !["/auth/logout", "/events/stream"].iter().any(|end| one.path.ends_with(end)));
    let (started, mut count, mut faults, mut authorised) = (Instant::now(), 0, Vec::new(), 0);
    while count < MOST && started.elapsed() < LONGEST {
        let asks: Vec<Ask> = (0..16).map(|_| nonsense(&dice, &a, dice.pick(&operations))).collect();
        let replies = futures_util::future::join_all(asks.iter().map(|ask| wire.send(ask))).await;
        for (ask, reply) in asks.iter().zip(replies) {
            authorised += usize::from(reply.status != 401);
            faults.extend(fault(ask, &reply));
        }
        count += asks.len();
    }
    assert!(faults.is_empty(), "{} of {count}\n{}", faults.len(), faults.join("\n"));
    assert!(count > 500 && authorised * 2 > count, "{authorised} of {count} got past the door");
    a.admin.get("/api/v1/auth/me").await.expect(200);
    drop(a);
    world.end().await;
}

/// What is wrong with an answer.
fn fault(ask: &Ask, reply: &Reply) -> Option<String> {
    let is_ours = reply.status >= 500;
    let is_problem =
        reply.headers.get("content-type").is_some_and(|media| media == "application/problem+json");
    let needs_problem =
        (400..500).contains(&reply.status) && ask.method != "HEAD" && ask.path.starts_with("/api/v1");
    let has_id = reply.headers.contains_key("x-request-id")
        || !ask.path.starts_with("/api/v1")
        || ask.method == "OPTIONS";
    let is_wrong = is_ours || needs_problem && !is_problem || !has_id;
    is_wrong.then(|| {
        format!(
            "{} {} {:?} {:?}\n  {} {}",
            ask.method, ask.path, ask.headers, ask.body, reply.status, reply.text
        )
    })
}
