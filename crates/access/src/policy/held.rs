//! Nobody gives by a policy what they do not hold: not by writing one, not by changing, assigning or removing one, and not
//! by giving away a role, a group or a name that a policy speaks of.

use tenantry_db::TenantTx;
use tenantry_kernel::FieldError;
use tenantry_web::ports::{Extent, Grants};
use uuid::Uuid;

use super::decide::set::{Entry, entry};
use super::language::cedar::quoted;
use super::language::schema::Vocabulary;
use super::load::vocabulary;
use super::{model::Document, store};
use crate::role::{GrantSpec, rules};
use crate::{Catalogue, Error};

/// Read and check a policy; errors point into the document.
pub(crate) fn checked(id: &str, document: &Document, words: &Vocabulary) -> Result<Entry, Vec<FieldError>> {
    let Document { target, rules, cedar, .. } = document;
    match (target, rules, cedar) {
        (Some(_), Some(_), None) | (None, None, Some(_)) => {}
        (None, Some(_), None) => return Err(vec![FieldError::new("#/target", "missing field `target`")]),
        (Some(_), None, None) => return Err(vec![FieldError::new("#/rules", "missing field `rules`")]),
        _ => {
            let detail = "a policy has either `target` and `rules`, or `cedar`";
            return Err(vec![FieldError::new("#", detail)]);
        }
    }
    let entry = entry(id, &document.name, document.priority, &document.body(), words)?;
    entry.check(words).map_err(|error| vec![error])?;
    Ok(entry)
}

/// What the tenant's policies can speak of, as its transaction sees it.
pub(crate) async fn words(tx: &mut TenantTx, catalogue: &Catalogue) -> Result<Vocabulary, Error> {
    let is_root = catalogue.is_root(tx.tenant_id());
    Ok(vocabulary(catalogue, is_root, tx.read(store::types()).await?))
}

/// Refuse unless the caller holds every permission that the policy is about, on every resource.
pub(crate) fn held(entry: &Entry, words: &Vocabulary, caller: &Grants, pointer: &str) -> Result<(), Error> {
    let (permissions, is_open) = entry.target.permissions(words);
    let mut specs = Vec::new();
    let mut needs_administrator = is_open;
    for (name, _) in &permissions {
        match name.parse() {
            Ok(permission) => specs.push(GrantSpec { permission, extent: Extent::Any }),
            Err(_) => needs_administrator = true,
        }
    }
    let is_held = rules::held(&words.catalogue, caller, &specs).is_ok()
        && (!needs_administrator || rules::is_administrator(caller));
    if is_held {
        return Ok(());
    }
    let detail = format!("the policy {} is about more than you hold", entry.name);
    Err(Error::BeyondOwn(vec![FieldError::new(pointer, detail)]))
}

/// What somebody would gain or lose: a role, a group, a family.
#[derive(Debug, Default)]
pub(crate) struct Given<'a> {
    /// Roles and groups that policies may be assigned to.
    pub(crate) ids: Vec<Uuid>,
    /// Names that conditions may speak of.
    pub(crate) roles: Vec<&'a str>,
    pub(crate) groups: Vec<&'a str>,
    pub(crate) families: Vec<&'a str>,
}

/// Refuse unless the caller holds what policies give to whoever has these.
pub(crate) async fn through(
    tx: &mut TenantTx,
    catalogue: &Catalogue,
    caller: &Grants,
    given: &Given<'_>,
    pointer: &str,
) -> Result<(), Error> {
    let (policies, assigned, types) = tx.read((store::every(), store::assigned(), store::types())).await?;
    let words = vocabulary(catalogue, catalogue.is_root(tx.tenant_id()), types);
    for policy in &policies {
        let is_assigned =
            assigned.iter().any(|one| one.policy_id == policy.id && given.ids.contains(&one.assignee_id));
        let Ok(entry) = entry(&policy.id.to_string(), &policy.name, policy.priority, &policy.body, &words)
        else {
            continue;
        };
        if is_assigned || speaks_of(&entry, given) {
            held(&entry, &words, caller, pointer)?;
        }
    }
    Ok(())
}

fn speaks_of(entry: &Entry, given: &Given<'_>) -> bool {
    let named = [("role", &given.roles), ("group", &given.groups), ("family", &given.families)];
    named.into_iter().any(|(attribute, names)| match &entry.condition {
        Some(condition) => condition.texts_of_user(attribute).iter().any(|text| names.contains(text)),
        None => names.iter().any(|name| entry.text.contains(&quoted(name))),
    })
}
