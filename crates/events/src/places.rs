//! The schemas that hold tenants' rows, and the worker's way into each.

use std::sync::Arc;

use tenantry_db::{Authority, Error, Origin, Placement, Purpose, TenantDb, WorkerDb};
use tenantry_kernel::{RequestId, TenantId};

use crate::ports::Placements;

/// How many tenants with a schema of their own are looked at in one round; the others follow in the next rounds.
const OWN_PER_ROUND: usize = 8;

/// Every schema that holds tenants' rows.
pub(crate) struct Places {
    authority: Arc<Authority>,
    placements: Arc<dyn Placements>,
    pooled: Vec<Placement>,
}

/// One tenant's place, with the worker's way in.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) tenant: TenantId,
    pub(crate) worker: WorkerDb,
    placement: Arc<Placement>,
}

/// Whose turn it was, among the tenants that have a schema of their own.
#[derive(Debug, Default)]
pub(crate) struct Rota {
    last: Option<TenantId>,
}

impl Places {
    pub(crate) fn new(authority: Arc<Authority>, placements: Arc<dyn Placements>) -> Result<Self, Error> {
        let databases = authority.databases();
        let mut pooled = Vec::new();
        for cell in databases.cells() {
            pooled.push(databases.shared(cell, authority.root())?);
        }
        Ok(Self { authority, placements, pooled })
    }

    /// Where this tenant lives; none when it must be left alone.
    pub(crate) async fn of(&self, tenant: TenantId) -> Result<Option<Place>, Error> {
        let Some(placement) = self.placements.of(tenant).await? else { return Ok(None) };
        let worker = self.authority.worker(&placement)?;
        Ok(Some(Place { tenant, worker, placement }))
    }

    /// The schemas to be looked at in this round: every shared one, and some of the tenants' own.
    pub(crate) async fn round(&self, rota: &mut Rota) -> Vec<WorkerDb> {
        let own = self.placements.own().await.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "the tenants with a schema of their own are not known");
            Vec::new()
        });
        let turn = rota.turn(&own);
        let workers =
            self.pooled.iter().chain(turn.iter().map(AsRef::as_ref)).map(|at| self.authority.worker(at));
        workers
            .filter_map(|worker| worker.inspect_err(|error| tracing::warn!(error = %error, "no way in")).ok())
            .collect()
    }

    /// The tenant's own scope, for a job.
    pub(crate) fn enter(&self, place: &Place, origin: Origin) -> TenantDb {
        self.authority.enter(&place.placement, Purpose::Job, origin)
    }

    /// What a job's doings are traced to: the job itself stands for the request.
    pub(crate) fn origin(&self, job: tenantry_kernel::JobId, action: &'static str) -> Origin {
        Origin::system(RequestId::from_uuid(job.as_uuid()), self.authority.databases().clock().now(), action)
    }
}

impl Rota {
    /// The next few, going round.
    fn turn(&mut self, own: &[Arc<Placement>]) -> Vec<Arc<Placement>> {
        let mut sorted: Vec<&Arc<Placement>> = own.iter().collect();
        sorted.sort_by_key(|placement| placement.tenant);
        let start = self.last.map_or(0, |last| sorted.partition_point(|placement| placement.tenant <= last));
        let turn: Vec<Arc<Placement>> = sorted
            .iter()
            .cycle()
            .skip(start)
            .take(OWN_PER_ROUND.min(sorted.len()))
            .map(|at| Arc::clone(at))
            .collect();
        self.last = turn.last().map(|placement| placement.tenant);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenantry_db::Mode;
    use uuid::Uuid;

    fn placement(number: u128) -> Arc<Placement> {
        let tenant = TenantId::from_uuid(Uuid::from_u128(number));
        let schema = Placement::schema_of(tenant);
        let text = String::new;
        Arc::new(Placement {
            tenant,
            cell: text(),
            mode: Mode::Schema,
            database: text(),
            schema,
            region: text(),
        })
    }

    #[test]
    fn everyone_has_a_turn_also_when_somebody_leaves() {
        let mut own: Vec<_> = (0..20).map(placement).collect();
        let mut rota = Rota::default();
        let mut seen: Vec<TenantId> = rota.turn(&own).iter().map(|at| at.tenant).collect();
        own.remove(7);
        seen.extend(rota.turn(&own).iter().map(|at| at.tenant));
        seen.extend(rota.turn(&own).iter().map(|at| at.tenant));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 20);
    }

    #[test]
    fn nobody_has_two_turns_in_a_round() {
        let own: Vec<_> = (0..3).map(placement).collect();
        assert_eq!(Rota::default().turn(&own).len(), 3);
        assert!(Rota::default().turn(&[]).is_empty());
    }
}
