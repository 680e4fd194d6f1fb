//! A trace goes on from the request through its event to the jobs of that event.

use futures_util::FutureExt as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tenantry_events::Subscriber;
use tracing::Instrument as _;
use tracing_subscriber::layer::SubscriberExt as _;
use uuid::Uuid;

use crate::support::{Database, Recorder};

#[tokio::test]
async fn the_job_of_an_event_belongs_to_the_trace_that_made_the_event() {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _traced = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let database = Database::new().await;
    let tenant = database.tenant();
    let (send, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let recorder = Recorder::with("traced", move |_, job| {
        let _ = send.send(job.traceparent.clone());
        async { Ok(()) }.boxed()
    });
    let _runtime = database.start(Vec::new(), vec![Subscriber::new(recorder, ["*"])]);
    let span = tracing::trace_span!(target: tenantry_kernel::trace::TARGET, "request");
    let inside = async {
        let trace = tenantry_kernel::trace::current();
        tenant.change(Uuid::from_u128(7), 1).await;
        trace
    };
    let trace = inside.instrument(span).await.expect("a trace");
    let of_job = seen.recv().await.flatten().expect("the job's trace");
    // The event is written in a span of its own below the request's.
    assert_eq!(of_job.split('-').nth(1), trace.split('-').nth(1));
}
