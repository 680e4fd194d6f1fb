-- What users and projects are found by: lower case, written by the application (crates/web/src/search.rs). Plain text of
-- the collation C, whose comparisons are leakproof and the same everywhere: a search is a range of an index.
ALTER TABLE users
    ADD COLUMN name_key text COLLATE "C",
    ADD COLUMN last_name_key text COLLATE "C";
-- check-sql: allow(unindexable) a backfill, once
UPDATE users SET name_key = lower(concat_ws(' ', first_name, last_name)), last_name_key = lower(last_name)
WHERE first_name IS NOT NULL OR last_name IS NOT NULL;
CREATE INDEX users_email_search_idx ON users (tenant_id, email COLLATE "C");
CREATE INDEX users_name_search_idx ON users (tenant_id, name_key);
CREATE INDEX users_last_name_search_idx ON users (tenant_id, last_name_key);

ALTER TABLE projects ADD COLUMN name_key text COLLATE "C";
-- check-sql: allow(unindexable) a backfill, once
UPDATE projects SET name_key = lower(name);
CREATE INDEX projects_name_search_idx ON projects (tenant_id, name_key);
