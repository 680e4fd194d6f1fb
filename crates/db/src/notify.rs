//! Telling: every node what has changed (LISTEN/NOTIFY), and this node's dispatcher who has just committed.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenantry_kernel::TenantId;
use tokio::sync::{Notify, broadcast};
use tokio_postgres::AsyncMessage;
use uuid::Uuid;

use crate::error::Error;
use crate::flight::{Closing, Opening};
use crate::freshness::Freshness;
use crate::pool::{Databases, Role};
use crate::statement::Step;
use crate::trail::notify;

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "topic")]
pub enum Topic {
    /// Roles, grants or policies.
    Access,
    /// What the directory says of a tenant: status, domains, placement, keys, plan.
    Directory,
    /// OAuth clients and their secrets.
    Clients,
    /// What a tenant has chosen for itself, such as its branding.
    Config,
    /// Events have been numbered: streams may read on.
    Events,
    /// Tokens of a subject are refused from now on.
    Revocation {
        /// `session`, `user`, `client` or `tenant`.
        kind: String,
        /// Whose tokens.
        subject: Uuid,
        /// Tokens issued before this instant are refused.
        not_before: Timestamp,
        /// When the last of them has expired.
        expires_at: Timestamp,
    },
}

/// A message to every node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// The tenant that it concerns.
    pub tenant: TenantId,
    /// What has changed.
    #[serde(flatten)]
    pub topic: Topic,
}

impl Topic {
    pub(crate) fn message(&self, tenant: TenantId) -> String {
        serde_json::to_string(&Signal { tenant, topic: self.clone() }).unwrap_or_default()
    }
}

/// What a listener hears.
#[derive(Debug, Clone)]
pub enum Heard {
    /// A message.
    Signal(Signal),
    /// The line was cut and is back: anything may have been missed.
    Reconnected,
}

/// Listens to one database, and reconnects for ever.
#[derive(Clone)]
pub struct Listener {
    heard: broadcast::Sender<Heard>,
    connected: Arc<AtomicBool>,
    reconnects: Arc<AtomicU64>,
    stopped: Arc<Notify>,
    pub(crate) committed: Committed,
}

impl Listener {
    /// Listen to the home cell's database. The task ends with [`stop`](Self::stop).
    pub fn start(databases: &Databases) -> Self {
        let (heard, _) = broadcast::channel(4096);
        let listener = Self {
            heard,
            connected: Arc::new(AtomicBool::new(false)),
            reconnects: Arc::new(AtomicU64::new(0)),
            stopped: Arc::new(Notify::new()),
            committed: databases.committed().clone(),
        };
        let task = listener.clone();
        let databases = databases.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = task.stopped.notified() => return task.connected.store(false, Ordering::SeqCst),
                    result = task.listen(&databases) => if let Err(error) = result {
                        tracing::warn!(error = %error, "the notification line is down");
                    },
                }
                task.connected.store(false, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
        listener
    }

    /// Stop listening.
    pub fn stop(&self) {
        self.stopped.notify_one();
    }

    /// Whether the line is up. While it is not, caches must ask the database.
    pub fn is_connected(&self) -> bool {
        self.connected.load(Ordering::SeqCst)
    }

    /// How often the line was set up.
    pub fn connections(&self) -> u64 {
        self.reconnects.load(Ordering::SeqCst)
    }

    /// Hear everything from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Heard> {
        self.heard.subscribe()
    }

    async fn listen(&self, databases: &Databases) -> Result<(), Error> {
        let mut config = databases.config(crate::placement::HOME_CELL)?.clone();
        let password = (databases.settings().password)(Role::Directory.name());
        config
            .user(Role::Directory.name())
            .password(secrecy::ExposeSecret::expose_secret(&password))
            .application_name("tenantry listener")
            .keepalives_idle(Duration::from_secs(5));
        let (client, mut connection) = config.connect(databases.tls().connector()).await?;
        let mut messages = stream::poll_fn(move |cx| connection.poll_message(cx));
        let heard = self.heard.clone();
        let reader = tokio::spawn(async move {
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(note) = message {
                    match serde_json::from_str(note.payload()) {
                        Ok(signal) => drop(heard.send(Heard::Signal(signal))),
                        Err(error) => tracing::warn!(error = %error, "a notification cannot be read"),
                    }
                }
            }
        });
        client.batch_execute("LISTEN tenantry").await?;
        self.connected.store(true, Ordering::SeqCst);
        self.reconnects.fetch_add(1, Ordering::SeqCst);
        drop(self.heard.send(Heard::Reconnected));
        // A cut line is noticed by the reader; a hung one by the question.
        let mut pulse = tokio::time::interval(Duration::from_millis(500));
        loop {
            pulse.tick().await;
            if reader.is_finished() {
                return Err(Error::Unavailable("the connection was closed".to_owned()));
            }
            match tokio::time::timeout(Duration::from_millis(400), client.batch_execute("")).await {
                Ok(answer) => answer?,
                Err(_) => return Err(Error::Unavailable("the connection hangs".to_owned())),
            }
        }
    }
}

/// Tenants that have just committed something on this node: wakes the dispatcher without asking the database.
///
/// Caches of this node also hear from here what a transaction has announced, before its caller goes on: who has just
/// changed something never sees the old.
#[derive(Clone, Default)]
pub struct Committed {
    observers: Arc<RwLock<Vec<Weak<Freshness>>>>,
    tenants: Arc<Mutex<HashSet<TenantId>>>,
    wake: Arc<Notify>,
}

impl Committed {
    /// Note that the tenant has something new.
    pub fn tell(&self, tenant: TenantId) {
        let is_new = self.tenants.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
        if is_new {
            self.wake.notify_one();
        }
    }

    pub(crate) fn observe(&self, fresh: &Arc<Freshness>) {
        self.observers.write().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(fresh));
    }

    pub(crate) fn announced(&self, announced: &[(TenantId, Topic)]) {
        if announced.is_empty() {
            return;
        }
        let observers = self.observers.read().unwrap_or_else(PoisonError::into_inner);
        for fresh in observers.iter().filter_map(Weak::upgrade) {
            for (tenant, topic) in announced {
                fresh.heard(*tenant, topic);
            }
        }
    }

    /// Wait until some tenant has committed, and take all that have.
    pub async fn next(&self) -> HashSet<TenantId> {
        loop {
            let waiting = self.wake.notified();
            let tenants = std::mem::take(&mut *self.tenants.lock().unwrap_or_else(PoisonError::into_inner));
            if !tenants.is_empty() {
                return tenants;
            }
            waiting.await;
        }
    }
}

/// Send messages to every node from outside a transaction, coalesced: one flush for many.
pub async fn announce(databases: &Databases, signals: &[Signal]) -> Result<(), Error> {
    if signals.is_empty() {
        return Ok(());
    }
    let mut conn = databases.home_pool(Role::Directory)?.get().await?;
    let steps: Vec<Step> =
        signals.iter().map(|signal| Step::bound(notify(signal.topic.message(signal.tenant)), None)).collect();
    conn.fly(Some(Opening::Plain), &steps, Closing::Commit).await?;
    Ok(())
}
