//! Traces for OpenTelemetry, over OTLP (HTTP, protobuf).

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tenantry_kernel::trace::TARGET;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, layer::Layered};

use super::TelemetryError;
use super::outgoing::Outgoing;
use crate::config::Telemetry;

/// Start exporting to the collector, when there is one.
///
/// What is sampled is decided by the trace's id and nothing else: a client that asks to be traced is not obeyed, and the
/// spans of one trace are all there or none, on every node.
pub(super) fn provider(
    settings: &Telemetry,
    outgoing: Option<&Outgoing>,
) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    let (Some(endpoint), Some(outgoing)) = (&settings.otlp_endpoint, outgoing) else { return Ok(None) };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(outgoing.clone())
        .with_endpoint(format!("{endpoint}/v1/traces"))
        .build()
        .map_err(|error| TelemetryError::Traces(error.to_string()))?;
    let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder_empty().with_service_name("tenantry").with_attribute(version).build();
    let ratio = f64::from(settings.trace_percent) / 100.0;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::TraceIdRatioBased(ratio))
        .with_resource(resource)
        .build();
    Ok(Some(provider))
}

/// The layer that makes spans of our own into OpenTelemetry's.
pub(super) fn layer<S, L>(provider: Option<&SdkTracerProvider>) -> Option<impl Layer<Layered<L, S>>>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    L: Layer<S>,
    Layered<L, S>: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    let own = Targets::new().with_target(TARGET, LevelFilter::TRACE);
    provider.map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("tenantry"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(own)
    })
}
