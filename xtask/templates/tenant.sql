-- {table}: what one row is, in a sentence; and what must always be true of it.

CREATE TABLE {table} (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT {table}_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT {table}_name_key UNIQUE (tenant_id, name),
    CONSTRAINT {table}_status_check CHECK (status IN ('active', 'archived'))
);
CREATE INDEX {table}_created_idx ON {table} (tenant_id, created_at, id);
SELECT tenant_table('{table}');
