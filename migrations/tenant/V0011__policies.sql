-- Policies with their versions and assignments, the types of resources that a tenant declares, and what the decision log
-- needs to be read and replayed.

CREATE TABLE policies (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    -- `target` and `rules`, or `cedar`.
    body jsonb NOT NULL,
    priority integer NOT NULL,
    is_enabled boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT policies_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT policies_name_key UNIQUE (tenant_id, name)
);
CREATE INDEX policies_created_idx ON policies (tenant_id, created_at, id);
SELECT tenant_table('policies');

-- Every version that a policy has had, as a whole; kept when the policy is deleted.
CREATE TABLE policy_versions (
    tenant_id uuid NOT NULL,
    policy_id uuid NOT NULL,
    version bigint NOT NULL,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    CONSTRAINT policy_versions_pkey PRIMARY KEY (tenant_id, policy_id, version)
);
SELECT tenant_table('policy_versions', 'SELECT, INSERT');

-- A policy with assignments concerns only these users, roles and groups; without, everybody.
CREATE TABLE policy_assignments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    policy_id uuid NOT NULL,
    assignee_type text NOT NULL,
    assignee_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    CONSTRAINT policy_assignments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT policy_assignments_assignee_key UNIQUE (tenant_id, policy_id, assignee_type, assignee_id),
    CONSTRAINT policy_assignments_policy_fkey
        FOREIGN KEY (tenant_id, policy_id) REFERENCES policies (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT policy_assignments_type_check CHECK (assignee_type IN ('user', 'role', 'group'))
);
CREATE INDEX policy_assignments_assignee_idx ON policy_assignments (tenant_id, assignee_id, policy_id);
SELECT tenant_table('policy_assignments');

CREATE TABLE resource_types (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    -- Names and kinds.
    attributes jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT resource_types_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT resource_types_name_key UNIQUE (tenant_id, name)
);
SELECT tenant_table('resource_types');

-- What the question knew of the resource and of the circumstances: for the reader, and for trying a draft on it.
ALTER TABLE access_log ADD COLUMN facts jsonb;
-- The resource, when its id is no UUID; the subject, when it is no user of the tenant (AuthZEN).
ALTER TABLE access_log ADD COLUMN resource_name text;
ALTER TABLE access_log ADD COLUMN subject text;
CREATE INDEX access_log_at_idx ON access_log (tenant_id, at, id);
CREATE INDEX access_log_user_idx ON access_log (tenant_id, user_id, at, id);
CREATE INDEX access_log_decision_idx ON access_log (tenant_id, decision, at, id);
CREATE INDEX access_log_action_idx ON access_log (tenant_id, action, at, id);
