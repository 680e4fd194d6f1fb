//! What can somebody do: GET /users/{user_id}/permissions. Who can do something: GET /access/who

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_kernel::{Clock, Cursor, Page, PageSize, UserId};
use tenantry_web::ports::{Extent, Facts, TenantInfo};
use tenantry_web::{Audience, Guard, Listing, Path, Problem, Query, Use, View};
use uuid::Uuid;

use super::answer::{Bench, Person, world};
use super::check::{Decided, bench};
use super::question::{self, Known};
use crate::decisions::Shared;
use crate::permission::store as permissions;
use crate::policy::decide::partial::{Truth, applies};
use crate::policy::language::schema::Vocabulary;
use crate::policy::language::tree::Effect;
use crate::policy::load::vocabulary;
use crate::policy::store;
use crate::role::store::user_exists;
use crate::{Catalogue, CheckAccess, Error};

tenantry_kernel::text_enum! {
    /// Whether somebody may do something, when the resource and the circumstances are not known.
    pub(crate) enum Possible {
        /// On every resource, whatever the circumstances.
        Yes = "yes",
        /// On no resource.
        No = "no",
        /// It depends on the conditions.
        Conditional = "conditional",
    }
}

/// What an answer depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Dependence {
    /// The tenant's policy by name, or the product's: `rbac.own`.
    policy: String,
    /// What it does when it applies.
    effect: Effect,
    /// When it applies, as Cedar.
    when: String,
}

/// What somebody can do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Ability {
    permission: String,
    answer: Possible,
    /// From the highest priority to the lowest.
    conditions: Vec<Dependence>,
}

impl View for Ability {}

/// Who can do something.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Able {
    user_id: UserId,
    email: String,
    answer: Possible,
    /// From the highest priority to the lowest.
    conditions: Vec<Dependence>,
}

impl View for Able {}

/// Which part of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Paging {
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// What is to be done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// `booking:cancel`, or B's `booking.cancel`.
    permission: String,
    /// Users looked at for a page: 10, 20, 50 or 100. Those who cannot are left out of it.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

tenantry_db::row! {
    /// A user to look at.
    pub(crate) struct Candidate {
        id: UserId,
        email: String,
        created_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// The active users, oldest first.
    read users(at: Timestamp, id: Uuid) -> Vec<Candidate>
        = "SELECT id, email, created_at FROM users WHERE tenant_id = $1 AND status = 'active' \
           AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT 101";
}

/// List what a user can do: every permission with yes or conditional, by name; what is not listed is not allowed.
pub(crate) async fn abilities(
    guard: Guard<CheckAccess>,
    clock: Clock,
    Path(user): Path<UserId>,
    Query(paging): Query<Paging>,
    Use(catalogue): Use<Catalogue>,
    Use(access): Use<Shared>,
) -> Result<Listing<Ability>, Problem> {
    guard.permit_all::<Decided>()?;
    let tenant = guard.tenant();
    let (exists, declared, types) =
        tenant.read((user_exists(user), permissions::names(), store::types())).await?;
    exists.ok_or(Error::NotFound)?;
    let words = vocabulary(&catalogue, guard.tenant_info().is_root, types);
    let policies = access.policies_of(&tenant).await?;
    let person = Person::of(&access, &tenant, user).await?;
    let bench = bench(&access, &catalogue, policies.as_deref());
    let mut names: Vec<String> = declared.into_iter().map(|name| name.0).collect();
    names.extend(words.known_actions().into_iter().map(|(name, _)| name));
    let entries = policies.iter().flat_map(|policies| policies.entries());
    names.extend(entries.flat_map(|entry| entry.target.permissions(&words).0).map(|(name, _)| name));
    names.sort();
    names.dedup();
    let after = paging.cursor.map_or(0, |cursor| cursor.id.as_u128());
    let mut items = Vec::new();
    for (number, permission) in (1_u128..).zip(names).filter(|(number, _)| *number > after) {
        let Some(known) = known(&words, &permission, clock.now()) else { continue };
        let (answer, conditions) = bench.possible(&person, &known, guard.tenant_info());
        if answer != Possible::No {
            items.push((number, Ability { permission, answer, conditions }));
        }
    }
    let place =
        |(number, _): &(u128, Ability)| Cursor { at: Timestamp::UNIX_EPOCH, id: Uuid::from_u128(*number) };
    let page = Page::cut(items, paging.limit.unwrap_or_default(), place);
    Ok(Listing::new(page.map(|(_, ability)| ability), None))
}

/// List who can do something. Every active user is looked at, page by page.
pub(crate) async fn who(
    guard: Guard<CheckAccess>,
    clock: Clock,
    Query(wanted): Query<Wanted>,
    Use(catalogue): Use<Catalogue>,
    Use(access): Use<Shared>,
) -> Result<Listing<Able>, Problem> {
    guard.permit_all::<Decided>()?;
    let tenant = guard.tenant();
    let start = wanted.cursor.unwrap_or_else(Cursor::oldest);
    let (rows, types) = tenant.read((users(start.at, start.id), store::types())).await?;
    let words = vocabulary(&catalogue, guard.tenant_info().is_root, types);
    let unreadable = || Problem::malformed("invalid_query", "query/permission", "write resource:action");
    let known = known(&words, &wanted.permission, clock.now()).ok_or_else(unreadable)?;
    let policies = access.policies_of(&tenant).await?;
    let bench = bench(&access, &catalogue, policies.as_deref());
    let page = Page::cut(rows, wanted.limit.unwrap_or_default(), |row| Cursor {
        at: row.created_at,
        id: row.id.as_uuid(),
    });
    let mut items = Vec::new();
    for Candidate { id, email, .. } in page.items {
        let person = Person::of(&access, &tenant, id).await?;
        let (answer, conditions) = bench.possible(&person, &known, guard.tenant_info());
        if answer != Possible::No {
            items.push(Able { user_id: id, email, answer, conditions });
        }
    }
    Ok(Listing::new(Page { items, next: page.next }, None))
}

/// A question that knows nothing but the action.
fn known(words: &Vocabulary, permission: &str, at: Timestamp) -> Option<Known> {
    let (kind, verb, permission) = question::action(words, permission).ok()?;
    let mut known = Known {
        kind,
        verb,
        permission,
        resource: None,
        owner: None,
        of_resource: Facts::new(),
        of_environment: Facts::new(),
        of_device: Facts::new(),
        at,
    };
    known.complete();
    Some(known)
}

impl Bench<'_> {
    /// Whether somebody may do something, when only they and the tenant are known.
    pub(crate) fn possible(
        &self,
        person: &Person,
        known: &Known,
        tenant: &TenantInfo,
    ) -> (Possible, Vec<Dependence>) {
        let audience = self.catalogue.action(&known.permission).map(|action| action.audience);
        if (audience == Some(Audience::Platform) && !tenant.is_root)
            || person.grants.person.status.as_deref().is_some_and(|status| status != "active")
        {
            return (Possible::No, Vec::new());
        }
        let policies = self.concerned(known);
        let candidates =
            policies.map(|policies| policies.candidates(&known.kind, &known.verb, person.assignees()));
        let world = world(person, known, tenant);
        let mut rules: Vec<(i32, Effect, Truth, Dependence)> = Vec::new();
        for entry in candidates.into_iter().flatten() {
            let when = entry.text.clone();
            let dependence = Dependence { policy: entry.name.clone(), effect: entry.effect, when };
            rules.push((entry.priority, entry.effect, applies(entry, &world), dependence));
        }
        let by_role = match person.grants.extent(&known.permission) {
            Some(Extent::Any) => Some(("rbac.any", Truth::True, "true")),
            Some(Extent::Own) => Some(("rbac.own", Truth::Unknown, "resource.owner == principal.id")),
            None => None,
        };
        rules.extend(by_role.map(|(policy, truth, when)| {
            let (policy, when) = (policy.to_owned(), when.to_owned());
            (0, Effect::Allow, truth, Dependence { policy, effect: Effect::Allow, when })
        }));
        rules.retain(|(.., truth, _)| *truth != Truth::False);
        // Inside a tier, denials first.
        rules.sort_by_key(|(priority, effect, ..)| (std::cmp::Reverse(*priority), *effect == Effect::Allow));
        conclude(rules)
    }
}

/// Go down the tiers until something is certain.
fn conclude(rules: Vec<(i32, Effect, Truth, Dependence)>) -> (Possible, Vec<Dependence>) {
    let mut depends: Vec<Dependence> = Vec::new();
    for (_, effect, truth, dependence) in rules {
        if truth == Truth::Unknown {
            depends.push(dependence);
            continue;
        }
        return match effect {
            Effect::Allow if depends.is_empty() => (Possible::Yes, Vec::new()),
            Effect::Allow if depends.iter().all(|one| one.effect == Effect::Allow) => {
                (Possible::Yes, Vec::new())
            }
            Effect::Allow => {
                depends.push(dependence);
                (Possible::Conditional, depends)
            }
            Effect::Deny => ending(depends),
        };
    }
    ending(depends)
}

/// Nothing below allows: it depends on what may allow above.
fn ending(depends: Vec<Dependence>) -> (Possible, Vec<Dependence>) {
    if depends.iter().any(|one| one.effect == Effect::Allow) {
        (Possible::Conditional, depends)
    } else {
        (Possible::No, Vec::new())
    }
}
