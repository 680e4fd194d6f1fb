//! Valid requests for every operation, made from tables: how a thing of each kind comes to be, and a body of each schema.
//!
//! A kind or schema that the tables do not know is "uncovered", and the tests that go through all operations fail.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, Cluster, MARKER_A, MARKER_B, PASSWORD, SeededTenant, World};

use crate::operation::{Operation, Place};
use crate::wire::{Ask, random_id};

/// Makes things in one tenant, in the name of its administrator (tenants: of the operator).
pub(crate) struct Maker<'a> {
    world: &'a World,
    pub(crate) admin: Client,
    operator: Client,
    /// The tenant.
    pub(crate) tenant: String,
    pub(crate) slug: String,
    marker: &'static str,
}

/// What goes into an operation's placeholders: one value for each place that takes an id.
pub(crate) type Ids = BTreeMap<String, String>;

/// A number that no other name of this run has.
pub(crate) fn number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

impl<'a> Maker<'a> {
    pub(crate) async fn in_a(world: &'a World) -> Self {
        let (admin, operator) = (world.admin_a().await, world.operator().await);
        let (tenant, slug) = (world.a.id.to_string(), world.a.slug.clone());
        Self { world, admin, operator, tenant, slug, marker: MARKER_A }
    }

    pub(crate) async fn in_b(world: &'a World) -> Self {
        let (admin, operator) = (world.admin_b().await, world.operator().await);
        let (tenant, slug) = (world.b.id.to_string(), world.b.slug.clone());
        Self { world, admin, operator, tenant, slug, marker: MARKER_B }
    }

    /// Whose token a valid request carries.
    pub(crate) fn caller(&self, operation: &Operation) -> &Client {
        if operation.audience == "platform" { &self.operator } else { &self.admin }
    }

    /// A new thing of a kind; none when the kind is unknown.
    pub(crate) async fn fresh(&self, kind: &str) -> Option<String> {
        let made = |schema: &str| {
            let mut made = sample(schema, self.marker)?;
            // With the roles that it gets when nothing is said.
            made.as_object_mut()?.remove("role_ids");
            Some(made)
        };
        Some(match kind {
            "UserId" | "uuid assignee_id" => {
                self.admin.post("/api/v1/users", &made("NewUser")?).await.expect(201).id()
            }
            "email" => {
                let made = self.admin.post("/api/v1/users", &made("NewUser")?).await.expect(201);
                made.body["data"]["email"].as_str()?.to_owned()
            }
            "RoleId" => self.admin.post("/api/v1/roles", &made("NewRole")?).await.expect(201).id(),
            "ProjectId" | "uuid resource_id" => {
                self.admin.post("/api/v1/projects", &made("NewProject")?).await.expect(201).id()
            }
            "TenantId" => self.operator.post("/api/v1/tenants", &made("NewTenant")?).await.expect(201).id(),
            "SessionId" => {
                let tenant = self.seeded();
                let client = self.world.client().sign_in(&tenant.slug, &tenant.admin_email, PASSWORD).await;
                client.get("/api/v1/auth/session").await.expect(200).body["data"]["session_id"]
                    .as_str()?
                    .to_owned()
            }
            "ServiceAccountId" => self
                .admin
                .post("/api/v1/service-accounts", &made("NewServiceAccount")?)
                .await
                .expect(201)
                .id(),
            "ApiKeyId" => {
                let mut key = made("NewApiKey")?;
                key.as_object_mut()?.remove("service_account_id");
                self.admin.post("/api/v1/api-keys", &key).await.expect(201).id()
            }
            "ImpersonationId" => {
                let made = self.impersonate("read-only").await;
                made.body["data"]["impersonation"]["id"].as_str()?.to_owned()
            }
            "PolicyId" => self.admin.post("/api/v1/policies", &made("NewPolicy")?).await.expect(201).id(),
            "ResourceTypeId" => {
                self.admin.post("/api/v1/resource-types", &made("NewResourceType")?).await.expect(201).id()
            }
            // Made together with its policy.
            "AssignmentId" => random_id(),
            "GroupId" => self.admin.post("/api/v1/groups", &made("NewGroup")?).await.expect(201).id(),
            "RoleFamilyId" => {
                self.admin.post("/api/v1/role-families", &made("NewFamily")?).await.expect(201).id()
            }
            "PermissionId" => {
                self.admin.post("/api/v1/permissions", &made("NewPermission")?).await.expect(201).id()
            }
            "ClientId" => {
                self.admin.post("/api/v1/oauth/clients", &made("NewClient")?).await.expect(201).id()
            }
            "ScopeId" => {
                self.admin.post("/api/v1/oauth/scopes", &made("NewOauthScope")?).await.expect(201).id()
            }
            "IdentityProviderId" => {
                let mut provider = made("NewIdentityProvider")?;
                provider.as_object_mut()?.remove("default_role_id");
                self.admin.post("/api/v1/identity-providers", &provider).await.expect(201).id()
            }
            "FederatedIdentityId" => self.linked_identity().await?,
            "InvitationId" => {
                self.admin.post("/api/v1/invites", &made("NewInvitation")?).await.expect(201).id()
            }
            "MethodId" => self.second_factor().await,
            "PasskeyId" => self.passkey().await,
            "DeviceId" => self.device().await?,
            "JobId" => self.dead_letter().await,
            _ => return None,
        })
    }

    /// An account elsewhere of the administrator's, which only another server could vouch for.
    async fn linked_identity(&self) -> Option<String> {
        let provider = Box::pin(self.fresh("IdentityProviderId")).await?;
        let (id, tenant, user) = (random_id(), &self.tenant, self.seeded().admin);
        self.run(|schema| {
            format!(
                "INSERT INTO {schema}.federated_identities (tenant_id, id, provider_id, issuer, subject, user_id, \
                 created_at, last_used_at) VALUES ('{tenant}', '{id}', '{provider}', 'x', '{id}', '{user}', now(), now())"
            )
        })
        .await;
        Some(id)
    }

    /// A second factor of the administrator's, which nobody has verified.
    async fn second_factor(&self) -> String {
        let (id, tenant, user) = (random_id(), &self.tenant, self.seeded().admin);
        self.run(|schema| {
            format!(
                "INSERT INTO {schema}.mfa_methods (tenant_id, id, user_id, method_type, created_at) \
                 VALUES ('{tenant}', '{id}', '{user}', 'totp', now()) ON CONFLICT (tenant_id, user_id, method_type, \
                 (verified_at IS NULL)) DO UPDATE SET id = excluded.id"
            )
        })
        .await;
        id
    }

    /// A passkey of the administrator's, which only an authenticator could make.
    async fn passkey(&self) -> String {
        let (id, tenant, user) = (random_id(), &self.tenant, self.seeded().admin);
        self.run(|schema| {
            format!(
                "INSERT INTO {schema}.passkeys (tenant_id, id, user_id, name, credential_id, credential, created_at) \
                 VALUES ('{tenant}', '{id}', '{user}', 'key', '{id}'::bytea, '{{}}', now())"
            )
        })
        .await;
        id
    }

    /// A device of the administrator's, from which they have just signed in.
    async fn device(&self) -> Option<String> {
        let tenant = self.seeded();
        let answer = self.world.client().try_sign_in(&tenant.slug, &tenant.admin_email, PASSWORD).await;
        answer.body["data"]["device_id"].as_str().map(str::to_owned)
    }

    /// A dead letter, which no route can make.
    async fn dead_letter(&self) -> String {
        let id = random_id();
        let (tenant, marker) = (&self.tenant, self.marker);
        self.run(|schema| {
            format!(
                "INSERT INTO {schema}.jobs (tenant_id, id, kind, lane, position, payload, state, due_at, attempts, created_at, \
                 finished_at, last_error) VALUES ('{tenant}', '{id}', '{marker}.job', 'default', 1, '{{}}', 'dead', now(), 3, \
                 now(), now(), 'the {marker} is closed')"
            )
        })
        .await;
        id
    }

    /// The administrator's telephone, with the code that has been sent to it.
    async fn phone_code(&self, phone: &str) -> String {
        // Once a minute: the first code is as good as a second.
        self.admin.post("/api/v1/users/me/phone/verification", &json!({})).await;
        self.world.message_to(phone, "phone_code").await.message.text[..6].to_owned()
    }

    /// Run a statement where the tenant's rows are.
    async fn run(&self, statement: impl Fn(&str) -> String) {
        let admin = self.world.database.admin().await;
        let place =
            "SELECT database_name, schema_name FROM control.placements WHERE tenant_id = $1::text::uuid";
        let place = admin.query_one(place, &[&self.tenant]).await.unwrap();
        let schema: String = place.get(1);
        Cluster::get().admin(place.get(0)).await.batch_execute(&statement(&schema)).await.unwrap();
    }

    /// Everything that a valid request for the operation needs; none when something is unknown.
    pub(crate) async fn arrange(&self, operation: &Operation) -> Option<Ids> {
        let mut ids = Ids::new();
        for id in &operation.ids {
            ids.insert(key(&id.place), self.fresh(&id.kind).await?);
        }
        self.relate(operation, &ids).await;
        self.prepare_rows(operation, &ids).await;
        if operation.is("POST", "/users/{user_id}/restore") {
            self.admin.delete(&format!("/api/v1/users/{}", ids["path user_id"])).await.expect(200);
        }
        if operation.is("POST", "/users/{user_id}/unlock") {
            let email = format!("{}{}@{}.example", self.marker, number(), self.marker);
            let user = json!({"email": email, "password": PASSWORD, "email_verified": true});
            let user = self.admin.post("/api/v1/users", &user).await.expect(201).id();
            self.world.client().try_sign_in(&self.slug, &email, "wrong-Horse-42-battery").await.expect(401);
            ids.insert("path user_id".to_owned(), user);
        }
        if operation.is("DELETE", "/users/{user_id}/devices/{device_id}") {
            ids.insert("path user_id".to_owned(), self.seeded().admin.to_string());
        }
        if operation.path.ends_with("/config/branding/versions/{version}/restore") {
            let chosen = json!({"display_name": format!("{} {}", self.marker, number())});
            self.admin.put("/api/v1/config/branding", &chosen).await.expect(200);
        }
        if operation.path.contains("/users/me/phone/") {
            let phone = if self.marker == MARKER_A { "+491701111111" } else { "+491702222222" };
            self.admin.put("/api/v1/users/me", &json!({"phone": phone})).await.expect(200);
            if operation.is("POST", "/verify") {
                ids.insert("body /code".to_owned(), self.phone_code(phone).await);
            }
        }
        if operation.is("POST", "/auth/impersonate") {
            ids.insert("body /tenant_id".to_owned(), self.tenant.clone());
            ids.insert("body /user_id".to_owned(), self.seeded().admin.to_string());
        }
        if operation.path.ends_with("/tenants/{tenant_id}/identity-providers/{provider_id}") {
            ids.insert("path tenant_id".to_owned(), self.tenant.clone());
        }
        if operation.path.ends_with("/domains/{domain}") {
            let path = format!("/api/v1/tenants/{}/domains", ids["path tenant_id"]);
            let body = json!({"domain": format!("removed.{}.example", self.marker)});
            self.operator.put(&path, &body).await.expect(200);
        }
        if operation.is("DELETE", "/policies/{policy_id}/assignments/{assignment_id}") {
            let path = format!("/api/v1/policies/{}/assignments", ids["path policy_id"]);
            for _ in 0..2 {
                let user = self.fresh("UserId").await?;
                let body = json!({"assignee_type": "user", "assignee_id": user});
                let made = self.admin.post(&path, &body).await.expect(201).id();
                ids.insert("path assignment_id".to_owned(), made);
            }
        }
        Some(ids)
    }

    /// What no call of the API makes, or not in time.
    async fn prepare_rows(&self, operation: &Operation, ids: &Ids) {
        if operation.is("DELETE", "/users/{user_id}/mfa") {
            let (id, tenant, user) = (random_id(), &self.tenant, &ids["path user_id"]);
            self.run(|schema| {
                format!(
                    "INSERT INTO {schema}.mfa_methods (tenant_id, id, user_id, method_type, created_at) \
                     VALUES ('{tenant}', '{id}', '{user}', 'totp', now())"
                )
            })
            .await;
        }
        if operation.is("DELETE", "/devices/{device_id}/trust") {
            let id = &ids["path device_id"];
            self.run(|schema| {
                format!(
                    "UPDATE {schema}.devices SET trusted_at = now(), trusted_until = now() + interval '1 day' \
                     WHERE id = '{id}'"
                )
            })
            .await;
        }
        if operation.is("POST", "/invites/{invitation_id}/resend") {
            let id = &ids["path invitation_id"];
            self.run(|schema| {
                format!(
                    "UPDATE {schema}.invitations SET sent_at = sent_at - interval '2 minutes' WHERE id = '{id}'"
                )
            })
            .await;
        }
        if operation.is("DELETE", "/users/me/applications/{client_id}") {
            let (tenant, user, client) = (&self.tenant, self.seeded().admin, &ids["path client_id"]);
            self.run(|schema| {
                format!(
                    "INSERT INTO {schema}.oauth_consents (tenant_id, user_id, client_id, scopes, created_at, updated_at) \
                     VALUES ('{tenant}', '{user}', '{client}', '{{openid}}', now(), now())"
                )
            })
            .await;
        }
    }

    /// What an operation takes away must be there.
    async fn relate(&self, operation: &Operation, ids: &Ids) {
        for (end, list, owner, member, field) in [
            ("/users/{user_id}/roles/{role_id}", "users/{}/roles", "user_id", "role_id", "role_id"),
            ("/groups/{group_id}/members/{user_id}", "groups/{}/members", "group_id", "user_id", "user_id"),
            ("/groups/{group_id}/groups/{child_id}", "groups/{}/groups", "group_id", "child_id", "group_id"),
            ("/groups/{group_id}/roles/{role_id}", "groups/{}/roles", "group_id", "role_id", "role_id"),
        ] {
            if operation.is("DELETE", end) {
                let path = format!("/api/v1/{}", list.replace("{}", &ids[format!("path {owner}").as_str()]));
                let body = json!({field: ids[format!("path {member}").as_str()]});
                self.admin.post(&path, &body).await.expect(200);
            }
        }
    }

    /// The request with these ids, in the tenant named by `tenant` where the path names one.
    pub(crate) fn request(&self, operation: &Operation, tenant: &str, ids: &Ids) -> Option<Ask> {
        let mut path = operation.path.replace("{tenant}", tenant).replace("{version}", "1");
        let mut query = Vec::new();
        let mut body = match &operation.body {
            Some(schema) => Some(sample(schema, self.marker)?),
            None => None,
        };
        for id in &operation.ids {
            let value = &ids[&key(&id.place)];
            match &id.place {
                Place::Path(name) => path = path.replace(&format!("{{{name}}}"), value),
                Place::Query(name) => query.push(format!("{name}={value}")),
                Place::Body(pointer) => *body.as_mut()?.pointer_mut(pointer)? = json!(value),
            }
        }
        if operation.path.ends_with("/domains/{domain}") {
            path = path.replace("{domain}", &format!("removed.{}.example", self.marker));
        }
        if operation.path.ends_with("/identity-providers/microsoft") {
            body.as_mut()?["directory_id"] = json!(random_id());
        }
        if let (Some(code), Some(body)) = (ids.get("body /code"), &mut body) {
            *body.pointer_mut("/code")? = json!(code);
        }
        if operation.is("GET", "/access/who") {
            query.push("permission=projects:read".to_owned());
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let mut ask = Ask::new(&operation.method, path);
        ask.body = body;
        if operation.is("PUT", "/config/branding/logo") {
            ask.bytes = Some(crate::branding::png(u8::try_from(number() % 250).unwrap_or_default()));
        }
        Some(ask)
    }

    /// The operator starts acting in the name of the tenant's administrator.
    pub(crate) async fn impersonate(&self, mode: &str) -> Answer {
        let body =
            json!({"tenant_id": self.tenant, "reason": format!("asked by {}", self.marker), "mode": mode});
        self.operator.post("/api/v1/auth/impersonate", &body).await.expect(200)
    }

    fn seeded(&self) -> &SeededTenant {
        if self.marker == MARKER_A { &self.world.a } else { &self.world.b }
    }

    /// A second session of the administrator, or another user's, for operations that end their own.
    pub(crate) async fn token_for(&self, operation: &Operation) -> Option<String> {
        let tenant = self.seeded();
        if operation.path.ends_with("/auth/logout") {
            return self.world.client().sign_in(&tenant.slug, &tenant.admin_email, PASSWORD).await.token;
        }
        if operation.path.ends_with("/auth/end-impersonation") {
            let made = self.impersonate("read-only").await;
            return made.body["data"]["access_token"].as_str().map(str::to_owned);
        }
        if operation.path.ends_with("/auth/change-password") {
            // The administrator's password stays the one that everybody here knows.
            let email = format!("{}{}@{}.example", self.marker, number(), self.marker);
            let user = json!({"email": email, "password": PASSWORD, "email_verified": true});
            self.admin.post("/api/v1/users", &user).await.expect(201);
            return self.world.client().sign_in(&tenant.slug, &email, PASSWORD).await.token;
        }
        self.caller(operation).token.clone()
    }
}

/// The name of a place among the ids.
pub(crate) fn key(place: &Place) -> String {
    match place {
        Place::Path(name) => format!("path {name}"),
        Place::Query(name) => format!("query {name}"),
        Place::Body(pointer) => format!("body {pointer}"),
    }
}

fn policy(name: &str) -> Value {
    json!({
        "name": name, "target": {"resource": "booking", "action": "cancel"},
        "rules": {"effect": "allow", "conditions": [{"user.role": "nobody", "booking.scheduled_time": "> now() + 24h"}]},
    })
}

/// The same, of what concerns people and their accounts.
fn of_account(schema: &str, marker: &str) -> Option<Value> {
    let n = number();
    let name = format!("{marker} {n}");
    Some(match schema {
        "NewUser" => {
            json!({"email": format!("{marker}{n}@{marker}.example"), "first_name": marker, "phone": "+1234567890", "role_ids": [null]})
        }
        "NewInvitation" => {
            json!({"email": format!("{marker}{n}@{marker}.example"), "first_name": marker, "role_ids": [null]})
        }
        "BulkInvitation" => {
            json!({"csv": format!("email\n{marker}{n}@{marker}.example"), "role_ids": [null]})
        }
        "ResetRequest" | "Resend" => json!({"email": format!("{marker}{n}@{marker}.example")}),
        "ResetConfirmation" => json!({"token": marker, "new_password": PASSWORD}),
        "EmailProof" => json!({"token": marker}),
        "Registration" => json!({"email": format!("{marker}{n}@{marker}.example"), "password": PASSWORD}),
        "Acceptance" => json!({"token": marker, "password": PASSWORD}),
        "EmailChange" => {
            json!({"new_email": format!("{marker}{n}@{marker}.example"), "current_password": PASSWORD})
        }
        "PhoneCode" => json!({"code": "123456"}),
        "MfaSetup" => json!({"type": "totp"}),
        "MfaVerification" => json!({"type": "totp", "code": "123456"}),
        "ChangedMfaPolicy" => {
            json!({"role_ids": [null], "grace_days": n % 90, "trusted_device_days": n % 90})
        }
        "ChangedBranding" => json!({"display_name": name}),
        "PasskeyEnrollment" => json!({"enrollment_token": marker}),
        "EnrollmentPasskey" => {
            json!({"enrollment_token": marker, "challenge_token": marker, "name": marker, "credential": {}})
        }
        "EnrollmentSetup" => json!({"enrollment_token": marker, "type": "totp"}),
        "EnrollmentCode" => json!({"enrollment_token": marker, "type": "totp", "code": "123456"}),
        "MfaCodeRequest" => json!({"mfa_token": marker, "method": "email"}),
        "ProofCodeRequest" => json!({"method": "email"}),
        "NewPasskey" => json!({"challenge_token": marker, "name": name, "credential": {}}),
        "Reauthentication" => json!({"password": PASSWORD}),
        "ChangedRegistrationPolicy" => json!({"allowed_domains": [format!("{marker}.example")]}),
        "ChangedUser" => json!({"last_name": name, "metadata": {"note": marker}}),
        "ChangedProfile" => json!({"last_name": name}),
        "PasswordChange" => {
            json!({"current_password": PASSWORD, "new_password": format!("another-Horse-{n}-battery")})
        }
        _ => return None,
    })
}

/// A valid body of a schema, with a null where an id belongs; none when the schema is unknown.
pub(crate) fn sample(schema: &str, marker: &str) -> Option<Value> {
    let n = number();
    let name = format!("{marker} {n}");
    Some(match schema {
        "NewRole" => {
            json!({"name": name, "role_family": "Customer", "permissions": ["booking.create", "projects:read"]})
        }
        "ChangedOauthScope" | "ChangedRole" | "ChangedPolicy" | "ChangedGroup" | "ChangedResourceType" => {
            json!({"description": name})
        }
        "Assignment" => json!({"role_id": null}),
        "NewPolicy" => policy(&name),
        "Import" => json!({"policies": [policy(&name)]}),
        "Rollback" => json!({"version": 1}),
        "NewAssignment" => json!({"assignee_type": "user", "assignee_id": null}),
        "NewResourceType" => {
            json!({"name": format!("{marker}{n}"), "description": marker, "attributes": {"colour_of": "string"}})
        }
        "Check" => json!({"user_id": null, "action": "booking.cancel", "resource": {"id": "1"}}),
        "Checks" => json!({"checks": [{"user_id": null, "action": "projects:read"}]}),
        "Simulation" => {
            json!({"checks": [{"user_id": null, "action": "projects:read"}], "trial": {"drafts": [{"policy": policy(&name)}]}})
        }
        "Shadow" => json!({"trial": {"drafts": [{"policy": policy(&name)}]}}),
        "Suite" => json!({"tests": [{"name": name, "action": "projects:read", "expect": "deny"}]}),
        "EvaluationRequest" => json!({
            "subject": {"type": "user", "id": marker}, "action": {"name": "read"},
            "resource": {"type": "todo", "id": "1"},
        }),
        "EvaluationsRequest" => json!({
            "subject": {"type": "user", "id": marker}, "action": {"name": "read"},
            "evaluations": [{"resource": {"type": "todo", "id": "1"}}],
        }),
        "NewClient" => {
            json!({"name": name, "description": marker, "redirect_uris": [format!("https://{marker}.example/{n}")]})
        }
        "NewOauthScope" => {
            json!({"name": format!("{marker}:{n}"), "description": marker, "claims": {"shoe": {"metadata": marker}}})
        }
        "NewIdentityProvider" => {
            json!({"type": "oidc", "slug": format!("{marker}-{n}"), "name": name, "client_id": marker, "client_secret": "hush",
                "issuer": format!("https://{marker}.example/{n}"), "default_role_id": null})
        }
        "ChangedIdentityProvider" => json!({"name": name, "default_role_id": null}),
        "OperatorProvider" => json!({"name": name, "client_id": marker, "client_secret": "hush"}),
        "NewLink" => json!({"provider": marker}),
        "SecretRotation" => json!({"overlap_seconds": 0}),
        "Membership" => json!({"user_id": null}),
        "Nesting" => json!({"group_id": null}),
        "NewApiKey" => json!({"name": name, "scopes": ["projects:read"], "service_account_id": null}),
        "Rotation" => json!({"overlap_seconds": 60}),
        "NewImpersonation" => {
            json!({"tenant_id": null, "user_id": null, "reason": format!("asked by {marker}")})
        }
        "BulkUsers" => {
            json!({"users": [{"email": format!("{marker}{n}@{marker}.example"), "first_name": marker}]})
        }
        "BulkAction" => json!({"action": "hold", "user_ids": [null], "reason": marker}),
        "NewFamily" | "ChangedPasskey" | "ChangedDevice" | "ChangedClient" | "ChangedServiceAccount" => {
            json!({"name": name})
        }
        "NewPermission" => json!({"name": format!("{marker}{n}:use"), "description": marker}),
        "NewProject" | "NewGroup" | "NewServiceAccount" => {
            json!({"name": name, "description": format!("of {marker}")})
        }
        "ChangedProject" => json!({"name": name, "owner_id": null}),
        "NewTenant" => {
            json!({"name": format!("tenant {n}"), "admin_email": format!("admin@tenant{n}.example")})
        }
        "ChangedTenant" => json!({"name": format!("tenant {n}")}),
        "ChangedDomain" => json!({"domain": format!("d{n}.{marker}.example")}),
        "NewEvent" => json!({"type": format!("{marker}.happened"), "subject": marker, "data": {"n": n}}),
        _ => return of_account(schema, marker),
    })
}
