//! Fairness, cancellation and bounds of the hashing pool.

use std::sync::mpsc;

use tenantry_kernel::{Clock, Rng};
use tokio::task::JoinHandle;

use super::*;

/// A pool whose threads are held until the test lets go, so that the order of what waits is known.
struct Held {
    pool: Arc<Pool>,
    tenants: [TenantId; 2],
    order: Arc<Mutex<Vec<&'static str>>>,
    gates: Vec<mpsc::Sender<()>>,
}

impl Held {
    async fn new(threads: usize, queue_per_tenant: usize) -> Self {
        let settings = PoolSettings {
            threads: NonZeroUsize::new(threads),
            queue_per_tenant: NonZeroUsize::new(queue_per_tenant).expect("positive"),
        };
        let tenant = || TenantId::new(&Clock::system(), &Rng::system());
        let mut held = Self {
            pool: Arc::new(Pool::start(&settings, || {}).expect("threads")),
            tenants: [tenant(), tenant()],
            order: Arc::default(),
            gates: Vec::new(),
        };
        for running in 1..=threads {
            let (gate, opened) = mpsc::channel();
            held.gates.push(gate);
            let pool = Arc::clone(&held.pool);
            let holder = tenant();
            tokio::spawn(async move { pool.run(holder, move || opened.recv()).await });
            held.until(|stats| stats.running == running).await;
        }
        held
    }

    /// Ask for a task that notes its name, and come back when it waits or is refused.
    async fn ask(&self, tenant: TenantId, name: &'static str) -> JoinHandle<Result<(), Error>> {
        let (pool, order) = (Arc::clone(&self.pool), Arc::clone(&self.order));
        let before = self.pool.stats();
        let call =
            tokio::spawn(
                async move { pool.run(tenant, move || order.lock().expect("order").push(name)).await },
            );
        self.until(|now| (now.waiting, now.refused) != (before.waiting, before.refused)).await;
        call
    }

    async fn until(&self, reached: impl Fn(Stats) -> bool) {
        while !reached(self.pool.stats()) {
            tokio::task::yield_now().await;
        }
    }

    /// Let the threads go and say what ran, in order.
    async fn run(mut self) -> (Vec<&'static str>, Stats) {
        self.gates.clear();
        self.until(|stats| stats.waiting == 0 && stats.running == 0).await;
        let order = self.order.lock().expect("order").clone();
        (order, self.pool.stats())
    }
}

async fn position_after_a_storm(threads: usize) -> usize {
    let held = Held::new(threads, 256).await;
    let [stormy, calm] = held.tenants;
    for _ in 0..200 {
        held.ask(stormy, "storm").await;
    }
    held.ask(calm, "calm").await;
    let (order, stats) = held.run().await;
    assert_eq!((order.len(), stats.finished, stats.dropped), (201, 201 + count(threads), 0));
    order.iter().position(|name| *name == "calm").expect("ran")
}

#[tokio::test]
async fn a_storm_on_one_tenant_delays_another_by_one_turn() {
    assert_eq!(position_after_a_storm(1).await, 1);
    // With several threads the order of notes within a round is theirs to choose.
    assert!(position_after_a_storm(3).await <= 6);
}

#[tokio::test]
async fn cancelled_requests_are_skipped() {
    let held = Held::new(1, 8).await;
    let [one, two] = held.tenants;
    let cancelled = [held.ask(one, "cancelled").await, held.ask(one, "cancelled").await];
    held.ask(one, "kept").await;
    held.ask(two, "other").await;
    for call in cancelled {
        call.abort();
        assert!(call.await.expect_err("aborted").is_cancelled());
    }
    let (order, stats) = held.run().await;
    assert_eq!(order, ["kept", "other"]);
    assert_eq!(stats.dropped, 2);
}

#[tokio::test]
async fn a_full_line_refuses_its_own_tenant_alone_and_says_when_to_come_back() {
    let held = Held::new(1, 2).await;
    let [one, two] = held.tenants;
    held.ask(one, "first").await;
    held.ask(one, "second").await;
    let refused = held.ask(one, "third").await.await.expect("no panic");
    assert!(matches!(refused, Err(Error::Busy { retry_after_seconds: 1 })), "{refused:?}");
    held.ask(two, "other").await;
    let (order, stats) = held.run().await;
    assert_eq!(order, ["first", "other", "second"]);
    assert_eq!(stats.refused, 1);
}

#[tokio::test]
async fn cancelled_requests_make_room_in_a_full_line() {
    let held = Held::new(1, 1).await;
    let [one, _] = held.tenants;
    let cancelled = held.ask(one, "cancelled").await;
    cancelled.abort();
    assert!(cancelled.await.expect_err("aborted").is_cancelled());
    let pool = Arc::clone(&held.pool);
    let kept = tokio::spawn(async move { pool.run(one, || "kept").await });
    held.until(|stats| stats.dropped == 1).await;
    held.run().await;
    assert_eq!(kept.await.expect("no panic").expect("ran"), "kept");
}

#[tokio::test]
async fn a_panic_fails_its_own_request_alone() {
    let held = Held::new(1, 8).await;
    let [one, _] = held.tenants;
    let pool = Arc::clone(&held.pool);
    let broken = tokio::spawn(async move { pool.run(one, || panic!("on purpose")).await });
    held.until(|stats| stats.waiting == 1).await;
    held.ask(one, "after").await;
    let (order, stats) = held.run().await;
    let answer: Result<(), Error> = broken.await.expect("the caller does not panic");
    assert!(matches!(answer, Err(Error::Crashed)), "{answer:?}");
    assert_eq!((order.as_slice(), stats.panicked), (["after"].as_slice(), 1));
}

#[tokio::test]
async fn dropping_the_pool_ends_its_threads() {
    let pool = Pool::start(&PoolSettings::default(), || {}).expect("threads");
    let tenant = TenantId::new(&Clock::system(), &Rng::system());
    assert_eq!(pool.run(tenant, || 7).await.expect("ran"), 7);
    let shared = Arc::downgrade(&pool.shared);
    drop(pool);
    assert_eq!(shared.strong_count(), 0);
}

#[test]
fn the_hint_grows_with_the_queue_up_to_a_minute() {
    let shared = Shared::new(NonZeroUsize::MIN, 2, || {});
    assert_eq!([0, 40, 256, usize::MAX].map(|waiting| shared.retry_after(waiting)), [1, 2, 7, 60]);
}

#[tokio::test]
async fn a_thread_rests_when_nothing_waits_and_not_between() {
    static RESTS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let rests = || RESTS.load(std::sync::atomic::Ordering::SeqCst);
    let settings = PoolSettings { threads: Some(NonZeroUsize::MIN), ..PoolSettings::default() };
    let at_rest = || {
        RESTS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    };
    let pool = Arc::new(Pool::start(&settings, at_rest).expect("threads"));
    let tenant = TenantId::new(&Clock::system(), &Rng::system());
    let (gate, opened) = mpsc::channel::<()>();
    let call = |work: Box<dyn FnOnce() -> usize + Send>| {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.run(tenant, work).await })
    };
    let first = call(Box::new(move || opened.recv().map_or(0, |()| rests())));
    while pool.stats().running == 0 {
        tokio::task::yield_now().await;
    }
    let second = call(Box::new(rests));
    while pool.stats().waiting == 0 {
        tokio::task::yield_now().await;
    }
    gate.send(()).expect("open");
    let (first, second) = (first.await.expect("ran"), second.await.expect("ran"));
    assert_eq!(first.expect("answered"), second.expect("answered"), "no rest between the two");
    let before = rests();
    pool.run(tenant, || ()).await.expect("ran");
    while rests() <= before {
        tokio::task::yield_now().await;
    }
}
