//! Dashboards and alerts ask for metrics, labels and routes that the server really has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tenantry_testkit::World;

use crate::dead_letter;

/// What Prometheus adds to every series.
const OF_PROMETHEUS: [&str; 3] = ["instance", "job", "le"];

fn deploy(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(path)
}

/// The expressions of all dashboards and alerts, each with where it stands.
fn expressions() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(deploy("grafana")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let dashboard: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for panel in dashboard["panels"].as_array().unwrap() {
            let place = format!("{name}: {}", panel["title"].as_str().unwrap());
            for target in panel["targets"].as_array().unwrap() {
                found.push((place.clone(), target["expr"].as_str().unwrap().to_owned()));
            }
        }
    }
    let alerts = std::fs::read_to_string(deploy("prometheus/alerts.yml")).unwrap();
    for rule in alerts.split("- alert: ").skip(1) {
        let (name, rest) = rule.split_once('\n').unwrap();
        let expression = rest.split_once("expr: ").unwrap().1;
        let end = ["\n        for:", "\n        labels:"].iter().filter_map(|key| expression.find(key)).min();
        let expression = expression[..end.unwrap()].trim_start_matches(">-");
        found.push((format!("alert {name}"), expression.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    found
}

/// The metrics of an expression, each with the labels that it is asked for: in its braces, and in every `by (…)`.
fn asked(expression: &str) -> Vec<(String, BTreeSet<String>)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let grouped: BTreeSet<String> = expression
        .split("by (")
        .skip(1)
        .flat_map(|rest| rest.split(')').next().unwrap().split(','))
        .map(|label| label.trim().to_owned())
        .collect();
    let mut found = Vec::new();
    for (at, _) in expression.match_indices("tenantry_") {
        let rest = &expression[at..];
        let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
        let braces = rest[name.len()..].strip_prefix('{').map_or("", |rest| rest.split('}').next().unwrap());
        // Quoted values may hold commas and signs.
        let outside: String = braces.split('"').step_by(2).collect();
        let labels =
            outside.split(',').map(|label| label.chars().take_while(|c| is_name(*c)).collect::<String>());
        found.push((name, labels.filter(|label| !label.is_empty()).chain(grouped.iter().cloned()).collect()));
    }
    found
}

/// What `/metrics` shows: the labels of each name.
fn exported(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap();
        let labels = line.split_once('{').map_or("", |(_, rest)| rest.rsplit_once('}').unwrap().0);
        let names = labels.split("=\"").filter_map(|part| part.rsplit([',', '"']).next());
        let labels = all.entry(name.to_owned()).or_default();
        labels.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_and_label_that_is_asked_for_is_exported() {
    let world = World::new().await;
    let (admin, operator) = (world.admin_a().await, world.operator().await);
    admin.get("/api/v1/projects").await.expect(200);
    let letter = dead_letter(&world).await;
    operator.send("POST", &format!("/api/v1/jobs/{letter}/retry"), None).await.expect(200);
    let client = world.client().with_token("operations-token-of-the-tests");
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    let text = loop {
        let text = client.get("/metrics").await.expect(200).text;
        if text.contains("tenantry_jobs_total{") {
            break text;
        }
        assert!(std::time::Instant::now() < deadline, "no job has ended:\n{text}");
        tokio::task::yield_now().await;
    };
    let exported = exported(&text);
    let mut faults = Vec::new();
    let expressions = expressions();
    assert!(expressions.len() > 20, "dashboards and alerts were not found");
    for (place, expression) in &expressions {
        for (name, labels) in asked(expression).into_iter().chain([("up".to_owned(), BTreeSet::new())]) {
            let Some(known) = exported.get(&name).or((name == "up").then_some(&labels)) else {
                faults.push(format!("{place}: {name} is not exported"));
                continue;
            };
            let unknown = labels
                .iter()
                .filter(|label| !known.contains(*label) && !OF_PROMETHEUS.contains(&label.as_str()));
            faults.extend(unknown.map(|label| format!("{place}: {name} has no label {label}")));
        }
        let is_balanced = |open, close| expression.matches(open).count() == expression.matches(close).count();
        if !(is_balanced('(', ')') && is_balanced('{', '}') && is_balanced('[', ']')) {
            faults.push(format!("{place}: {expression}"));
        }
    }
    let documented = std::fs::read_to_string(deploy("../docs/operations.md")).unwrap();
    let bases = exported.keys().filter(|name| name.starts_with("tenantry_"));
    for name in bases {
        let base =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        if !documented.contains(&format!("`{base}`")) {
            faults.push(format!("docs/operations.md does not name {base}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    world.end().await;
}

#[test]
fn the_routes_of_dashboards_and_alerts_exist() {
    let document = tenantry_server::modules::openapi();
    let paths = document["paths"].as_object().unwrap();
    for (place, expression) in expressions() {
        for routes in expression.split("route").skip(1).filter_map(|rest| rest.split('"').nth(1)) {
            for route in routes.split('|').filter(|route| route.starts_with('/')) {
                assert!(paths.contains_key(&format!("/api/v1{route}")), "{place}: {route}");
            }
        }
    }
}

/// Where promtool (Debian: `prometheus`) is installed, it has the last word.
#[test]
fn the_alerts_are_rules_that_prometheus_takes() {
    match Command::new("promtool").args(["check", "rules"]).arg(deploy("prometheus/alerts.yml")).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => assert!(expressions().iter().any(|(place, _)| place == "alert TenantryDown")),
    }
}

#[test]
fn names_and_labels_are_found_in_an_expression() {
    let expression =
        r#"sum by (kind) (rate(tenantry_jobs_total{outcome!="done,x",job="a"}[5m])) / tenantry_b_total"#;
    let labels = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let expected = [
        ("tenantry_jobs_total".to_owned(), labels(&["job", "kind", "outcome"])),
        ("tenantry_b_total".to_owned(), labels(&["kind"])),
    ];
    assert_eq!(asked(expression), expected);
}
