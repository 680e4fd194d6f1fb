//! Policies written in Cedar itself, and Cedar's own check of every policy.

use std::str::FromStr as _;

use cedar_policy::{
    ActionConstraint, Effect as CedarEffect, EntityTypeName, Policy, PolicyId, PolicySet, ResourceConstraint,
    Schema, ValidationMode, Validator,
};

use super::schema::Vocabulary;
use super::target::{Pattern, Target};
use super::tree::Effect;

/// What is read from a native policy: its effect, and what it is about.
#[derive(Debug, Clone)]
pub(crate) struct Native {
    pub(crate) effect: Effect,
    pub(crate) target: Target,
}

/// Read one policy of Cedar.
pub(crate) fn read(text: &str) -> Result<Native, String> {
    let set = PolicySet::from_str(text).map_err(|error| with_causes(&error))?;
    let mut policies = set.policies();
    let (Some(policy), None) = (policies.next(), policies.next()) else {
        return Err("this must be exactly one policy".to_owned());
    };
    if set.templates().next().is_some() {
        return Err("templates are not supported: write the values".to_owned());
    }
    let effect = match policy.effect() {
        CedarEffect::Permit => Effect::Allow,
        CedarEffect::Forbid => Effect::Deny,
    };
    Ok(Native { effect, target: target(policy)? })
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        text = format!("{text}: {one}");
        cause = one.source();
    }
    text
}

fn target(policy: &Policy) -> Result<Target, String> {
    let any = || vec![Pattern::word("*")];
    let mut actions = any();
    let mut kinds: Vec<Pattern> = Vec::new();
    let listed = match policy.action_constraint() {
        ActionConstraint::Any => Vec::new(),
        ActionConstraint::Eq(one) => vec![one],
        ActionConstraint::In(list) => list,
    };
    if !listed.is_empty() {
        actions = Vec::new();
        for uid in &listed {
            let id = uid.id().unescaped();
            let (resource, verb) = id
                .split_once(':')
                .ok_or_else(|| format!("an action is named `resource:action`, not {id}"))?;
            actions.push(Pattern::word(verb));
            kinds.push(Pattern::word(resource));
        }
    }
    let kind_of = |name: &EntityTypeName| vec![Pattern::word(&name.to_string())];
    let resources = match policy.resource_constraint() {
        ResourceConstraint::Is(name) | ResourceConstraint::IsIn(name, _) => kind_of(&name),
        ResourceConstraint::Eq(uid) | ResourceConstraint::In(uid) => kind_of(uid.type_name()),
        ResourceConstraint::Any if kinds.is_empty() => any(),
        ResourceConstraint::Any => kinds,
    };
    Ok(Target { resources, actions })
}

impl Native {
    /// The same, with resources by the names of their types.
    pub(crate) fn named(mut self, words: &Vocabulary) -> Self {
        for pattern in &mut self.target.resources {
            if let Some(word) = pattern.exact() {
                *pattern = Pattern::word(words.type_of(word));
            }
        }
        self
    }
}

/// Check a policy against what the tenant's policies can speak of.
pub(crate) fn check(text: &str, target: &Target, zones: &[&str], words: &Vocabulary) -> Result<(), String> {
    let (mut actions, _) = target.permissions(words);
    // A type whose actions only the tenant knows is checked with one that stands for them.
    for kind in target.types(words) {
        if !actions.iter().any(|(_, of)| *of == kind) {
            actions.push((format!("{kind}:any"), kind));
        }
    }
    if actions.is_empty() {
        return Err("the policy is about no known type of resource".to_owned());
    }
    actions.dedup_by(|a, b| a.0 == b.0);
    let schema =
        Schema::from_json_value(words.cedar(&actions, zones)).map_err(|error| with_causes(&error))?;
    let policy = Policy::parse(Some(PolicyId::new("policy")), text).map_err(|error| with_causes(&error))?;
    let mut set = PolicySet::new();
    set.add(policy).map_err(|error| with_causes(&error))?;
    let result = Validator::new(schema).validate(&set, ValidationMode::Strict);
    let errors: Vec<String> = result.validation_errors().map(ToString::to_string).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
}

/// A policy, ready to be evaluated by itself.
pub(crate) fn compile(id: &str, text: &str) -> Result<PolicySet, String> {
    let policy = Policy::parse(Some(PolicyId::new(id)), text).map_err(|error| with_causes(&error))?;
    let mut set = PolicySet::new();
    set.add(policy).map_err(|error| with_causes(&error))?;
    Ok(set)
}
