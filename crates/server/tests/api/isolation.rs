//! No tenant sees another: every operation of the OpenAPI document, attacked with another tenant's ids.

use serde_json::json;
use tenantry_testkit::{Client, MARKER_B, PASSWORD, World};

use crate::operation::{IdPlace, Operation, Place};
use crate::request::{Ids, Maker, key};
use crate::wire::{Ask, Reply, Wire, random_id};

/// Tenant A attacks tenant B; what goes wrong is collected, so that one run shows everything.
struct Attack<'a> {
    wire: Wire,
    a: Maker<'a>,
    b: Maker<'a>,
    /// A user of A whose roles grant nothing.
    powerless: Client,
    faults: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_shows_a_foreign_tenant_when_the_token_names_the_tenant() {
    attack("/api/v1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_shows_a_foreign_tenant_when_the_path_names_the_tenant() {
    attack("/v1/{tenant}").await;
}

async fn attack(base: &str) {
    let world = World::new().await;
    let powerless = world.user_a("powerless", "customer").await;
    let (a, b) = (Maker::in_a(&world).await, Maker::in_b(&world).await);
    let mut attack = Attack { wire: Wire::to(&world), a, b, powerless, faults: Vec::new() };
    let operations = Operation::all(base);
    assert!(operations.len() > 30, "the document is as good as empty");
    for operation in &operations {
        if operation.is_public() {
            // Each has attacks of its own: below, in browser.rs, cookies.rs, recovery.rs, verification.rs, registration.rs,
            // invitations.rs, mfa_attacks.rs, mfa_code_attacks.rs, branding.rs, own_pages.rs,
            // mfa_policy_attacks.rs and passkeys.rs. Those of federation in federation.rs: nothing there is any
            // tenant's but the one in the path.
            let ends = [
                "/auth/login",
                "/auth/token",
                "/auth/tenant",
                "/auth/session",
                "/auth/session/refresh",
                "/auth/password-reset",
                "/auth/password-reset/request",
                "/auth/password-reset/confirm",
                "/auth/verify-email",
                "/auth/verify-email/resend",
                "/auth/register",
                "/auth/accept-invitation",
                "/auth/mfa/challenge",
                "/auth/mfa/challenge/send",
                "/auth/mfa/enrollment/setup",
                "/auth/mfa/enrollment/verify",
                "/auth/session/enrollment",
                "/auth/session/enrollment/passkey",
                "/auth/mfa/enrollment/passkey/begin",
                "/auth/mfa/enrollment/passkey/finish",
                "/auth/providers",
                "/branding",
                "/auth/session/challenge",
                "/auth/passkeys/challenge",
                "/auth/passkeys/login",
                "/auth/session/passkey",
            ];
            let is_known = ends.iter().any(|end| operation.path.ends_with(end))
                || operation.path.contains("/auth/oauth/");
            attack.check(is_known, || format!("{}: uncovered", operation.name()));
            continue;
        }
        attack.anonymous(operation).await;
        attack.foreign_ids(operation).await;
        attack.without_permission(operation).await;
        attack.foreign_tenant_in_path(operation).await;
        attack.valid(operation).await;
    }
    assert!(attack.faults.is_empty(), "{} faults:\n{}", attack.faults.len(), attack.faults.join("\n"));
    drop(attack);
    world.end().await;
}

impl Attack<'_> {
    fn check(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(fault());
        }
    }

    /// Send in the name of A or nobody: nothing of B may be in the answer.
    async fn send(&mut self, ask: &Ask) -> Reply {
        let reply = self.wire.send(ask).await;
        let text = format!("{:?} {}", reply.headers, reply.text);
        let tenant = self.b.tenant.clone();
        self.check(!text.contains(MARKER_B) && !text.contains(&tenant), || format!("{ask:?} shows {text}"));
        reply
    }

    /// The request with these ids; an operation whose request cannot be built is a fault.
    fn request(&mut self, operation: &Operation, tenant: &str, ids: &Ids) -> Option<Ask> {
        let ask = self.a.request(operation, tenant, ids);
        self.check(ask.is_some(), || format!("{}: uncovered", operation.name()));
        ask
    }

    async fn own(&mut self, operation: &Operation) -> Option<Ids> {
        let ids = self.a.arrange(operation).await;
        self.check(ids.is_some(), || format!("{}: uncovered", operation.name()));
        ids
    }

    async fn anonymous(&mut self, operation: &Operation) {
        let Some(ids) = self.own(operation).await else { return };
        let slug = self.a.slug.clone();
        let Some(ask) = self.request(operation, &slug, &ids) else { return };
        for token in [None, Some("nonsense")] {
            let reply = self.send(&ask.clone().by(token)).await;
            self.check(reply.status == 401, || format!("{} for nobody: {reply:?}", operation.name()));
        }
        // B's token as A's cookie.
        let stolen = format!("__Host-tenantry-{slug}={}", self.b.admin.token.as_deref().unwrap());
        let reply = self.send(&ask.header("cookie", &stolen).header("x-tenantry-csrf", "1")).await;
        self.check(reply.status == 401, || format!("{} with a foreign cookie: {reply:?}", operation.name()));
    }

    /// With B's id in one place, or in all places, the answer is the one for an id that nobody has.
    async fn foreign_ids(&mut self, operation: &Operation) {
        let mut choices: Vec<Vec<usize>> = (0..operation.ids.len()).map(|index| vec![index]).collect();
        if operation.ids.len() > 1 {
            choices.push((0..operation.ids.len()).collect());
        }
        for choice in choices {
            let Some(foreign) = self.b.arrange(operation).await else { continue };
            let theirs = self.with_ids(operation, &choice, |id| foreign[&key(&id.place)].clone()).await;
            let nobodys = self.with_ids(operation, &choice, nobodys).await;
            let (Some(theirs), Some(nobodys)) = (theirs, nobodys) else { continue };
            let what = format!("{} {choice:?}", operation.name());
            let is_same = theirs.anonymised() == nobodys.anonymised();
            self.check(is_same, || {
                format!("{what}: a foreign id is told from a random one\n{theirs:?}\n{nobodys:?}")
            });
            let is_query = choice.iter().all(|index| matches!(operation.ids[*index].place, Place::Query(_)));
            let is_right = match (operation.audience.as_str(), is_query) {
                ("platform", _) => theirs.status == 403,
                (_, false) => theirs.status == 404,
                (_, true) => theirs.status == 200 && is_empty(&theirs),
            };
            self.check(is_right, || format!("{what}: {theirs:?}"));
        }
    }

    async fn with_ids(
        &mut self,
        operation: &Operation,
        choice: &[usize],
        value: impl Fn(&IdPlace) -> String,
    ) -> Option<Reply> {
        let mut ids = self.own(operation).await?;
        for index in choice {
            let id = &operation.ids[*index];
            ids.insert(key(&id.place), value(id));
        }
        let slug = self.a.slug.clone();
        let ask = self.request(operation, &slug, &ids)?.by(self.a.admin.token.as_deref());
        Some(self.send(&ask).await)
    }

    async fn without_permission(&mut self, operation: &Operation) {
        if operation.audience == "own" {
            return;
        }
        let Some(ids) = self.own(operation).await else { return };
        let slug = self.a.slug.clone();
        let Some(ask) = self.request(operation, &slug, &ids) else { return };
        let reply = self.send(&ask.by(self.powerless.token.as_deref())).await;
        let is_refused = matches!(reply.status, 403 | 404);
        self.check(is_refused, || format!("{} without permission: {reply:?}", operation.name()));
    }

    /// B in the path, with A's token: as if there were no such tenant.
    async fn foreign_tenant_in_path(&mut self, operation: &Operation) {
        if !operation.path.contains("{tenant}") {
            return;
        }
        let Some(ids) = self.own(operation).await else { return };
        for (theirs, nobodys) in
            [(self.b.tenant.clone(), random_id()), (self.b.slug.clone(), "nobody".to_owned())]
        {
            let mut replies = Vec::new();
            for tenant in [theirs, nobodys] {
                let Some(ask) = self.request(operation, &tenant, &ids) else { return };
                replies.push(self.send(&ask.by(self.a.admin.token.as_deref())).await);
            }
            let is_same = replies[0].anonymised() == replies[1].anonymised();
            self.check(is_same && replies[0].status == 404, || format!("{}: {replies:?}", operation.name()));
        }
        // The same with A's token as a cookie, under A's name and under B's.
        let (own, theirs) = (self.a.slug.clone(), self.b.slug.clone());
        let token = self.a.admin.token.clone().unwrap();
        let cookies = format!("__Host-tenantry-{own}={token}; __Host-tenantry-{theirs}={token}");
        let Some(ask) = self.request(operation, &theirs, &ids) else { return };
        let reply = self.send(&ask.header("cookie", &cookies).header("x-tenantry-csrf", "1")).await;
        self.check(reply.status == 401, || format!("{} with A's cookie: {reply:?}", operation.name()));
    }

    /// The request that was attacked with is a good one: with A's own ids it does what the document says.
    async fn valid(&mut self, operation: &Operation) {
        if operation.needs_more() {
            return;
        }
        let Some(ids) = self.own(operation).await else { return };
        let is_platform = operation.audience == "platform";
        let tenant = if is_platform { "platform".to_owned() } else { self.a.slug.clone() };
        let Some(ask) = self.request(operation, &tenant, &ids) else { return };
        let ask = ask.by(self.a.token_for(operation).await.as_deref());
        // An operator may see tenant B.
        let reply = if is_platform { self.wire.send(&ask).await } else { self.send(&ask).await };
        self.check(reply.status == operation.success, || {
            format!("{} is not covered: {ask:?} {reply:?}", operation.name())
        });
        if is_platform {
            let ask = Ask { path: ask.path.replace("/platform/", &format!("/{}/", self.a.slug)), ..ask };
            let reply = self.send(&ask.by(self.a.admin.token.as_deref())).await;
            self.check(reply.status == 403, || {
                format!("{} by an administrator of A: {reply:?}", operation.name())
            });
        }
    }
}

/// What nobody has.
fn nobodys(id: &IdPlace) -> String {
    if id.kind == "email" { format!("{}@nowhere.example", random_id()) } else { random_id() }
}

/// Whether a list, or a table with its head, holds nothing.
fn is_empty(reply: &Reply) -> bool {
    if reply.headers["content-type"].starts_with("text/csv") {
        return reply.text.lines().count() == 1;
    }
    reply.json()["data"] == json!([])
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_one_tenant_are_nothing_at_another() {
    let world = World::new().await;
    let (wire, admin) = (Wire::to(&world), world.admin_a().await);
    let at_b = |path: &str, body| Ask::new("POST", format!("/v1/{}/auth/{path}", world.b.slug)).body(body);
    let login = |email: &str| at_b("login", json!({"email": email, "password": PASSWORD}));
    let theirs = wire.send(&login(&world.a.admin_email)).await;
    assert_eq!((theirs.status, theirs.code().as_str()), (401, "sign_in_refused"));
    assert_eq!(theirs.anonymised(), wire.send(&login("nobody@nowhere.example")).await.anonymised());

    let refresh = |token: &str| at_b("token", json!({"grant_type": "refresh_token", "refresh_token": token}));
    let theirs = wire.send(&refresh(admin.refresh_token.as_deref().unwrap())).await;
    assert_eq!((theirs.status, theirs.code().as_str()), (401, "invalid_grant"));
    assert_eq!(theirs.anonymised(), wire.send(&refresh("rt_nonsense")).await.anonymised());

    // The refused attempts have not spent it.
    let body = json!({"grant_type": "refresh_token", "refresh_token": admin.refresh_token});
    world.client().post(&format!("/v1/{}/auth/token", world.a.slug), &body).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attack_changes_nothing_of_the_other_tenant() {
    let world = World::new().await;
    let (a, b) = (Maker::in_a(&world).await, Maker::in_b(&world).await);
    let wire = Wire::to(&world);
    let mut asks = Vec::new();
    for operation in
        Operation::all("/api/v1").iter().filter(|one| one.is_mutation() && one.audience == "tenant")
    {
        let foreign = b.arrange(operation).await.unwrap();
        if !operation.ids.is_empty() {
            asks.push(a.request(operation, &a.slug, &foreign).unwrap().by(a.admin.token.as_deref()));
        }
    }
    let trail = "/api/v1/audit/logs?limit=100";
    let before = b.admin.get(trail).await.expect(200).body["data"].clone();
    for ask in &asks {
        assert_eq!(wire.send(ask).await.status, 404, "{ask:?}");
    }
    assert!(asks.len() >= 8);
    assert_eq!(b.admin.get(trail).await.expect(200).body["data"], before);
    drop((a, b));
    world.end().await;
}
