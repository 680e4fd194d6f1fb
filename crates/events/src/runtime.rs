//! The background work of one node: dispatcher, foreman, scheduler, housekeeping; started and drained together.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tenantry_db::Authority;
use tenantry_db::notify::Committed;
use tenantry_kernel::{Clock, Rng};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::error::Error;
use crate::event::Pattern;
use crate::job::{Handler, Subscriber};
use crate::places::Places;
use crate::ports::Placements;
use crate::settings::Settings;
use crate::work::Foreman;
use crate::{dispatch, housekeeping, schedule};

/// What the parts share.
pub(crate) struct Shared {
    pub(crate) authority: Arc<Authority>,
    pub(crate) places: Places,
    pub(crate) handlers: HashMap<&'static str, Arc<dyn Handler>>,
    pub(crate) subscriptions: Vec<(&'static str, Vec<Pattern>)>,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    /// Tenants that may have due jobs.
    pub(crate) hints: Committed,
}

impl Shared {
    /// Tenants that have committed something on this node.
    pub(crate) fn committed(&self) -> &Committed {
        self.authority.databases().committed()
    }
}

/// Hears when the node is to stop, and by when running jobs must be done.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<Option<Instant>>);

impl Stop {
    /// Wait until the node is to stop.
    pub(crate) async fn asked(&mut self) {
        self.deadline().await;
    }

    /// The same; answers by when running jobs must be done.
    pub(crate) async fn deadline(&mut self) -> Instant {
        // The sender lives as long as the runtime, and its tasks end with it.
        self.0.wait_for(Option::is_some).await.ok().and_then(|at| *at).unwrap_or_else(Instant::now)
    }
}

/// The running background work of one node. Dropping it stops everything at once, as a crash would; nothing is lost, but
/// interrupted jobs wait for their leases to end. [`drain`](Self::drain) is the gentle way.
pub struct Runtime {
    stop: watch::Sender<Option<Instant>>,
    foreman: JoinHandle<usize>,
    others: Vec<JoinHandle<()>>,
}

impl Runtime {
    /// Start on this node. Must be called inside a tokio runtime; nothing is sent yet.
    ///
    /// One runtime per node: it takes the node's commit signals.
    ///
    /// # Errors
    /// [`Error::DuplicateHandler`], or a cell that is not configured.
    pub fn start(
        authority: Arc<Authority>,
        placements: Arc<dyn Placements>,
        handlers: Vec<Arc<dyn Handler>>,
        subscribers: Vec<Subscriber>,
        settings: Settings,
    ) -> Result<Self, Error> {
        let places = Places::new(Arc::clone(&authority), placements)?;
        let subscriptions = subscribers
            .iter()
            .map(|subscriber| (subscriber.handler.kind(), subscriber.patterns.clone()))
            .collect();
        let mut by_kind: HashMap<&'static str, Arc<dyn Handler>> = HashMap::new();
        for handler in
            handlers.into_iter().chain(subscribers.into_iter().map(|subscriber| subscriber.handler))
        {
            let kind = handler.kind();
            if by_kind.insert(kind, handler).is_some() {
                return Err(Error::DuplicateHandler(kind));
            }
        }
        let (clock, rng) = (authority.databases().clock().clone(), authority.databases().rng().clone());
        let hints = Committed::default();
        let shared =
            Shared { authority, places, handlers: by_kind, subscriptions, settings, clock, rng, hints };
        let shared = Arc::new(shared);
        let (stop, hears) = watch::channel(None);
        let hears = Stop(hears);
        let foreman = tokio::spawn(Foreman::new(Arc::clone(&shared)).run(hears.clone()));
        let others = vec![
            tokio::spawn(dispatch::run(Arc::clone(&shared), hears.clone())),
            tokio::spawn(schedule::run(Arc::clone(&shared), hears.clone())),
            tokio::spawn(housekeeping::run(shared, hears)),
        ];
        Ok(Self { stop, foreman, others })
    }

    /// Take no more jobs, wait for those that run, and end. Answers how many were interrupted because they took longer than
    /// `timeout`; these are ready for other nodes at once.
    pub async fn drain(mut self, timeout: Duration) -> usize {
        self.stop.send_replace(Some(Instant::now() + timeout));
        for task in &mut self.others {
            // Each of them stops between two transactions.
            let _ = tokio::time::timeout(timeout, task).await;
        }
        (&mut self.foreman).await.unwrap_or_default()
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.foreman.abort();
        self.others.iter().for_each(JoinHandle::abort);
    }
}
