//! Policies and requests, by dice.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use tenantry_web::ports::{FactKind, Facts};
use uuid::Uuid;

use crate::ask::question::fact;
use crate::policy::decide::world::World;

/// The same numbers for the same seed (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    pub(super) fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.roll(list.len() as u64)).unwrap()].clone()
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.roll(times) == 0
    }
}

/// Every attribute that is asked about, with its kind.
pub(super) const ATTRIBUTES: &[(&str, FactKind)] = &[
    ("user.id", FactKind::Text),
    ("user.role", FactKind::Texts),
    ("user.group", FactKind::Texts),
    ("user.email", FactKind::Text),
    ("user.email_verified", FactKind::Flag),
    ("user.created_at", FactKind::Instant),
    ("environment.ip", FactKind::Address),
    ("environment.time", FactKind::Instant),
    ("device.name", FactKind::Text),
    ("device.known", FactKind::Flag),
    ("device.trusted", FactKind::Flag),
    ("tenant.plan", FactKind::Text),
    ("booking.scheduled_time", FactKind::Instant),
    ("booking.status", FactKind::Text),
    ("booking.price", FactKind::Number),
    ("booking.customer_id", FactKind::Text),
    ("project.status", FactKind::Text),
    ("project.name", FactKind::Text),
    ("resource.owner", FactKind::Text),
    ("plan.name", FactKind::Text),
];

const TEXTS: [&str; 7] = ["a", "open", "ab", "a*b", "open \"x\"\\", "é", "in transit"];
const PLACES: [&str; 5] = ["10.0.0.0/8", "10.1.0.0/16", "192.168.1.7", "2001:db8::/32", "0.0.0.0/0"];
const ADDRESSES: [&str; 5] = ["10.1.2.3", "10.9.9.9", "192.168.1.7", "2001:db8::1", "2001:db9::1"];
/// 2026-03-27 is a Friday; on the 29th, London's clocks go forward.
const START: i64 = 1_774_569_600_000;

fn instant(dice: &mut Dice) -> Value {
    let millis = START + i64::try_from(dice.roll(2_000)).unwrap() * 361_000;
    json!(Timestamp::from_millisecond(millis).unwrap().to_string())
}

fn value(dice: &mut Dice, kind: FactKind) -> Value {
    match kind {
        FactKind::Text | FactKind::Texts => json!(dice.pick(&TEXTS)),
        FactKind::Number => json!(i64::try_from(dice.roll(7)).unwrap() - 3),
        FactKind::Flag => json!(dice.once_in(2)),
        FactKind::Instant => instant(dice),
        FactKind::Address => json!(dice.pick(&PLACES)),
    }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What one attribute is compared with.
fn test(dice: &mut Dice, name: &str, kind: FactKind) -> Value {
    let ordered = matches!(kind, FactKind::Number | FactKind::Instant);
    match dice.roll(9) {
        0 => json!({"exists": dice.once_in(2)}),
        1 => json!([value(dice, kind), value(dice, kind)]),
        2 => json!({"not_in": [value(dice, kind), value(dice, kind)]}),
        3 if ordered => {
            let (first, second) = (value(dice, kind), value(dice, kind));
            json!({"gte": as_text(&first), "lt": as_text(&second)})
        }
        4 if kind == FactKind::Instant => {
            let sign = dice.pick(&["+", "-"]);
            let length = dice.pick(&["24h", "1d12h", "90m", "30s", "1w", "500ms"]);
            json!(format!("{} now() {sign} {length}", dice.pick(&["<", "<=", ">", ">=", "="])))
        }
        4 if kind == FactKind::Text => {
            json!(format!("like {}", dice.pick(&["a*", "*", "*b", "o*n", "a*b*"])))
        }
        5 if kind == FactKind::Text && name != "user.id" => {
            json!(format!("{} $user.id", dice.pick(&["=", "!="])))
        }
        5 if kind == FactKind::Texts => json!(format!("contains {}", dice.pick(&TEXTS))),
        6 if ordered => {
            let operand = value(dice, kind);
            json!(format!("{} {}", dice.pick(&["<", "<=", ">", ">=", "=", "!="]), as_text(&operand)))
        }
        7 if kind == FactKind::Address => {
            json!(format!("{} {}", dice.pick(&["in", "not in"]), dice.pick(&PLACES)))
        }
        7 => json!(format!("!= {}", as_text(&value(dice, kind)))),
        _ if kind == FactKind::Text => json!(format!("= {}", dice.pick(&TEXTS))),
        _ => value(dice, kind),
    }
}

fn object(dice: &mut Dice, kinds: &[&str], depth: u64) -> Value {
    let mut found = serde_json::Map::new();
    let covered = |name: &str| {
        let first = name.split_once('.').unwrap().0;
        !["booking", "project"].contains(&first) || kinds.contains(&first)
    };
    for _ in 0..=dice.roll(2) {
        let (name, kind) = dice.pick(ATTRIBUTES);
        if covered(name) {
            found.insert(name.to_owned(), test(dice, name, kind));
        }
    }
    if dice.once_in(8) {
        let zone = dice.pick(&["Europe/London", "Asia/Tokyo", "UTC"]);
        let (from, to) = dice.pick(&[("09:00", "17:00"), ("22:00", "06:00"), ("00:00", "12:30")]);
        let days = dice.pick(&[json!("mon-fri"), json!("sat-sun"), json!(["fri", "mon"])]);
        let hours = json!({"days": days, "from": from, "to": to, "time_zone": zone});
        found.insert("environment.business_hours".to_owned(), hours);
    }
    if depth > 0 && dice.once_in(3) {
        let list: Vec<Value> = (0..=dice.roll(2)).map(|_| object(dice, kinds, depth - 1)).collect();
        found.insert(dice.pick(&["any", "all"]).to_owned(), json!(list));
    }
    if depth > 0 && dice.once_in(4) {
        found.insert("not".to_owned(), object(dice, kinds, depth - 1));
    }
    Value::Object(found)
}

fn somebody(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}

/// A policy.
pub(super) fn document(dice: &mut Dice) -> Value {
    let (resource, kinds): (Value, &[&str]) = dice.pick(&[
        (json!("booking"), &["booking"][..]),
        (json!("booking"), &["booking"][..]),
        (json!("projects"), &["project"][..]),
        (json!(["booking", "project"]), &["booking", "project"][..]),
        (json!("*"), &["booking", "project"][..]),
        (json!("book*"), &["booking"][..]),
    ]);
    let actions = [json!("cancel"), json!("cancel"), json!("*"), json!("can*"), json!(["read", "cancel"])];
    let conditions: Vec<Value> = (0..dice.roll(3)).map(|_| object(dice, kinds, 2)).collect();
    let assigned: Vec<u64> = if dice.once_in(3) { vec![dice.roll(4)] } else { Vec::new() };
    json!({
        "priority": i64::try_from(dice.roll(4)).unwrap() - 1, "assigned": assigned,
        "target": {"resource": resource, "action": dice.pick(&actions)},
        "rules": {"effect": dice.pick(&["allow", "allow", "deny"]), "conditions": conditions},
    })
}

/// Whom a generated policy is assigned to.
pub(super) fn assignees(document: &Value) -> Vec<Uuid> {
    document["assigned"].as_array().unwrap().iter().map(|one| somebody(one.as_u64().unwrap())).collect()
}

/// A request: what is known of it, by the names of the attributes.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) kind: String,
    pub(super) verb: String,
    pub(super) at: Timestamp,
    pub(super) roles_allow: bool,
    pub(super) assignees: Vec<Uuid>,
    pub(super) facts: BTreeMap<String, Value>,
}

impl Request {
    pub(super) fn any(dice: &mut Dice) -> Self {
        let at: Timestamp = instant(dice).as_str().unwrap().parse().unwrap();
        let kind = dice.pick(&["booking", "booking", "project"]);
        let mut facts = BTreeMap::new();
        for (name, attribute) in ATTRIBUTES {
            let first = name.split_once('.').unwrap().0;
            if (["booking", "project"].contains(&first) && first != kind) || dice.once_in(4) {
                continue;
            }
            let known = match attribute {
                FactKind::Texts => json!((0..dice.roll(3)).map(|_| dice.pick(&TEXTS)).collect::<Vec<_>>()),
                FactKind::Address => json!(dice.pick(&ADDRESSES)),
                kind => value(dice, *kind),
            };
            facts.insert((*name).to_owned(), known);
        }
        facts.insert("environment.time".to_owned(), json!(at.to_string()));
        // The plan is one thing with two names.
        match facts.get("tenant.plan").cloned() {
            Some(plan) => drop(facts.insert("plan.name".to_owned(), plan)),
            None => drop(facts.remove("plan.name")),
        }
        Self {
            kind: kind.to_owned(),
            verb: dice.pick(&["cancel", "cancel", "read", "cannot"]).to_owned(),
            at,
            roles_allow: dice.once_in(3),
            assignees: (0..4).filter(|_| dice.once_in(2)).map(somebody).collect(),
            facts,
        }
    }

    /// The request as the product takes it.
    pub(super) fn world(&self) -> World {
        let of = |subjects: &[&str]| -> Facts {
            let known = self.facts.iter().filter_map(|(name, value)| {
                let (first, rest) = name.split_once('.').unwrap();
                let kind = ATTRIBUTES.iter().find(|(one, _)| one == name).unwrap().1;
                subjects.contains(&first).then(|| (rest.to_owned().into(), fact(kind, value).unwrap()))
            });
            known.collect()
        };
        World {
            user: "u".to_owned(),
            kind: self.kind.clone(),
            resource: Some("r".to_owned()),
            permission: format!("{}:{}", self.kind, self.verb),
            of_user: of(&["user"]),
            of_resource: of(&["booking", "project", "resource"]),
            of_environment: of(&["environment"]),
            of_device: of(&["device"]),
            of_tenant: of(&["tenant"]),
            at: self.at,
        }
    }
}
