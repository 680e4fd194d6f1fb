//! The map of ARCHITECTURE.md, section 1, as data.

use super::packages::{Dependency, Kind};

/// At most this many crates under `crates/`.
pub(super) const MOST_CRATES: usize = 24;

/// From the ground up; a crate may use every crate of the layers below its own.
pub(super) const LAYERS: &[&[&str]] = &[
    &["kernel", "embedded-postgres"],
    &["db", "vault", "fetch"],
    &["web", "access", "events", "messages"],
    &["tenancy", "identity", "flags"],
    &["sso", "project", "workflow", "provider", "booking", "notification", "content", "billing", "analytics"],
    &["server"],
];

/// The only edges inside a layer: (from, to).
const SIDEWAYS: &[(&str, &str)] = &[("access", "web"), ("events", "web"), ("messages", "events")];

/// Not part of the product: these may use any crate, and none of the product may use them.
const BESIDE: &[&str] = &["testkit", "bench"];

/// What `xtask` may use; it is compiled before everything else.
const XTASK_USES: &[&str] = &["embedded-postgres"];

/// Other people's crates that only some of ours may use: (crate, ours, why).
const THIRD_PARTY: &[(&str, &[&str], &str)] = &[
    ("deadpool-postgres", &["db"], "a pool has no tenant, it is private to `db`"),
    ("tokio-postgres", &["db"], "a client has no tenant, `db` hands out scopes"),
    ("anyhow", &["server", "xtask"], "a library names its errors (thiserror)"),
    ("chrono", &[], "time is jiff's"),
    ("ring", &[], "aws-lc-rs is the one crypto backend"),
    ("openssl", &[], "aws-lc-rs is the one crypto backend"),
];

/// What the lowest layer does without, so that everything can stand on it.
const NOT_ON_THE_GROUND: &[&str] = &["axum", "tokio", "tokio-postgres"];

/// Whether a crate (named without `tenantry-`) is on the map.
pub(super) fn is_placed(name: &str) -> bool {
    name == "xtask" || BESIDE.contains(&name) || layer(name).is_some()
}

/// Whether one crate may use another.
pub(super) fn allows(from: &str, to: &str) -> bool {
    if from == "xtask" {
        return XTASK_USES.contains(&to);
    }
    if BESIDE.contains(&from) {
        return true;
    }
    SIDEWAYS.contains(&(from, to))
        || layer(to).is_some_and(|below| layer(from).is_some_and(|own| below < own))
}

/// Where the two stand.
pub(super) fn explain(from: &str, to: &str) -> String {
    match (layer(from), layer(to)) {
        (Some(from), Some(to)) if from == to => format!("both are on layer {from}"),
        (Some(from), Some(to)) => format!("layer {from} is below layer {to}"),
        (None, _) => format!("it uses only {}", XTASK_USES.join(", ")),
        (_, None) => format!("`{to}` is not part of the product"),
    }
}

/// Why one of our crates may not use one of other people's, if so.
pub(super) fn third_party_refusal(name: &str, dependency: &Dependency) -> Option<String> {
    if layer(name) == Some(0) && NOT_ON_THE_GROUND.contains(&dependency.name.as_str()) {
        return Some(format!(
            "`{name}` may not use `{}`: the lowest layer knows no HTTP and no runtime",
            dependency.name
        ));
    }
    let (_, users, why) = THIRD_PARTY.iter().find(|(listed, _, _)| *listed == dependency.name)?;
    let is_fine = users.contains(&name)
        || (dependency.kind == Kind::Dev && !users.is_empty())
        || BESIDE.contains(&name);
    (!is_fine).then(|| format!("`{name}` may not use `{}`: {why}", dependency.name))
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}
