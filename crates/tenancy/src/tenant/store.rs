//! SQL of tenants, on the platform's own tables.

use jiff::Timestamp;
use tenantry_db::{Mode, Scalar, Written};
use tenantry_kernel::{TenantId, UserId};
use tenantry_web::ports::TenantStatus;
use tenantry_web::stats::{Counted, Daily};
use uuid::Uuid;

use super::model::{DomainView, Plan, Tenant, Tier};

macro_rules! tenant {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.name, t.slug, t.status, t.plan, t.tier, t.region, t.admin_email, t.version, t.created_at, ",
            "t.updated_at, p.mode FROM control.tenants t JOIN control.placements p ON p.tenant_id = t.id ",
            $rest
        )
    };
}

tenantry_db::row! {
    /// What is still to be done for a tenant.
    #[derive(Debug, Clone)]
    pub(crate) struct Pending {
        pub(crate) tenant_id: TenantId,
        pub(crate) admin_email: String,
        pub(crate) admin_first_name: Option<String>,
        pub(crate) admin_last_name: Option<String>,
        pub(crate) admin_password_hash: Option<String>,
    }
}

tenantry_db::statements! {
    /// One tenant.
    pub(crate) control find(id: TenantId) -> Option<Tenant> = tenant!("WHERE t.id = $1");

    /// One tenant, locked.
    pub(crate) control find_for_update(id: TenantId) -> Option<Tenant> = tenant!("WHERE t.id = $1 FOR UPDATE OF t");

    /// One tenant, by slug.
    pub(crate) control find_by_slug(slug: String) -> Option<Tenant> = tenant!("WHERE t.slug = $1");

    /// The domains of a tenant.
    pub(crate) control domains(tenant: TenantId) -> Vec<DomainView>
        = "SELECT domain, is_primary, is_verified, is_issuer FROM control.tenant_domains WHERE tenant_id = $1 ORDER BY domain";

    // check-sql: allow(unindexable) operators search a few thousand tenants on the platform's own table, without RLS
    /// Tenants, newest first.
    pub(crate) control list_newest(
        at: Timestamp, id: Uuid, status: Option<TenantStatus>, plan: Option<Plan>, search: Option<String>
    ) -> Vec<Tenant> = tenant!("WHERE (t.created_at, t.id) < ($1, $2) AND ($3::text IS NULL OR t.status = $3) \
        AND ($4::text IS NULL OR t.plan = $4) AND ($5::text IS NULL OR strpos(lower(t.name), lower($5)) > 0 \
        OR strpos(t.slug, lower($5)) > 0) ORDER BY t.created_at DESC, t.id DESC LIMIT 101");

    // check-sql: allow(unindexable) operators search a few thousand tenants on the platform's own table, without RLS
    /// Tenants, oldest first.
    pub(crate) control list_oldest(
        at: Timestamp, id: Uuid, status: Option<TenantStatus>, plan: Option<Plan>, search: Option<String>
    ) -> Vec<Tenant> = tenant!("WHERE (t.created_at, t.id) > ($1, $2) AND ($3::text IS NULL OR t.status = $3) \
        AND ($4::text IS NULL OR t.plan = $4) AND ($5::text IS NULL OR strpos(lower(t.name), lower($5)) > 0 \
        OR strpos(t.slug, lower($5)) > 0) ORDER BY t.created_at, t.id LIMIT 101");

    // check-sql: allow(unindexable) operators search a few thousand tenants on the platform's own table, without RLS
    /// How many tenants fit the filter.
    pub(crate) control count(status: Option<TenantStatus>, plan: Option<Plan>, search: Option<String>) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM control.tenants t WHERE ($1::text IS NULL OR t.status = $1) \
           AND ($2::text IS NULL OR t.plan = $2) AND ($3::text IS NULL OR strpos(lower(t.name), lower($3)) > 0 \
           OR strpos(t.slug, lower($3)) > 0)";

    /// How many tenants are in each state.
    pub(crate) control count_by_status() -> Vec<Counted>
        = "SELECT status AS name, count(*) AS count FROM control.tenants GROUP BY status";

    /// How many tenants have each plan.
    pub(crate) control count_by_plan() -> Vec<Counted>
        = "SELECT plan AS name, count(*) AS count FROM control.tenants GROUP BY plan";

    /// How many tenants are kept apart in each way.
    pub(crate) control count_by_isolation() -> Vec<Counted>
        = "SELECT mode AS name, count(*) AS count FROM control.placements GROUP BY mode";

    /// How many tenants were created on each day since an instant.
    pub(crate) control created_per_day(since: Timestamp) -> Vec<Daily>
        = "SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS count FROM control.tenants \
           WHERE created_at >= $1 GROUP BY 1";

    /// A new tenant, not yet in use.
    pub(crate) control insert(
        id: TenantId, name: String, slug: String, plan: Plan, tier: Tier, region: String, email: String, at: Timestamp,
        by: Option<UserId>
    ) -> Written = "INSERT INTO control.tenants (id, name, slug, status, plan, tier, region, admin_email, version, \
        created_at, updated_at, created_by, updated_by) \
        VALUES ($1, $2, $3, 'provisioning', $4, $5, $6, $7, 1, $8, $8, $9, $9)";

    /// Where its rows will live.
    pub(crate) control insert_placement(
        tenant: TenantId, cell: String, mode: Mode, database: String, schema: String, region: String
    ) -> Written = "INSERT INTO control.placements (tenant_id, cell, mode, database_name, schema_name, region) \
        VALUES ($1, $2, $3, $4, $5, $6)";

    /// A domain that the tenant claims.
    pub(crate) control insert_domain(
        tenant: TenantId, domain: String, primary: bool, verified: bool, token: String, verified_at: Option<Timestamp>,
        at: Timestamp
    ) -> Written = "INSERT INTO control.tenant_domains (tenant_id, domain, is_primary, is_verified, verification_token, \
        verified_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    /// A domain with its new values, or a new one.
    pub(crate) control save_domain(
        tenant: TenantId, domain: String, primary: bool, verified: bool, issuer: bool, token: String, at: Timestamp
    ) -> Written = "INSERT INTO control.tenant_domains (tenant_id, domain, is_primary, is_verified, is_issuer, \
        verification_token, verified_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 THEN $7::timestamptz END, $7) \
        ON CONFLICT (tenant_id, domain) DO UPDATE SET is_primary = excluded.is_primary, is_verified = excluded.is_verified, \
        is_issuer = excluded.is_issuer, verified_at = CASE WHEN excluded.is_verified \
        THEN coalesce(tenant_domains.verified_at, excluded.verified_at) END";

    /// No other domain of a tenant is the one that is shown.
    pub(crate) control no_other_primary(tenant: TenantId, domain: String) -> Written
        = "UPDATE control.tenant_domains SET is_primary = false WHERE tenant_id = $1 AND domain <> $2 AND is_primary";

    /// A tenant's issuer lives at no other domain.
    pub(crate) control no_other_issuer(tenant: TenantId, domain: String) -> Written
        = "UPDATE control.tenant_domains SET is_issuer = false WHERE tenant_id = $1 AND domain <> $2 AND is_issuer";

    /// A domain no longer.
    pub(crate) control delete_domain(tenant: TenantId, domain: String) -> Written
        = "DELETE FROM control.tenant_domains WHERE tenant_id = $1 AND domain = $2";

    /// What is still to be done.
    pub(crate) control insert_pending(
        tenant: TenantId, email: String, first: Option<String>, last: Option<String>, hash: Option<String>, at: Timestamp
    ) -> Written = "INSERT INTO control.tenant_provisioning (tenant_id, admin_email, admin_first_name, admin_last_name, \
        admin_password_hash, started_at) VALUES ($1, $2, $3, $4, $5, $6)";

    /// What is still to be done for one tenant, locked against other nodes.
    pub(crate) control pending_for_update(tenant: TenantId) -> Option<Pending>
        = "SELECT tenant_id, admin_email, admin_first_name, admin_last_name, admin_password_hash \
           FROM control.tenant_provisioning WHERE tenant_id = $1 FOR UPDATE";

    /// Tenants whose creation was begun before an instant and not finished.
    pub(crate) control stuck(before: Timestamp) -> Vec<Pending>
        = "SELECT tenant_id, admin_email, admin_first_name, admin_last_name, admin_password_hash \
           FROM control.tenant_provisioning WHERE started_at < $1 ORDER BY started_at LIMIT 100";

    /// Nothing is left to be done.
    pub(crate) control delete_pending(tenant: TenantId) -> Written
        = "DELETE FROM control.tenant_provisioning WHERE tenant_id = $1";

    /// A tenant's new values.
    pub(crate) control save(
        id: TenantId, name: String, slug: String, status: TenantStatus, plan: Plan, email: String, version: i64,
        at: Timestamp, by: Option<UserId>
    ) -> Written = "UPDATE control.tenants SET name = $2, slug = $3, status = $4, plan = $5, admin_email = $6, \
        version = $7, updated_at = $8, updated_by = $9 WHERE id = $1";
}
