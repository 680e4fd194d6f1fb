-- Users, their credentials and sessions; roles and what they grant.

CREATE TABLE users (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    status text NOT NULL,
    email_verified boolean NOT NULL,
    phone_verified boolean NOT NULL,
    mfa_enabled boolean NOT NULL,
    first_name text,
    last_name text,
    phone_sealed bytea,
    avatar_url text,
    metadata jsonb NOT NULL,
    last_login_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT users_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_email_key UNIQUE (tenant_id, email),
    CONSTRAINT users_status_check
        CHECK (status IN ('active', 'inactive', 'banned', 'hold', 'pending', 'suspended'))
);
CREATE INDEX users_created_idx ON users (tenant_id, created_at, id);
CREATE INDEX users_status_idx ON users (tenant_id, status, created_at, id);
SELECT tenant_table('users');

-- Apart from users, so that a failed sign-in writes a narrow row and no user query can read a hash.
CREATE TABLE credentials (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    password_changed_at timestamptz NOT NULL,
    failed_attempts integer NOT NULL,
    last_failed_at timestamptz,
    locked_until timestamptz,
    CONSTRAINT credentials_pkey PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT credentials_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
SELECT tenant_table('credentials');

CREATE TABLE user_sessions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    generation integer NOT NULL,
    -- Refresh tokens are derived from this and a key that is not in the database; none is stored.
    refresh_seed bytea NOT NULL,
    rotated_at timestamptz NOT NULL,
    ip text,
    user_agent text,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT user_sessions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT user_sessions_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX user_sessions_user_idx ON user_sessions (tenant_id, user_id, id);
SELECT tenant_table('user_sessions');

CREATE TABLE roles (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    role_family text NOT NULL,
    is_system boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT roles_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name_key UNIQUE (tenant_id, name),
    CONSTRAINT roles_family_check CHECK (role_family IN ('Provider', 'Internal', 'Customer'))
);
SELECT tenant_table('roles');

CREATE TABLE role_permissions (
    tenant_id uuid NOT NULL,
    role_id uuid NOT NULL,
    permission text NOT NULL,
    -- `any` resource, or only resources that are the caller's `own`.
    extent text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT role_permissions_pkey PRIMARY KEY (tenant_id, role_id, permission),
    CONSTRAINT role_permissions_role_fkey
        FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT role_permissions_extent_check CHECK (extent IN ('any', 'own'))
);
SELECT tenant_table('role_permissions');

CREATE TABLE user_roles (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    assigned_by uuid,
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT user_roles_pkey PRIMARY KEY (tenant_id, user_id, role_id),
    CONSTRAINT user_roles_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT user_roles_role_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
);
CREATE INDEX user_roles_role_idx ON user_roles (tenant_id, role_id, user_id);
SELECT tenant_table('user_roles');

-- Permissions that a tenant declares beside those of the product.
CREATE TABLE permissions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    created_at timestamptz NOT NULL,
    created_by uuid,
    CONSTRAINT permissions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT permissions_name_key UNIQUE (tenant_id, name)
);
SELECT tenant_table('permissions');
