//! The policies of one tenant, found by action and by whom they are assigned to; each is compiled when it is first needed.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use cedar_policy::PolicySet;
use serde_json::Value;
use tenantry_kernel::FieldError;
use uuid::Uuid;

use crate::Catalogue;
use crate::policy::language::schema::{Declared, Vocabulary};
use crate::policy::language::target::{Pattern, Target};
use crate::policy::language::tree::{Condition, Effect, Subject};
use crate::policy::language::{cedar, native, read};

/// A policy that can be evaluated.
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) priority: i32,
    pub(crate) effect: Effect,
    pub(crate) target: Target,
    /// Whom it concerns; everybody when there is nobody.
    pub(crate) assignees: Vec<Uuid>,
    /// The condition; none of a policy in Cedar itself.
    pub(crate) condition: Option<Condition>,
    /// The policy as Cedar.
    pub(crate) text: String,
    compiled: OnceLock<Option<PolicySet>>,
}

/// Read a policy's body: `target` and `rules`, or `cedar`. Errors point into it.
pub(crate) fn entry(
    id: &str,
    name: &str,
    priority: i32,
    body: &Value,
    words: &Vocabulary,
) -> Result<Entry, Vec<FieldError>> {
    let new = |effect, target, condition, text| Entry {
        id: id.to_owned(),
        name: name.to_owned(),
        priority,
        effect,
        target,
        assignees: Vec::new(),
        condition,
        text,
        compiled: OnceLock::new(),
    };
    if let Some(text) = body.get("cedar").and_then(Value::as_str) {
        let native =
            native::read(text).map_err(|detail| vec![FieldError::new("#/cedar", detail)])?.named(words);
        return Ok(new(native.effect, native.target, None, text.to_owned()));
    }
    let null = Value::Null;
    let target = Target::read(body.get("target").unwrap_or(&null), "#/target", words)?;
    let types = target.types(words);
    let (effect, condition) = read::rules(body.get("rules").unwrap_or(&null), "#/rules", words, &types)?;
    let text = cedar::policy(effect, &condition);
    Ok(new(effect, target, Some(condition), text))
}

impl Entry {
    /// A policy that denies everything, in the place of one that cannot be read.
    pub(crate) fn denying(id: &str, name: &str, priority: i32) -> Self {
        let any = || vec![Pattern::word("*")];
        let condition = Condition::All(Vec::new());
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            priority,
            effect: Effect::Deny,
            target: Target { resources: any(), actions: any() },
            assignees: Vec::new(),
            text: cedar::policy(Effect::Deny, &condition),
            condition: Some(condition),
            compiled: OnceLock::new(),
        }
    }

    /// Have Cedar check the policy as well.
    pub(crate) fn check(&self, words: &Vocabulary) -> Result<(), FieldError> {
        let zones = self.condition.as_ref().map(Condition::zones).unwrap_or_default();
        let at = if self.condition.is_some() { "#/rules" } else { "#/cedar" };
        native::check(&self.text, &self.target, &zones, words).map_err(|detail| FieldError::new(at, detail))
    }

    /// The policy alone, compiled; none when it cannot be.
    pub(crate) fn compiled(&self) -> Option<&PolicySet> {
        self.compiled
            .get_or_init(|| match native::compile(&self.id, &self.text) {
                Ok(set) => Some(set),
                Err(error) => {
                    tracing::error!(policy.id = %self.id, error = %error, "a policy cannot be compiled");
                    None
                }
            })
            .as_ref()
    }

    /// Whether the answer may depend on the resource.
    pub(crate) fn looks_at_resource(&self) -> bool {
        self.condition.as_ref().is_none_or(|condition| {
            condition.paths().iter().any(|path| path.subject == Subject::Resource && path.name != "type")
        })
    }
}

impl Entry {
    /// Whether the answer may depend on the device. One in Cedar itself may ask about anything.
    fn looks_at_device(&self) -> bool {
        self.condition
            .as_ref()
            .is_none_or(|condition| condition.paths().iter().any(|path| path.subject == Subject::Device))
    }
}

/// Numbers of policies, by whom they are assigned to.
#[derive(Default)]
struct Bucket {
    everybody: Vec<u32>,
    assigned: HashMap<Uuid, Vec<u32>>,
}

impl Bucket {
    fn add(&mut self, number: u32, entry: &Entry) {
        if entry.assignees.is_empty() {
            self.everybody.push(number);
        }
        for assignee in &entry.assignees {
            self.assigned.entry(*assignee).or_default().push(number);
        }
    }

    fn find(&self, assignees: impl Iterator<Item = Uuid>, found: &mut Vec<u32>) {
        found.extend(&self.everybody);
        if !self.assigned.is_empty() {
            found.extend(assignees.filter_map(|assignee| self.assigned.get(&assignee)).flatten());
        }
    }
}

/// The enabled policies of one tenant.
#[derive(Default)]
pub(crate) struct Policies {
    entries: Vec<Entry>,
    /// By type of resource, then by action: those without wildcards.
    exact: HashMap<String, HashMap<String, Bucket>>,
    /// Those with wildcards.
    wild: Bucket,
    /// Time zones that some policy asks about.
    pub(crate) zones: BTreeSet<String>,
    /// Whether some policy may ask about the device.
    pub(crate) asks_about_devices: bool,
    /// The types that the tenant has declared.
    declared: Arc<Declared>,
}

impl Policies {
    /// Index policies.
    pub(crate) fn new(entries: Vec<Entry>, declared: Arc<Declared>) -> Self {
        let mut policies = Self { declared, ..Self::default() };
        for (number, entry) in (0_u32..).zip(&entries) {
            let exact = |list: &[Pattern]| -> Option<Vec<String>> {
                list.iter().map(|pattern| pattern.exact().map(str::to_owned)).collect()
            };
            match (exact(&entry.target.resources), exact(&entry.target.actions)) {
                (Some(resources), Some(actions)) => {
                    for (resource, action) in
                        resources.iter().flat_map(|one| actions.iter().map(move |two| (one, two)))
                    {
                        let of_type = policies.exact.entry(resource.clone()).or_default();
                        of_type.entry(action.clone()).or_default().add(number, entry);
                    }
                }
                _ => policies.wild.add(number, entry),
            }
            let zones = entry.condition.as_ref().map(Condition::zones).unwrap_or_default();
            policies.asks_about_devices |= entry.looks_at_device();
            policies.zones.extend(zones.into_iter().map(str::to_owned));
        }
        policies.entries = entries;
        policies
    }

    /// What the tenant's policies can speak of.
    pub(crate) fn words(&self, catalogue: &Catalogue, is_root: bool) -> Vocabulary {
        Vocabulary { catalogue: catalogue.clone(), is_root, declared: Arc::clone(&self.declared) }
    }

    /// Every policy.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The policies that an action of somebody may concern, from the highest priority to the lowest.
    pub(crate) fn candidates(
        &self,
        kind: &str,
        verb: &str,
        assignees: impl Iterator<Item = Uuid> + Clone,
    ) -> Vec<&Entry> {
        let mut numbers = Vec::new();
        if let Some(bucket) = self.exact.get(kind).and_then(|of_type| of_type.get(verb)) {
            bucket.find(assignees.clone(), &mut numbers);
        }
        let exact = numbers.len();
        self.wild.find(assignees, &mut numbers);
        if numbers.is_empty() {
            return Vec::new();
        }
        let entry = |number: u32| self.entries.get(usize::try_from(number).ok()?);
        let mut index = 0;
        numbers.retain(|number| {
            index += 1;
            index <= exact || entry(*number).is_some_and(|entry| entry.target.covers(kind, verb))
        });
        numbers.sort_unstable();
        numbers.dedup();
        let mut found: Vec<&Entry> = numbers.into_iter().filter_map(entry).collect();
        found.sort_by_key(|entry| std::cmp::Reverse(entry.priority));
        found
    }
}
