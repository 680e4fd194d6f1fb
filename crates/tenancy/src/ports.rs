//! What tenancy needs from others.

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Serialize;
use tenantry_db::{TenantDb, TenantTx};
use tenantry_kernel::{FieldError, TenantId, UserId};
use tenantry_web::audit::AuditFigures;
use tenantry_web::ports::TenantInfo;
use tenantry_web::stats::{Figures, Period};
use tenantry_web::{Problem, View};

/// The first administrator of a new tenant.
#[derive(Debug, Clone)]
pub struct Administrator {
    /// The e-mail address, normalised.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The password's hash; absent when it is to be chosen later.
    pub password_hash: Option<String>,
}

/// People, as tenancy needs them: implemented by `identity`, wired by `server`.
pub trait People: Send + Sync {
    /// Normalise an e-mail address.
    ///
    /// # Errors
    /// The detail of what is wrong with it.
    fn normalise_email(&self, email: &str) -> Result<String, String>;

    /// Check a password against the default policy, and hash it.
    fn hash<'a>(
        &'a self,
        tenant: TenantId,
        password: SecretString,
        context: &'a [&'a str],
    ) -> BoxFuture<'a, Result<String, PasswordRefused>>;

    /// End every session of the tenant, so that refresh tokens do not outlive the time the tenant is switched off.
    fn end_all_sessions<'a>(&'a self, tenant: &'a TenantDb) -> BoxFuture<'a, Result<(), Problem>>;

    /// Create the administrator as an active user with the administrators' role, unless the tenant has this user; write to them
    /// when they have no password.
    fn create_administrator<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        tenant: &'a TenantInfo,
        administrator: &'a Administrator,
        role: &'a str,
    ) -> BoxFuture<'a, Result<UserId, Problem>>;
}

/// What one tenant has, counted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TenantFigures {
    /// Its users.
    pub users: Figures,
    /// Its projects.
    pub projects: Figures,
    /// What was done in it.
    pub audit: AuditFigures,
}

impl View for TenantFigures {}

/// Says where tenants' issuers are: implemented and wired by `server`.
pub trait Issuers: Send + Sync {
    /// The tenant's issuer.
    fn issuer(&self, tenant: &TenantInfo) -> String;
}

/// Counts what a tenant has: implemented and wired by `server`, which knows every module.
pub trait Counting: Send + Sync {
    /// The figures of a tenant.
    fn of(&self, tenant: TenantDb, period: Period) -> BoxFuture<'_, Result<TenantFigures, Problem>>;
}

/// Why a password was not taken.
#[derive(Debug)]
pub enum PasswordRefused {
    /// It breaks rules; the pointers are for the field that held it.
    Weak(Vec<FieldError>),
    /// It could not be hashed now.
    Failed(Problem),
}
