//! A world in which every table of both tenants holds rows, most of them written through the product.

use serde_json::json;
use tenantry_db::Role;
use tenantry_kernel::TenantId;
use tenantry_testkit::{Client as Caller, Cluster, PASSWORD, SeededTenant, World};
use tokio_postgres::Client;

use crate::support::{tenant_tables, texts};

/// What only the background work writes, and so may not have written yet.
const BACKGROUND: &str = "
    INSERT INTO event_stream (tenant_id, last_seq) VALUES ($T, 0) ON CONFLICT DO NOTHING;
    INSERT INTO jobs (tenant_id, id, kind, lane, position, payload, state, due_at, attempts, created_at)
        VALUES ($T, gen_random_uuid(), 'a_test', 'default', 1, '{}', 'done', now(), 1, now());
    INSERT INTO schedules (tenant_id, name, kind, cron, time_zone, payload, next_at, is_enabled)
        VALUES ($T, 'a test', 'a_test', '0 0 1 1 *', 'UTC', '{}', 'infinity', false);
    INSERT INTO access_log (tenant_id, id, at, action, resource_type, decision, policies, reason, request_id)
        VALUES ($T, gen_random_uuid(), now(), 'a:test', 'a_test', 'deny', '{}', 'a test', gen_random_uuid());
    INSERT INTO one_time_tokens (tenant_id, id, user_id, purpose, target, link_hash, code_hash, tries, window_started_at,
        window_sent, created_at, expires_at)
        SELECT tenant_id, id, id, 'notice', '', '', '', 0, now(), 1, now(), now() FROM users WHERE tenant_id = $T LIMIT 1;
    INSERT INTO registration_policies (tenant_id, mode, allowed_domains, default_role, version, updated_at)
        VALUES ($T, 'off', '{}', 'customer', 1, now());
    INSERT INTO mfa_policies (tenant_id, required, role_ids, methods, grace_days, version, updated_at)
        VALUES ($T, 'nobody', '{}', '{totp}', 0, 1, now());
    INSERT INTO invitations (tenant_id, id, email, language, role_ids, roles_chosen, state, link_hash, life_days, invited_by,
        created_at, expires_at, sent_at, window_started_at, window_sent, version)
        VALUES ($T, gen_random_uuid(), 'a@b.example', 'en', '{}', false, 'pending', '', 7, gen_random_uuid(), now(), now(),
        now(), now(), 1, 1);
    INSERT INTO mfa_methods (tenant_id, id, user_id, method_type, secret_sealed, created_at, verified_at)
        SELECT tenant_id, gen_random_uuid(), id, 'totp', '', now(), now() FROM users WHERE tenant_id = $T LIMIT 1;
    INSERT INTO mfa_backup_codes (tenant_id, id, user_id, code_hash, created_at)
        SELECT tenant_id, gen_random_uuid(), id, '', now() FROM users WHERE tenant_id = $T LIMIT 1;
    INSERT INTO mfa_challenges (tenant_id, id, user_id, purpose, secret_hash, amr, tries, created_at, expires_at)
        SELECT tenant_id, gen_random_uuid(), id, 'sign_in', '', '{pwd}', 0, now(), now() FROM users WHERE tenant_id = $T LIMIT 1;
    INSERT INTO mfa_codes (tenant_id, scope_id, purpose, user_id, method_id, code_hash, tries, sent, sent_at, expires_at)
        SELECT tenant_id, id, 'sign_in', id, id, '', 0, 1, now(), now() FROM users WHERE tenant_id = $T LIMIT 1;
    INSERT INTO passkeys (tenant_id, id, user_id, name, credential_id, credential, created_at)
        SELECT tenant_id, gen_random_uuid(), id, 'key', '', '{}', now() FROM users WHERE tenant_id = $T LIMIT 1;
    INSERT INTO sso_sessions (tenant_id, id, user_id, secret_hash, auth_time, acr, amr, last_used_at, expires_at)
        SELECT tenant_id, id, user_id, '', now(), '1', '{}', now(), now() FROM user_sessions WHERE tenant_id = $T LIMIT 1;
    INSERT INTO oauth_authorization_codes (tenant_id, id, client_id, user_id, session_id, code_hash, redirect_uri, scopes,
        claims, auth_time, acr, amr, created_at, expires_at)
        SELECT c.tenant_id, gen_random_uuid(), c.id, s.user_id, s.id, '', '', '{}', '{}', now(), '1', '{}', now(), now()
        FROM oauth_clients c JOIN user_sessions s ON s.tenant_id = c.tenant_id WHERE c.tenant_id = $T LIMIT 1;
    INSERT INTO oauth_grants (tenant_id, id, client_id, user_id, session_id, scopes, claims, auth_time, acr, amr, refresh_seed,
        generation, rotated_at, created_at, expires_at)
        SELECT c.tenant_id, gen_random_uuid(), c.id, s.user_id, s.id, '{}', '{}', now(), '1', '{}', '', 0, now(), now(), now()
        FROM oauth_clients c JOIN user_sessions s ON s.tenant_id = c.tenant_id WHERE c.tenant_id = $T LIMIT 1;
    INSERT INTO oauth_consents (tenant_id, user_id, client_id, scopes, created_at, updated_at)
        SELECT c.tenant_id, u.id, c.id, '{}', now(), now()
        FROM oauth_clients c JOIN users u ON u.tenant_id = c.tenant_id WHERE c.tenant_id = $T LIMIT 1;
    INSERT INTO oauth_assertions (tenant_id, client_id, jti_hash, expires_at)
        SELECT tenant_id, id, '', now() FROM oauth_clients WHERE tenant_id = $T LIMIT 1;
    INSERT INTO oauth_pushed_requests (tenant_id, id, client_id, secret_hash, parameters, created_at, expires_at)
        SELECT tenant_id, id, id, '', '', now(), now() FROM oauth_clients WHERE tenant_id = $T LIMIT 1;
    INSERT INTO oauth_device_codes (tenant_id, id, client_id, device_hash, user_code_hash, scopes, state, interval_seconds,
        user_id, created_at, expires_at)
        SELECT c.tenant_id, gen_random_uuid(), c.id, '', '', '{}', 'pending', 5, u.id, now(), now()
        FROM oauth_clients c JOIN users u ON u.tenant_id = c.tenant_id WHERE c.tenant_id = $T LIMIT 1;
    INSERT INTO oauth_scopes (tenant_id, id, name, description, translations, claims, in_id_token, version, created_at,
        updated_at)
        VALUES ($T, gen_random_uuid(), 'a:test', 'a test', '{}', '{}', false, 1, now(), now());
    INSERT INTO identity_providers (tenant_id, id, slug, name, kind, issuer, client_id, client_secret_sealed, settings, enabled,
        version, created_at, updated_at)
        VALUES ($T, gen_random_uuid(), 'a-test', 'a test', 'oidc', '', '', '', '{}', false, 1, now(), now());
    INSERT INTO federated_identities (tenant_id, id, provider_id, issuer, subject, user_id, created_at, last_used_at)
        SELECT p.tenant_id, gen_random_uuid(), p.id, 'https://idp.example', 'a test', u.id, now(), now()
        FROM identity_providers p JOIN users u ON u.tenant_id = p.tenant_id WHERE p.tenant_id = $T LIMIT 1;
    INSERT INTO federated_roles (tenant_id, user_id, provider_id, role_id, created_at)
        SELECT p.tenant_id, u.user_id, p.id, u.role_id, now()
        FROM identity_providers p JOIN user_roles u ON u.tenant_id = p.tenant_id WHERE p.tenant_id = $T LIMIT 1;
    INSERT INTO federation_states (tenant_id, id, state_hash, browser_hash, provider_id, purpose, request, redirect_uri, user_id,
        created_at, expires_at)
        SELECT p.tenant_id, gen_random_uuid(), '', '', p.id, 'link', '', '', u.id, now(), now()
        FROM identity_providers p JOIN users u ON u.tenant_id = p.tenant_id WHERE p.tenant_id = $T LIMIT 1;
    INSERT INTO federation_links (tenant_id, id, token_hash, browser_hash, provider_id, issuer, subject, email, user_id,
        created_at, expires_at)
        SELECT p.tenant_id, gen_random_uuid(), '', '', p.id, '', '', '', u.id, now(), now()
        FROM identity_providers p JOIN users u ON u.tenant_id = p.tenant_id WHERE p.tenant_id = $T LIMIT 1;
    INSERT INTO tenant_configs (tenant_id, section, value, version, updated_at) VALUES ($T, 'branding', '{}', 1, now());
    INSERT INTO tenant_config_versions (tenant_id, section, version, value, created_at)
        VALUES ($T, 'branding', 1, '{}', now());
    INSERT INTO tenant_logos (tenant_id, id, media_type, width, height, content, content_hash, created_at)
        VALUES ($T, gen_random_uuid(), 'image/png', 1, 1, '', '', now());";

/// Where a tenant's rows are: a database, and a schema in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Home {
    /// The database.
    pub(crate) database: String,
    /// The schema.
    pub(crate) schema: String,
}

/// Both tenants, with rows in every table.
pub(crate) struct Populated {
    /// The nodes and the database.
    pub(crate) world: World,
    /// Each tenant with its home.
    pub(crate) tenants: [(TenantId, Home); 2],
}

impl Populated {
    /// Start a node, make two tenants, and use the product in both.
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let admin = world.database.admin().await;
        let mut tenants = Vec::new();
        for tenant in [&world.a, &world.b] {
            let caller = world.client().sign_in(&tenant.slug, &tenant.admin_email, PASSWORD).await;
            work(&caller, tenant).await;
            let new = json!({"email": "changer@docks.example", "password": PASSWORD, "email_verified": true});
            caller.post("/api/v1/users", &new).await.expect(201);
            let changer = world.client().sign_in(&tenant.slug, "changer@docks.example", PASSWORD).await;
            let change = json!({"current_password": PASSWORD, "new_password": "another-Horse-43-battery"});
            changer.post("/api/v1/auth/change-password", &change).await.expect(204);
            let body = json!({"tenant_id": tenant.id, "reason": "a test"});
            world.operator().await.post("/api/v1/auth/impersonate", &body).await.expect(200);
            let home = home_of(&admin, tenant.id).await;
            let client = home.admin().await;
            client.batch_execute(&BACKGROUND.replace("$T", &format!("'{}'", tenant.id))).await.unwrap();
            tenants.push((tenant.id, home));
        }
        let tenants = tenants.try_into().unwrap();
        Self { world, tenants }
    }

    /// A connection of a role at a tenant's home.
    pub(crate) async fn at(&self, home: &Home, role: Role) -> Client {
        if home.database != self.world.database.name() {
            let client = home.admin().await;
            client.batch_execute(&format!("SET SESSION AUTHORIZATION {}", role.name())).await.unwrap();
            return client;
        }
        let client = self.world.database.as_role(role).await;
        client.batch_execute(&format!("SET search_path = {}", home.schema)).await.unwrap();
        client
    }

    /// A connection of the application in a tenant's name, at a home.
    pub(crate) async fn as_tenant(&self, tenant: TenantId, home: &Home) -> Client {
        let client = self.at(home, Role::App).await;
        client.batch_execute(&format!("SET app.tenant_id = '{tenant}'")).await.unwrap();
        client
    }
}

impl Home {
    /// A superuser's connection.
    pub(crate) async fn admin(&self) -> Client {
        let client = Cluster::get().admin(&self.database).await;
        client.batch_execute(&format!("SET search_path = {}", self.schema)).await.unwrap();
        client
    }

    /// Its tables with a `tenant_id`.
    pub(crate) async fn tables(&self) -> Vec<String> {
        tenant_tables(&self.admin().await, &self.schema).await
    }
}

async fn home_of(admin: &Client, tenant: TenantId) -> Home {
    let of = |column: &str| format!("SELECT {column} FROM control.placements WHERE tenant_id = '{tenant}'");
    let database = texts(admin, &of("database_name"), &[]).await.remove(0);
    let schema = texts(admin, &of("schema_name"), &[]).await.remove(0);
    Home { database, schema }
}

/// Leave rows in every table that requests write to.
async fn work(caller: &Caller, tenant: &SeededTenant) {
    let role = json!({"name": "Harbour master", "role_family": "Internal", "permissions": ["berths:assign"]});
    let role = caller.post("/api/v1/roles", &role).await.expect(201).id();
    let robot = caller.post("/api/v1/service-accounts", &json!({"name": "Crane"})).await.expect(201).id();
    let key = json!({"name": "of the crane", "service_account_id": robot, "scopes": ["projects:read"]});
    caller.post("/api/v1/api-keys", &key).await.expect(201);
    let path = format!("/api/v1/users/{}/roles", tenant.admin);
    caller.post(&path, &json!({"role_id": role})).await.expect(200);
    rules(caller, tenant, &role).await;
    let caller = caller.clone().header("idempotency-key", "the-same-in-both");
    caller.post("/api/v1/projects", &json!({"name": "Quay"})).await.expect(201);
}

/// Groups, families, types and policies.
async fn rules(caller: &Caller, tenant: &SeededTenant, role: &str) {
    let mut groups = Vec::new();
    for name in ["crew", "harbour"] {
        groups.push(caller.post("/api/v1/groups", &json!({"name": name})).await.expect(201).id());
    }
    for (what, body) in [
        ("members", json!({"user_id": tenant.admin})),
        ("groups", json!({"group_id": groups[1]})),
        ("roles", json!({"role_id": role})),
    ] {
        caller.post(&format!("/api/v1/groups/{}/{what}", groups[0]), &body).await.expect(200);
    }
    let client = json!({"name": "Shop", "redirect_uris": ["https://shop.example/callback"]});
    caller.post("/api/v1/oauth/clients", &client).await.expect(201);
    caller.post("/api/v1/role-families", &json!({"name": "Partner"})).await.expect(201);
    caller.post("/api/v1/resource-types", &json!({"name": "ship", "attributes": {}})).await.expect(201);
    let policy = json!({
        "name": "moor", "target": {"resource": "ship", "action": "moor"}, "rules": {"effect": "allow"},
    });
    let policy = caller.post("/api/v1/policies", &policy).await.expect(201).id();
    let to = json!({"assignee_type": "role", "assignee_id": role});
    caller.post(&format!("/api/v1/policies/{policy}/assignments"), &to).await.expect(201);
}
