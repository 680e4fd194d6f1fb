//! GET /events/stream
//!
//! Server-sent events (WHATWG HTML, 9.2). A stream lives five minutes and then ends, so that the client comes back with fresh
//! credentials; it ends at once when those it was opened with are revoked, or when that may have been missed. Clients
//! reconnect by themselves and name the last event they have seen, so nothing is lost.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::stream::unfold;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Error, Heard, Listener, TenantDb, Topic};
use tenantry_kernel::{Clock, TenantId, UserId};
use tenantry_web::{Caller, Guard, LastEventId, Problem, Query, Streaming, Use};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Instant, sleep_until, timeout};

use super::list::number;
use super::model::{EventRow, sequence};
use super::{Pattern, store};
use crate::policy::ReadEvents;

const LIFETIME: Duration = Duration::from_mins(5);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const BACKSTOP: Duration = Duration::from_secs(2);

/// What to follow.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Go on after this sequence number; `Last-Event-ID` takes its place. Without either: only what happens from now on.
    cursor: Option<u64>,
    /// Only events of this type, or of all types with a prefix (`tenantry.project.*`).
    #[serde(rename = "type")]
    event_type: Option<String>,
}

/// Follow the tenant's events: `id` is the sequence number, `event` the type, `data` the CloudEvent.
///
/// The stream ends after five minutes; reconnect with `Last-Event-ID` (browsers do), and nothing is missed.
pub(crate) async fn stream(
    guard: Guard<ReadEvents>,
    clock: Clock,
    Use(listener): Use<Listener>,
    LastEventId(last): LastEventId,
    Query(filter): Query<Filter>,
) -> Result<Streaming, Problem> {
    let (actor, is_filtered) = {
        let seen = guard.permit_each::<EventRow>()?;
        (seen.owner(), seen.is_filtered())
    };
    let tenant = guard.tenant();
    // Listening begins before the first look, so that nothing falls between.
    let heard = listener.subscribe();
    let after = match from(last.as_deref(), filter.cursor)? {
        Some(after) => after,
        None => tenant.read(store::last()).await?.map_or(0, |last| last.0),
    };
    let caller = guard.caller()?.clone();
    let left = caller.expires_at.duration_since(clock.now());
    let left = Duration::try_from(left).unwrap_or(Duration::ZERO);
    let follow = Follow {
        guard,
        is_filtered,
        tenant,
        caller,
        actor,
        pattern: Pattern::new(filter.event_type.as_deref().unwrap_or("*")),
        after,
        heard,
        rows: VecDeque::new(),
        ends: Instant::now() + LIFETIME.min(left),
        spoke: Instant::now(),
    };
    let frames = unfold((follow, Some("retry: 1000\n\n".to_owned())), |(mut follow, greeting)| async move {
        let frame = match greeting {
            Some(greeting) => Some(Ok(greeting)),
            None => follow.next().await,
        };
        frame.map(|frame| (frame.map_err(std::io::Error::other), (follow, None)))
    });
    let mut response = Response::new(Body::from_stream(frames.fuse()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(Streaming(response))
}

fn from(last: Option<&str>, cursor: Option<u64>) -> Result<Option<i64>, Problem> {
    match last.filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map(|after| Some(number(Some(after)))).map_err(|_| {
            Problem::malformed(
                "invalid_header",
                "header/last-event-id",
                "send the `id` of an event as you got it",
            )
        }),
        None => Ok(cursor.map(|cursor| number(Some(cursor)))),
    }
}

/// A stream on its way.
struct Follow {
    guard: Guard<ReadEvents>,
    is_filtered: bool,
    tenant: TenantDb,
    caller: Caller,
    actor: Option<UserId>,
    pattern: Pattern,
    after: i64,
    heard: Receiver<Heard>,
    rows: VecDeque<EventRow>,
    ends: Instant,
    spoke: Instant,
}

impl Follow {
    /// The next frame; none at the end of the stream's life.
    async fn next(&mut self) -> Option<Result<String, Error>> {
        loop {
            if Instant::now() >= self.ends {
                return None;
            }
            while let Some(row) = self.rows.pop_front() {
                self.after = row.number();
                let is_seen = !self.is_filtered || self.guard.lets_through(&row);
                if is_seen && self.pattern.matches(&row.event_type) {
                    self.spoke = Instant::now();
                    return Some(Ok(frame(row, self.tenant.tenant_id())));
                }
            }
            // Also while there is always something to send.
            if self.has_heard_the_end() {
                return None;
            }
            match self.tenant.read(store::list(self.after, self.actor)).await {
                Ok(rows) if rows.is_empty() => {}
                Ok(rows) => {
                    self.rows = rows.into();
                    continue;
                }
                Err(error) => {
                    tracing::warn!(tenant.id = %self.tenant.tenant_id(), error = %error, "an event stream was cut");
                    return Some(Err(error));
                }
            }
            if self.spoke.elapsed() >= KEEP_ALIVE {
                self.spoke = Instant::now();
                return Some(Ok(": still here\n\n".to_owned()));
            }
            self.wait().await;
        }
    }

    /// Whether the credentials have been revoked, or that may have been missed; hears what has been said so far.
    fn has_heard_the_end(&mut self) -> bool {
        loop {
            match self.heard.try_recv() {
                Ok(Heard::Signal(signal)) => {
                    if self.caller.is_ended_by(&signal.topic, self.tenant.tenant_id()) {
                        return true;
                    }
                }
                Ok(Heard::Reconnected) | Err(TryRecvError::Lagged(_)) => return true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return false,
            }
        }
    }

    /// Wait until there may be something new.
    async fn wait(&mut self) {
        let tenant = self.tenant.tenant_id();
        let woken = async {
            loop {
                match self.heard.recv().await {
                    Ok(Heard::Signal(signal)) if signal.tenant == tenant && signal.topic == Topic::Events => {
                        return false;
                    }
                    Ok(Heard::Signal(signal)) if self.caller.is_ended_by(&signal.topic, tenant) => {
                        return true;
                    }
                    Ok(Heard::Signal(_)) => {}
                    // A revocation may have been missed.
                    Ok(Heard::Reconnected) | Err(RecvError::Lagged(_)) => return true,
                    // Nobody will ever speak again: the backstop is all there is.
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        let is_over = tokio::select! {
            woken = timeout(BACKSTOP, woken) => woken.unwrap_or(false),
            () = sleep_until(self.ends) => true,
        };
        if is_over {
            self.ends = Instant::now();
        }
    }
}

/// One server-sent event. The data is JSON on one line.
fn frame(row: EventRow, tenant: TenantId) -> String {
    let mut frame = format!("id: {}\nevent: {}\n", sequence(row.number()), row.event_type);
    let event = row.show(tenant);
    let _ = write!(frame, "data: {}\n\n", serde_json::to_string(&event).unwrap_or_default());
    frame
}
