//! Decisions: in process with a thousand policies in the tenant, by AuthZEN over loopback, and how much memory policies take.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenantry_db::{Origin, Purpose};
use tenantry_kernel::RequestId;
use tenantry_web::ports::{Decisions as _, Fact, Facts, Question, TenantDirectory as _};

use crate::load::{Requests, over, wrk};
use crate::machine;
use crate::pace::paced;
use crate::world::{Seeded, World};

/// An action that policies let administrators do with what is their own, and one that they do not.
const ALLOWED: &str = "act_8";
const DENIED: &str = "act_7";

/// A question of AuthZEN that twenty policies concern.
fn evaluation(subject: &str, action: &str) -> String {
    json!({
        "subject": {"type": "user", "id": subject},
        "action": {"name": action},
        "resource": {
            "type": "booking",
            "id": "1",
            "properties": {"status": "open", "scheduled_time": "2030-01-01T00:00:00Z", "owner": subject},
        },
    })
    .to_string()
}

/// Whether AuthZEN's answer is yes.
async fn asked(world: &World, tenant: &Seeded, body: &str) -> anyhow::Result<bool> {
    let request = world.http.post(format!("{}/access/v1/evaluation", world.base)).bearer_auth(&tenant.token);
    let answer = request.header("content-type", "application/json").body(body.to_owned()).send().await?;
    let answer: Value = serde_json::from_str(&answer.text().await?)?;
    answer.get("decision").and_then(Value::as_bool).ok_or_else(|| anyhow::anyhow!("{answer}"))
}

/// A policy like document B's, one of many; one of ten is about administrators.
fn policy(number: usize) -> Value {
    // Fifty actions with twenty policies each; one of the fifty is projects:read.
    let (resource, action) = match number % 50 {
        0 => ("projects".to_owned(), "read".to_owned()),
        other => ("booking".to_owned(), format!("act_{other}")),
    };
    let role = if number % 1_000 < 100 { "tenant_admin".to_owned() } else { format!("role {number}") };
    let attribute = if resource == "projects" { "project.status" } else { "booking.status" };
    json!({
        "name": format!("policy {number}"), "target": {"resource": resource, "action": action},
        "rules": {"effect": if number.is_multiple_of(3) { "deny" } else { "allow" }, "conditions": [
            {"user.role": role, attribute: "open", "resource.owner": "$user.id"},
        ]},
    })
}

async fn import(world: &World, tenant: &Seeded, count: usize) -> anyhow::Result<()> {
    let policies: Vec<Value> = (0..count).map(policy).collect();
    let request =
        world.http.post(format!("{}/api/v1/policies/import", world.base)).bearer_auth(&tenant.token);
    let request = request.header("content-type", "application/json");
    let answer = request.body(json!({"policies": policies}).to_string()).send().await?;
    if !answer.status().is_success() {
        anyhow::bail!("{}", answer.text().await?);
    }
    Ok(())
}

fn refused(problem: tenantry_web::Problem) -> anyhow::Error {
    anyhow::anyhow!("{problem:?}")
}

/// A thousand policies in one tenant.
pub(crate) async fn decisions(world: &World, tenant: &Seeded, seconds: u64) -> anyhow::Result<Vec<String>> {
    let common = in_process(world, tenant, "projects:update").await?;
    import(world, tenant, 1_000).await?;
    let concerned = in_process(world, tenant, "projects:read").await?;
    let other = in_process(world, tenant, "projects:update").await?;
    let administrator = world.administrator(tenant.id).await?.to_string();
    let ask = |path: &str, action| Requests {
        method: "POST",
        callers: vec![(tenant.token.clone(), path.to_owned())],
        body: Some(evaluation(&administrator, action)),
    };
    for (action, expected) in [(ALLOWED, true), (DENIED, false)] {
        let is_allowed = asked(world, tenant, &evaluation(&administrator, action)).await?;
        anyhow::ensure!(is_allowed == expected, "{action} is not decided as it should be");
    }
    let allowed = ask("/access/v1/evaluation", ALLOWED);
    wrk(&world.base, world.folder.path(), &allowed, 1).await?;
    let load = wrk(&world.base, world.folder.path(), &allowed, seconds).await?;
    let few = over(1, &world.base, world.folder.path(), &allowed, seconds).await?;
    let steady = paced(&world.base, &allowed, 2_000, seconds).await?;
    // Every denial is written down, of what is allowed one in 64.
    let denied = ask("/access/v1/evaluation", DENIED);
    let denied = paced(&world.base, &denied, 2_000, seconds).await?;
    // What client, kernel and machine take of that: the same pace on an address that nothing answers.
    let floor = paced(&world.base, &ask("/nowhere", ALLOWED), 2_000, seconds).await?;
    let micros = |took: Duration| took.as_secs_f64() * 1e6;
    Ok(vec![
        format!(
            "A decision in process that no policy concerns: p50 {:.2} µs, p99 {:.2} µs; with 1,000 policies in the tenant p50 \
             {:.2} µs, p99 {:.2} µs; that twenty of the 1,000 policies concern, two of them about this user: p50 {:.1} µs, p99 {:.1} µs.",
            micros(common.0),
            micros(common.1),
            micros(other.0),
            micros(other.1),
            micros(concerned.0),
            micros(concerned.1),
        ),
        format!(
            "AuthZEN over loopback, the same tenant, twenty policies concerned: at {:.0} evaluations/s p50 {:.2} ms, \
             p99 {:.2} ms; when every one is a denial, and written to the log: p50 {:.2} ms, p99 {:.2} ms (of which the client and the \
             machine, measured on an address that nothing answers: p50 {:.2} ms, p99 {:.2} ms); over one connection without a pause {:.0}/s, p50 {:.2} ms, p99 {:.2} ms; as \
             many as it can {:.0}/s; {} errors.",
            steady.rate,
            steady.p50.as_secs_f64() * 1e3,
            steady.p99.as_secs_f64() * 1e3,
            denied.p50.as_secs_f64() * 1e3,
            denied.p99.as_secs_f64() * 1e3,
            floor.p50.as_secs_f64() * 1e3,
            floor.p99.as_secs_f64() * 1e3,
            few.rate,
            few.p50.as_secs_f64() * 1e3,
            few.p99.as_secs_f64() * 1e3,
            load.rate,
            few.errors + load.errors + steady.errors + denied.errors,
        ),
    ])
}

/// Half and all but one in a hundred of many decisions.
async fn in_process(world: &World, tenant: &Seeded, action: &str) -> anyhow::Result<(Duration, Duration)> {
    let parts = &world.running.parts;
    let info = parts.directory.by_id(tenant.id).await.map_err(refused)?;
    let info = info.ok_or_else(|| anyhow::anyhow!("no tenant"))?;
    let user = world.administrator(tenant.id).await?;
    let request = RequestId::new(&parts.tools.clock, &parts.tools.rng);
    let now = parts.tools.clock.now();
    let scope =
        parts.authority.enter(&info.placement, Purpose::Authorize, Origin::system(request, now, "bench"));
    let standing = parts.access.standing(scope, user).await.map_err(refused)?;
    let actions = tenantry_server::modules::actions();
    let action =
        actions.into_iter().find(|one| one.name == action).ok_or_else(|| anyhow::anyhow!("no action"))?;
    let facts = || Facts::from([("status".into(), Fact::Text("open".to_owned()))]);
    let question = Question {
        tenant: &info,
        user,
        grants: &standing.grants,
        policies: standing.policies.as_ref(),
        action,
        resource_type: "project",
        resource_id: Some(uuid::Uuid::from_u128(7)),
        owner: Some(user),
        facts: &facts,
        device: None,
        ip: Some("192.0.2.1"),
        user_agent: None,
        request,
        at: now,
    };
    let access = Arc::clone(&parts.access);
    for _ in 0..1_000 {
        std::hint::black_box(access.decide(&question));
    }
    let mut took: Vec<Duration> = Vec::with_capacity(20_000);
    for _ in 0..20_000 {
        let started = Instant::now();
        std::hint::black_box(access.decide(&question));
        took.push(started.elapsed());
    }
    took.sort();
    let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or_default();
    Ok((at(50), at(99)))
}

/// Twenty policies in each tenant, each asked about once.
pub(crate) async fn memory(world: &World, tenants: &[Seeded]) -> anyhow::Result<String> {
    for tenant in tenants.iter().skip(1) {
        import(world, tenant, 20).await?;
    }
    let before = machine::resident_mb();
    let requests = Requests {
        method: "POST",
        callers: tenants.iter().map(|one| (one.token.clone(), "/access/v1/evaluation".to_owned())).collect(),
        body: Some(evaluation("somebody", ALLOWED)),
    };
    wrk(&world.base, world.folder.path(), &requests, 10).await?;
    Ok(format!(
        "{} tenants with 20 policies each, after questions to all of them: {:.0} MB resident ({before:.0} MB before).",
        tenants.len(),
        machine::resident_mb(),
    ))
}
