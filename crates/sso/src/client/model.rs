//! What a client is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::{Audited, Write, Written};
use tenantry_kernel::UserId;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use tenantry_web::{Action, Permit, View};
use uuid::Uuid;

use super::store;

tenantry_kernel::id! {
    /// An OAuth client; its text is the `client_id`.
    ClientId,
    /// A secret of a client.
    SecretId,
}

tenantry_kernel::text_enum! {
    /// What a client can keep to itself, and for whom it acts (RFC 6749, 2.1).
    pub(crate) enum ClientKind {
        /// Runs on a server, keeps a secret or a key, acts for people.
        Confidential = "confidential",
        /// Runs on people's devices, keeps nothing secret, acts for people.
        Public = "public",
        /// Runs on a server and acts for itself.
        Machine = "machine",
    }
}

tenantry_kernel::text_enum! {
    /// What a client is used for: chooses the defaults of a new one.
    pub(crate) enum Preset {
        /// The application of those who provide services.
        Provider = "provider",
        /// The application of end users.
        User = "user",
        /// The application of the tenant's own administrators.
        Admin = "admin",
        /// An application of a partner: people are asked for their consent.
        Partner = "partner",
        /// A vendor's server, without people.
        Vendor = "vendor",
    }
}

tenantry_kernel::text_enum! {
    /// How a client proves who it is (OpenID Connect Core, 9).
    pub(crate) enum AuthMethod {
        /// A secret in the header `Authorization`.
        Basic = "client_secret_basic",
        /// A secret in the form.
        Post = "client_secret_post",
        /// An assertion, signed with a key of the client's (RFC 7523).
        PrivateKeyJwt = "private_key_jwt",
        /// Not at all: public clients.
        None = "none",
    }
}

tenantry_kernel::text_enum! {
    /// What a client may exchange for tokens.
    pub(crate) enum GrantType {
        /// A code that a person's browser has brought (RFC 6749, 4.1).
        AuthorizationCode = "authorization_code",
        /// A refresh token (RFC 6749, 6).
        RefreshToken = "refresh_token",
        /// Its own credentials (RFC 6749, 4.4).
        ClientCredentials = "client_credentials",
        /// Another client's access token, to go on with on the person's behalf (RFC 8693).
        TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange",
        /// A code that a person has confirmed in the browser of another device (RFC 8628).
        DeviceCode = "urn:ietf:params:oauth:grant-type:device_code",
    }
}

tenantry_db::row! {
    /// A client.
    #[derive(Debug, Clone)]
    pub(crate) struct Client {
        pub(crate) id: ClientId,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) kind: ClientKind,
        pub(crate) preset: Option<Preset>,
        pub(crate) auth_method: AuthMethod,
        pub(crate) redirect_uris: Vec<String>,
        pub(crate) post_logout_redirect_uris: Vec<String>,
        pub(crate) backchannel_logout_uri: Option<String>,
        pub(crate) backchannel_logout_session_required: bool,
        pub(crate) grant_types: Vec<GrantType>,
        pub(crate) scopes: Vec<String>,
        pub(crate) jwks: Option<Value>,
        pub(crate) access_token_seconds: i32,
        pub(crate) id_token_seconds: i32,
        pub(crate) refresh_token_seconds: i32,
        pub(crate) needs_consent: bool,
        pub(crate) is_active: bool,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        pub(crate) created_by: Option<UserId>,
        pub(crate) updated_by: Option<UserId>,
    }
}

impl Client {
    /// The issuer itself, where it lets people in for its own pages. It has no name, and gets nothing.
    pub(crate) fn of_the_issuer(now: Timestamp) -> Self {
        Self {
            id: ClientId::from_uuid(Uuid::nil()),
            name: String::new(),
            description: None,
            kind: ClientKind::Public,
            preset: None,
            auth_method: AuthMethod::None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            grant_types: Vec::new(),
            scopes: Vec::new(),
            jwks: None,
            access_token_seconds: 0,
            id_token_seconds: 0,
            refresh_token_seconds: 0,
            needs_consent: false,
            is_active: true,
            version: 0,
            created_at: now,
            updated_at: now,
            created_by: None,
            updated_by: None,
        }
    }

    /// Whether it may use this grant.
    pub(crate) fn may_use(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Whether it proves itself with a secret.
    pub(crate) const fn has_secret(&self) -> bool {
        matches!(self.auth_method, AuthMethod::Basic | AuthMethod::Post)
    }
}

/// A client as policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "client",
    plural: "clients",
    attributes: &[
        ("name", FactKind::Text),
        ("kind", FactKind::Text),
        ("preset", FactKind::Text),
        ("is_active", FactKind::Flag),
        ("created_at", FactKind::Instant),
    ],
};

impl Resource for Client {
    const TYPE: &'static str = "client";

    fn facts(&self) -> Facts {
        let mut facts = Facts::from([
            ("name".into(), Fact::Text(self.name.clone())),
            ("kind".into(), Fact::Text(self.kind.as_str().to_owned())),
            ("is_active".into(), Fact::Flag(self.is_active)),
            ("created_at".into(), Fact::Instant(self.created_at)),
        ]);
        if let Some(preset) = self.preset {
            facts.insert("preset".into(), Fact::Text(preset.as_str().to_owned()));
        }
        facts
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

impl Audited for Client {
    const RESOURCE: &'static str = "client";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        json!({
            "name": self.name, "description": self.description, "kind": self.kind, "preset": self.preset,
            "token_endpoint_auth_method": self.auth_method, "redirect_uris": self.redirect_uris,
            "post_logout_redirect_uris": self.post_logout_redirect_uris,
            "backchannel_logout_uri": self.backchannel_logout_uri,
            "backchannel_logout_session_required": self.backchannel_logout_session_required, "grant_types": self.grant_types,
            "scopes": self.scopes, "jwks": self.jwks, "access_token_seconds": self.access_token_seconds,
            "id_token_seconds": self.id_token_seconds, "refresh_token_seconds": self.refresh_token_seconds,
            "needs_consent": self.needs_consent,
            "is_active": self.is_active,
        })
    }
}

/// The statement that inserts a client.
pub(crate) fn insert(client: &Client) -> Write<Written> {
    let c = client.clone();
    store::insert(
        c.id,
        c.name,
        c.description,
        c.kind,
        c.preset,
        c.auth_method,
        c.redirect_uris,
        c.post_logout_redirect_uris,
        c.grant_types,
        c.scopes,
        c.jwks,
        [c.access_token_seconds, c.id_token_seconds, c.refresh_token_seconds].to_vec(),
        c.needs_consent,
        c.is_active,
        c.created_at,
        c.created_by,
        c.backchannel_logout_uri,
        c.backchannel_logout_session_required,
    )
}

/// The statement that saves a client.
pub(crate) fn save(client: &Client) -> Write<Written> {
    let c = client.clone();
    store::save(
        c.id,
        c.name,
        c.description,
        c.auth_method,
        c.redirect_uris,
        c.post_logout_redirect_uris,
        c.grant_types,
        c.scopes,
        c.jwks,
        [c.access_token_seconds, c.id_token_seconds, c.refresh_token_seconds].to_vec(),
        c.needs_consent,
        c.is_active,
        c.version,
        c.updated_at,
        c.updated_by,
        c.backchannel_logout_uri,
        c.backchannel_logout_session_required,
    )
}

/// A client as an administrator sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the API")]
pub(crate) struct ClientView {
    /// The `client_id`.
    id: ClientId,
    name: String,
    description: Option<String>,
    kind: ClientKind,
    preset: Option<Preset>,
    /// Whether it can keep a secret (document B).
    is_confidential: bool,
    token_endpoint_auth_method: AuthMethod,
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    /// Where it is told that a session has ended (OpenID Connect Back-Channel Logout).
    backchannel_logout_uri: Option<String>,
    backchannel_logout_session_required: bool,
    grant_types: Vec<GrantType>,
    scopes: Vec<String>,
    jwks: Option<Value>,
    access_token_seconds: i32,
    id_token_seconds: i32,
    refresh_token_seconds: i32,
    /// Whether people are asked before it gets anything of theirs.
    needs_consent: bool,
    is_active: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    created_by: Option<UserId>,
    updated_by: Option<UserId>,
    #[serde(skip)]
    version: i64,
}

impl ClientView {
    /// Show a client to a caller who may see it.
    pub(crate) fn new<A: Action>(_permit: &Permit<A>, client: Client) -> Self {
        Self {
            id: client.id,
            is_confidential: client.kind != ClientKind::Public,
            name: client.name,
            description: client.description,
            kind: client.kind,
            preset: client.preset,
            token_endpoint_auth_method: client.auth_method,
            redirect_uris: client.redirect_uris,
            post_logout_redirect_uris: client.post_logout_redirect_uris,
            backchannel_logout_uri: client.backchannel_logout_uri,
            backchannel_logout_session_required: client.backchannel_logout_session_required,
            grant_types: client.grant_types,
            scopes: client.scopes,
            jwks: client.jwks,
            access_token_seconds: client.access_token_seconds,
            id_token_seconds: client.id_token_seconds,
            refresh_token_seconds: client.refresh_token_seconds,
            needs_consent: client.needs_consent,
            is_active: client.is_active,
            created_at: client.created_at,
            updated_at: client.updated_at,
            created_by: client.created_by,
            updated_by: client.updated_by,
            version: client.version,
        }
    }
}

impl View for ClientView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}
