//! GET and PUT /registration-policy: whether people make accounts for themselves.

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::{Audited, Change, Committed, Written};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::ports::{Resource, ResourceInfo};
use tenantry_web::{Body, Guard, IfMatch, Problem, Success, View};
use uuid::Uuid;

use crate::{Error, ReadRegistration, UpdateRegistration};

tenantry_kernel::text_enum! {
    /// Who may make an account for themselves.
    pub(crate) enum RegistrationMode {
        /// Nobody.
        Off = "off",
        /// Everybody.
        Open = "open",
        /// Who has an e-mail address in one of the allowed domains.
        Domains = "domains",
        /// Everybody, once an administrator has let them in.
        Approval = "approval",
    }
}

tenantry_kernel::text_enum! {
    /// A role that whoever registers can get.
    pub(crate) enum RegistrationRole {
        /// Works for the tenant.
        User = "user",
        /// Uses the tenant's services.
        Customer = "customer",
    }
}

tenantry_db::row! {
    /// A tenant's policy.
    #[derive(Debug, Clone)]
    pub(crate) struct RegistrationPolicy {
        pub(crate) mode: RegistrationMode,
        pub(crate) allowed_domains: Vec<String>,
        pub(crate) default_role: RegistrationRole,
        pub(crate) version: i64,
        pub(crate) updated_at: Option<Timestamp>,
    }
}

impl Default for RegistrationPolicy {
    fn default() -> Self {
        Self {
            mode: RegistrationMode::Off,
            allowed_domains: Vec::new(),
            default_role: RegistrationRole::Customer,
            version: 0,
            updated_at: None,
        }
    }
}

impl RegistrationPolicy {
    /// Whether somebody with this address may register.
    ///
    /// # Errors
    /// [`Error::RegistrationClosed`], or what is wrong with the address's domain.
    pub(crate) fn admits(&self, email: &str) -> Result<(), Error> {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_allowed = || self.allowed_domains.iter().any(|allowed| allowed == domain);
        match self.mode {
            RegistrationMode::Off => Err(Error::RegistrationClosed),
            RegistrationMode::Domains if !is_allowed() => {
                Err(Error::field("#/email", "addresses of this domain cannot register here"))
            }
            RegistrationMode::Approval if !self.allowed_domains.is_empty() && !is_allowed() => {
                Err(Error::field("#/email", "addresses of this domain cannot register here"))
            }
            _ => Ok(()),
        }
    }
}

impl Resource for RegistrationPolicy {
    const TYPE: &'static str = "registration_policy";

    fn id(&self) -> Option<Uuid> {
        None
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// As policies see it.
pub(crate) const RESOURCE: ResourceInfo =
    ResourceInfo { name: "registration_policy", plural: "registration", attributes: &[] };

/// The policy of one tenant, for the trail.
struct Of(Uuid, RegistrationPolicy);

impl Audited for Of {
    const RESOURCE: &'static str = "registration_policy";

    fn resource_id(&self) -> Uuid {
        self.0
    }

    fn version(&self) -> i64 {
        self.1.version
    }

    fn snapshot(&self) -> Value {
        let RegistrationPolicy { mode, allowed_domains, default_role, .. } = &self.1;
        json!({"mode": mode, "allowed_domains": allowed_domains, "default_role": default_role})
    }
}

tenantry_db::statements! {
    /// The tenant's policy.
    pub(crate) read find() -> Option<RegistrationPolicy>
        = "SELECT mode, allowed_domains, default_role, version, updated_at FROM registration_policies WHERE tenant_id = $1";

    /// The same, locked.
    write find_for_update() -> Option<RegistrationPolicy>
        = "SELECT mode, allowed_domains, default_role, version, updated_at FROM registration_policies WHERE tenant_id = $1 \
           FOR UPDATE";

    /// The tenant's new policy.
    write save(
        mode: RegistrationMode, domains: Vec<String>, role: RegistrationRole, version: i64, at: Timestamp, by: UserId
    ) -> Written = "INSERT INTO registration_policies (tenant_id, mode, allowed_domains, default_role, version, updated_at, \
        updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id) DO UPDATE SET mode = excluded.mode, \
        allowed_domains = excluded.allowed_domains, default_role = excluded.default_role, version = excluded.version, \
        updated_at = excluded.updated_at, updated_by = excluded.updated_by";
}

/// Whether people make accounts for themselves.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct RegistrationPolicyView {
    mode: RegistrationMode,
    /// Domains of e-mail addresses; with `open` they mean nothing.
    allowed_domains: Vec<String>,
    default_role: RegistrationRole,
    updated_at: Option<Timestamp>,
    #[serde(skip)]
    version: i64,
}

impl View for RegistrationPolicyView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl From<RegistrationPolicy> for RegistrationPolicyView {
    fn from(policy: RegistrationPolicy) -> Self {
        let RegistrationPolicy { mode, allowed_domains, default_role, version, updated_at } = policy;
        Self { mode, allowed_domains, default_role, updated_at, version }
    }
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedRegistrationPolicy {
    #[garde(skip)]
    mode: Option<RegistrationMode>,
    /// At most 50, such as `example.com`; subdomains are domains of their own. `domains` needs one.
    #[garde(inner(length(max = 50), inner(length(max = 253))))]
    allowed_domains: Option<Vec<String>>,
    #[garde(skip)]
    default_role: Option<RegistrationRole>,
}

/// Get the policy of registration.
pub(crate) async fn get(guard: Guard<ReadRegistration>) -> Result<Success<RegistrationPolicyView>, Problem> {
    guard.permit_all::<RegistrationPolicy>()?;
    let policy = guard.tenant().read(find()).await?.unwrap_or_default();
    Ok(Success::ok(policy.into()))
}

/// Change the policy of registration.
pub(crate) async fn update(
    guard: Guard<UpdateRegistration>,
    clock: Clock,
    expected: IfMatch,
    Body(request): Body<ChangedRegistrationPolicy>,
) -> Result<Committed<Success<RegistrationPolicyView>>, Problem> {
    guard.permit_all::<RegistrationPolicy>()?;
    let (now, tenant) = (clock.now(), guard.tenant_info().id.as_uuid());
    let mut tx = guard.tenant().begin()?;
    let policy = tx.run(find_for_update()).await?.unwrap_or_default();
    expected.check(policy.version)?;
    let mut changed = policy.clone();
    changed.mode = request.mode.unwrap_or(changed.mode);
    changed.default_role = request.default_role.unwrap_or(changed.default_role);
    if let Some(domains) = request.allowed_domains {
        changed.allowed_domains = checked(&domains)?;
    }
    if changed.mode == RegistrationMode::Domains && changed.allowed_domains.is_empty() {
        return Err(Error::field("#/allowed_domains", "the mode `domains` needs at least one").into());
    }
    let (before, mut after) = (Of(tenant, policy), Of(tenant, changed));
    if Change::between(&before, &after).is_empty() {
        return Ok(tx.unchanged(Success::ok(before.1.into())).await?);
    }
    after.1.version += 1;
    after.1.updated_at = Some(now);
    let RegistrationPolicy { mode, allowed_domains, default_role, version, .. } = after.1.clone();
    tx.queue(save(mode, allowed_domains, default_role, version, now, guard.caller()?.user));
    let change = Change::between(&before, &after);
    Ok(tx.commit(change, Success::ok(after.1.into())).await?)
}

/// Domains in the spelling that addresses have.
fn checked(domains: &[String]) -> Result<Vec<String>, Error> {
    let one = |(index, domain): (usize, &String)| {
        let address = crate::email::normalise(&format!("a@{}", domain.trim()));
        let domain = address.ok().and_then(|address| address.strip_prefix("a@").map(str::to_owned));
        domain.ok_or_else(|| Error::field(&format!("#/allowed_domains/{index}"), "this is no domain name"))
    };
    let mut domains: Vec<String> = domains.iter().enumerate().map(one).collect::<Result<_, _>>()?;
    domains.sort();
    domains.dedup();
    Ok(domains)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_register_depends_on_the_domain_as_it_is_and_not_as_it_ends() {
        use RegistrationMode::{Approval, Domains, Off, Open};
        let policy = |mode, domains: &[&str]| RegistrationPolicy {
            mode,
            allowed_domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            ..RegistrationPolicy::default()
        };
        for (mode, domains, email, is_admitted) in [
            (Off, &[][..], "a@b.example", false),
            (Open, &[][..], "a@b.example", true),
            (Domains, &["b.example"][..], "a@b.example", true),
            (Domains, &["b.example"][..], "a@evilb.example", false),
            (Domains, &["b.example"][..], "a@sub.b.example", false),
            (Domains, &["b.example"][..], "b.example@c.example", false),
            (Approval, &[][..], "a@b.example", true),
            (Approval, &["b.example"][..], "a@c.example", false),
        ] {
            assert_eq!(policy(mode, domains).admits(email).is_ok(), is_admitted, "{mode} {email}");
        }
    }

    #[test]
    fn domains_have_one_spelling() {
        let given = ["B.example".to_owned(), " b.example ".to_owned(), "a.example".to_owned()];
        assert_eq!(checked(&given).expect("domains"), ["a.example", "b.example"]);
        for wrong in ["", "example", "a@b.example", "*.example.com", "b.example,c.example"] {
            assert!(checked(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
