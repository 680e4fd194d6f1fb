//! GET and PUT /auth/mfa/policy: who must have a second factor, and which.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_access::existing_roles;
use tenantry_db::{Audited, Change, Committed, Scalar, TenantTx, Topic, Written};
use tenantry_kernel::{Clock, RoleId, UserId};
use tenantry_web::ports::{Resource, ResourceInfo};
use tenantry_web::{Body, Guard, IfMatch, Problem, Success, View};
use uuid::Uuid;

use super::model::MethodType;
use crate::device::store as devices;
use crate::{Error, ReadMfaPolicy, UpdateMfaPolicy};

tenantry_kernel::text_enum! {
    /// Who must have a second factor.
    pub(crate) enum MfaRequired {
        /// Nobody.
        Nobody = "nobody",
        /// Everybody.
        Everybody = "everybody",
        /// Who has one of the policy's roles, also through a group.
        Roles = "roles",
    }
}

tenantry_kernel::text_enum! {
    /// A kind of second factor.
    pub(crate) enum FactorKind {
        /// An authenticator app.
        Totp = "totp",
        /// Codes to the verified e-mail address.
        Email = "email",
        /// Codes to the verified telephone number.
        Sms = "sms",
        /// A passkey.
        Passkey = "passkey",
    }
}

impl From<MethodType> for FactorKind {
    fn from(kind: MethodType) -> Self {
        match kind {
            MethodType::Totp => Self::Totp,
            MethodType::Email => Self::Email,
            MethodType::Sms => Self::Sms,
        }
    }
}

tenantry_db::row! {
    /// A tenant's policy.
    #[derive(Debug, Clone)]
    pub(crate) struct MfaPolicy {
        pub(crate) required: MfaRequired,
        pub(crate) role_ids: Vec<RoleId>,
        pub(crate) methods: Vec<String>,
        pub(crate) grace_days: i32,
        pub(crate) trusted_device_days: i32,
        pub(crate) starts_at: Option<Timestamp>,
        pub(crate) version: i64,
        pub(crate) updated_at: Option<Timestamp>,
    }
}

impl Default for MfaPolicy {
    fn default() -> Self {
        Self {
            required: MfaRequired::Nobody,
            role_ids: Vec::new(),
            methods: FactorKind::ALL.iter().map(ToString::to_string).collect(),
            grace_days: 0,
            trusted_device_days: 30,
            starts_at: None,
            version: 0,
            updated_at: None,
        }
    }
}

impl MfaPolicy {
    /// From when on somebody must have a second factor; none when they need not.
    pub(crate) fn required_from(&self, roles: &[RoleId], created_at: Timestamp) -> Option<Timestamp> {
        let is_meant = match self.required {
            MfaRequired::Nobody => false,
            MfaRequired::Everybody => true,
            MfaRequired::Roles => roles.iter().any(|role| self.role_ids.contains(role)),
        };
        let begins = self.starts_at.map_or(created_at, |starts_at| starts_at.max(created_at));
        let grace = SignedDuration::from_hours(24 * i64::from(self.grace_days));
        is_meant.then(|| begins.checked_add(grace).unwrap_or(begins))
    }

    /// For how many days trust that was given under this policy lasts at most under the next; none when it stays. A device may stand
    /// for a kind of factor that counts no longer: nobody knows for which.
    fn longest_trust(&self, next: &Self) -> Option<i32> {
        if self.methods.iter().any(|method| !next.methods.contains(method)) {
            return Some(0);
        }
        (next.trusted_device_days < self.trusted_device_days).then_some(next.trusted_device_days)
    }

    /// Whether a kind can be set up, and counts.
    pub(crate) fn allows(&self, kind: FactorKind) -> bool {
        self.methods.iter().any(|method| method == kind.as_str())
    }
}

impl Resource for MfaPolicy {
    const TYPE: &'static str = "mfa_policy";

    fn id(&self) -> Option<Uuid> {
        None
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// As policies see it.
pub(crate) const RESOURCE: ResourceInfo =
    ResourceInfo { name: "mfa_policy", plural: "mfa_policy", attributes: &[] };

/// The policy of one tenant, for the trail.
struct Of(Uuid, MfaPolicy);

impl Audited for Of {
    const RESOURCE: &'static str = "mfa_policy";

    fn resource_id(&self) -> Uuid {
        self.0
    }

    fn version(&self) -> i64 {
        self.1.version
    }

    fn snapshot(&self) -> Value {
        let MfaPolicy { required, role_ids, methods, grace_days, trusted_device_days, .. } = &self.1;
        json!({
            "required": required, "role_ids": role_ids, "methods": methods, "grace_days": grace_days,
            "trusted_device_days": trusted_device_days,
        })
    }
}

tenantry_db::statements! {
    /// The tenant's policy.
    pub(crate) read find() -> Option<MfaPolicy>
        = "SELECT required, role_ids, methods, grace_days, trusted_device_days, starts_at, version, updated_at FROM mfa_policies \
           WHERE tenant_id = $1";

    /// The same, locked.
    write find_for_update() -> Option<MfaPolicy>
        = "SELECT required, role_ids, methods, grace_days, trusted_device_days, starts_at, version, updated_at FROM mfa_policies \
           WHERE tenant_id = $1 FOR UPDATE";

    /// The policy stays as it is until the transaction ends, also where there is none: what is given under it now is there for
    /// [`claim`] to find.
    pub(crate) write hold() -> Option<Scalar<bool>>
        = "SELECT true FROM pg_advisory_xact_lock_shared(hashtextextended('mfa_policies ' || $1::uuid::text, 0))";

    /// Nobody else holds the policy until the transaction ends.
    write claim() -> Option<Scalar<bool>>
        = "SELECT true FROM pg_advisory_xact_lock(hashtextextended('mfa_policies ' || $1::uuid::text, 0))";

    /// The tenant's new policy.
    write save(
        required: MfaRequired, roles: Vec<RoleId>, methods: Vec<String>, grace_days: i32, starts_at: Option<Timestamp>,
        version: i64, at: Timestamp, by: UserId, trusted_days: i32
    ) -> Written = "INSERT INTO mfa_policies (tenant_id, required, role_ids, methods, grace_days, starts_at, version, \
        updated_at, updated_by, trusted_device_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant_id) DO UPDATE SET \
        required = excluded.required, role_ids = excluded.role_ids, methods = excluded.methods, \
        grace_days = excluded.grace_days, starts_at = excluded.starts_at, version = excluded.version, \
        updated_at = excluded.updated_at, updated_by = excluded.updated_by, \
        trusted_device_days = excluded.trusted_device_days";
}

/// The tenant's policy.
pub(crate) async fn of(tx: &mut TenantTx) -> Result<MfaPolicy, Error> {
    Ok(tx.read(find()).await?.unwrap_or_default())
}

/// Who must have a second factor, and which.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MfaPolicyView {
    required: MfaRequired,
    /// Of `roles`.
    role_ids: Vec<RoleId>,
    /// What can be set up, and counts: of `totp`, `email`, `sms`, `passkey`.
    methods: Vec<String>,
    /// How many days an account may do without: from its creation, or from `starts_at`, whichever is later.
    grace_days: i32,
    /// For how many days a device may stand for the second factor; 0: none may. 30 where nothing is said.
    trusted_device_days: i32,
    /// Since when the policy is as strict as it is.
    starts_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    #[serde(skip)]
    version: i64,
}

impl View for MfaPolicyView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl From<MfaPolicy> for MfaPolicyView {
    fn from(policy: MfaPolicy) -> Self {
        let MfaPolicy {
            required,
            role_ids,
            methods,
            grace_days,
            trusted_device_days,
            starts_at,
            version,
            updated_at,
        } = policy;
        Self { required, role_ids, methods, grace_days, trusted_device_days, starts_at, updated_at, version }
    }
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedMfaPolicy {
    #[garde(skip)]
    required: Option<MfaRequired>,
    /// At most 50; `roles` needs one.
    #[garde(inner(length(max = 50)))]
    role_ids: Option<Vec<RoleId>>,
    /// At least one. Where somebody must have a second factor, `totp` is one of them: an app needs neither address nor number, so
    /// that everybody can get in.
    #[garde(inner(length(min = 1, max = 4)))]
    methods: Option<Vec<FactorKind>>,
    /// 0 to 90.
    #[garde(inner(range(min = 0, max = 90)))]
    grace_days: Option<i32>,
    /// 0 to 90. With fewer days than before, trust that was given earlier ends earlier, too; with fewer `methods`, all trust ends.
    #[garde(inner(range(min = 0, max = 90)))]
    trusted_device_days: Option<i32>,
}

impl MfaPolicy {
    /// The policy after a change.
    ///
    /// # Errors
    /// The field that is wrong.
    fn changed(&self, change: ChangedMfaPolicy, now: Timestamp) -> Result<Self, Error> {
        let mut changed = self.clone();
        changed.required = change.required.unwrap_or(changed.required);
        changed.grace_days = change.grace_days.unwrap_or(changed.grace_days);
        changed.trusted_device_days = change.trusted_device_days.unwrap_or(changed.trusted_device_days);
        if let Some(mut roles) = change.role_ids {
            roles.sort_unstable();
            roles.dedup();
            changed.role_ids = roles;
        }
        if let Some(kinds) = change.methods {
            let listed = FactorKind::ALL.iter().filter(|kind| kinds.contains(kind));
            changed.methods = listed.map(ToString::to_string).collect();
        }
        if changed.required == MfaRequired::Roles && changed.role_ids.is_empty() {
            return Err(Error::field("#/role_ids", "`roles` needs at least one"));
        }
        if changed.required != MfaRequired::Nobody && !changed.allows(FactorKind::Totp) {
            return Err(Error::field(
                "#/methods",
                "whoever must have a second factor must be able to set up an app",
            ));
        }
        let is_same = changed.required == self.required
            && changed.role_ids == self.role_ids
            && changed.methods == self.methods;
        if changed.required == MfaRequired::Nobody {
            changed.starts_at = None;
        } else if !is_same {
            changed.starts_at = Some(now);
        }
        Ok(changed)
    }
}

/// Get the policy of second factors.
pub(crate) async fn get(guard: Guard<ReadMfaPolicy>) -> Result<Success<MfaPolicyView>, Problem> {
    guard.permit_all::<MfaPolicy>()?;
    let policy = guard.tenant().read(find()).await?.unwrap_or_default();
    Ok(Success::ok(policy.into()))
}

/// Change the policy of second factors. Sessions that were begun with less end when they are renewed.
pub(crate) async fn update(
    guard: Guard<UpdateMfaPolicy>,
    clock: Clock,
    expected: IfMatch,
    Body(request): Body<ChangedMfaPolicy>,
) -> Result<Committed<Success<MfaPolicyView>>, Problem> {
    guard.permit_all::<MfaPolicy>()?;
    let (now, tenant) = (clock.now(), guard.tenant_info().id.as_uuid());
    let mut tx = guard.tenant().begin()?;
    // A sign-in that trusts a device by the policy of before ends first, so that its trust is shortened with the others.
    tx.run(claim()).await?;
    let policy = tx.run(find_for_update()).await?.unwrap_or_default();
    expected.check(policy.version)?;
    if let Some(roles) = &request.role_ids {
        let known = existing_roles(&mut tx, roles).await.map_err(Error::from)?;
        if !roles.iter().all(|role| known.contains(role)) {
            return Err(Error::NotFound.into());
        }
    }
    let changed = policy.changed(request, now)?;
    let (before, mut after) = (Of(tenant, policy), Of(tenant, changed));
    if Change::between(&before, &after).is_empty() {
        return Ok(tx.unchanged(Success::ok(before.1.into())).await?);
    }
    after.1.version += 1;
    after.1.updated_at = Some(now);
    let MfaPolicy {
        required, role_ids, methods, grace_days, trusted_device_days, starts_at, version, ..
    } = after.1.clone();
    let by = guard.caller()?.user;
    tx.queue(save(required, role_ids, methods, grace_days, starts_at, version, now, by, trusted_device_days));
    if let Some(days) = before.1.longest_trust(&after.1) {
        tx.run(devices::shorten(days)).await?;
        tx.announce(Topic::Access);
    }
    let change = Change::between(&before, &after);
    Ok(tx.commit(change, Success::ok(after.1.into())).await?)
}

#[cfg(test)]
mod tests;
