//! A collector: takes traces (OTLP over HTTP) and error reports (Sentry envelopes), and remembers them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use prost::Message as _;
use tenantry_server::telemetry::Exports;
use tokio::sync::watch;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A span, as it was received.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) resource: String,
}

/// The collector.
pub(crate) struct Receiver {
    pub(crate) url: String,
    spans: watch::Receiver<Vec<Span>>,
    reports: watch::Receiver<Vec<String>>,
}

#[derive(Clone)]
struct Inbox {
    spans: watch::Sender<Vec<Span>>,
    reports: watch::Sender<Vec<String>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (spans, received) = watch::channel(Vec::new());
        let (reports, reported) = watch::channel(Vec::new());
        let router = Router::new()
            .route("/v1/traces", post(take_spans))
            .route("/api/1/envelope/", post(take_report))
            .with_state(Inbox { spans, reports });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, spans: received, reports: reported }
    }

    /// The spans of a trace, once they are all there.
    pub(crate) async fn trace(
        &self,
        trace: &str,
        exports: &Exports,
        is_all: impl Fn(&[Span]) -> bool,
    ) -> Vec<Span> {
        let (mut spans, found) = (self.spans.clone(), |spans: &Vec<Span>| {
            spans.iter().filter(|span| span.trace == trace).cloned().collect::<Vec<_>>()
        });
        let all = async {
            loop {
                tokio::task::block_in_place(|| exports.flush());
                let of_trace = found(&spans.borrow_and_update());
                if is_all(&of_trace) {
                    return of_trace;
                }
                // Sent when there is something new; the flush above may have sent all there was.
                let _ = tokio::time::timeout(Duration::from_millis(200), spans.changed()).await;
            }
        };
        let all = tokio::time::timeout(PATIENCE, all).await;
        all.unwrap_or_else(|_| panic!("the trace is not whole: {:?}", found(&self.spans.borrow())))
    }

    /// The error report that holds a text.
    pub(crate) async fn report(&self, text: &str) -> String {
        let mut reports = self.reports.clone();
        let came =
            tokio::time::timeout(PATIENCE, reports.wait_for(|all| all.iter().any(|one| one.contains(text))))
                .await;
        let all = came.expect("a report comes").unwrap().clone();
        all.into_iter().find(|one| one.contains(text)).unwrap()
    }
}

async fn take_spans(State(inbox): State<Inbox>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let mut spans = Vec::new();
    for group in request.resource_spans {
        let resource = group.resource.map(|resource| attributes(resource.attributes)).unwrap_or_default();
        let service = resource.get("service.name").cloned().unwrap_or_default();
        for span in group.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            spans.push(Span {
                trace: hex(&span.trace_id),
                id: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
                name: span.name,
                attributes: attributes(span.attributes),
                resource: service.clone(),
            });
        }
    }
    inbox.spans.send_modify(|all| all.extend(spans));
}

async fn take_report(State(inbox): State<Inbox>, body: String) {
    inbox.reports.send_modify(|all| all.push(body));
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: Option<AnyValue>| match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    pairs.into_iter().map(|pair| (pair.key, text(pair.value))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
