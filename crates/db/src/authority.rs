//! The capability that scopes are minted from.

use std::sync::Arc;

use tenantry_kernel::{Clock, Rng, TenantId};

use crate::error::Error;
use crate::origin::{Actor, Origin, Purpose};
use crate::placement::Placement;
use crate::platform::{Directory, PlatformTx};
use crate::pool::{Databases, Role, Settings};
use crate::tenant::TenantDb;
use crate::worker::WorkerDb;

/// Who holds this may enter any tenant. It is made once, at start-up, and given to authentication and the job worker
/// alone; it cannot be copied, only shared by whoever was given it.
pub struct Authority {
    databases: Databases,
    root: TenantId,
}

impl Authority {
    /// Connect the server to its databases. Nothing is sent yet.
    ///
    /// `root` is the platform's own tenant, whose trail records what operators do.
    pub fn open(settings: Settings, root: TenantId, clock: Clock, rng: Rng) -> Result<Self, Error> {
        Ok(Self { databases: Databases::new(settings, clock, rng)?, root })
    }

    /// The databases.
    pub const fn databases(&self) -> &Databases {
        &self.databases
    }

    /// The platform's own tenant.
    pub const fn root(&self) -> TenantId {
        self.root
    }

    /// Enter a tenant as the actor that authentication has bound into `origin`.
    pub fn tenant(&self, placement: &Arc<Placement>, origin: Arc<Origin>) -> TenantDb {
        TenantDb::new(self.databases.clone(), Arc::clone(placement), origin)
    }

    /// Enter a tenant before there is an actor, or on behalf of the product, for a named purpose.
    pub fn enter(&self, placement: &Arc<Placement>, purpose: Purpose, mut origin: Origin) -> TenantDb {
        tracing::trace!(tenant.id = %placement.tenant, ?purpose, "entering a tenant");
        if matches!(origin.actor, Actor::User { .. }) {
            // A purpose never borrows the rights of a signed-in user.
            origin.actor = Actor::Anonymous;
        }
        TenantDb::new(self.databases.clone(), Arc::clone(placement), Arc::new(origin))
    }

    /// Work on the platform's own tables, for a written reason.
    pub fn platform(&self, origin: Arc<Origin>, reason: &str) -> Result<PlatformTx, Error> {
        PlatformTx::new(&self.databases, self.root, origin, reason)
    }

    /// Look-ups before anyone is known.
    pub fn directory(&self) -> Result<Directory, Error> {
        Directory::new(&self.databases, self.root)
    }

    /// The job worker's way into the schema of a placement.
    pub fn worker(&self, placement: &Placement) -> Result<WorkerDb, Error> {
        Ok(WorkerDb::new(self.databases.pool(placement, Role::Worker)?))
    }
}
