//! What is true of every schema that holds tenants' rows, as SQL over the catalogue: each rule lists its offenders.

/// One rule.
pub(crate) struct Rule {
    /// What is true.
    pub(crate) says: &'static str,
    /// Lists whatever breaks the rule in the schema `$1`.
    pub(crate) offenders: &'static str,
    /// Statements that each break the rule, as proof that its offenders are found.
    pub(crate) broken_by: &'static [&'static str],
}

/// A rule about tables: `t` is a table with a `tenant_id`, `t.k` that column's number. Partitions have a rule of their own.
macro_rules! tables {
    ($rest:literal) => {
        concat!(
            "WITH tables AS (SELECT c.*, c.oid AS table_id, a.attnum AS k, a.attnotnull, a.atttypid FROM pg_class c ",
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' ",
            "WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition) ",
            $rest
        )
    };
}

/// A rule about policies: `p.app` says whether one binds tenantry_app, `p.shape` whom it is for and what it says.
macro_rules! policies {
    ($rest:literal) => {
        concat!(
            "WITH policies AS (SELECT c.relname::text, p.polroles && ARRAY[0, 'tenantry_app'::regrole::oid] AS app, ",
            "concat_ws(' ', p.polname, p.polpermissive, p.polcmd, p.polroles::regrole[]::text, ",
            "pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) AS shape ",
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' ",
            "LEFT JOIN pg_policy p ON p.polrelid = c.oid ",
            "WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p')) ",
            $rest
        )
    };
}

/// Every rule.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        says: "every table has a tenant_id, but for the list of migrations",
        offenders: "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace \
            AND c.relkind IN ('r', 'p') AND c.relname <> 'schema_migrations' AND NOT EXISTS \
            (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')",
        broken_by: &["CREATE TABLE loose (id uuid PRIMARY KEY)"],
    },
    Rule {
        says: "tenant_id is a uuid and never null",
        offenders: tables!(
            "SELECT relname::text FROM tables WHERE NOT attnotnull OR atttypid <> 'uuid'::regtype"
        ),
        broken_by: &[
            "CREATE TABLE loose (tenant_id uuid, id uuid)",
            "CREATE TABLE loose (tenant_id text NOT NULL)",
        ],
    },
    Rule {
        says: "row-level security is enabled and forced",
        offenders: tables!(
            "SELECT relname::text FROM tables WHERE NOT relrowsecurity OR NOT relforcerowsecurity"
        ),
        broken_by: &[
            "ALTER TABLE users NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
            "CREATE TABLE loose (tenant_id uuid NOT NULL)",
        ],
    },
    Rule {
        says: "partitions have their walls too, and nobody has rights on them but through their table",
        offenders: "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace \
            AND c.relkind IN ('r', 'p') AND c.relispartition AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity \
            OR EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner))",
        broken_by: &[
            "ALTER TABLE user_sessions_rest NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE sign_ins_rest DISABLE ROW LEVEL SECURITY",
            "GRANT SELECT ON user_sessions_rest TO tenantry_app",
            "CREATE TABLE user_sessions_loose PARTITION OF user_sessions FOR VALUES FROM \
             ('00000000-0000-0000-0000-000000000000') TO ('00000000-0000-0000-0000-000000000001')",
        ],
    },
    Rule {
        says: "tenantry_app is bound by exactly one policy, of the one shape",
        offenders: policies!(
            "SELECT relname || ': ' || coalesce(string_agg(shape, '; ') FILTER (WHERE app), 'none') FROM policies \
            GROUP BY relname HAVING array_agg(shape) FILTER (WHERE app) IS DISTINCT FROM \
            ARRAY['tenant_isolation t * {tenantry_app} (tenant_id = (current_setting(''app.tenant_id''::text))::uuid) \
(tenant_id = (current_setting(''app.tenant_id''::text))::uuid)']"
        ),
        broken_by: &[
            "DROP POLICY tenant_isolation ON users",
            "CREATE POLICY more ON users TO tenantry_app USING (true)",
            "CREATE POLICY more ON users USING (true)",
            "CREATE POLICY more ON users AS RESTRICTIVE TO tenantry_app USING (true)",
            "ALTER POLICY tenant_isolation ON users USING (true)",
            "ALTER POLICY tenant_isolation ON users WITH CHECK (true)",
            "ALTER POLICY tenant_isolation ON users USING (tenant_id = current_setting('app.tenant_id', true)::uuid)",
        ],
    },
    Rule {
        says: "other roles have only the listed policies",
        offenders: policies!(
            "SELECT relname || ': ' || shape FROM policies WHERE NOT app AND shape <> 'owner_backfill t * \
{tenantry_owner} true true' AND NOT (shape = 'worker_claims t * {tenantry_worker} true true' \
            AND relname IN ('outbox', 'event_stream', 'jobs', 'schedules', 'idempotency_keys')) \
            AND NOT (shape = 'platform_isolation t * {tenantry_platform} (tenant_id = \
(current_setting(''app.tenant_id''::text))::uuid) (tenant_id = (current_setting(''app.tenant_id''::text))::uuid)' \
            AND relname IN ('audit_log', 'outbox', 'jobs', 'idempotency_keys'))"
        ),
        broken_by: &[
            "CREATE POLICY worker_claims ON users TO tenantry_worker USING (true) WITH CHECK (true)",
            "ALTER POLICY platform_isolation ON audit_log USING (true)",
            "CREATE POLICY more ON jobs TO tenantry_platform USING (true)",
        ],
    },
    Rule {
        says: "every primary key, unique index and exclusion starts with tenant_id",
        offenders: tables!(
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN tables t ON t.table_id = i.indrelid \
            WHERE (i.indisunique OR i.indisexclusion) AND i.indkey[0] <> t.k UNION ALL \
            SELECT relname || ' has no primary key' FROM tables WHERE NOT EXISTS \
            (SELECT FROM pg_index i WHERE i.indrelid = table_id AND i.indisprimary)"
        ),
        broken_by: &[
            "CREATE UNIQUE INDEX loose_key ON users (email)",
            "CREATE UNIQUE INDEX loose_key ON users (lower(email), tenant_id)",
            "ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey",
            "ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey, ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id)",
        ],
    },
    Rule {
        says: "every other index starts with tenant_id",
        offenders: tables!(
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN tables t ON t.table_id = i.indrelid \
            WHERE i.indkey[0] <> t.k"
        ),
        broken_by: &["CREATE INDEX loose_idx ON users (created_at)"],
    },
    Rule {
        says: "every foreign key is composite, starts with tenant_id on both sides, and sets nothing to null",
        offenders: tables!(
            "SELECT f.conname::text FROM pg_constraint f JOIN tables t ON t.table_id = f.conrelid LEFT JOIN tables other \
            ON other.table_id = f.confrelid WHERE f.contype = 'f' AND (other.k IS NULL OR f.conkey[1] <> t.k \
            OR f.confkey[1] <> other.k OR cardinality(f.conkey) < 2 OR f.confdeltype IN ('n', 'd') \
            OR f.confupdtype IN ('n', 'd') OR f.condeferrable OR NOT f.convalidated)"
        ),
        broken_by: &[
            "ALTER TABLE users ADD CONSTRAINT loose_key UNIQUE (id); ALTER TABLE projects ADD CONSTRAINT loose_fkey \
             FOREIGN KEY (created_by) REFERENCES users (id)",
            "ALTER TABLE projects ADD CONSTRAINT loose_fkey FOREIGN KEY (tenant_id, created_by) \
             REFERENCES users (tenant_id, id) ON DELETE SET NULL",
            "ALTER TABLE projects ADD CONSTRAINT loose_fkey FOREIGN KEY (created_by, tenant_id) \
             REFERENCES users (id, tenant_id)",
            "CREATE TABLE loose (id uuid PRIMARY KEY); ALTER TABLE projects ADD CONSTRAINT loose_fkey \
             FOREIGN KEY (created_by) REFERENCES loose (id)",
        ],
    },
    Rule {
        says: "a column that names a row of another table has a foreign key; what outlives rows has none, nor what names one of several or one of another tenant",
        offenders: tables!(
            "SELECT t.relname || '.' || a.attname FROM tables t JOIN pg_attribute a ON a.attrelid = t.table_id \
            WHERE a.attname ~ '_id$' AND a.attname <> 'tenant_id' AND a.atttypid = 'uuid'::regtype \
            AND t.relname NOT IN ('audit_log', 'access_log', 'outbox', 'policy_versions', 'sign_ins') \
            AND (t.relname, a.attname) NOT IN (('policy_assignments', 'assignee_id'), ('impersonations', 'operator_id'), \
            ('oauth_grants', 'session_id'), ('oauth_authorization_codes', 'session_id'), ('oauth_authorization_codes', 'grant_id'),
            ('oauth_device_codes', 'session_id'), ('mfa_codes', 'scope_id'), ('mfa_codes', 'method_id'), ('user_sessions', 'device_id')) AND NOT EXISTS (SELECT FROM pg_constraint f \
            WHERE f.conrelid = t.table_id AND f.contype = 'f' AND a.attnum = ANY (f.conkey))"
        ),
        broken_by: &[
            "ALTER TABLE projects DROP CONSTRAINT projects_owner_fkey",
            "ALTER TABLE user_roles DROP CONSTRAINT user_roles_role_fkey",
        ],
    },
    Rule {
        says: "everything belongs to tenantry_owner",
        offenders: "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace \
            AND c.relowner <> 'tenantry_owner'::regrole UNION ALL SELECT p.proname::text FROM pg_proc p \
            WHERE p.pronamespace = $1::text::regnamespace AND p.proowner <> 'tenantry_owner'::regrole UNION ALL \
            SELECT n.nspname::text FROM pg_namespace n WHERE n.nspname = $1 AND n.nspowner <> 'tenantry_owner'::regrole",
        broken_by: &[
            "ALTER TABLE users OWNER TO tenantry_platform",
            "CREATE FUNCTION loose() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        ],
    },
    Rule {
        says: "names of constraints and indexes have at most 55 characters",
        offenders: "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace \
            AND c.relkind IN ('i', 'I') AND NOT c.relispartition AND length(c.relname) > 55 UNION ALL \
            SELECT c.conname::text FROM pg_constraint c WHERE c.connamespace = $1::text::regnamespace AND c.conparentid = 0 \
            AND length(c.conname) > 55",
        broken_by: &[
            "CREATE INDEX users_with_a_name_that_is_longer_than_fifty_five_characters ON users (tenant_id, status)",
            "ALTER TABLE users ADD CONSTRAINT users_with_a_name_that_is_longer_than_fifty_five_chars_x CHECK (true)",
        ],
    },
    Rule {
        says: "nothing happens behind a statement's back: no triggers, no rules, no generated numbers",
        offenders: "SELECT t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
            WHERE c.relnamespace = $1::text::regnamespace AND NOT t.tgisinternal UNION ALL \
            SELECT r.rulename::text FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class \
            WHERE c.relnamespace = $1::text::regnamespace AND c.relkind <> 'v' UNION ALL \
            SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'S'",
        broken_by: &[
            "CREATE TRIGGER loose BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "CREATE RULE loose AS ON DELETE TO users DO INSTEAD NOTHING",
            "CREATE SEQUENCE loose",
        ],
    },
    Rule {
        says: "functions run with the caller's rights, and only the owner may call them",
        offenders: "SELECT p.proname::text FROM pg_proc p WHERE p.pronamespace = $1::text::regnamespace AND (p.prosecdef \
            OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a \
            WHERE a.grantee <> p.proowner))",
        broken_by: &[
            "ALTER FUNCTION tenant_table(text, text) SECURITY DEFINER",
            "GRANT EXECUTE ON FUNCTION tenant_table(text, text) TO tenantry_app",
            "CREATE FUNCTION loose() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        ],
    },
    Rule {
        says: "views show what the caller may see; there are no materialised views and no foreign tables",
        offenders: "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace \
            AND (c.relkind IN ('m', 'f') OR c.relkind = 'v' \
            AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}')))",
        broken_by: &[
            "CREATE VIEW loose AS SELECT id FROM users",
            "CREATE MATERIALIZED VIEW loose AS SELECT id FROM users",
        ],
    },
    Rule {
        says: "the rights on tables are exactly these",
        offenders: tables!(
            ", actual AS (SELECT t.relname::text, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, \
            string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type) FROM tables t, aclexplode(t.relacl) a \
            WHERE a.grantee <> t.relowner GROUP BY 1, 2), \
            special AS (SELECT * FROM (VALUES \
            ('access_log', 'tenantry_app', 'INSERT SELECT'), ('audit_log', 'tenantry_app', 'INSERT SELECT'), \
            ('audit_log', 'tenantry_platform', 'INSERT SELECT'), ('event_stream', 'tenantry_app', 'SELECT'), \
            ('event_stream', 'tenantry_worker', 'INSERT SELECT UPDATE'), \
            ('idempotency_keys', 'tenantry_app', 'INSERT SELECT'), \
            ('idempotency_keys', 'tenantry_platform', 'INSERT SELECT'), \
            ('policy_versions', 'tenantry_app', 'INSERT SELECT'), ('sign_ins', 'tenantry_app', 'INSERT SELECT'), \
            ('tenant_config_versions', 'tenantry_app', 'DELETE INSERT SELECT'), ('tenant_logos', 'tenantry_app', 'DELETE INSERT SELECT'), \
            ('idempotency_keys', 'tenantry_worker', 'DELETE SELECT'), ('jobs', 'tenantry_app', 'INSERT SELECT'), \
            ('jobs', 'tenantry_platform', 'INSERT SELECT'), ('jobs', 'tenantry_worker', 'DELETE INSERT SELECT UPDATE'), \
            ('outbox', 'tenantry_app', 'INSERT SELECT'), ('outbox', 'tenantry_platform', 'INSERT SELECT'), \
            ('outbox', 'tenantry_worker', 'SELECT UPDATE'), ('schedules', 'tenantry_worker', 'SELECT UPDATE') \
            ) AS v (relname, grantee, rights)), \
            expected AS (SELECT * FROM special UNION ALL SELECT relname::text, 'tenantry_app', \
            'DELETE INSERT SELECT UPDATE' FROM tables WHERE relname::text NOT IN \
            (SELECT relname FROM special WHERE grantee = 'tenantry_app')) \
            SELECT format('%s', x) FROM ((TABLE actual EXCEPT TABLE expected) UNION ALL \
            (TABLE expected EXCEPT TABLE actual)) AS x"
        ),
        broken_by: &[
            "GRANT UPDATE ON audit_log TO tenantry_app",
            "GRANT DELETE ON audit_log TO tenantry_app",
            "GRANT UPDATE ON outbox TO tenantry_app",
            "GRANT TRUNCATE ON users TO tenantry_app",
            "GRANT SELECT ON users TO tenantry_worker",
            "GRANT SELECT ON users TO PUBLIC",
            "REVOKE DELETE ON users FROM tenantry_app",
        ],
    },
    Rule {
        says: "no right is on a column, none can be passed on, and the list of migrations is the owner's",
        offenders: "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
            WHERE c.relnamespace = $1::text::regnamespace AND a.attacl IS NOT NULL UNION ALL \
            SELECT c.relname::text FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = $1::text::regnamespace \
            AND a.grantee <> c.relowner AND (a.is_grantable OR c.relname = 'schema_migrations')",
        broken_by: &[
            "GRANT UPDATE (old_values) ON audit_log TO tenantry_app",
            "GRANT SELECT ON users TO tenantry_app WITH GRANT OPTION",
            "GRANT SELECT ON schema_migrations TO tenantry_app",
        ],
    },
    Rule {
        says: "three roles may use the schema, and nobody but the owner may create in it",
        offenders: "SELECT format('%s %s', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, \
            a.privilege_type) FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = $1 \
            AND a.grantee <> n.nspowner AND NOT (a.privilege_type = 'USAGE' AND NOT a.is_grantable AND a.grantee = ANY \
            (ARRAY['tenantry_app', 'tenantry_worker', 'tenantry_platform']::regrole[]::oid[]))",
        broken_by: &[
            "DO $$ BEGIN EXECUTE format('GRANT CREATE ON SCHEMA %I TO tenantry_app', current_schema()); END $$",
            "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO tenantry_directory', current_schema()); END $$",
            "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO PUBLIC', current_schema()); END $$",
        ],
    },
];
