//! What an identity provider is.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::Audited;
use tenantry_fetch::Fetcher;
use tenantry_kernel::{FieldError, RoleId, UserId};
use tenantry_vault::{Place, Sealed};
use tenantry_web::View;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use uuid::Uuid;

use super::IdentityProviderId;

tenantry_kernel::text_enum! {
    /// Whose identity provider it is: chooses the issuer and what is checked besides the standard.
    pub(crate) enum ProviderKind {
        /// Microsoft Entra ID, one directory.
        Microsoft = "microsoft",
        /// Google Workspace.
        Google = "google",
        /// Any OpenID provider.
        Oidc = "oidc",
    }
}

/// Whom a provider may bring, and what they get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) directory_id: Option<String>,
    pub(crate) hosted_domain: Option<String>,
    pub(crate) email_domains: Vec<String>,
    pub(crate) trusts_email: bool,
    pub(crate) auto_provision: bool,
    pub(crate) default_role_id: Option<RoleId>,
    pub(crate) groups_claim: String,
    pub(crate) group_roles: BTreeMap<String, RoleId>,
    pub(crate) redirect_uris: Vec<String>,
}

tenantry_db::row! {
    /// An identity provider, as it is stored.
    #[derive(Debug, Clone)]
    pub(crate) struct ProviderRow {
        pub(crate) id: IdentityProviderId,
        pub(crate) slug: String,
        pub(crate) name: String,
        pub(crate) kind: ProviderKind,
        pub(crate) issuer: String,
        pub(crate) client_id: String,
        pub(crate) client_secret_sealed: Sealed,
        pub(crate) settings: Value,
        pub(crate) enabled: bool,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        pub(crate) created_by: Option<UserId>,
        pub(crate) updated_by: Option<UserId>,
    }
}

/// An identity provider.
#[derive(Debug, Clone)]
pub(crate) struct IdentityProvider {
    pub(crate) id: IdentityProviderId,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) kind: ProviderKind,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Sealed,
    pub(crate) settings: Settings,
    pub(crate) enabled: bool,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) created_by: Option<UserId>,
    pub(crate) updated_by: Option<UserId>,
}

impl From<ProviderRow> for IdentityProvider {
    fn from(row: ProviderRow) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            kind: row.kind,
            issuer: row.issuer,
            client_id: row.client_id,
            client_secret: row.client_secret_sealed,
            // What cannot be read lets nobody in.
            settings: serde_json::from_value(row.settings).unwrap_or_default(),
            enabled: row.enabled,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
            updated_by: row.updated_by,
        }
    }
}

/// Where the client's secret is sealed.
pub(crate) const fn secret_place(id: IdentityProviderId) -> Place {
    Place { table: "identity_providers", column: "client_secret_sealed", row: id.as_uuid() }
}

/// The issuer of a kind, when it follows from the kind.
pub(crate) fn standard_issuer(kind: ProviderKind, settings: &Settings) -> Option<String> {
    match kind {
        ProviderKind::Microsoft => {
            let directory = settings.directory_id.as_deref()?;
            Some(format!("https://login.microsoftonline.com/{directory}/v2.0"))
        }
        ProviderKind::Google => Some("https://accounts.google.com".to_owned()),
        ProviderKind::Oidc => None,
    }
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(is_label)
}

fn is_slug(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

impl IdentityProvider {
    /// Whether somebody with this address is sent there first.
    pub(crate) fn is_home_of(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map(|(_, domain)| domain.trim().to_ascii_lowercase());
        self.enabled && domain.is_some_and(|domain| self.settings.email_domains.contains(&domain))
    }

    /// Everything that is wrong with it.
    pub(crate) fn faults(&self, fetcher: &Fetcher) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut say = |pointer: &str, detail: &str| wrong.push(FieldError::new(pointer.to_owned(), detail));
        let settings = &self.settings;
        if !is_slug(&self.slug) {
            say("#/slug", "1 to 40 lower-case letters, digits and hyphens");
        }
        if let Err(error) = fetcher.check(&self.issuer) {
            say("#/issuer", &error.to_string());
        }
        if self.issuer.contains(['?', '{']) {
            say("#/issuer", "an issuer has no query and no placeholder");
        }
        if self.client_id.is_empty() || self.client_id.len() > 300 {
            say("#/client_id", "1 to 300 characters");
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            say("#/name", "1 to 100 characters");
        }
        // `common`, `organizations` and `consumers` would let in every directory in the world.
        let directory = settings.directory_id.as_deref().map(Uuid::try_parse);
        match (self.kind, directory) {
            (ProviderKind::Microsoft, Some(Ok(_))) | (ProviderKind::Google | ProviderKind::Oidc, None) => {}
            (ProviderKind::Microsoft, _) => say("#/directory_id", "the directory (tenant) id, a UUID"),
            (ProviderKind::Google | ProviderKind::Oidc, Some(_)) => {
                say("#/directory_id", "only for type microsoft");
            }
        }
        if settings.hosted_domain.as_deref().is_some_and(|domain| !is_domain(domain)) {
            say("#/hosted_domain", "a domain name in lower case");
        }
        if settings.email_domains.len() > 100 || !settings.email_domains.iter().all(|one| is_domain(one)) {
            say("#/email_domains", "at most 100 domain names in lower case");
        }
        // Whoever has an account there could come in with any address.
        let is_open = self.kind != ProviderKind::Microsoft
            && settings.hosted_domain.is_none()
            && settings.email_domains.is_empty();
        if settings.auto_provision && self.kind == ProviderKind::Google && is_open {
            say(
                "#/auto_provision",
                "needs hosted_domain or email_domains: everybody can have a Google account",
            );
        }
        if settings.trusts_email && settings.email_domains.is_empty() {
            say("#/trusts_email", "needs email_domains");
        }
        if settings.groups_claim.is_empty() || settings.groups_claim.len() > 100 {
            say("#/groups_claim", "1 to 100 characters");
        }
        if settings.group_roles.len() > 200 || settings.group_roles.keys().any(|group| group.len() > 300) {
            say("#/group_roles", "at most 200 groups with names of at most 300 bytes");
        }
        let is_fine = |uri: &String| {
            crate::client::check::redirect_uri(uri, crate::client::ClientKind::Confidential).is_ok()
        };
        if settings.redirect_uris.len() > 20 || !settings.redirect_uris.iter().all(is_fine) {
            say("#/redirect_uris", "at most 20 addresses that begin with https");
        }
        wrong
    }
}

/// An identity provider as policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "identity_provider",
    plural: "identity_providers",
    attributes: &[("slug", FactKind::Text), ("type", FactKind::Text), ("enabled", FactKind::Flag)],
};

impl Resource for IdentityProvider {
    const TYPE: &'static str = "identity_provider";

    fn facts(&self) -> Facts {
        Facts::from([
            ("slug".into(), Fact::Text(self.slug.clone())),
            ("type".into(), Fact::Text(self.kind.as_str().to_owned())),
            ("enabled".into(), Fact::Flag(self.enabled)),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

impl Audited for IdentityProvider {
    const RESOURCE: &'static str = "identity_provider";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        // That the secret has changed is visible; what it is opens only with the tenant's key.
        let hash = tenantry_vault::hash_token(&URL_SAFE_NO_PAD.encode(self.client_secret.as_bytes()));
        let secret = URL_SAFE_NO_PAD.encode(hash.get(..4).unwrap_or_default());
        let mut snapshot = json!({
            "slug": self.slug, "name": self.name, "type": self.kind, "issuer": self.issuer,
            "client_id": self.client_id, "client_secret": format!("sealed:{secret}"), "enabled": self.enabled,
        });
        if let (Some(all), Ok(Value::Object(settings))) =
            (snapshot.as_object_mut(), serde_json::to_value(&self.settings))
        {
            all.extend(settings);
        }
        snapshot
    }
}

/// An identity provider as an administrator sees it: without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct IdentityProviderView {
    id: IdentityProviderId,
    /// Its name in addresses: `/auth/oauth/{slug}/login/{tenant}`.
    slug: String,
    name: String,
    #[serde(rename = "type")]
    kind: ProviderKind,
    issuer: String,
    client_id: String,
    /// What to register there as the redirect URI.
    callback_url: String,
    directory_id: Option<String>,
    hosted_domain: Option<String>,
    email_domains: Vec<String>,
    trusts_email: bool,
    auto_provision: bool,
    default_role_id: Option<RoleId>,
    groups_claim: String,
    group_roles: BTreeMap<String, RoleId>,
    redirect_uris: Vec<String>,
    enabled: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    created_by: Option<UserId>,
    updated_by: Option<UserId>,
    #[serde(skip)]
    version: i64,
}

impl IdentityProviderView {
    /// Show it to whoever may see it; the caller has asked.
    pub(crate) fn new(provider: IdentityProvider, callback_url: String) -> Self {
        let Settings {
            directory_id,
            hosted_domain,
            email_domains,
            trusts_email,
            auto_provision,
            default_role_id,
            groups_claim,
            group_roles,
            redirect_uris,
        } = provider.settings;
        Self {
            id: provider.id,
            slug: provider.slug,
            name: provider.name,
            kind: provider.kind,
            issuer: provider.issuer,
            client_id: provider.client_id,
            callback_url,
            directory_id,
            hosted_domain,
            email_domains,
            trusts_email,
            auto_provision,
            default_role_id,
            groups_claim,
            group_roles,
            redirect_uris,
            enabled: provider.enabled,
            created_at: provider.created_at,
            updated_at: provider.updated_at,
            created_by: provider.created_by,
            updated_by: provider.updated_by,
            version: provider.version,
        }
    }
}

impl View for IdentityProviderView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}
