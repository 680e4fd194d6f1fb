//! POST /tenants/{tenant_id}/activate, …/deactivate, …/suspend

use jiff::SignedDuration;
use tenantry_db::{Change, Committed, Control, Origin, Purpose, Topic, Written};
use tenantry_kernel::{RequestId, TenantId, UserId};
use tenantry_web::ports::TenantStatus;
use tenantry_web::{Guard, Path, PlatformAction, Problem, Success, Use};

use super::{Tenant, TenantView, store};
use crate::directory::find_by_id;
use crate::operate::Tenancy;
use crate::{Error, SwitchTenant};

/// The statement that saves a tenant.
pub(crate) fn save(tenant: &Tenant, by: Option<UserId>) -> Control<Written> {
    store::save(
        tenant.id,
        tenant.name.clone(),
        tenant.slug.clone(),
        tenant.status,
        tenant.plan,
        tenant.admin_email.clone(),
        tenant.version,
        tenant.updated_at,
        by,
    )
}

/// Let a tenant's people use it (again).
pub(crate) async fn activate(
    guard: Guard<SwitchTenant>,
    Path(id): Path<TenantId>,
    Use(tenancy): Use<Tenancy>,
) -> Result<Committed<Success<TenantView>>, Problem> {
    switch(guard, id, &tenancy, TenantStatus::Active, "activated").await
}

/// Switch a tenant off: its people are signed out at once, on every node.
pub(crate) async fn deactivate(
    guard: Guard<SwitchTenant>,
    Path(id): Path<TenantId>,
    Use(tenancy): Use<Tenancy>,
) -> Result<Committed<Success<TenantView>>, Problem> {
    switch(guard, id, &tenancy, TenantStatus::Inactive, "deactivated").await
}

/// Suspend a tenant: its people are signed out at once, on every node.
pub(crate) async fn suspend(
    guard: Guard<SwitchTenant>,
    Path(id): Path<TenantId>,
    Use(tenancy): Use<Tenancy>,
) -> Result<Committed<Success<TenantView>>, Problem> {
    switch(guard, id, &tenancy, TenantStatus::Suspended, "suspended").await
}

/// Change the state of a tenant. Doing it twice changes nothing.
pub(super) async fn switch<A: PlatformAction>(
    guard: Guard<A>,
    id: TenantId,
    tenancy: &Tenancy,
    to: TenantStatus,
    verb: &'static str,
) -> Result<Committed<Success<TenantView>>, Problem> {
    let mut tx = guard.platform("switch a tenant")?;
    let tenant = tx.run(store::find_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    guard.permit(&tenant)?;
    let switched = switched(&tenant, to, tenancy)?;
    tx.run(save(&switched, Some(guard.caller()?.user))).await.map_err(Error::from)?;
    if to != TenantStatus::Active {
        tenancy.sign_everyone_out(id).await?;
    }
    tx.announce(id, Topic::Directory);
    let domains = tx.run(store::domains(id)).await.map_err(Error::from)?;
    let change = Change::between(&tenant, &switched).verb(verb);
    let view = TenantView::new(switched, Some(domains));
    Ok(tx.commit(change, Success::ok(view)).await.map_err(Error::from)?)
}

fn switched(tenant: &Tenant, to: TenantStatus, tenancy: &Tenancy) -> Result<Tenant, Error> {
    if tenant.id == tenancy.authority.root() {
        return Err(Error::Root);
    }
    if matches!(tenant.status, TenantStatus::Provisioning | TenantStatus::Deleted) {
        return Err(Error::WrongState(tenant.status.as_str()));
    }
    let mut switched = tenant.clone();
    if tenant.status != to {
        switched.status = to;
        switched.version += 1;
        switched.updated_at = tenancy.clock().now();
    }
    Ok(switched)
}

impl Tenancy {
    /// Sign everybody of the tenant out, on every node: access tokens are refused, and sessions cannot be refreshed.
    pub async fn sign_everyone_out(&self, tenant: TenantId) -> Result<(), Problem> {
        let now = self.clock().now();
        let life = SignedDuration::try_from(self.settings.access_token_life);
        let until = now + life.unwrap_or(SignedDuration::from_hours(1)) + SignedDuration::from_mins(1);
        let directory = self.authority.directory()?;
        directory.revoke(tenant, "tenant", tenant.as_uuid(), now, until).await?;
        let found = directory.find(find_by_id(tenant)).await?.ok_or(Error::NotFound)?;
        let placement = found.info(self.authority.root()).placement;
        let origin = Origin::system(RequestId::new(self.clock(), self.rng()), now, "tenants:switch");
        let scope = self.authority.enter(&placement, Purpose::Operate, origin);
        self.people.end_all_sessions(&scope).await
    }

    /// Change the state of a tenant from the command line.
    pub async fn switch_as_system(
        &self,
        id: TenantId,
        to: TenantStatus,
        verb: &str,
    ) -> Result<Tenant, Problem> {
        let mut tx = self.system_tx()?;
        let tenant = tx.run(store::find_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
        let switched = switched(&tenant, to, self)?;
        tx.run(save(&switched, None)).await.map_err(Error::from)?;
        if to != TenantStatus::Active {
            self.sign_everyone_out(id).await?;
        }
        tx.announce(id, Topic::Directory);
        tx.commit(Change::between(&tenant, &switched).verb(verb), ()).await.map_err(Error::from)?;
        Ok(switched)
    }
}
