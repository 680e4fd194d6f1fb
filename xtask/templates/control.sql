-- {table}: what one row is, in a sentence; and what must always be true of it.

CREATE TABLE {table} (
    id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT {table}_pkey PRIMARY KEY (id),
    CONSTRAINT {table}_name_key UNIQUE (name)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO tenantry_platform;
