//! Tiers of priority: the first in which any policy applies decides; inside it, a denial wins.

use std::collections::BTreeSet;

use cedar_policy::{Authorizer, Entities, Request};
use tenantry_web::ports::Decision;

use super::partial::{self, Truth};
use super::set::{Entry, Policies};
use super::world::World;
use crate::policy::language::tree::Effect;

/// Decide by a tenant's policies and, in tier 0, by what roles and ownership say (`base`).
pub(crate) fn judge(policies: &Policies, candidates: &[&Entry], world: &World, base: Decision) -> Decision {
    // What nobody can be granted is decided before any policy of a tenant.
    if !base.is_allowed && base.policies.iter().any(|policy| policy.starts_with("boundary.")) {
        return base;
    }
    let possible: Vec<Concerned<'_>> = candidates
        .iter()
        .map(|entry| Concerned { entry, truth: partial::applies(entry, world) })
        .filter(|one| one.truth != Truth::False)
        .collect();
    let mut rest = possible.as_slice();
    let unclear: Vec<&Entry> =
        possible.iter().filter(|one| one.truth == Truth::Unknown).map(|one| one.entry).collect();
    let asked = match (!unclear.is_empty()).then(|| world.cedar(&unclear, &policies.zones)).transpose() {
        Ok(asked) => asked,
        Err(error) => {
            tracing::error!(error = %error, action = world.permission, "a question could not be put to Cedar");
            return decision(false, Vec::new(), "the decision could not be made", Vec::new());
        }
    };
    let mut base = Some(base);
    loop {
        let next = rest.first().map(|one| one.entry.priority);
        let tier = match (next, &base) {
            (Some(next), Some(_)) => next.max(0),
            (Some(next), None) => next,
            (None, Some(_)) => 0,
            (None, None) => break,
        };
        let count = rest.iter().take_while(|one| one.entry.priority == tier).count();
        let (here, below) = rest.split_at(count);
        rest = below;
        let roles = if tier == 0 { base.take() } else { None };
        if let Some(decided) = in_tier(here, asked.as_ref(), roles) {
            return decided;
        }
    }
    decision(false, Vec::new(), "nothing allows it", missing(candidates, world))
}

/// A policy that may apply, and whether that is certain without Cedar.
struct Concerned<'a> {
    entry: &'a Entry,
    truth: Truth,
}

/// `asked` is the question as Cedar takes it; there is one whenever there is a policy to ask about.
fn in_tier(
    tier: &[Concerned<'_>],
    asked: Option<&(Request, Entities)>,
    roles: Option<Decision>,
) -> Option<Decision> {
    let is_applied = |one: &&Concerned<'_>| {
        one.truth == Truth::True
            || asked.is_some_and(|(request, entities)| applies(one.entry, request, entities))
    };
    let applied: Vec<&Entry> = tier.iter().filter(is_applied).map(|one| one.entry).collect();
    let of = |effect: Effect| -> Vec<String> {
        applied.iter().filter(|entry| entry.effect == effect).map(|entry| entry.id.clone()).collect()
    };
    let denials = of(Effect::Deny);
    if !denials.is_empty() {
        return Some(decision(false, denials, "a policy denies it", Vec::new()));
    }
    let mut allowing = of(Effect::Allow);
    match roles.filter(|roles| roles.is_allowed) {
        Some(roles) => {
            let reason = roles.reason.clone();
            let mut by = roles.policies.to_vec();
            by.append(&mut allowing);
            Some(Decision { is_allowed: true, policies: by.into(), reason, missing: std::sync::Arc::new([]) })
        }
        None if !allowing.is_empty() => Some(decision(true, allowing, "a policy allows it", Vec::new())),
        None => None,
    }
}

/// Whether a policy applies. One that cannot be evaluated applies when it denies.
fn applies(entry: &Entry, request: &Request, entities: &Entities) -> bool {
    let Some(set) = entry.compiled() else { return entry.effect == Effect::Deny };
    let response = Authorizer::new().is_authorized(request, set, entities);
    let diagnostics = response.diagnostics();
    if diagnostics.errors().next().is_some() {
        return entry.effect == Effect::Deny;
    }
    diagnostics.reason().next().is_some()
}

/// The attributes that allowing policies ask about and nobody knows.
fn missing(candidates: &[&Entry], world: &World) -> Vec<String> {
    let allowing = candidates.iter().filter(|entry| entry.effect == Effect::Allow);
    let paths = allowing.filter_map(|entry| entry.condition.as_ref()).flat_map(|condition| condition.paths());
    let unknown = paths.filter(|path| {
        path.only.as_ref().is_none_or(|kind| *kind == world.kind) && world.fact(path).is_none()
    });
    unknown.map(ToString::to_string).collect::<BTreeSet<_>>().into_iter().collect()
}

fn decision(is_allowed: bool, policies: Vec<String>, reason: &'static str, missing: Vec<String>) -> Decision {
    Decision { is_allowed, policies: policies.into(), reason: reason.into(), missing: missing.into() }
}
