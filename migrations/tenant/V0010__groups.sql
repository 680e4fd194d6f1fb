-- Groups of users, groups within groups, and the roles that their members inherit; families that a tenant defines.

CREATE TABLE role_families (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    created_at timestamptz NOT NULL,
    created_by uuid,
    CONSTRAINT role_families_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT role_families_name_key UNIQUE (tenant_id, name)
);
SELECT tenant_table('role_families');

-- A role's family is one of the product's three or one of the tenant's own; the application checks which.
ALTER TABLE roles DROP CONSTRAINT roles_family_check;
CREATE INDEX roles_created_idx ON roles (tenant_id, created_at, id);
CREATE INDEX permissions_created_idx ON permissions (tenant_id, created_at, id);

CREATE TABLE user_groups (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT user_groups_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT user_groups_name_key UNIQUE (tenant_id, name)
);
CREATE INDEX user_groups_created_idx ON user_groups (tenant_id, created_at, id);
SELECT tenant_table('user_groups');

CREATE TABLE group_members (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamptz,
    added_by uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT group_members_pkey PRIMARY KEY (tenant_id, group_id, user_id),
    CONSTRAINT group_members_group_fkey
        FOREIGN KEY (tenant_id, group_id) REFERENCES user_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT group_members_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX group_members_user_idx ON group_members (tenant_id, user_id, group_id);
CREATE INDEX group_members_created_idx ON group_members (tenant_id, group_id, created_at, user_id);
SELECT tenant_table('group_members');

-- The members of the child are members of the parent. The application keeps it free of circles.
CREATE TABLE group_children (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    child_id uuid NOT NULL,
    added_by uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT group_children_pkey PRIMARY KEY (tenant_id, group_id, child_id),
    CONSTRAINT group_children_group_fkey
        FOREIGN KEY (tenant_id, group_id) REFERENCES user_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT group_children_child_fkey
        FOREIGN KEY (tenant_id, child_id) REFERENCES user_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT group_children_self_check CHECK (group_id <> child_id)
);
CREATE INDEX group_children_child_idx ON group_children (tenant_id, child_id, group_id);
SELECT tenant_table('group_children');

CREATE TABLE group_roles (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    role_id uuid NOT NULL,
    expires_at timestamptz,
    assigned_by uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT group_roles_pkey PRIMARY KEY (tenant_id, group_id, role_id),
    CONSTRAINT group_roles_group_fkey
        FOREIGN KEY (tenant_id, group_id) REFERENCES user_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT group_roles_role_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
);
CREATE INDEX group_roles_role_idx ON group_roles (tenant_id, role_id, group_id);
SELECT tenant_table('group_roles');

-- One row for each tenant: locked by changes that must see each other (nesting, policies); counts them.
CREATE TABLE access_state (
    tenant_id uuid NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT access_state_pkey PRIMARY KEY (tenant_id)
);
SELECT tenant_table('access_state');
