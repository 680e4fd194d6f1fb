//! Traces: what belongs together across requests, statements and jobs (W3C Trace Context).
//!
//! Spans for traces have a target of their own and the lowest level, so that they cost nothing unless traces are exported,
//! and never show in logs.

use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceState};
use opentelemetry::{Context, SpanId, TraceId};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The target of spans that are exported.
pub const TARGET: &str = "tenantry::trace";

/// The `traceparent` of the current span, when traces are exported.
pub fn current() -> Option<String> {
    let span = Span::current();
    if span.is_none() {
        return None;
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    let flags = context.trace_flags().to_u8();
    context.is_valid().then(|| format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id()))
}

/// Make a span the child of what a `traceparent` names. Anything else than version 00 is left alone.
pub fn follow(span: &Span, traceparent: &str) {
    if span.is_disabled() {
        return;
    }
    if let Some(parent) = parse(traceparent) {
        // It fails only when no traces are exported, or the span has begun to be someone else's child.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// Give a span another name, when what it is about has become known.
pub fn rename(span: &Span, name: String) {
    span.context().span().update_name(name);
}

/// Read `00-<trace>-<span>-<flags>`.
fn parse(text: &str) -> Option<SpanContext> {
    let is_lower_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let mut parts = text.split('-').filter(|part| is_lower_hex(part));
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_shaped =
        text.len() == 55 && version == "00" && trace.len() == 32 && span.len() == 16 && flags.len() == 2;
    if !is_shaped {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    Some(SpanContext::new(trace, span, flags, true, TraceState::NONE)).filter(SpanContext::is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_of_version_00_is_read() {
        let parent = parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        assert_eq!(parent.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(parent.is_sampled() && parent.is_remote());
    }

    #[test]
    fn anything_else_is_nothing() {
        for text in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_a_traceparent_never_panics(text in "[0-9a-f-]{0,60}|.{0,20}") {
            let _ = parse(&text);
        }
    }
}
