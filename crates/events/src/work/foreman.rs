//! The foreman: finds tenants with due jobs, takes jobs in turn, and waits for those that run.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use tenantry_db::{Error, Rule, WorkerDb};
use tenantry_kernel::{JobId, TenantId};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use super::ring::{Ring, Turn};
use super::run::{Ended, run};
use super::store;
use crate::job::{JobRow, Lane};
use crate::places::{Place, Rota};
use crate::runtime::{Shared, Stop};
use crate::survey;

/// Takes jobs and has them run.
pub(crate) struct Foreman {
    shared: Arc<Shared>,
    ring: Ring,
    crew: JoinSet<Ended>,
    running: HashMap<JobId, (Place, JobRow)>,
    /// When jobs are due that this node knows of: retries, and timers of tenants whose schema is not looked at every time.
    timers: BTreeSet<(Timestamp, TenantId, Lane)>,
    rota: Rota,
}

impl Foreman {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let ring = Ring::new(shared.settings);
        let (crew, running) = (JoinSet::new(), HashMap::new());
        Self { shared, ring, crew, running, timers: BTreeSet::new(), rota: Rota::default() }
    }

    /// Work until told to stop, then wait for the running jobs; answers how many had to be interrupted.
    pub(crate) async fn run(mut self, mut stop: Stop) -> usize {
        let mut tick = interval(self.shared.settings.poll);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let deadline = loop {
            tokio::select! {
                deadline = stop.deadline() => break deadline,
                tenants = self.shared.hints.next() => {
                    for tenant in tenants {
                        self.ring.offer(tenant, Lane::Default);
                    }
                }
                Some(ended) = self.crew.join_next(), if !self.crew.is_empty() => self.ended(ended),
                _ = tick.tick() => self.look_round().await,
            }
            self.fill().await;
            metrics::gauge!("tenantry_jobs_running")
                .set(f64::from(u32::try_from(self.ring.running()).unwrap_or(u32::MAX)));
        };
        self.drain(deadline).await
    }

    /// Find the tenants with due jobs, and the jobs of nodes that died.
    async fn look_round(&mut self) {
        let now = self.shared.clock.now();
        self.ring.forget();
        for worker in self.shared.places.round(&mut self.rota).await {
            if let Err(error) = self.look_at(&worker, now).await {
                tracing::warn!(error = %error, "the jobs cannot be surveyed");
            }
        }
        while let Some((at, tenant, lane)) = self.timers.pop_first() {
            if at > now {
                self.timers.insert((at, tenant, lane));
                break;
            }
            self.ring.offer(tenant, lane);
        }
    }

    async fn look_at(&mut self, worker: &WorkerDb, now: Timestamp) -> Result<(), Error> {
        let most = i32::try_from(self.shared.settings.max_attempts).unwrap_or(i32::MAX);
        for found in survey::leased(worker).await?.iter().filter(|found| found.leased_until <= now) {
            let released = worker.run(store::release_expired(found.tenant_id, now, most)).await?;
            tracing::warn!(tenant.id = %found.tenant_id, jobs = released.0, "jobs were taken back from a lost node");
        }
        for found in survey::waiting(worker).await? {
            if found.due_at <= now {
                self.ring.offer(found.tenant_id, found.lane);
            } else {
                self.timers.insert((found.due_at, found.tenant_id, found.lane));
            }
        }
        Ok(())
    }

    /// Start jobs while there is room and somebody waits.
    async fn fill(&mut self) {
        while let Some(turn) = self.ring.next() {
            match self.take(turn).await {
                Ok((asked, taken)) => self.ring.taken(turn, asked, taken),
                Err(Error::Constraint { rule: Rule::Unique, .. } | Error::Contention(_)) => {
                    // Another node took a job with the same ordering key in the same instant: the next look sees it.
                    self.shared.hints.tell(turn.tenant);
                    return;
                }
                Err(error) => {
                    tracing::warn!(tenant.id = %turn.tenant, error = %error, "jobs could not be taken");
                    self.ring.clear();
                }
            }
        }
    }

    /// Take a turn; answers how many jobs were asked for, and how many there were.
    async fn take(&mut self, turn: Turn) -> Result<(usize, usize), Error> {
        let Some(place) = self.shared.places.of(turn.tenant).await? else { return Ok((1, 0)) };
        let now = self.shared.clock.now();
        let until = now + self.shared.settings.lease;
        let kinds = self.shared.handlers.keys().map(ToString::to_string).collect();
        let (statement, asked) = store::take(turn.tenant, turn.lane, (now, until), kinds, turn.most);
        let mut jobs = place.worker.run(statement).await?;
        jobs.sort_by_key(|job| (job.due_at, job.position));
        let taken = jobs.len();
        for job in jobs {
            self.start(&place, job, turn.lane);
        }
        Ok((asked, taken))
    }

    fn start(&mut self, place: &Place, job: JobRow, lane: Lane) {
        self.ring.started(place.tenant, lane);
        self.running.insert(job.id, (place.clone(), job.clone()));
        self.crew.spawn(run(Arc::clone(&self.shared), place.clone(), job));
    }

    fn ended(&mut self, ended: Result<Ended, JoinError>) {
        let Ok(ended) =
            ended.inspect_err(|error| tracing::error!(error = %error, "a job's task ended badly"))
        else {
            return;
        };
        if let Some((place, job)) = self.running.remove(&ended.id) {
            self.timers.extend(ended.again.map(|(at, lane)| (at, place.tenant, lane)));
            self.ring.ended(place.tenant, job.lane, job.ordering_key.is_some());
        }
    }

    /// Wait for the running jobs, and give back those that take too long.
    async fn drain(mut self, deadline: Instant) -> usize {
        while let Ok(Some(ended)) = timeout_at(deadline, self.crew.join_next()).await {
            self.ended(ended);
        }
        self.crew.shutdown().await;
        for (id, (place, job)) in &self.running {
            tracing::warn!(tenant.id = %place.tenant, job.id = %id, job.kind = %job.kind, "a job was interrupted");
            if let Err(error) = place.worker.run(store::give_back(place.tenant, *id, job.attempts)).await {
                tracing::warn!(job.id = %id, error = %error, "it comes back when its lease ends");
            }
        }
        metrics::gauge!("tenantry_jobs_running").set(0.0);
        self.running.len()
    }
}
