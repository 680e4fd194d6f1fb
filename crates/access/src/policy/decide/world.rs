//! All that is known when a question is asked, and how Cedar sees it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr as _;
use std::sync::LazyLock;

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tenantry_web::ports::{Fact, Facts, Grants, Question, TenantInfo};
use uuid::Uuid;

use super::set::Entry;
use crate::policy::language::tree::{Condition, Path, Subject};

/// All that is known when a question is asked.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// Who asks.
    pub(crate) user: String,
    /// The type of the resource.
    pub(crate) kind: String,
    /// The resource; none for the collection.
    pub(crate) resource: Option<String>,
    /// The permission.
    pub(crate) permission: String,
    pub(crate) of_user: Facts,
    pub(crate) of_resource: Facts,
    pub(crate) of_environment: Facts,
    pub(crate) of_device: Facts,
    pub(crate) of_tenant: Facts,
    pub(crate) at: Timestamp,
}

fn text(text: impl Into<String>) -> Fact {
    Fact::Text(text.into())
}

/// The user, roles and groups that policies are assigned to.
pub(crate) fn assignees(user: Option<Uuid>, grants: &Grants) -> impl Iterator<Item = Uuid> + '_ {
    let roles = grants.roles.iter().map(|(id, _)| id.as_uuid());
    let groups = grants.groups.iter().map(|(id, _)| *id);
    user.into_iter().chain(roles).chain(groups)
}

/// What policies can ask of a user.
pub(crate) fn of_user(id: &str, grants: &Grants) -> Facts {
    let named = |names: Vec<String>| Fact::Texts(names);
    let person = &grants.person;
    let mut facts = Facts::from([
        (Cow::Borrowed("id"), text(id)),
        (Cow::Borrowed("role"), named(grants.roles.iter().map(|(_, name)| name.clone()).collect())),
        (Cow::Borrowed("group"), named(grants.groups.iter().map(|(_, name)| name.clone()).collect())),
        (Cow::Borrowed("family"), named(grants.families.clone())),
    ]);
    if let (Some(email), Some(status), Some(created_at)) = (&person.email, &person.status, person.created_at)
    {
        facts.insert("email".into(), text(email));
        facts.insert("status".into(), text(status));
        facts.insert("email_verified".into(), Fact::Flag(person.email_verified));
        facts.insert("mfa_enabled".into(), Fact::Flag(person.mfa_enabled));
        facts.insert("created_at".into(), Fact::Instant(created_at));
    }
    facts
}

/// What policies can ask of a tenant.
pub(crate) fn of_tenant(tenant: &TenantInfo) -> Facts {
    Facts::from([
        ("id".into(), text(tenant.id.to_string())),
        ("slug".into(), text(&tenant.slug)),
        ("name".into(), text(&tenant.name)),
        ("region".into(), text(&tenant.placement.region)),
        ("plan".into(), text(&tenant.plan)),
    ])
}

impl World {
    /// What a request of a signed-in user knows.
    pub(crate) fn of(question: &Question<'_>, kind: &str) -> Self {
        let user = question.user.to_string();
        let mut of_resource = (question.facts)();
        of_resource.insert("type".into(), text(kind));
        if let Some(id) = question.resource_id {
            of_resource.insert("id".into(), text(id.to_string()));
        }
        if let Some(owner) = question.owner {
            of_resource.insert("owner".into(), text(owner.to_string()));
        }
        let mut of_environment = Facts::from([("time".into(), Fact::Instant(question.at))]);
        if let Some(ip) = question.ip.and_then(|ip| ip.parse().ok()) {
            of_environment.insert("ip".into(), Fact::Address(ip));
        }
        if let Some(agent) = question.user_agent {
            of_environment.insert("user_agent".into(), text(agent));
        }
        Self {
            of_user: of_user(&user, question.grants),
            user,
            kind: kind.to_owned(),
            resource: question.resource_id.map(|id| id.to_string()),
            permission: question.action.name.to_owned(),
            of_resource,
            of_environment,
            of_device: question.device.cloned().unwrap_or_default(),
            of_tenant: of_tenant(question.tenant),
            at: question.at,
        }
    }

    /// The value of an attribute, when it is known.
    pub(crate) fn fact(&self, path: &Path) -> Option<&Fact> {
        match path.subject {
            Subject::User => self.of_user.get(path.name.as_str()),
            Subject::Resource => self.of_resource.get(path.name.as_str()),
            Subject::Environment => self.of_environment.get(path.name.as_str()),
            Subject::Device => self.of_device.get(path.name.as_str()),
            Subject::Tenant => self.of_tenant.get(path.name.as_str()),
            Subject::Plan => self.of_tenant.get(if path.name == "name" { "plan" } else { "" }),
        }
    }

    /// The question as Cedar takes it, with what these policies ask about: reading an instant takes Cedar longer than all the
    /// rest of a decision.
    pub(crate) fn cedar(
        &self,
        entries: &[&Entry],
        zones: &BTreeSet<String>,
    ) -> Result<(Request, Entities), String> {
        let wanted = Wanted::by(entries, zones);
        let uid = |kind: &str, id: &str| -> Result<EntityUid, String> {
            Ok(EntityUid::from_type_name_and_id(type_name(kind)?, EntityId::new(id)))
        };
        let principal = uid("User", &self.user)?;
        let resource = uid(&self.kind, self.resource.as_deref().unwrap_or("*"))?;
        let action = uid("Action", &self.permission)?;
        let entity = |uid: &EntityUid, subject: Subject, facts: &Facts| {
            let attributes =
                wanted.of(subject, facts).map(|(name, fact)| (name.to_string(), expression(fact)));
            Entity::new(uid.clone(), attributes.collect::<HashMap<_, _>>(), HashSet::new())
                .map_err(|error| error.to_string())
        };
        let entities = vec![
            entity(&principal, Subject::User, &self.of_user)?,
            entity(&resource, Subject::Resource, &self.of_resource)?,
        ];
        let entities = Entities::from_entities(entities, None).map_err(|error| error.to_string())?;
        let plan = self.of_tenant.get("plan").cloned();
        let plan = plan.into_iter().map(|plan| (Cow::Borrowed("name"), plan)).collect();
        let mut context = Vec::new();
        for (subject, facts) in [
            (Subject::Environment, &self.of_environment),
            (Subject::Device, &self.of_device),
            (Subject::Tenant, &self.of_tenant),
            (Subject::Plan, &plan),
        ] {
            if wanted.asks_about(subject) {
                let pairs =
                    wanted.of(subject, facts).map(|(name, fact)| (name.to_string(), expression(fact)));
                let record = RestrictedExpression::new_record(pairs).map_err(|error| error.to_string())?;
                context.push((subject.as_str().to_owned(), record));
            }
        }
        if wanted.now {
            context.push(("now".to_owned(), datetime(self.at)));
        }
        for zone in &wanted.zones {
            let (day, minute) = local(self.at, zone);
            context.push((format!("day in {zone}"), RestrictedExpression::new_long(day)));
            context.push((format!("minute in {zone}"), RestrictedExpression::new_long(minute)));
        }
        let context = Context::from_pairs(context).map_err(|error| error.to_string())?;
        let request =
            Request::new(principal, action, resource, context, None).map_err(|error| error.to_string())?;
        Ok((request, entities))
    }
}

/// What some policies ask about. One in Cedar itself may ask about anything.
struct Wanted<'a> {
    everything: bool,
    paths: Vec<&'a Path>,
    now: bool,
    zones: BTreeSet<&'a str>,
}

impl<'a> Wanted<'a> {
    fn by(entries: &[&'a Entry], zones: &'a BTreeSet<String>) -> Self {
        let conditions = || entries.iter().filter_map(|entry| entry.condition.as_ref());
        let everything = entries.iter().any(|entry| entry.condition.is_none());
        Self {
            everything,
            paths: conditions().flat_map(Condition::paths).collect(),
            now: everything || conditions().any(Condition::asks_for_now),
            zones: if everything {
                zones.iter().map(String::as_str).collect()
            } else {
                conditions().flat_map(Condition::zones).collect()
            },
        }
    }

    fn asks_about(&self, subject: Subject) -> bool {
        self.everything || self.paths.iter().any(|path| path.subject == subject)
    }

    fn of<'f>(
        &self,
        subject: Subject,
        facts: &'f Facts,
    ) -> impl Iterator<Item = (&'f Cow<'static, str>, &'f Fact)> {
        let is_wanted = move |name: &str| {
            self.everything || self.paths.iter().any(|path| path.subject == subject && path.name == name)
        };
        facts.iter().filter(move |(name, _)| is_wanted(name))
    }
}

/// The name of a type as Cedar has it. Reading one takes Cedar's parser, so they are kept.
fn type_name(kind: &str) -> Result<EntityTypeName, String> {
    static KNOWN: LazyLock<moka::sync::Cache<String, EntityTypeName>> =
        LazyLock::new(|| moka::sync::Cache::new(1_000));
    if let Some(name) = KNOWN.get(kind) {
        return Ok(name);
    }
    let name = EntityTypeName::from_str(kind).map_err(|error| error.to_string())?;
    KNOWN.insert(kind.to_owned(), name.clone());
    Ok(name)
}

/// The day of the week (Monday is 0) and the minute of the day in a time zone.
fn local(at: Timestamp, zone: &str) -> (i64, i64) {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let local = at.to_zoned(zone);
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    (i64::from(local.weekday().to_monday_zero_offset()), minute)
}

fn expression(fact: &Fact) -> RestrictedExpression {
    match fact {
        Fact::Text(text) => RestrictedExpression::new_string(text.clone()),
        Fact::Number(number) => RestrictedExpression::new_long(*number),
        Fact::Flag(flag) => RestrictedExpression::new_bool(*flag),
        Fact::Instant(instant) => datetime(*instant),
        Fact::Address(address) => RestrictedExpression::new_ip(address.to_string()),
        Fact::Texts(texts) => {
            RestrictedExpression::new_set(texts.iter().cloned().map(RestrictedExpression::new_string))
        }
    }
}

/// An instant, to the millisecond.
fn datetime(at: Timestamp) -> RestrictedExpression {
    let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at).to_zoned(TimeZone::UTC);
    let (date, time) = (at.date(), at.time());
    RestrictedExpression::new_datetime(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    ))
}
