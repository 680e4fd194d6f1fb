//! Error reports for Sentry: every log line of the level `error`, without anything personal.
//!
//! A report is made from the line alone. No request, user, host name, header or breadcrumb is ever attached, and every text
//! is scrubbed.

use std::fmt::Write as _;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use sentry_core::protocol::{Event, Value};
use sentry_core::types::Dsn;
use sentry_core::{Client, ClientOptions, Envelope, Level, Transport, TransportFactory};
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::TelemetryError;
use super::outgoing::Outgoing;
use super::scrub::scrub;

/// Fields that say nothing about a person: ids of things, names of ours, numbers.
const KNOWN: [&str; 9] = [
    "tenant.id",
    "request.id",
    "job.id",
    "job.kind",
    "http.method",
    "attempt",
    "outcome",
    "db.schema",
    "migration",
];

/// Reports errors.
pub(super) struct Reports(Arc<Client>);

impl Reports {
    /// Report to the project that the DSN names.
    pub(super) fn new(dsn: &SecretString, outgoing: Outgoing) -> Result<Self, TelemetryError> {
        let dsn: Dsn = dsn.expose_secret().parse().map_err(|_| TelemetryError::Dsn)?;
        let mut options = ClientOptions::default();
        options.dsn = Some(dsn);
        options.release = Some(concat!("tenantry@", env!("CARGO_PKG_VERSION")).into());
        options.default_integrations = false;
        options.max_breadcrumbs = 0;
        options.send_default_pii = false;
        options.before_send = Some(Arc::new(|event| Some(scrubbed(event))));
        options.transport = Some(Arc::new(Way(outgoing)));
        Ok(Self(Arc::new(Client::with_options(options))))
    }
}

impl<S: tracing::Subscriber> Layer<S> for Reports {
    fn on_event(&self, line: &tracing::Event<'_>, _: Context<'_, S>) {
        let metadata = line.metadata();
        if *metadata.level() != tracing::Level::ERROR {
            return;
        }
        let mut event =
            Event { level: Level::Error, logger: Some(metadata.target().to_owned()), ..Event::default() };
        line.record(&mut Fields(&mut event));
        self.0.capture_event(event, None);
    }
}

struct Fields<'a>(&'a mut Event<'static>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        match field.name() {
            "message" => self.0.message = Some(text),
            "error" => drop(self.0.extra.insert("error".to_owned(), Value::String(text))),
            name if KNOWN.contains(&name) => drop(self.0.tags.insert(name.to_owned(), text)),
            _ => {}
        }
    }
}

/// The last thing before a report leaves: whatever has got in beside its texts is taken out, and the texts are scrubbed.
fn scrubbed(event: Event<'static>) -> Event<'static> {
    let text = |value: Value| match value {
        Value::String(text) => Some(Value::String(scrub(&text))),
        _ => None,
    };
    Event {
        event_id: event.event_id,
        timestamp: event.timestamp,
        level: event.level,
        logger: event.logger,
        release: event.release,
        message: event.message.map(|message| scrub(&message)),
        tags: event.tags.into_iter().map(|(name, value)| (name, scrub(&value))).collect(),
        extra: event.extra.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect(),
        ..Event::default()
    }
}

struct Way(Outgoing);

struct Delivery {
    outgoing: Outgoing,
    url: String,
    auth: String,
}

impl TransportFactory for Way {
    fn create_transport(&self, options: &ClientOptions) -> Arc<dyn Transport> {
        let dsn = options.dsn.as_ref();
        Arc::new(Delivery {
            outgoing: self.0.clone(),
            url: dsn.map(|dsn| dsn.envelope_api_url().to_string()).unwrap_or_default(),
            auth: dsn.map(|dsn| dsn.to_auth(Some("tenantry")).to_string()).unwrap_or_default(),
        })
    }
}

impl Transport for Delivery {
    fn send_envelope(&self, envelope: Envelope) {
        let mut body = Vec::new();
        if envelope.to_writer(&mut body).is_ok() {
            let request = self.outgoing.request(&self.url).header("x-sentry-auth", &self.auth).body(body);
            drop(self.outgoing.post(request));
        }
    }
}
