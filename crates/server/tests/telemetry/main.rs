//! Traces and error reports, received by a collector of the test's own. One program, because both are the process's.

#![cfg(test)]

mod dashboards;
mod receiver;

use tenantry_server::config::{Config, Sources};
use tenantry_server::telemetry;
use tenantry_testkit::{PASSWORD, World};

use crate::receiver::{Receiver, Span};

/// A dead letter of a kind that the server handles, in the platform's own tenant.
pub(crate) async fn dead_letter(world: &World) -> String {
    let database = world.database.admin().await;
    let insert = "INSERT INTO app.jobs (tenant_id, id, kind, lane, position, payload, state, due_at, attempts, created_at, \
                  finished_at) SELECT id, gen_random_uuid(), 'platform.maintenance', 'default', 1, '{}', 'dead', now(), 1, \
                  now(), now() FROM control.tenants WHERE slug = 'platform' RETURNING id::text";
    database.query_one(insert, &[]).await.unwrap().get(0)
}

fn config(receiver: &Receiver) -> Config {
    let overrides = [
        ("telemetry.otlp_endpoint", receiver.url.clone()),
        ("telemetry.sentry_dsn", receiver.url.replace("://", "://public@") + "/1"),
        ("log.level", "off".to_owned()),
    ];
    let overrides = overrides.map(|(key, value)| (key.to_owned(), value)).to_vec();
    let sources = Sources { file: None, env: Vec::new(), overrides, working_dir: std::env::temp_dir() };
    Config::load(sources).unwrap_or_else(|errors| panic!("{errors}"))
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_goes_from_the_request_to_the_job_and_reports_hold_nothing_personal() {
    let receiver = Receiver::start().await;
    let exports = telemetry::start(&config(&receiver), true).unwrap();
    let world = World::new().await;
    let operator = world.operator().await;
    let letter = dead_letter(&world).await;
    let caller = operator.header("traceparent", &format!("00-{TRACE}-00f067aa0ba902b7-00"));
    caller.send("POST", &format!("/api/v1/jobs/{letter}/retry"), None).await.expect(200);

    let is_done = |spans: &[Span]| {
        let job = spans.iter().find(|span| span.name == "job");
        job.is_some_and(|job| spans.iter().any(|span| span.name == "sql" && span.parent == job.id))
    };
    let spans = receiver.trace(TRACE, &exports, is_done).await;
    let find = |name: &str| {
        spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {spans:?}"))
    };
    let request = find("POST /jobs/{job_id}/retry");
    assert_eq!(request.parent, "00f067aa0ba902b7");
    assert_eq!(request.attributes["http.route"], "/jobs/{job_id}/retry");
    assert_eq!(request.attributes["http.response.status_code"], "200");
    let job = find("job");
    assert_eq!((&job.parent, job.attributes["job.kind"].as_str()), (&request.id, "platform.maintenance"));
    assert_eq!(job.attributes["tenant.id"], request.attributes["tenant.id"]);
    let sql: Vec<&Span> = spans.iter().filter(|span| span.name == "sql").collect();
    assert!(sql.iter().any(|span| span.parent == request.id), "{spans:?}");
    assert!(sql.iter().any(|span| span.attributes["db.operation.name"].contains("find_dead")), "{spans:?}");
    assert!(spans.iter().all(|span| span.resource == "tenantry"));
    let everything = format!("{spans:?}");
    for secret in [PASSWORD, "operator@platform.example", caller.token.as_deref().unwrap()] {
        assert!(!everything.contains(secret), "a span holds {secret}");
    }

    let token = caller.token.as_deref().unwrap();
    tracing::error!(
        tenant.id = %world.a.id, user.email = "ada@acme.example", http.address = "203.0.113.9:52001",
        error = %format!("user ada@acme.example of 203.0.113.9 with {token}: the disk is full"), "a request failed"
    );
    let report = receiver.report("the disk is full").await;
    for secret in ["ada@acme", "203.0.113", token, "user_name", "server_name", "\"ip_address\""] {
        assert!(!report.contains(secret), "{secret}: {report}");
    }
    for known in ["a request failed", "the disk is full", &world.a.id.to_string(), "tenantry@"] {
        assert!(report.contains(known), "{known}: {report}");
    }
    world.end().await;
    tokio::task::spawn_blocking(|| exports.end()).await.unwrap();
}
