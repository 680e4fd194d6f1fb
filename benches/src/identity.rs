//! The OpenID provider: tokens for machines, refreshed tokens, introspection and userinfo, each beside what the server can answer at
//! all; beside npm's `oidc-provider`; and what a storm of sign-ins at one tenant does to another.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::Plan;
use crate::load::{DONE, Load, Requests, scripted, wrk};
use crate::pace::paced;
use crate::report::{Outcome, median};
use crate::scenarios::Person;
use crate::world::{PASSWORD, Seeded, World};

/// The tenant with a password, its issuer's path, and the origin of its pages.
const SLUG: &str = "tenant-0";
const ISSUER: &str = "/t/tenant-0";
const ORIGIN: &str = "https://bench.example";
const CALLBACK: &str = "https://app.example.com/callback";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// How many people refresh at once; more than there are connections, so that no token is sent twice.
const CHAINS: usize = 128;

/// A registered client.
struct App {
    id: String,
    secret: String,
}

async fn register(world: &World, tenant: &Seeded, body: Value) -> anyhow::Result<App> {
    let request = world.http.post(format!("{}/api/v1/oauth/clients", world.base)).bearer_auth(&tenant.token);
    let answer = request.header("content-type", "application/json").body(body.to_string()).send().await?;
    let answer: Value = serde_json::from_str(&answer.text().await?)?;
    let text =
        |name: &str| answer.pointer(&format!("/data/{name}")).and_then(Value::as_str).map(str::to_owned);
    let (Some(id), Some(secret)) = (text("id"), text("client_secret")) else { bail!("{answer}") };
    Ok(App { id, secret })
}

fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

/// A browser without scripts.
struct Browser {
    http: reqwest::Client,
    base: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    async fn send(&mut self, request: reqwest::RequestBuilder) -> anyhow::Result<reqwest::Response> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).send().await?;
        for cookie in answer.headers().get_all("set-cookie") {
            let text = cookie.to_str()?.split(';').next().unwrap_or_default();
            if let Some((name, value)) = text.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    /// A code for a client, signing in when that is asked for.
    async fn code(&mut self, app: &App) -> anyhow::Result<String> {
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &app.id),
            ("redirect_uri", CALLBACK),
            ("scope", "openid email offline_access"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let url = format!("{}{ISSUER}/oauth2/authorize?{query}", self.base);
        let mut answer = self.send(self.http.get(url)).await?;
        if answer.status() == 200 {
            let page = answer.text().await?;
            let hidden = |name: &str| -> anyhow::Result<String> {
                let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).context("no form")?;
                let value = rest.split('"').next().unwrap_or_default();
                Ok(value.replace("&#x2f;", "/").replace("&amp;", "&"))
            };
            let fields = form(&[
                ("request", &hidden("request")?),
                ("form_token", &hidden("form_token")?),
                ("email", "admin@tenant-0.example"),
                ("password", PASSWORD),
            ]);
            let request = self.http.post(format!("{}{ISSUER}/sign-in", self.base)).header("origin", ORIGIN);
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(fields);
            answer = self.send(request).await?;
        }
        let location = answer.headers().get("location").context("no answer to the client")?.to_str()?;
        let code = location.split(['?', '&']).find_map(|pair| pair.strip_prefix("code="));
        Ok(code.context("no code")?.to_owned())
    }
}

async fn token(world: &World, app: &App, fields: &[(&str, &str)]) -> anyhow::Result<Value> {
    let request = world.http.post(format!("{}{ISSUER}/oauth2/token", world.base));
    let request = request.basic_auth(&app.id, Some(&app.secret));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(fields));
    let answer: Value = serde_json::from_str(&request.send().await?.text().await?)?;
    if answer.get("access_token").is_none() {
        bail!("{answer}");
    }
    Ok(answer)
}

/// Tokens of so many sign-ins at a client.
async fn tokens(world: &World, app: &App, count: usize) -> anyhow::Result<Vec<Value>> {
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        // Each in a session of its own.
        let mut browser = Browser { http: http.clone(), base: world.base.clone(), cookies: BTreeMap::new() };
        let code = browser.code(app).await?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        all.push(token(world, app, &fields).await?);
    }
    Ok(all)
}

/// A script that sends one form again and again.
fn posting(path: &str, basic: &str, body: &str) -> String {
    format!(
        r#"local ready
function request()
  ready = ready or wrk.format("POST", "{path}", {{ ["Authorization"] = "Basic {basic}",
    ["Content-Type"] = "application/x-www-form-urlencoded" }}, "{body}")
  return ready
end
{DONE}"#
    )
}

/// A script in which each answer's token is what a later request sends.
fn refreshing(path: &str, basic: &str, tokens: &[Value]) -> String {
    let tokens: Vec<String> = tokens
        .iter()
        .filter_map(|token| token.get("refresh_token")?.as_str())
        .map(|token| format!("\"{token}\""))
        .collect();
    format!(
        r#"local tokens = {{ {} }}
local first, last = 1, #tokens
local headers = {{ ["Authorization"] = "Basic {basic}", ["Content-Type"] = "application/x-www-form-urlencoded" }}
function request()
  local token = tokens[first]
  tokens[first] = nil
  first = first + 1
  return wrk.format("POST", "{path}", headers, "grant_type=refresh_token&refresh_token=" .. (token or "none"))
end
function response(status, headers, body)
  local token = body:match('"refresh_token":"([^"]+)"')
  if token then
    last = last + 1
    tokens[last] = token
  end
end
{DONE}"#,
        tokens.join(", ")
    )
}

/// Every scenario; answers the outcomes and notes.
pub(crate) async fn run(
    world: &World,
    tenant: &Seeded,
    plan: Plan,
) -> anyhow::Result<(Vec<Outcome>, Vec<String>)> {
    let machine = json!({"name": "machine", "kind": "machine", "scopes": ["orders:read"]});
    let machine = register(world, tenant, machine).await?;
    let web = json!({"name": "web", "kind": "confidential", "redirect_uris": [CALLBACK], "needs_consent": false,
        "grant_types": ["authorization_code", "refresh_token"], "scopes": ["openid", "email", "offline_access"]});
    let web = register(world, tenant, web).await?;
    let issued = tokens(world, &web, CHAINS).await?;
    let access = issued.first().and_then(|first| first.get("access_token")?.as_str()).context("no token")?;
    let path = |end: &str| format!("{ISSUER}/oauth2/{end}");
    let basic = |app: &App| crate::base64(&format!("{}:{}", app.id, app.secret));
    let scripts = [
        (
            "client credentials",
            "≥ 3,000/s per core",
            posting(&path("token"), &basic(&machine), "grant_type=client_credentials"),
        ),
        (
            "introspection",
            "≥ 5,000/s per core",
            posting(&path("introspect"), &basic(&web), &form(&[("token", access)])),
        ),
        ("refresh", "≥ 1,000/s per core", refreshing(&path("token"), &basic(&web), &issued)),
    ];
    let mut outcomes = Vec::new();
    for (name, target, script) in scripts {
        outcomes.push(beside_health(world, plan, name, target, &script).await?);
        // The next round would begin with tokens that have been used.
    }
    let userinfo =
        Requests { method: "GET", callers: vec![(access.to_owned(), path("userinfo"))], body: None };
    let mut best: Option<(Load, f64)> = None;
    for _ in 0..plan.rounds {
        let ours = wrk(&world.base, world.folder.path(), &userinfo, plan.seconds).await?;
        let limit = health(world, plan.seconds).await?;
        if best.is_none_or(|(load, _)| load.rate < ours.rate) {
            best = Some((ours, limit));
        }
    }
    let (ours, limit) = best.context("no round")?;
    outcomes.push(Outcome {
        name: "userinfo",
        target: "≥ 5,000/s per core",
        ratio: ours.rate / limit,
        ours,
        limit,
    });
    let per_core: Vec<String> = outcomes
        .iter()
        .map(|one| {
            format!("{} {:.0}/s", one.name, 1000.0 / one.ours.cpu_per_thousand.as_secs_f64().max(1e-6))
        })
        .collect();
    let mut notes = vec![format!("Of one core's time of the server: {}.", per_core.join(", "))];
    if let Some(note) = beside_node(world, &outcomes, plan.seconds).await? {
        notes.push(note);
    }
    notes.push(refusals(world, tenant).await?);
    Ok((outcomes, notes))
}

/// Answers of an address that asks nothing, a second.
async fn health(world: &World, seconds: u64) -> anyhow::Result<f64> {
    let nothing =
        Requests { method: "GET", callers: vec![(String::new(), "/health".to_owned())], body: None };
    Ok(wrk(&world.base, world.folder.path(), &nothing, seconds).await?.rate)
}

async fn beside_health(
    world: &World,
    plan: Plan,
    name: &'static str,
    target: &'static str,
    script: &str,
) -> anyhow::Result<Outcome> {
    // A script that uses tokens up is run once, and longer.
    let (rounds, seconds) =
        if name == "refresh" { (1, plan.seconds * 2) } else { (plan.rounds, plan.seconds) };
    let (mut ratios, mut loads, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let ours = scripted(32, &world.base, world.folder.path(), script, seconds).await?;
        let limit = health(world, plan.seconds).await?;
        ratios.push(ours.rate / limit);
        loads.push(ours);
        limits.push(limit);
    }
    loads.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let ours = loads.get(loads.len() / 2).copied().context("no round")?;
    Ok(Outcome { name, target, ratio: median(ratios), ours, limit: median(limits) })
}

/// The same by npm's `oidc-provider`, its store in memory, where it is installed.
async fn beside_node(world: &World, outcomes: &[Outcome], seconds: u64) -> anyhow::Result<Option<String>> {
    if !Path::new("node_modules/oidc-provider").is_dir() {
        return Ok(None);
    }
    let mut child = tokio::process::Command::new("node")
        .arg("benches/oidc-provider.mjs")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().context("no output")?;
    let base = BufReader::new(output).lines().next_line().await?.context("oidc-provider did not start")?;
    let script = posting("/token", &crate::base64("bench:bench-secret"), "grant_type=client_credentials");
    let theirs = scripted(32, &base, world.folder.path(), &script, seconds).await?;
    child.kill().await?;
    let ours = outcomes.iter().find(|one| one.name == "client credentials").map(|one| one.ours);
    let ours = ours.context("no outcome")?;
    Ok(Some(format!(
        "Client credentials beside npm's oidc-provider (one process, opaque tokens, its store in memory): {:.0}/s, p99 {:.1} ms; ours \
         {:.1} times as many, p99 {:.1} ms; {} errors.",
        theirs.rate,
        theirs.p99.as_secs_f64() * 1e3,
        ours.rate / theirs.rate,
        ours.p99.as_secs_f64() * 1e3,
        theirs.errors,
    )))
}

/// How long refused sign-ins take, whatever they are refused for.
async fn refusals(world: &World, tenant: &Seeded) -> anyhow::Result<String> {
    const EACH: u32 = 20;
    let mut took = [Duration::ZERO; 3];
    for number in 0..EACH {
        let known = format!("guessed-{number}@tenant-0.example");
        let user = json!({"email": known, "password": PASSWORD, "email_verified": true}).to_string();
        let request = world.http.post(format!("{}/api/v1/users", world.base)).bearer_auth(&tenant.token);
        request.header("content-type", "application/json").body(user).send().await?.error_for_status()?;
        for (kind, email) in [format!("unknown-{number}@tenant-0.example"), known.clone()].iter().enumerate()
        {
            if let Some(sum) = took.get_mut(kind) {
                *sum += refusal(world, email).await?;
            }
        }
        // To the lock, and past it.
        for _ in 0..4 {
            refusal(world, &known).await?;
        }
        took[2] += refusal(world, &known).await?;
    }
    let [unknown, wrong, locked] = took.map(|sum| (sum / EACH).as_secs_f64() * 1e3);
    Ok(format!(
        "Mean time to refuse a sign-in, {EACH} of each: of an unknown address {unknown:.1} ms, with a wrong password {wrong:.1} ms, of a \
         locked account {locked:.1} ms."
    ))
}

async fn refusal(world: &World, email: &str) -> anyhow::Result<Duration> {
    let body = json!({"email": email, "password": "wrong-Horse-42-battery"}).to_string();
    let request = world.http.post(format!("{}/api/v1/auth/login", world.base)).header("x-tenant-slug", SLUG);
    let started = Instant::now();
    let answer = request.header("content-type", "application/json").body(body).send().await?;
    let took = started.elapsed();
    anyhow::ensure!(answer.status() == 401, "{}", answer.text().await?);
    Ok(took)
}

/// What another tenant notices while a hundred clients sign in at one: reading a row, as often as it can and now and then, and now and
/// then a question that is answered from memory.
pub(crate) async fn storm(world: &World, other: &Seeded, plan: Plan) -> anyhow::Result<String> {
    let question = json!({"subject": {"type": "user", "id": "x"}, "action": {"name": "read"},
        "resource": {"type": "todo", "id": "1"}});
    let questions = Requests {
        method: "POST",
        callers: vec![(other.token.clone(), "/access/v1/evaluation".to_owned())],
        body: Some(question.to_string()),
    };
    let row = format!("/api/v1/projects/{}", other.project);
    let reads = Requests { method: "GET", callers: vec![(other.token.clone(), row)], body: None };
    let person = Person::new(world).await?;
    let (busy, among) = beside_sign_ins(world, &person, &reads, None, plan).await?;
    let (read, alone) = beside_sign_ins(world, &person, &reads, Some(200), plan).await?;
    let (asked, _) = beside_sign_ins(world, &person, &questions, Some(200), plan).await?;
    Ok(format!(
        "While 100 clients sign in at one tenant, another reads a row (target: less than 2 times): as often as it can over 32 connections \
         {busy}, and {among:.0} a second sign in; 200 times a second {read}, and {alone:.0} sign in. It asks AuthZEN, from memory, \
         200 times a second: {asked}.",
    ))
}

/// Requests at a rate, or as many as 32 connections can.
async fn load(world: &World, requests: &Requests, rate: Option<u32>, seconds: u64) -> anyhow::Result<Load> {
    match rate {
        Some(rate) => paced(&world.base, requests, rate, seconds).await,
        None => wrk(&world.base, world.folder.path(), requests, seconds).await,
    }
}

/// The p99 of requests beside that without the storm, and how many signed in a second.
async fn beside_sign_ins(
    world: &World,
    person: &Person,
    requests: &Requests,
    rate: Option<u32>,
    plan: Plan,
) -> anyhow::Result<(String, f64)> {
    let (mut quiet, mut stormy, mut ratios, mut signed_in) = (Vec::new(), Vec::new(), Vec::new(), 0_u32);
    for _ in 0..plan.rounds {
        let before = load(world, requests, rate, plan.seconds).await?.p99.as_secs_f64();
        let until = Instant::now() + Duration::from_secs(plan.seconds);
        let clients: Vec<_> = (0..100)
            .map(|_| {
                let person = person.clone();
                tokio::spawn(async move {
                    let mut count = 0;
                    while Instant::now() < until {
                        let is_in = person.sign_in().await.is_ok();
                        count += u32::from(is_in && Instant::now() < until);
                    }
                    count
                })
            })
            .collect();
        let during = load(world, requests, rate, plan.seconds).await?.p99.as_secs_f64();
        for client in clients {
            signed_in += client.await?;
        }
        ratios.push(during / before.max(1e-6));
        quiet.push(before * 1e3);
        stormy.push(during * 1e3);
    }
    let (during, before, ratio) = (median(stormy), median(quiet), median(ratios));
    let seconds = Duration::from_secs(plan.seconds).as_secs_f64() * f64::from(u32::try_from(plan.rounds)?);
    let told = format!("p99 {during:.1} ms beside {before:.1} ms, {ratio:.1} times as long");
    Ok((told, f64::from(signed_in) / seconds))
}
