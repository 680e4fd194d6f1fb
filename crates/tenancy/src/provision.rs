//! Creating a tenant, in steps that can be resumed.
//!
//! 1. *Begin*: the control rows, in state `provisioning`, with what is still to be done.
//! 2. *Complete*: the schema or database, the system roles, the first administrator; each step may be repeated.
//! 3. *Finish*: the tenant is `active`, and nothing is left to be done.
//!
//! A process that dies in between leaves a tenant that nobody can enter and that any node completes.

use std::sync::Arc;

use base64::Engine as _;
use secrecy::SecretString;
use tenantry_db::{
    Authority, Change, Mode, Origin, POOLED_SCHEMA, Placement, PlatformTx, Purpose, Topic, migrate,
};
use tenantry_kernel::{FieldError, RequestId, TenantId, UserId};
use tenantry_web::Problem;
use tenantry_web::ports::{TenantInfo, TenantStatus};

use crate::operate::Tenancy;
use crate::ports::{Administrator, PasswordRefused};
use crate::tenant::{
    Isolation, NewTenant, Plan, Tenant, Tier,
    model::{DomainView, normalise_domain},
    store,
};
use crate::{Error, Slug};

/// Write the control rows of a new tenant.
pub(crate) async fn begin(
    tenancy: &Tenancy,
    mut tx: PlatformTx,
    request: NewTenant,
    by: Option<UserId>,
) -> Result<TenantId, Problem> {
    let slug = choose_slug(&request)?;
    let id = TenantId::new(tenancy.clock(), tenancy.rng());
    begin_with(tenancy, &mut tx, request, &slug, id, by).await?;
    let values = serde_json::json!({"slug": slug.as_str(), "status": TenantStatus::Provisioning});
    let change = Change::named("tenant", Some(id.as_uuid()), "provisioning", values);
    tx.commit_step(change).await.map_err(Error::from)?;
    Ok(id)
}

pub(crate) async fn begin_with(
    tenancy: &Tenancy,
    tx: &mut PlatformTx,
    request: NewTenant,
    slug: &Slug,
    id: TenantId,
    by: Option<UserId>,
) -> Result<(), Problem> {
    let field = |name: &str, detail: String| Error::Field(FieldError::new(format!("#/{name}"), detail));
    let email = tenancy
        .people
        .normalise_email(&request.admin_email)
        .map_err(|detail| field("admin_email", detail))?;
    let hash = hash_password(tenancy, id, &request, slug).await?;
    let tier = request.tier.unwrap_or(Tier::Standard);
    let isolation = request.isolation.unwrap_or(match tier {
        Tier::Standard => tenancy.settings.standard,
        Tier::Enterprise => Isolation::Schema,
    });
    if tier == Tier::Standard && request.tier.is_some() && isolation == Isolation::Dedicated {
        return Err(field("isolation", "a database of its own is for the enterprise tier".to_owned()).into());
    }
    let placement = place(tenancy, id, isolation, request.region.as_deref().unwrap_or_default())?;
    let now = tenancy.clock().now();
    let plan = request.plan.unwrap_or(Plan::Basic);
    let insert = store::insert(
        id,
        request.name,
        slug.as_str().to_owned(),
        plan,
        tier,
        placement.region.clone(),
        email.clone(),
        now,
        by,
    );
    tx.run(insert).await.map_err(|error| slug_taken(error, slug))?;
    let Placement { cell, mode, database, schema, region, .. } = placement;
    tx.run(store::insert_placement(id, cell, mode, database, schema, region)).await.map_err(Error::from)?;
    if let Some(domain) = &request.domain {
        let domain = normalise_domain(domain)?;
        let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(tenancy.rng().bytes::<24>());
        let verified_at = request.domain_verified.then_some(now);
        let insert = store::insert_domain(id, domain, true, request.domain_verified, token, verified_at, now);
        tx.run(insert).await.map_err(|error| match error.constraint() {
            Some("tenant_domains_verified_key") => {
                field("domain", "another tenant has proved this domain".to_owned())
            }
            _ => error.into(),
        })?;
    }
    tenancy.keys.create(tx, id, tenancy.rng()).await?;
    let pending =
        store::insert_pending(id, email, request.admin_first_name, request.admin_last_name, hash, now);
    tx.run(pending).await.map_err(Error::from)?;
    Ok(())
}

async fn hash_password(
    tenancy: &Tenancy,
    id: TenantId,
    request: &NewTenant,
    slug: &Slug,
) -> Result<Option<String>, Problem> {
    let Some(password) = request.admin_password.clone() else { return Ok(None) };
    let context = [request.admin_email.as_str(), slug.as_str()];
    match tenancy.people.hash(id, password, &context).await {
        Ok(hash) => Ok(Some(hash)),
        Err(PasswordRefused::Failed(problem)) => Err(problem),
        Err(PasswordRefused::Weak(errors)) => Err(Problem::invalid(
            errors.into_iter().map(|error| FieldError::new("#/admin_password", error.detail)).collect(),
        )),
    }
}

fn choose_slug(request: &NewTenant) -> Result<Slug, Error> {
    if let Some(slug) = &request.slug {
        return Ok(Slug::parse(slug)?);
    }
    let label = request.domain.as_deref().and_then(|domain| domain.split('.').next());
    let derived =
        label.and_then(|label| Slug::derive(label).ok()).map_or_else(|| Slug::derive(&request.name), Ok);
    derived.map_err(|_| {
        let detail = "no short name can be made from this; choose one in `slug`";
        Error::Field(FieldError::new("#/name", detail))
    })
}

/// A domain in one spelling.
fn slug_taken(error: tenantry_db::Error, slug: &Slug) -> Error {
    match error.constraint() {
        Some("tenants_slug_key") => Error::SlugTaken(slug.as_str().to_owned()),
        _ => error.into(),
    }
}

/// Where a new tenant's rows will live. A region is never replaced by another in silence.
fn place(
    tenancy: &Tenancy,
    tenant: TenantId,
    isolation: Isolation,
    region: &str,
) -> Result<Placement, Error> {
    let cell = tenancy
        .settings
        .cells
        .iter()
        .find(|(_, of_cell)| region.is_empty() || of_cell == region)
        .map(|(name, _)| name.clone())
        .ok_or_else(|| Error::NoSuchRegion(region.to_owned()))?;
    let pooled = tenancy.authority.databases().cell_database(&cell)?;
    let (database, schema) = match isolation {
        Isolation::Pooled => (pooled, POOLED_SCHEMA.to_owned()),
        Isolation::Schema => (pooled, Placement::schema_of(tenant)),
        Isolation::Dedicated => (Placement::database_of(tenant), POOLED_SCHEMA.to_owned()),
    };
    let of_cell =
        tenancy.settings.cells.iter().find(|(name, _)| *name == cell).map(|(_, region)| region.clone());
    Ok(Placement {
        tenant,
        cell,
        mode: isolation.into(),
        database,
        schema,
        region: of_cell.unwrap_or_default(),
    })
}

/// What [`complete`] hands back: the open transaction, and what it is to be committed with.
pub(crate) type Completed = (PlatformTx, Tenant, Vec<DomainView>, Change);

/// Do what is still to be done for a tenant, as far as its activation; the caller commits.
pub(crate) async fn complete(
    tenancy: &Tenancy,
    mut tx: PlatformTx,
    id: TenantId,
) -> Result<Completed, Problem> {
    // The lock keeps two nodes from doing the same work at once.
    let pending = tx.run(store::pending_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    let row = tx.run(crate::directory::find_by_id(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    let info = row.info(tenancy.authority.root());
    let databases = tenancy.authority.databases();
    let Placement { cell, mode, database, schema, .. } = &*info.placement;
    if *mode == Mode::Dedicated {
        migrate::create_tenant_database(databases, cell, database).await.map_err(Error::from)?;
    }
    if *mode != Mode::Pooled {
        migrate::migrate_schema(databases, cell, database, schema).await.map_err(Error::from)?;
    }
    first_rows(tenancy, &info, pending).await?;

    let tenant = tx.run(store::find_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    let mut active = tenant.clone();
    active.status = TenantStatus::Active;
    active.version += 1;
    active.updated_at = tenancy.clock().now();
    tx.run(super::tenant::switch::save(&active, None)).await.map_err(Error::from)?;
    tx.run(store::delete_pending(id)).await.map_err(Error::from)?;
    let domains = tx.run(store::domains(id)).await.map_err(Error::from)?;
    tx.announce(id, Topic::Directory);
    let change = Change::created(&active);
    Ok((tx, active, domains, change))
}

/// The tenant's system roles and first administrator. Nothing happens when they are there.
async fn first_rows(tenancy: &Tenancy, info: &TenantInfo, pending: store::Pending) -> Result<(), Problem> {
    let (clock, rng) = (tenancy.clock(), tenancy.rng());
    let origin = Origin::system(RequestId::new(clock, rng), clock.now(), "tenants:create");
    let scope = tenancy.authority.enter(&info.placement, Purpose::Provision, origin);
    let mut tx = scope.begin().map_err(Error::from)?;
    tenantry_access::seed_roles(&mut tx, clock, rng, info.is_root).await.map_err(Error::from)?;
    let administrator = Administrator {
        email: pending.admin_email,
        first_name: pending.admin_first_name,
        last_name: pending.admin_last_name,
        password_hash: pending.admin_password_hash,
    };
    let role = if info.is_root { tenantry_access::SUPER_ADMIN } else { tenantry_access::TENANT_ADMIN };
    let user = tenancy.people.create_administrator(&mut tx, info, &administrator, role).await?;
    let values = serde_json::json!({"administrator": user});
    let change = Change::named("tenant", Some(info.id.as_uuid()), "provisioned", values);
    tx.commit(change, ()).await.map_err(Error::from)?;
    Ok(())
}

/// Complete the tenants whose creation was interrupted. Returns how many were completed.
pub async fn resume_all(tenancy: &Tenancy) -> Result<usize, Problem> {
    let (clock, rng) = (tenancy.clock(), tenancy.rng());
    let before = clock.now() - jiff::SignedDuration::from_secs(30);
    let mut tx = system_tx(&tenancy.authority, clock.now(), RequestId::new(clock, rng))?;
    let stuck = tx.run(store::stuck(before)).await.map_err(Error::from)?;
    drop(tx);
    let mut done = 0;
    for pending in stuck {
        let tx = system_tx(&tenancy.authority, clock.now(), RequestId::new(clock, rng))?;
        let (tx, _, _, change) = complete(tenancy, tx, pending.tenant_id).await?;
        tx.commit(change, ()).await.map_err(Error::from)?;
        done += 1;
    }
    Ok(done)
}

fn system_tx(authority: &Authority, at: jiff::Timestamp, request: RequestId) -> Result<PlatformTx, Error> {
    let origin = Arc::new(Origin::system(request, at, "tenants:create"));
    Ok(authority.platform(origin, "the product itself")?)
}

impl Tenancy {
    /// Create a tenant from the command line or at start-up: the same steps as the API's.
    pub async fn create_as_system(&self, request: NewTenant) -> Result<Tenant, Problem> {
        let now = self.clock().now();
        let tx = system_tx(&self.authority, now, RequestId::new(self.clock(), self.rng()))?;
        let id = begin(self, tx, request, None).await?;
        let tx = system_tx(&self.authority, now, RequestId::new(self.clock(), self.rng()))?;
        let (tx, tenant, _, change) = complete(self, tx, id).await?;
        tx.commit(change, ()).await.map_err(Error::from)?;
        Ok(tenant)
    }

    pub(crate) fn system_tx(&self) -> Result<PlatformTx, Error> {
        system_tx(&self.authority, self.clock().now(), RequestId::new(self.clock(), self.rng()))
    }
}

/// Used by [`ensure_root`](crate::ensure_root).
pub(crate) fn root_request(email: String, password: Option<SecretString>) -> NewTenant {
    NewTenant {
        name: "Platform".to_owned(),
        admin_email: email,
        admin_password: password,
        plan: Some(Plan::Custom),
        isolation: Some(Isolation::Pooled),
        ..NewTenant::default()
    }
}
