//! The routes behind a router, for one tenant and a user who may do what the test says.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tenantry_db::{Listener, TenantDb};
use tenantry_kernel::{SessionId, TenantId, UserId};
use tenantry_web::ports::{
    Authenticator, Decision, Decisions, Extent, Facts, Grants, Identity, ListScope, Question, Standing,
    TenantDirectory, TenantInfo, TenantPolicies, TenantStatus,
};
use tenantry_web::{HttpSettings, Problem, Services};
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::support::{Database, Tenant};

/// The API of one tenant.
pub(crate) struct Api(axum::Router);

struct World {
    tenant: Arc<TenantInfo>,
    grants: Arc<Grants>,
}

pub(crate) fn user() -> UserId {
    UserId::from_uuid(Uuid::from_u128(77))
}

impl Api {
    /// Signed in as a user whose roles grant these permissions on everything.
    pub(crate) fn new(database: &Database, tenant: &Tenant, permissions: &[&'static str]) -> Self {
        let tenant = Arc::new(TenantInfo {
            id: tenant.id,
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            status: TenantStatus::Active,
            plan: "basic".to_owned(),
            placement: Arc::clone(&tenant.placement),
            issuer_domain: None,
            is_root: false,
        });
        let permissions: HashMap<_, _> =
            permissions.iter().map(|name| ((*name).into(), Extent::Any)).collect();
        let world = Arc::new(World { tenant, grants: Arc::new(Grants { permissions, ..Grants::default() }) });
        let http = HttpSettings {
            public_url: "http://localhost".to_owned(),
            base_domain: "localhost".to_owned(),
            body_limit: 10_000,
            timeout: Duration::from_secs(10),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
        };
        let key = secrecy::SecretString::from("fingerprints");
        let services =
            Services::new(Arc::clone(&database.authority), world.clone(), world.clone(), world, http, &key)
                .with(Listener::start(database.authority.databases()));
        Self(tenantry_web::app(services, vec![tenantry_events::routes()], axum::Router::new()).unwrap())
    }

    /// The answer's head, and its body as it comes.
    pub(crate) async fn open(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, Body) {
        self.send(Method::GET, path, headers, Body::empty()).await
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        let (status, body) = self.open(path, &[]).await;
        (status, read(body).await)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let headers = [("content-type", "application/json")];
        let (status, body) = self.send(Method::POST, path, &headers, Body::from(body.to_string())).await;
        (status, read(body).await)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> (StatusCode, Body) {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header(header::AUTHORIZATION, "Bearer token").body(body).unwrap();
        let response = self.0.clone().oneshot(request).await.unwrap();
        (response.status(), response.into_body())
    }
}

async fn read(body: Body) -> Value {
    serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap()
}

impl TenantDirectory for World {
    fn by_id(&self, _: TenantId) -> BoxFuture<'_, Result<Option<Arc<TenantInfo>>, Problem>> {
        async { Ok(Some(Arc::clone(&self.tenant))) }.boxed()
    }

    fn by_slug<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Arc<TenantInfo>>, Problem>> {
        async { Ok(Some(Arc::clone(&self.tenant))) }.boxed()
    }

    fn by_domain<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Arc<TenantInfo>>, Problem>> {
        async { Ok(None) }.boxed()
    }
}

impl Authenticator for World {
    fn claimed_tenant(&self, _: &str) -> Option<TenantId> {
        Some(self.tenant.id)
    }

    fn authenticate<'a>(&'a self, _: &'a TenantInfo, _: &'a str) -> BoxFuture<'a, Result<Identity, Problem>> {
        let session = SessionId::from_uuid(Uuid::from_u128(78));
        async move {
            Ok(Identity {
                user: user(),
                session,
                means: tenantry_web::ports::Means::Session,
                expires_at: jiff::Timestamp::MAX,
            })
        }
        .boxed()
    }
}

impl Decisions for World {
    fn standing(&self, _: TenantDb, _: UserId) -> BoxFuture<'_, Result<Standing, Problem>> {
        async { Ok(Standing { grants: Arc::clone(&self.grants), policies: None }) }.boxed()
    }

    fn device<'a>(
        &'a self,
        _: TenantDb,
        _: Option<SessionId>,
        _: &'a TenantPolicies,
    ) -> BoxFuture<'a, Result<Option<Arc<Facts>>, Problem>> {
        async { Ok(None) }.boxed()
    }

    fn could(&self, question: &Question<'_>) -> bool {
        question.grants.extent(question.action.name).is_some()
    }

    fn decide(&self, _: &Question<'_>) -> Decision {
        let none: Arc<[String]> = Arc::new([]);
        Decision { is_allowed: true, policies: Arc::clone(&none), reason: "a test".into(), missing: none }
    }

    fn may_read(&self, _: &Question<'_>) -> bool {
        true
    }

    fn scope(&self, question: &Question<'_>) -> ListScope {
        ListScope::Whole(self.decide(question))
    }

    fn note(&self, _: &Question<'_>, _: &Decision) {}

    fn refused(&self, _: &Question<'_>, _: &'static str) {}
}
