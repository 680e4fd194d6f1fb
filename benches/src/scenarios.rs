//! The scenarios.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::load::{Load, Requests, wrk};
use crate::report::{Outcome, median, page};
use crate::world::{PASSWORD, Seeded, World};
use crate::{Plan, machine};

const COLUMNS: &str =
    "id, name, description, status, owner_id, version, created_at, updated_at, created_by, updated_by";
/// A UUIDv7 in SQL, so that the limit writes keys as local as ours.
const UUID: &str = "overlay(gen_random_uuid()::text placing substr(lpad(to_hex((extract(epoch from \
                    clock_timestamp()) * 1000)::bigint), 12, '0'), 1, 8) || '-' || substr(lpad(to_hex((extract(epoch \
                    from clock_timestamp()) * 1000)::bigint), 12, '0'), 9, 4) from 1 for 13)::uuid";
const BODY: &str = r#"{"name":"Harbour extension","description":"North quay, second berth"}"#;

/// Run everything; answers the report.
///
/// With `only`, just the scenarios whose names begin so.
pub(crate) async fn run(plan: Plan, only: Option<&str>) -> anyhow::Result<String> {
    let is_wanted = |name: &str| only.is_none_or(|only| name.starts_with(only));
    let mut notes = Vec::new();
    let world = World::start().await?;
    notes.push(format!("Resident memory after the start, idle: {:.0} MB.", machine::resident_mb()));
    let one = world.seed(0, 1).await?;
    let first = one.first().ok_or_else(|| anyhow::anyhow!("no tenant"))?.clone();
    more_projects(&world, &first).await?;
    world.analyze().await?;
    let mut outcomes = Vec::new();
    if is_wanted("read") {
        outcomes.push(read(&world, &first, plan).await?);
    }
    if is_wanted("list") {
        outcomes.push(list(&world, &first, plan).await?);
    }
    if is_wanted("write") {
        outcomes.push(write(&world, &first, plan).await?);
    }
    if is_wanted("sign-in") {
        outcomes.push(sign_in(&world, plan).await?);
    }
    if is_wanted("identity") {
        let (more, told) = Box::pin(crate::identity::run(&world, &first, plan)).await?;
        outcomes.extend(more);
        notes.extend(told);
    }
    if is_wanted("storm") {
        let apart = world.seed(2_000_000, 2_000_001).await?;
        if let Some(apart) = apart.first() {
            notes.push(crate::identity::storm(&world, apart, plan).await?);
        }
    }
    if is_wanted("decisions") {
        // In a tenant of its own, so that the others stay without policies.
        let apart = world.seed(1_000_000, 1_000_001).await?;
        if let Some(apart) = apart.first() {
            notes.extend(crate::access::decisions(&world, apart, plan.seconds).await?);
        }
    }
    if is_wanted("tenants") {
        outcomes.extend(Box::pin(many(world, one, plan, &mut notes)).await?);
    }
    Ok(page(&outcomes, &notes))
}

async fn more_projects(world: &World, tenant: &Seeded) -> anyhow::Result<()> {
    for _ in 0..200 {
        let request = world.http.post(format!("{}/api/v1/projects", world.base)).bearer_auth(&tenant.token);
        request.header("content-type", "application/json").body(BODY).send().await?.error_for_status()?;
    }
    Ok(())
}

/// Halves of rounds in turn: ours, the limit, ours, …
async fn rounds(
    world: &World,
    plan: Plan,
    requests: &Requests,
    statements: &[String],
) -> anyhow::Result<(f64, Load, f64)> {
    let (mut ratios, mut loads, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    wrk(&world.base, world.folder.path(), requests, 1).await?;
    for _ in 0..plan.rounds {
        let ours = wrk(&world.base, world.folder.path(), requests, plan.seconds).await?;
        let limit = world.pgbench.rate(statements, plan.seconds).await?;
        ratios.push(ours.rate / limit);
        loads.push(ours);
        limits.push(limit);
    }
    loads.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let middle = loads.get(loads.len() / 2).copied().ok_or_else(|| anyhow::anyhow!("no round"))?;
    Ok((median(ratios), middle, median(limits)))
}

fn begin(tenant: &Seeded, begin: &str) -> Vec<String> {
    vec![format!("{begin};"), format!("SET LOCAL app.tenant_id = '{}';", tenant.id)]
}

async fn read(world: &World, tenant: &Seeded, plan: Plan) -> anyhow::Result<Outcome> {
    let path = format!("/api/v1/projects/{}", tenant.project);
    let requests = Requests { method: "GET", callers: vec![(tenant.token.clone(), path)], body: None };
    let mut statements = begin(tenant, "BEGIN READ ONLY");
    statements.push(format!(
        "SELECT {COLUMNS} FROM projects WHERE tenant_id = '{}' AND id = '{}';",
        tenant.id, tenant.project
    ));
    statements.push("COMMIT;".into());
    let (ratio, ours, limit) = rounds(world, plan, &requests, &statements).await?;
    Ok(Outcome { name: "read by id", target: "≥ 0.45, aim 0.60", ratio, ours, limit })
}

async fn list(world: &World, tenant: &Seeded, plan: Plan) -> anyhow::Result<Outcome> {
    let callers = vec![(tenant.token.clone(), "/api/v1/projects?limit=20".to_owned())];
    let requests = Requests { method: "GET", callers, body: None };
    let mut statements = begin(tenant, "BEGIN READ ONLY");
    statements.push(format!(
        "SELECT {COLUMNS} FROM projects WHERE tenant_id = '{}' ORDER BY created_at DESC, id DESC LIMIT 21;",
        tenant.id
    ));
    statements.push("COMMIT;".into());
    let (ratio, ours, limit) = rounds(world, plan, &requests, &statements).await?;
    Ok(Outcome { name: "list of 20", target: "≥ 0.45", ratio, ours, limit })
}

async fn write(world: &World, tenant: &Seeded, plan: Plan) -> anyhow::Result<Outcome> {
    let callers = vec![(tenant.token.clone(), "/api/v1/projects".to_owned())];
    let requests = Requests { method: "POST", callers, body: Some(BODY.to_owned()) };
    let (t, data) = (
        tenant.id,
        r#"{"name": "Harbour extension", "status": "active", "description": "North quay, second berth"}"#,
    );
    let owner =
        format!("(SELECT owner_id FROM projects WHERE tenant_id = '{t}' AND id = '{}')", tenant.project);
    let mut statements = begin(tenant, "BEGIN");
    statements.push("SELECT pg_try_advisory_xact_lock((random() * 1e18)::bigint);".into());
    statements.push(format!(
        "SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE tenant_id = '{t}' AND key = 'no such key';"
    ));
    statements.push(format!(
        "INSERT INTO projects (tenant_id, id, name, description, status, owner_id, version, created_at, updated_at, created_by, \
         updated_by) SELECT '{t}', {UUID}, 'Harbour extension', 'North quay, second berth', 'active', o, 1, now(), now(), o, o \
         FROM {owner} AS x(o);"
    ));
    statements.push(format!(
        "INSERT INTO outbox (tenant_id, id, type, aggregate_type, aggregate_id, aggregate_version, actor_id, request_id, data, at) \
         VALUES ('{t}', {UUID}, 'tenantry.project.created', 'project', {UUID}, 1, {UUID}, {UUID}, '{data}', now());"
    ));
    statements.push(format!(
        "INSERT INTO audit_log (tenant_id, id, at, actor_type, actor_id, session_id, action, outcome, resource_type, resource_id, \
         new_values, ip, request_id) VALUES ('{t}', {UUID}, now(), 'user', {UUID}, {UUID}, 'projects.create', 'success', \
         'project', {UUID}, '{data}', '127.0.0.1', {UUID});"
    ));
    statements.push(format!(
        "INSERT INTO idempotency_keys (tenant_id, key, fingerprint, status, headers, body, created_at) VALUES ('{t}', \
         {UUID}::text, decode(md5('x') || md5('y'), 'hex'), 201, '[[\"etag\", \"1\"]]', convert_to(repeat('x', 370), 'UTF8'), now());"
    ));
    statements.push("COMMIT;".into());
    let (ratio, ours, limit) = rounds(world, plan, &requests, &statements).await?;
    Ok(Outcome {
        name: "write (audit, event, idempotency)", target: "≥ 0.55, aim 0.70", ratio, ours, limit
    })
}

async fn sign_in(world: &World, plan: Plan) -> anyhow::Result<Outcome> {
    let (mut ratios, mut rates, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    let mut latencies: Vec<Duration> = Vec::new();
    let before = machine::cpu();
    let mut signed_in = 0_u32;
    for _ in 0..plan.rounds {
        let (count, mut took) = sign_ins(world, plan.seconds).await?;
        #[expect(clippy::cast_precision_loss, reason = "seconds")]
        let rate = f64::from(count) / plan.seconds as f64;
        latencies.append(&mut took);
        signed_in += count;
        let limit = argon2_rate(plan.seconds);
        ratios.push(rate / limit);
        rates.push(rate);
        limits.push(limit);
    }
    latencies.sort();
    let at = |part: usize| latencies.get(latencies.len() * part / 100).copied().unwrap_or_default();
    let used = machine::cpu().saturating_sub(before);
    let ours = Load {
        rate: median(rates),
        p50: at(50),
        p99: at(99),
        // The raw hashing of the limit runs in this process too: halves of the time.
        cpu_per_thousand: used.div_f64(2.0).div_f64(f64::from(signed_in.max(1)) / 1000.0),
        errors: 0,
    };
    Ok(Outcome {
        name: "sign-in with a password",
        target: "≥ 0.90",
        ratio: median(ratios),
        ours,
        limit: median(limits),
    })
}

/// Somebody who signs in again and again from the same device.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    http: reqwest::Client,
    url: String,
    body: String,
}

impl Person {
    /// Signs in for the first time, from a new device.
    pub(crate) async fn new(world: &World) -> anyhow::Result<Self> {
        let body = |device: Option<&Value>| {
            json!({"email": "admin@tenant-0.example", "password": PASSWORD, "device_token": device})
                .to_string()
        };
        let url = format!("{}/api/v1/auth/login", world.base);
        let mut person = Self { http: world.http.clone(), url, body: body(None) };
        let answer: Value = serde_json::from_str(&person.sign_in().await?)?;
        person.body = body(answer.pointer("/data/device_token"));
        Ok(person)
    }

    /// The answer's body.
    pub(crate) async fn sign_in(&self) -> anyhow::Result<String> {
        let request = self.http.post(&self.url).header("x-tenant-slug", "tenant-0");
        let request = request.header("content-type", "application/json").body(self.body.clone());
        Ok(request.send().await?.error_for_status()?.text().await?)
    }
}

async fn sign_ins(world: &World, seconds: u64) -> anyhow::Result<(u32, Vec<Duration>)> {
    let mut people = Vec::new();
    for _ in 0..machine::cores() * 4 {
        people.push(Person::new(world).await?);
    }
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut tasks = Vec::new();
    for person in people {
        tasks.push(tokio::spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < until {
                let started = Instant::now();
                person.sign_in().await?;
                took.push(started.elapsed());
            }
            Ok::<_, anyhow::Error>(took)
        }));
    }
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await??);
    }
    Ok((u32::try_from(latencies.len()).unwrap_or(u32::MAX), latencies))
}

/// Raw argon2id hashes a second, on as many threads as the server hashes on by itself, with the product's parameters.
fn argon2_rate(seconds: u64) -> f64 {
    let until = Instant::now() + Duration::from_secs(seconds);
    let count: u32 = std::thread::scope(|scope| {
        let worker = || {
            let params = argon2::Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
            let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
            let (mut out, mut count) = ([0; 32], 0);
            while Instant::now() < until {
                let _ = argon.hash_password_into(PASSWORD.as_bytes(), b"0123456789abcdef", &mut out);
                count += 1;
            }
            count
        };
        let threads: Vec<_> =
            (0..machine::cores().saturating_sub(1).max(1)).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
    });
    #[expect(clippy::cast_precision_loss, reason = "seconds")]
    let seconds = seconds as f64;
    f64::from(count) / seconds
}

/// Reads over many tenants, beside reads over one.
async fn many(
    mut world: World,
    mut seeded: Vec<Seeded>,
    plan: Plan,
    notes: &mut Vec<String>,
) -> anyhow::Result<Vec<Outcome>> {
    let caller = |one: &Seeded| (one.token.clone(), format!("/api/v1/projects/{}", one.project));
    let alone = Requests { method: "GET", callers: seeded.iter().take(1).map(caller).collect(), body: None };
    let mut outcomes = Vec::new();
    for target in plan.tenants.iter().copied().filter(|target| *target > 1) {
        let started = Instant::now();
        let new = world.seed(seeded.len(), target).await?;
        let (made, took) = (new.len(), started.elapsed());
        seeded.extend(new);
        world.analyze().await?;
        world = world.restart().await?;
        let all = Requests { method: "GET", callers: seeded.iter().map(caller).collect(), body: None };
        // Every tenant's keys and grants are loaded once before it counts.
        wrk(&world.base, world.folder.path(), &all, (plan.seconds * 3).max(10)).await?;
        let (mut ratios, mut tails, mut loads, mut ones) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..plan.rounds {
            let ours = wrk(&world.base, world.folder.path(), &all, plan.seconds).await?;
            let one = wrk(&world.base, world.folder.path(), &alone, plan.seconds).await?;
            ratios.push(ours.rate / one.rate);
            tails.push(ours.p99.as_secs_f64() / one.p99.as_secs_f64());
            loads.push(ours);
            ones.push(one.rate);
        }
        loads.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        let ours = loads.get(loads.len() / 2).copied().ok_or_else(|| anyhow::anyhow!("no round"))?;
        notes.push(format!(
            "{target} tenants: ready in {:.0} ms on the existing database; {:.0} MB resident under load; p99 is {:.2} times that of \
             one tenant; {made} tenants were created in {:.0} s.",
            world.ready_in.as_secs_f64() * 1e3,
            machine::resident_mb(),
            median(tails),
            took.as_secs_f64(),
        ));
        let name = if target >= 10_000 { "read over 10,000 tenants" } else { "read over 1,000 tenants" };
        outcomes.push(Outcome {
            name,
            target: "beside one tenant: ≥ 0.90",
            ratio: median(ratios),
            ours,
            limit: median(ones),
        });
    }
    notes.push(crate::access::memory(&world, &seeded).await?);
    Ok(outcomes)
}
