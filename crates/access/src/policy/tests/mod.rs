//! The product beside an evaluator that is slow, obvious, and starts from the JSON.

mod generate;
mod reference;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tenantry_web::ports::{Decision, FactKind};

use super::decide::judge::judge;
use super::decide::set::{Entry, Policies, entry};
use super::language::schema::Vocabulary;
use crate::Catalogue;
use generate::{Dice, Request};

/// The words of a tenant with bookings and projects.
pub(crate) fn words() -> Vocabulary {
    let actions =
        ["projects:cancel", "projects:read", "projects:update"].map(|name| tenantry_web::ActionInfo {
            name,
            description: "",
            module: "core",
            audience: tenantry_web::Audience::Tenant,
            is_for_proxies: false,
        });
    let project = tenantry_web::ports::ResourceInfo {
        name: "project",
        plural: "projects",
        attributes: &[("name", FactKind::Text), ("status", FactKind::Text)],
    };
    let root = tenantry_kernel::TenantId::from_uuid(uuid::Uuid::max());
    Vocabulary {
        catalogue: Catalogue::new(actions, [project], root),
        is_root: false,
        declared: Arc::default(),
    }
}

fn base(is_allowed: bool) -> Decision {
    let none: Arc<[String]> = Arc::new([]);
    Decision { is_allowed, policies: Arc::clone(&none), reason: "roles".into(), missing: none }
}

/// What the product decides.
fn product(policies: &Policies, request: &Request) -> bool {
    let candidates = policies.candidates(&request.kind, &request.verb, request.assignees.iter().copied());
    if candidates.is_empty() {
        return request.roles_allow;
    }
    judge(policies, &candidates, &request.world(), base(request.roles_allow)).is_allowed
}

fn compiled(documents: &[Value], words: &Vocabulary) -> Policies {
    let entries: Vec<Entry> = documents
        .iter()
        .enumerate()
        .map(|(index, document)| {
            let priority = i32::try_from(document["priority"].as_i64().unwrap()).unwrap();
            let mut entry = entry(&index.to_string(), "generated", priority, document, words)
                .unwrap_or_else(|errors| panic!("{document} {errors:?}"));
            entry.assignees = generate::assignees(document);
            entry
        })
        .collect();
    Policies::new(entries, Arc::default())
}

/// 2,000 pairs by default, for time's sake; `TENANTRY_POLICY_PAIRS=100000` makes it as many.
#[test]
fn the_product_decides_as_the_reference_does() {
    let wanted: usize =
        std::env::var("TENANTRY_POLICY_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000);
    let words = words();
    let mut dice = Dice::new(20_260_301);
    let mut found: BTreeMap<bool, usize> = BTreeMap::new();
    let mut pairs = 0;
    while pairs < wanted {
        let documents: Vec<Value> = (0..dice.roll(6)).map(|_| generate::document(&mut dice)).collect();
        let policies = compiled(&documents, &words);
        for _ in 0..50 {
            let request = Request::any(&mut dice);
            let (ours, theirs) = (product(&policies, &request), reference::decide(&documents, &request));
            assert_eq!(ours, theirs, "{} {request:#?}", json!(documents));
            *found.entry(ours).or_default() += 1;
            pairs += 1;
        }
    }
    // A generator that only ever finds one answer tests nothing.
    assert!(found.values().all(|count| *count * 10 > pairs), "{found:?}");
}

/// What is generated is also what Cedar's own validator accepts.
#[test]
fn generated_policies_pass_the_schema_check() {
    let words = words();
    let mut dice = Dice::new(7);
    for _ in 0..50 {
        let document = generate::document(&mut dice);
        let entry = entry("1", "generated", 0, &document, &words).unwrap();
        entry.check(&words).unwrap_or_else(|error| panic!("{document} {} {error:?}", entry.text));
    }
}

/// Asking about two values at the boundary of a duration, to the millisecond.
#[test]
fn a_duration_is_exact_to_the_millisecond() {
    let words = words();
    let document = json!({
        "priority": 0, "assigned": [], "target": {"resource": "booking", "action": "cancel"},
        "rules": {"effect": "allow", "conditions": [{"booking.scheduled_time": "> now() + 24h"}]},
    });
    let policies = compiled(&[document], &words);
    let mut dice = Dice::new(1);
    for (millis, allowed) in [(-1, false), (0, false), (1, true)] {
        let mut request = Request::any(&mut dice);
        (request.kind, request.verb, request.roles_allow) = ("booking".into(), "cancel".into(), false);
        let at = request.at.as_millisecond() + 86_400_000 + millis;
        let at = jiff::Timestamp::from_millisecond(at).unwrap();
        request.facts.insert("booking.scheduled_time".to_owned(), json!(at.to_string()));
        assert_eq!(product(&policies, &request), allowed, "{millis}");
        assert_eq!(request.world().kind, "booking");
    }
}

proptest::proptest! {
    #[test]
    fn reading_a_policy_never_panics(text in "[a-z.:>=$()+ 0-9*]{0,24}", key in "[a-z.]{0,16}") {
        let words = words();
        let document = json!({
            "target": {"resource": key, "action": text},
            "rules": {"effect": "allow", "conditions": [{key.clone(): text, "user.role": text, "booking.price": text}]},
        });
        let _ = entry("1", "any", 0, &document, &words);
        let _ = entry("1", "any", 0, &json!({"cedar": text}), &words);
        let valid = json!({
            "target": {"resource": "booking", "action": "cancel"},
            "rules": {"effect": "deny", "conditions": [{"booking.status": text}]},
        });
        if let Ok(entry) = entry("1", "any", 0, &valid, &words) {
            proptest::prop_assert!(entry.check(&words).is_ok(), "{}", entry.text);
        }
    }
}
