-- What every change leaves behind, written in its own transaction: the audit row, the event, the stored response.

CREATE TABLE audit_log (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    impersonator_id uuid,
    session_id uuid,
    action text NOT NULL,
    outcome text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid,
    old_values jsonb,
    new_values jsonb,
    reason text,
    ip text,
    user_agent text,
    request_id uuid NOT NULL,
    CONSTRAINT audit_log_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT audit_log_actor_check CHECK (actor_type IN ('user', 'operator', 'system', 'anonymous')),
    CONSTRAINT audit_log_outcome_check CHECK (outcome IN ('success', 'refused'))
);
CREATE INDEX audit_log_actor_idx ON audit_log (tenant_id, actor_id, id);
CREATE INDEX audit_log_resource_idx ON audit_log (tenant_id, resource_type, resource_id, id);
CREATE INDEX audit_log_action_idx ON audit_log (tenant_id, action, id);
SELECT tenant_table('audit_log', 'SELECT, INSERT');
SELECT platform_trail('audit_log', 'SELECT, INSERT');

CREATE TABLE outbox (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version bigint NOT NULL,
    actor_id uuid,
    request_id uuid NOT NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL,
    -- Given after commit, without gaps, one after the other: the order that streams resume by.
    seq bigint,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX outbox_pending_idx ON outbox (tenant_id, id) WHERE seq IS NULL;
CREATE UNIQUE INDEX outbox_seq_key ON outbox (tenant_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX outbox_type_idx ON outbox (tenant_id, type, seq) WHERE seq IS NOT NULL;
SELECT tenant_table('outbox', 'SELECT, INSERT');
SELECT platform_trail('outbox', 'SELECT, INSERT');
SELECT worker_table('outbox', 'SELECT, UPDATE');

-- The last sequence number given to an event of the tenant; locking the row makes one dispatcher at a time.
CREATE TABLE event_stream (
    tenant_id uuid NOT NULL,
    last_seq bigint NOT NULL,
    CONSTRAINT event_stream_pkey PRIMARY KEY (tenant_id)
);
SELECT tenant_table('event_stream', 'SELECT');
SELECT worker_table('event_stream', 'SELECT, INSERT, UPDATE');

CREATE TABLE jobs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    -- First attempts and late retries wait in queues of their own.
    lane text NOT NULL,
    -- At most one unfinished job of a kind has this key.
    dedup_key text,
    -- Jobs with the same ordering key run one after the other, in the order of `position`.
    ordering_key text,
    position bigint NOT NULL,
    payload jsonb NOT NULL,
    state text NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    -- The server's setting when there is none.
    max_attempts integer,
    leased_until timestamptz,
    last_error text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT jobs_state_check CHECK (state IN ('ready', 'running', 'done', 'dead')),
    CONSTRAINT jobs_lane_check CHECK (lane IN ('default', 'retry'))
);
CREATE INDEX jobs_ready_idx ON jobs (tenant_id, lane, due_at, position) WHERE state = 'ready';
CREATE INDEX jobs_running_idx ON jobs (tenant_id, leased_until) WHERE state = 'running';
CREATE INDEX jobs_ordering_idx ON jobs (tenant_id, ordering_key, position, id) WHERE state IN ('ready', 'running');
-- The lease of an ordering key: whatever two nodes see, only one of its jobs runs.
CREATE UNIQUE INDEX jobs_lease_key ON jobs (tenant_id, ordering_key) WHERE state = 'running';
CREATE UNIQUE INDEX jobs_dedup_key ON jobs (tenant_id, kind, dedup_key) WHERE state IN ('ready', 'running');
CREATE INDEX jobs_dead_idx ON jobs (tenant_id, id) WHERE state = 'dead';
CREATE INDEX jobs_finished_idx ON jobs (tenant_id, finished_at) WHERE state IN ('done', 'dead');
SELECT tenant_table('jobs', 'SELECT, INSERT');
SELECT platform_trail('jobs', 'SELECT, INSERT');
SELECT worker_table('jobs', 'SELECT, INSERT, UPDATE, DELETE');

-- Cron: each row makes a job whenever `next_at` has passed.
CREATE TABLE schedules (
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    cron text NOT NULL,
    time_zone text NOT NULL,
    payload jsonb NOT NULL,
    next_at timestamptz NOT NULL,
    is_enabled boolean NOT NULL,
    CONSTRAINT schedules_pkey PRIMARY KEY (tenant_id, name)
);
CREATE INDEX schedules_due_idx ON schedules (tenant_id, next_at) WHERE is_enabled;
SELECT tenant_table('schedules');
SELECT worker_table('schedules', 'SELECT, UPDATE');

-- What an earlier request with the same Idempotency-Key was answered; kept 24 hours.
CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (tenant_id, created_at);
SELECT tenant_table('idempotency_keys', 'SELECT, INSERT');
SELECT platform_trail('idempotency_keys', 'SELECT, INSERT');
SELECT worker_table('idempotency_keys', 'SELECT, DELETE');

-- Decisions of the policy engine, written in batches.
CREATE TABLE access_log (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    user_id uuid,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid,
    decision text NOT NULL,
    policies text[] NOT NULL,
    reason text NOT NULL,
    request_id uuid NOT NULL,
    CONSTRAINT access_log_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT access_log_decision_check CHECK (decision IN ('allow', 'deny'))
);
SELECT tenant_table('access_log', 'SELECT, INSERT');
