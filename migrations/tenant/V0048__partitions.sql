-- Rows that are over one day leave with their partition, not one by one: tables that only grow are cut by the time in their
-- ids (UUIDv7, RFC 9562).

-- The least id of an instant.
CREATE FUNCTION first_id(at timestamptz) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- The instant of an id.
CREATE FUNCTION instant_of(id uuid) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$
    SELECT to_timestamp(('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0)
$$;

-- The policies of a tenant table, but no rights: nobody reads a partition but through its table.
CREATE FUNCTION tenant_partition(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tenant_table(name, 'SELECT');
    EXECUTE format('REVOKE ALL ON %I.%I FROM tenantry_app', current_schema(), name);
END $$;

-- Cut a tenant table by its ids. Rows, names, foreign keys and rights stay; no foreign key may lead to it, and what makes it
-- unique holds its id. What no partition is for is in `…_rest`.
CREATE FUNCTION partition_by_id(name text, rights text DEFAULT 'SELECT, INSERT, UPDATE, DELETE') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    whole text := name || '_whole';
    source oid := format('%I.%I', current_schema(), name)::regclass;
    made text[];
    line text;
    old text;
BEGIN
    SELECT array_agg(sql ORDER BY place) INTO made FROM (
        SELECT 1 AS place, format('ALTER TABLE %I ADD CONSTRAINT %I %s', name, c.conname, pg_get_constraintdef(c.oid)) AS sql
            FROM pg_constraint c WHERE c.conrelid = source AND c.contype IN ('p', 'u', 'f')
        UNION ALL
        SELECT 2, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = source
            AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = source)
    ) AS parts;
    EXECUTE format('ALTER TABLE %I RENAME TO %I', name, whole);
    FOR old IN SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = source LOOP
        EXECUTE format('ALTER INDEX %s RENAME TO %I', old, left(old, 50) || '_whole');
    END LOOP;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (id)', name, whole);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', name || '_rest', name);
    FOREACH line IN ARRAY made LOOP
        EXECUTE line;
    END LOOP;
    PERFORM tenant_table(name, rights);
    PERFORM tenant_partition(name || '_rest');
    -- check-sql: allow(insert-select) the table is being made; nobody else sees it yet
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', name, whole);
    EXECUTE format('DROP TABLE %I', whole);
END $$;

-- The partitions of a table, in the order of time, with the instant that each is good until.
CREATE FUNCTION partitions_of(name text) RETURNS TABLE (partition text, ends timestamptz) STABLE LANGUAGE sql AS $$
    SELECT c.relname::text, instant_of((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(.*)''\)'))[1]::uuid)
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('%I.%I', current_schema(), name)::regclass AND c.relname <> name || '_rest' ORDER BY 2
$$;

-- Make the next partition of a table, of so many days, unless there is one after the present one; answers whether it was made. To be
-- called in a transaction of its own: attaching waits for whoever writes what is in no partition yet, or in tables that foreign keys
-- lead to, and they wait for it.
CREATE FUNCTION make_partition(name text, at timestamptz, step_days integer) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    rest text := name || '_rest';
    -- In hours: a day of some time zone may have 23.
    step interval := make_interval(hours => 24 * step_days);
    until timestamptz := coalesce((SELECT max(ends) FROM partitions_of(name)),
        date_trunc('day', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC');
    first uuid;
    last uuid;
    fresh text;
BEGIN
    -- After a long pause there is nothing to make for the time between.
    WHILE until + step < at LOOP
        until := until + step;
    END LOOP;
    IF until > at + step THEN
        RETURN false;
    END IF;
    first := first_id(until);
    last := first_id(until + step);
    fresh := name || '_' || to_char(until AT TIME ZONE 'UTC', 'YYYYMMDD');
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', fresh, name);
    PERFORM tenant_partition(fresh);
    -- check-sql: allow(insert-select) what came before its partition was there
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE id >= $1 AND id < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved',
        rest, fresh) USING first, last;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, fresh, first, last);
    RETURN true;
END $$;

-- Drop a partition of a table of which nothing is left, if there is one; answers whether. Its rows are older than `kept_days`, or, where
-- that is null, have all been over for a day. To be called in a transaction of its own: whoever uses the table waits for its end.
CREATE FUNCTION drop_partition(name text, at timestamptz, kept_days integer) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz := at - make_interval(hours => 24 * coalesce(kept_days, 1));
    part record;
    is_over boolean;
BEGIN
    FOR part IN SELECT p.partition FROM partitions_of(name) p WHERE p.ends < since LOOP
        is_over := kept_days IS NOT NULL;
        IF NOT is_over THEN
            EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I WHERE expires_at > $1)', part.partition) INTO is_over USING since;
        END IF;
        IF is_over THEN
            EXECUTE format('DROP TABLE %I', part.partition);
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- Forget what is over of what is in no partition: it came before there were any, or long after its time.
CREATE FUNCTION sweep_rest(name text, at timestamptz, kept_days integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz := at - make_interval(hours => 24 * coalesce(kept_days, 1));
BEGIN
    IF kept_days IS NULL THEN
        EXECUTE format('DELETE FROM %I WHERE expires_at < $1', name || '_rest') USING since;
    ELSE
        EXECUTE format('DELETE FROM %I WHERE id < $1', name || '_rest') USING first_id(since);
    END IF;
END $$;

REVOKE ALL ON FUNCTION first_id(timestamptz), instant_of(uuid), tenant_partition(text), partition_by_id(text, text),
    partitions_of(text), make_partition(text, timestamptz, integer), drop_partition(text, timestamptz, integer),
    sweep_rest(text, timestamptz, integer) FROM PUBLIC;

-- A code names what it was exchanged for; both leave by themselves when they are over.
ALTER TABLE oauth_authorization_codes DROP CONSTRAINT oauth_authorization_codes_grant_fkey;

SELECT partition_by_id('user_sessions');
SELECT partition_by_id('sso_sessions');
SELECT partition_by_id('oauth_grants');
SELECT partition_by_id('oauth_authorization_codes');
SELECT partition_by_id('oauth_pushed_requests');
SELECT partition_by_id('mfa_challenges');
SELECT partition_by_id('federation_states');
SELECT partition_by_id('sign_ins', 'SELECT, INSERT');
SELECT partition_by_id('access_log', 'SELECT, INSERT');

-- Expired rows are looked for no more, but for those that anybody can make.
DROP INDEX oauth_authorization_codes_expires_idx, oauth_grants_expires_idx;
