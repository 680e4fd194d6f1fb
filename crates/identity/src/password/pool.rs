//! Threads of our own for work that keeps a processor busy, shared fairly between tenants.
//!
//! One hash takes 20 to 50 ms and 19 MiB, so the number of threads bounds both. Each tenant has a line of its own and
//! the lines take turns: a storm of sign-ins at one tenant delays another's by the work already running and one turn.
//! Requests whose caller has gone are dropped without being worked on.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tenantry_kernel::TenantId;
use tokio::sync::oneshot;

use super::Error;
use super::queue::{FairQueue, Full};

#[cfg(test)]
mod tests;

/// About how long one hash takes; only for telling when to come back.
const ONE_HASH: Duration = Duration::from_millis(50);

/// How much may be hashed at once, and how much may wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoolSettings {
    /// How many passwords are hashed at once, 19 MiB each; absent, one fewer than there are processor cores, and at least
    /// one.
    pub threads: Option<NonZeroUsize>,
    /// How many requests of one tenant may wait; more are refused.
    pub queue_per_tenant: NonZeroUsize,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self { threads: None, queue_per_tenant: NonZeroUsize::MIN.saturating_add(255) }
    }
}

/// What the pool is doing and has done since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests waiting now, those whose caller has gone included.
    pub waiting: usize,
    /// Requests being worked on now.
    pub running: usize,
    /// Requests worked on to the end, those that panicked included.
    pub finished: u64,
    /// Requests whose work panicked.
    pub panicked: u64,
    /// Requests dropped because their caller had gone.
    pub dropped: u64,
    /// Requests refused because their tenant's line was full.
    pub refused: u64,
    /// How long the requests that were begun have waited, added up.
    pub waited: Duration,
}

/// The threads; dropping it lets them end what they are at and waits for that.
#[derive(Debug)]
pub(super) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Start the threads. Each calls `at_rest` when it has worked and has nothing more to do.
    pub(super) fn start(settings: &PoolSettings, at_rest: fn()) -> std::io::Result<Self> {
        let count = settings.threads.map_or_else(most_threads, NonZeroUsize::get);
        let mut pool = Self {
            shared: Arc::new(Shared::new(settings.queue_per_tenant, count, at_rest)),
            threads: Vec::with_capacity(count),
        };
        for number in 0..count {
            let shared = Arc::clone(&pool.shared);
            let thread = thread::Builder::new().name(format!("password-{number}"));
            pool.threads.push(thread.spawn(move || {
                shared.serve();
            })?);
        }
        Ok(pool)
    }

    /// Have `work` done when it is the tenant's turn. Dropping the future takes the request back unless it is begun.
    ///
    /// # Errors
    /// [`Error::Busy`] when the tenant's line is full, [`Error::Crashed`] when `work` panics.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        tenant: TenantId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.shared.push(tenant, Box::new(Call { work, answer }))?;
        answered.await.map_err(|_| Error::Crashed)
    }

    pub(super) fn stats(&self) -> Stats {
        let state = self.shared.lock();
        Stats { waiting: state.queue.len(), ..state.stats }
    }
}

/// One thread fewer than cores: a storm of sign-ins leaves a core to everybody who is in.
fn most_threads() -> usize {
    thread::available_parallelism().map_or(1, |cores| (cores.get() - 1).max(1))
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.work_arrived.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that ended by a panic has told so already.
            let _ = thread.join();
        }
    }
}

/// Work with someone who waits for it.
trait Task: Send {
    fn is_wanted(&self) -> bool;
    fn run(self: Box<Self>);
}

struct Call<F, T> {
    work: F,
    answer: oneshot::Sender<T>,
}

impl<T: Send, F: FnOnce() -> T + Send> Task for Call<F, T> {
    fn is_wanted(&self) -> bool {
        !self.answer.is_closed()
    }

    fn run(self: Box<Self>) {
        let Self { work, answer } = *self;
        // A caller who left meanwhile has no use for the answer.
        let _ = answer.send(work());
    }
}

struct Waiting {
    since: Instant,
    task: Box<dyn Task>,
}

impl Waiting {
    fn is_wanted(&self) -> bool {
        self.task.is_wanted()
    }
}

struct State {
    queue: FairQueue<TenantId, Waiting>,
    stats: Stats,
    is_closed: bool,
}

struct Shared {
    state: Mutex<State>,
    work_arrived: Condvar,
    threads: usize,
    at_rest: fn(),
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl Shared {
    fn new(queue_per_tenant: NonZeroUsize, threads: usize, at_rest: fn()) -> Self {
        let queue = FairQueue::new(queue_per_tenant.get());
        let state = State { queue, stats: Stats::default(), is_closed: false };
        Self { state: Mutex::new(state), work_arrived: Condvar::new(), threads, at_rest }
    }

    /// No work is done under the lock, so a panic cannot leave the state half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, tenant: TenantId, task: Box<dyn Task>) -> Result<(), Error> {
        let mut state = self.lock();
        let mut pushed = state.queue.push(tenant, Waiting { since: Instant::now(), task });
        if let Err(Full(waiting)) = pushed {
            state.stats.dropped += count(state.queue.prune(tenant, Waiting::is_wanted));
            pushed = state.queue.push(tenant, waiting);
        }
        if pushed.is_err() {
            state.stats.refused += 1;
            metrics::counter!("tenantry_password_queue_refused_total").increment(1);
            return Err(Error::Busy { retry_after_seconds: self.retry_after(state.queue.len()) });
        }
        drop(state);
        self.work_arrived.notify_one();
        Ok(())
    }

    /// How long the present queue will take, in whole seconds from 1 to 60.
    fn retry_after(&self, waiting: usize) -> u64 {
        let rounds = u32::try_from(waiting.div_ceil(self.threads)).unwrap_or(u32::MAX);
        ONE_HASH.saturating_mul(rounds).as_secs().saturating_add(1).min(60)
    }

    /// What each thread does until the pool is dropped.
    fn serve(&self) {
        while let Some(task) = self.next() {
            let outcome = catch_unwind(AssertUnwindSafe(|| task.run()));
            let mut state = self.lock();
            state.stats.running -= 1;
            state.stats.finished += 1;
            state.stats.panicked += u64::from(outcome.is_err());
        }
    }

    /// Wait for the next wanted task; `None` when the pool is being dropped.
    fn next(&self) -> Option<Box<dyn Task>> {
        let mut state = self.lock();
        let mut is_at_rest = false;
        loop {
            if state.is_closed {
                return None;
            }
            let taken = state.queue.pop(Waiting::is_wanted);
            state.stats.dropped += count(taken.dropped);
            if let Some(Waiting { since, task }) = taken.item {
                let waited = since.elapsed();
                state.stats.waited += waited;
                state.stats.running += 1;
                metrics::histogram!("tenantry_password_queue_wait_seconds").record(waited.as_secs_f64());
                return Some(task);
            }
            if is_at_rest {
                state = self.work_arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else {
                // Without the lock; what has come meanwhile is found in the next turn.
                drop(state);
                (self.at_rest)();
                is_at_rest = true;
                state = self.lock();
            }
        }
    }
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}
