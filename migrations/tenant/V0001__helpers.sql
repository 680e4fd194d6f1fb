-- One policy shape for every tenant table, stamped by one function.

-- Protect a tenant table: row-level security by `app.tenant_id`, for tenantry_app only.
--
-- `rights` are what tenantry_app may do; an append-only table leaves out UPDATE and DELETE.
-- The bare cast makes a forgotten scope an error instead of an empty answer.
CREATE FUNCTION tenant_table(name text, rights text DEFAULT 'SELECT, INSERT, UPDATE, DELETE') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    target text := format('%I.%I', current_schema(), name);
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    -- Distributed engines lose rows when a forced owner moves shards; their owner never serves requests.
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    END IF;
    EXECUTE format(
        'CREATE POLICY tenant_isolation ON %s TO tenantry_app '
        'USING (tenant_id = current_setting(''app.tenant_id'')::uuid) '
        'WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', target);
    -- Backfills in migrations: a forced owner would otherwise see no rows.
    EXECUTE format('CREATE POLICY owner_backfill ON %s TO tenantry_owner USING (true) WITH CHECK (true)', target);
    EXECUTE format('GRANT %s ON %s TO tenantry_app', rights, target);
END $$;

-- Let operators write the root tenant's trail: the same policy for tenantry_platform.
CREATE FUNCTION platform_trail(name text, rights text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    target text := format('%I.%I', current_schema(), name);
BEGIN
    EXECUTE format(
        'CREATE POLICY platform_isolation ON %s TO tenantry_platform '
        'USING (tenant_id = current_setting(''app.tenant_id'')::uuid) '
        'WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', target);
    EXECUTE format('GRANT %s ON %s TO tenantry_platform', rights, target);
END $$;

-- Let the job worker claim rows of every tenant.
CREATE FUNCTION worker_table(name text, rights text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    target text := format('%I.%I', current_schema(), name);
BEGIN
    EXECUTE format('CREATE POLICY worker_claims ON %s TO tenantry_worker USING (true) WITH CHECK (true)', target);
    EXECUTE format('GRANT %s ON %s TO tenantry_worker', rights, target);
END $$;

REVOKE ALL ON FUNCTION tenant_table(text, text), platform_trail(text, text), worker_table(text, text) FROM PUBLIC;

DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO tenantry_app, tenantry_worker, tenantry_platform', current_schema());
END $$;
