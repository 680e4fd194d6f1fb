CREATE TABLE projects (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    status text NOT NULL,
    owner_id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT projects_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT projects_owner_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id),
    CONSTRAINT projects_status_check CHECK (status IN ('active', 'archived', 'completed'))
);
CREATE INDEX projects_created_idx ON projects (tenant_id, created_at, id);
CREATE INDEX projects_name_idx ON projects (tenant_id, name, id);
CREATE INDEX projects_status_idx ON projects (tenant_id, status, created_at, id);
CREATE INDEX projects_owner_idx ON projects (tenant_id, owner_id, created_at, id);
SELECT tenant_table('projects');
