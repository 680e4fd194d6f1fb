//! No statement's cost grows with the tenants beside its own: every one enters each big table by an index and its key.

use tenantry_db::{Class, Role, Statement};
use tenantry_server::modules;
use tenantry_testkit::{Cluster, Database};
use tokio_postgres::Client;

use crate::plan::{Scan, scans};
use crate::statements::FIND_TENANTS;
use crate::support::{partitions, tenant_tables, texts};

/// The tenant that most rows belong to.
const BIG: &str = "00000000-0000-0000-0000-000000000001";

/// A big tenant among twenty: 10,000 rows in each of its big tables, 500 in theirs.
const FILL: &str = "
CREATE TEMPORARY TABLE many AS SELECT ('00000000-0000-0000-0000-' || lpad(tenant::text, 12, '0'))::uuid AS tenant_id, n,
    gen_random_uuid() AS id, now() - n * interval '1 minute' AS at
    FROM generate_series(1, 21) AS tenant, generate_series(1, 10000) AS n WHERE tenant = 1 OR n <= 500;
ANALYZE many;
INSERT INTO users (tenant_id, id, email, status, email_verified, phone_verified, mfa_enabled, metadata, version, created_at,
    updated_at) SELECT tenant_id, id, n || '@example.org', CASE n % 10 WHEN 0 THEN 'inactive' ELSE 'active' END, true, false,
    false, '{}', 1, at, at FROM many;
INSERT INTO credentials (tenant_id, user_id, password_hash, password_changed_at, failed_attempts)
    SELECT tenant_id, id, 'x', at, 0 FROM many;
INSERT INTO user_sessions (tenant_id, id, user_id, generation, refresh_seed, rotated_at, created_at, last_used_at, expires_at,
    authenticated_at, amr)
    SELECT tenant_id, gen_random_uuid(), id, 0, '', at, at, at, at + interval '30 days', at, '{pwd}' FROM many;
INSERT INTO users (tenant_id, id, kind, email, status, email_verified, phone_verified, mfa_enabled, metadata, version,
    created_at, updated_at) SELECT tenant_id, gen_random_uuid(), 'service', n || '@service.invalid', 'active', false, false,
    false, '{}', 1, at, at FROM many WHERE n <= 50;
INSERT INTO service_accounts (tenant_id, id, name) SELECT tenant_id, id, email FROM users WHERE kind = 'service';
INSERT INTO api_keys (tenant_id, id, user_id, name, secret_hash, scopes, created_at, created_by, expires_at)
    SELECT tenant_id, gen_random_uuid(), id, 'key', '', '{}', at, id, at + interval '90 days' FROM many;
INSERT INTO impersonations (tenant_id, id, user_id, operator_id, operator_email, reason, mode, created_at, expires_at)
    SELECT tenant_id, gen_random_uuid(), id, id, 'operator', 'reason', 'read-only', at, at FROM many;
INSERT INTO password_history (tenant_id, id, user_id, password_hash, retired_at)
    SELECT tenant_id, gen_random_uuid(), id, 'x', at FROM many;
INSERT INTO devices (tenant_id, id, user_id, name, token_hash, fingerprint, platform, first_seen_at, last_seen_at)
    SELECT tenant_id, gen_random_uuid(), id, 'Firefox', '', '', 'Firefox', at, at FROM many;
INSERT INTO sign_ins (tenant_id, id, user_id, at, outcome, method)
    SELECT tenant_id, gen_random_uuid(), id, at, 'success', 'password' FROM many;
INSERT INTO mfa_methods (tenant_id, id, user_id, method_type, secret_sealed, created_at, verified_at)
    SELECT tenant_id, gen_random_uuid(), id, 'totp', '', at, at FROM many;
INSERT INTO mfa_backup_codes (tenant_id, id, user_id, code_hash, created_at)
    SELECT tenant_id, gen_random_uuid(), id, '', at FROM many;
INSERT INTO mfa_challenges (tenant_id, id, user_id, purpose, secret_hash, amr, tries, created_at, expires_at)
    SELECT tenant_id, gen_random_uuid(), id, 'sign_in', '', '{pwd}', 0, at, at FROM many;
INSERT INTO mfa_codes (tenant_id, scope_id, purpose, user_id, method_id, code_hash, tries, sent, sent_at, expires_at)
    SELECT tenant_id, gen_random_uuid(), 'sign_in', id, id, '', 0, 1, at, at FROM many;
INSERT INTO passkeys (tenant_id, id, user_id, name, credential_id, credential, created_at)
    SELECT tenant_id, gen_random_uuid(), id, 'key', uuid_send(id), '{}', at FROM many;
INSERT INTO roles (tenant_id, id, name, role_family, is_system, version, created_at, updated_at)
    SELECT tenant_id, id, 'role ' || n, 'Internal', false, 1, at, at FROM many WHERE n <= 20;
INSERT INTO role_permissions (tenant_id, role_id, permission, extent, created_at)
    SELECT tenant_id, id, 'p' || p || ':read', 'any', at FROM many, generate_series(1, 20) AS p WHERE n <= 20;
INSERT INTO user_roles (tenant_id, user_id, role_id, created_at) SELECT m.tenant_id, m.id, r.id, m.at
    FROM many m JOIN roles r ON r.tenant_id = m.tenant_id AND r.name = 'role ' || (m.n % 20 + 1);
INSERT INTO permissions (tenant_id, id, name, created_at)
    SELECT tenant_id, id, 'p' || n || ':read', at FROM many WHERE n <= 50;
INSERT INTO projects (tenant_id, id, name, status, owner_id, version, created_at, updated_at, created_by, updated_by)
    SELECT tenant_id, id, 'project ' || n, CASE n % 10 WHEN 0 THEN 'archived' ELSE 'active' END, id, 1, at, at, id, id
    FROM many;
INSERT INTO audit_log (tenant_id, id, at, actor_type, actor_id, action, outcome, resource_type, resource_id, request_id)
    SELECT tenant_id, gen_random_uuid(), at, 'user', id, 'action:' || n % 50, 'success', 'kind ' || n % 10, id, id FROM many;
INSERT INTO outbox (tenant_id, id, type, aggregate_type, aggregate_id, aggregate_version, request_id, data, at, seq)
    SELECT tenant_id, id, 'type ' || n % 20, 'thing', id, 1, id, '{}', at, CASE WHEN n > 20 THEN n END FROM many;
INSERT INTO event_stream (tenant_id, last_seq) SELECT DISTINCT tenant_id, 10000 FROM many;
INSERT INTO jobs (tenant_id, id, kind, lane, position, payload, state, due_at, attempts, created_at, ordering_key,
    leased_until, finished_at) SELECT tenant_id, id, 'kind', 'default', n, '{}', state, at, 0, at, 'key ' || n,
    CASE state WHEN 'running' THEN at END, CASE WHEN state IN ('done', 'dead') THEN at END
    FROM many, LATERAL (SELECT CASE WHEN n % 20 < 2 THEN 'ready' WHEN n % 20 = 3 THEN 'running' WHEN n % 20 = 4 THEN 'dead'
    ELSE 'done' END) AS s (state);
INSERT INTO schedules (tenant_id, name, kind, cron, time_zone, payload, next_at, is_enabled)
    SELECT tenant_id, 'schedule ' || n, 'kind', '0 0 * * *', 'UTC', '{}', at, true FROM many WHERE n <= 20;
INSERT INTO idempotency_keys (tenant_id, key, fingerprint, status, headers, body, created_at)
    SELECT tenant_id, 'key ' || n, '', 200, '{}', '', at FROM many;
INSERT INTO user_groups (tenant_id, id, name, version, created_at, updated_at)
    SELECT tenant_id, id, 'group ' || n, 1, at, at FROM many WHERE n <= 20;
INSERT INTO group_members (tenant_id, group_id, user_id, created_at) SELECT m.tenant_id, g.id, m.id, m.at
    FROM many m JOIN user_groups g ON g.tenant_id = m.tenant_id AND g.name = 'group ' || (m.n % 20 + 1);
INSERT INTO policy_versions (tenant_id, policy_id, version, document, created_at)
    SELECT tenant_id, id, 1, '{}', at FROM many;
INSERT INTO access_log (tenant_id, id, at, action, resource_type, decision, policies, reason, request_id)
    SELECT tenant_id, id, at, 'a:b', 'kind', 'deny', '{}', 'reason', id FROM many;
INSERT INTO oauth_clients (tenant_id, id, name, kind, auth_method, redirect_uris, post_logout_redirect_uris, grant_types, scopes,
    access_token_seconds, id_token_seconds, refresh_token_seconds, needs_consent, is_active, version, created_at, updated_at)
    SELECT tenant_id, id, 'client ' || n, 'confidential', 'client_secret_basic', '{}', '{}', '{}', '{}', 60, 60, 300, true, true,
    1, at, at FROM many WHERE n <= 20;
INSERT INTO sso_sessions (tenant_id, id, user_id, secret_hash, auth_time, acr, amr, last_used_at, expires_at)
    SELECT tenant_id, id, id, '', at, '1', '{}', at, at FROM many;
INSERT INTO oauth_grants (tenant_id, id, client_id, user_id, session_id, scopes, claims, auth_time, acr, amr, refresh_seed,
    generation, rotated_at, created_at, expires_at)
    SELECT m.tenant_id, m.id, c.id, m.id, m.id, '{}', '{}', m.at, '1', '{}', '', 0, m.at, m.at, m.at
    FROM many m JOIN oauth_clients c ON c.tenant_id = m.tenant_id AND c.name = 'client ' || (m.n % 20 + 1);
INSERT INTO oauth_authorization_codes (tenant_id, id, client_id, user_id, session_id, code_hash, redirect_uri, scopes, claims,
    auth_time, acr, amr, created_at, expires_at) SELECT tenant_id, id, client_id, user_id, session_id, '', '', '{}', '{}',
    auth_time, '1', '{}', created_at, expires_at FROM oauth_grants;
INSERT INTO oauth_consents (tenant_id, user_id, client_id, scopes, created_at, updated_at)
    SELECT tenant_id, user_id, client_id, '{}', created_at, created_at FROM oauth_grants;
INSERT INTO oauth_assertions (tenant_id, client_id, jti_hash, expires_at)
    SELECT tenant_id, client_id, uuid_send(id), expires_at FROM oauth_grants;
INSERT INTO oauth_pushed_requests (tenant_id, id, client_id, secret_hash, parameters, created_at, expires_at)
    SELECT tenant_id, id, client_id, '', '', created_at, expires_at FROM oauth_grants;
INSERT INTO oauth_device_codes (tenant_id, id, client_id, device_hash, user_code_hash, scopes, state, interval_seconds, created_at,
    expires_at) SELECT tenant_id, id, client_id, '', uuid_send(id), '{}', 'pending', 5, created_at, expires_at FROM oauth_grants;
INSERT INTO identity_providers (tenant_id, id, slug, name, kind, issuer, client_id, client_secret_sealed, settings, enabled,
    version, created_at, updated_at) SELECT tenant_id, id, 'idp-' || n, 'provider ' || n, 'oidc', '', '', '', '{}', true, 1, at, at
    FROM many WHERE n <= 20;
INSERT INTO federated_identities (tenant_id, id, provider_id, issuer, subject, user_id, created_at, last_used_at)
    SELECT m.tenant_id, m.id, p.id, 'https://idp.example', 'subject ' || m.n, m.id, m.at, m.at
    FROM many m JOIN identity_providers p ON p.tenant_id = m.tenant_id AND p.slug = 'idp-' || (m.n % 20 + 1);
INSERT INTO federated_roles (tenant_id, user_id, provider_id, role_id, created_at)
    SELECT i.tenant_id, i.user_id, i.provider_id, u.role_id, i.created_at
    FROM federated_identities i JOIN user_roles u ON u.tenant_id = i.tenant_id AND u.user_id = i.user_id;
INSERT INTO federation_states (tenant_id, id, state_hash, browser_hash, provider_id, purpose, request, redirect_uri, user_id,
    created_at, expires_at)
    SELECT tenant_id, id, uuid_send(id), '', provider_id, 'link', '', '', user_id, created_at, created_at
    FROM federated_identities;
INSERT INTO federation_links (tenant_id, id, token_hash, browser_hash, provider_id, issuer, subject, email, user_id, created_at,
    expires_at)
    SELECT tenant_id, id, uuid_send(id), '', provider_id, '', '', '', user_id, created_at, created_at
    FROM federated_identities;
INSERT INTO one_time_tokens (tenant_id, id, user_id, purpose, target, link_hash, code_hash, tries, window_started_at,
    window_sent, created_at, expires_at)
    SELECT tenant_id, gen_random_uuid(), id, 'notice', '', '', '', 0, at, 1, at, at FROM many;
INSERT INTO invitations (tenant_id, id, email, language, role_ids, roles_chosen, state, link_hash, life_days, invited_by,
    created_at, expires_at, sent_at, window_started_at, window_sent, version)
    SELECT tenant_id, gen_random_uuid(), n || '@guest.example', 'en', '{}', false,
    CASE n % 10 WHEN 0 THEN 'pending' ELSE 'accepted' END, '', 7, id, at, at, at, at, 1, 1 FROM many;
UPDATE users SET name_key = 'name ' || substr(email, 1, 4), last_name_key = substr(email, 1, 4);
UPDATE projects SET name_key = name;
ANALYZE";

/// Tables of which no tenant has many rows: reading them whole, within the tenant, is right.
const SMALL: [&str; 23] = [
    "access_state",
    "event_stream",
    "group_children",
    "group_roles",
    "identity_providers",
    "mfa_policies",
    "oauth_client_secrets",
    "oauth_clients",
    "oauth_scopes",
    "permissions",
    "policies",
    "policy_assignments",
    "registration_policies",
    "resource_types",
    "role_families",
    "role_permissions",
    "roles",
    "schedules",
    "service_accounts",
    "tenant_config_versions",
    "tenant_configs",
    "tenant_logos",
    "user_groups",
];

/// Statements that enter an index by nothing but the tenant, and why that is right.
const WITHIN_THE_TENANT: [(&str, &str); 8] = [
    (
        "tenantry_identity::session::store::revoke_everyones",
        "it ends them all, once, when a tenant is switched off",
    ),
    (
        "tenantry_sso::backchannel::store::untold_of_all",
        "it looks at everybody's, once, when a tenant is switched off",
    ),
    ("tenantry_identity::user::store::count_by_status", "it counts them all"),
    ("tenantry_project::project::store::count_by_status", "it counts them all"),
    ("tenantry_identity::user::store::count", "it counts them all"),
    ("tenantry_identity::user::store::count_in", "it counts most of them"),
    ("tenantry_project::project::store::count", "it may count them all"),
    ("tenantry_project::project::store::list_first", "it ends after 21 rows in the order of the index"),
];

async fn filled() -> (Database, Client) {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    admin.batch_execute("SET search_path = app").await.unwrap();
    admin.batch_execute(FILL).await.unwrap();
    (database, admin)
}

/// What a plan is judged by.
struct Catalogue {
    tables: Vec<String>,
    partial_indexes: Vec<String>,
}

impl Catalogue {
    async fn read(admin: &Client) -> Self {
        let partial = "SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL";
        let mut tables = tenant_tables(admin, "app").await;
        // Where the rows of this test lie, whose ids are of no time; the other partitions are empty.
        tables.extend(partitions(admin, "app").await.into_iter().filter(|name| name.ends_with("_rest")));
        Self { tables, partial_indexes: texts(admin, partial, &[]).await }
    }

    /// What is wrong with a scan, if anything.
    fn problem(&self, statement: &Statement, scan: &Scan) -> Option<&'static str> {
        if !self.tables.contains(&scan.table) || SMALL.contains(&scan.table.as_str()) {
            return None;
        }
        if !scan.is_by_index() {
            return Some("reads the whole table");
        }
        let keys: Vec<&str> = scan.key.split(" AND ").collect();
        if !keys.iter().any(|key| key.contains("tenant_id")) {
            return Some("enters the index without its tenant");
        }
        let is_narrow =
            keys.iter().any(|key| !key.contains("tenant_id")) || self.partial_indexes.contains(&scan.index);
        let is_allowed = WITHIN_THE_TENANT.iter().any(|(name, _)| *name == statement.name);
        let finds_tenants = FIND_TENANTS.contains(&statement.name);
        (!is_narrow && !is_allowed && !finds_tenants).then_some("enters the index by nothing but its tenant")
    }
}

/// What is wrong with the plans of all statements, each as the role of its class.
async fn problems(database: &Database, admin: &Client) -> Vec<String> {
    let catalogue = Catalogue::read(admin).await;
    let app = database.as_role(Role::App).await;
    app.batch_execute(&format!("SET app.tenant_id = '{BIG}'")).await.unwrap();
    let worker = database.as_role(Role::Worker).await;
    let mut problems = Vec::new();
    for statement in modules::statements() {
        let client = match statement.class {
            Class::Control => continue,
            Class::Claim => &worker,
            Class::Read | Class::Write | Class::Log => &app,
        };
        let found = scans(client, statement).await.unwrap_or_else(|error| panic!("{statement:?}: {error:?}"));
        problems.extend(found.iter().filter_map(|scan| {
            catalogue.problem(statement, scan).map(|what| format!("{statement:?} {what}: {scan:?}"))
        }));
    }
    problems
}

#[tokio::test]
async fn no_statement_reads_more_than_it_must() {
    let (database, admin) = filled().await;
    let found = problems(&database, &admin).await;
    assert!(found.is_empty(), "\n{}", found.join("\n"));

    admin.batch_execute("ALTER TABLE users DROP CONSTRAINT users_email_key").await.unwrap();
    let found = problems(&database, &admin).await;
    assert!(
        found.iter().any(|problem| problem.contains("auth::store::find_account")),
        "a lost index is not noticed"
    );
}
