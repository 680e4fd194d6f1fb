//! Tenancy asks for people; identity has them.

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tenantry_db::{TenantDb, TenantTx};
use tenantry_identity::{Error, Identity, NewAdministrator};
use tenantry_kernel::{TenantId, UserId};
use tenantry_tenancy::ports::{Administrator, PasswordRefused, People};
use tenantry_web::Problem;
use tenantry_web::ports::TenantInfo;

use crate::start::Tools;

/// Identity, as tenancy sees it.
pub(crate) struct PeopleOf {
    identity: Identity,
    tools: Tools,
}

impl PeopleOf {
    pub(crate) const fn new(identity: Identity, tools: Tools) -> Self {
        Self { identity, tools }
    }
}

impl People for PeopleOf {
    fn normalise_email(&self, email: &str) -> Result<String, String> {
        tenantry_identity::email::normalise(email)
    }

    fn hash<'a>(
        &'a self,
        tenant: TenantId,
        password: SecretString,
        context: &'a [&'a str],
    ) -> BoxFuture<'a, Result<String, PasswordRefused>> {
        Box::pin(async move {
            self.identity.hash_password(tenant, "#/password", password, context).await.map_err(|error| {
                match error {
                    Error::Fields(fields) => PasswordRefused::Weak(fields),
                    other => PasswordRefused::Failed(other.into()),
                }
            })
        })
    }

    fn end_all_sessions<'a>(&'a self, tenant: &'a TenantDb) -> BoxFuture<'a, Result<(), Problem>> {
        Box::pin(async move { Ok(self.identity.end_all_sessions(tenant, &self.tools.clock).await?) })
    }

    fn create_administrator<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        tenant: &'a TenantInfo,
        administrator: &'a Administrator,
        role: &'a str,
    ) -> BoxFuture<'a, Result<UserId, Problem>> {
        Box::pin(async move {
            let Administrator { email, first_name, last_name, password_hash } = administrator.clone();
            let new = NewAdministrator { email, first_name, last_name, password_hash };
            let Tools { clock, rng } = &self.tools;
            Ok(self.identity.create_administrator(tx, (clock, rng), &new, (role, tenant)).await?)
        })
    }
}
