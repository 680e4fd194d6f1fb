-- Which trace an event and a job belong to (W3C Trace Context), when traces are exported.
ALTER TABLE outbox ADD COLUMN traceparent text;
ALTER TABLE jobs ADD COLUMN traceparent text;
