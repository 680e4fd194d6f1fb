//! What a scope is, and what a tenant may say of one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::Audited;
use tenantry_kernel::{FieldError, UserId};
use tenantry_web::View;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use uuid::Uuid;

use super::ScopeId;
use crate::client::check::is_scope;
use crate::page::Locale;
use crate::protocol::claims;

/// The most claims of one scope, and the longest of their values, in bytes.
const MOST_CLAIMS: usize = 50;
const LONGEST_VALUE: usize = 2000;

/// Where a claim's value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// The value of this name in `managed` of the person's `metadata`, which only administrators change.
    Managed(String),
    /// The value of this name in the person's `metadata`, which people change themselves: it proves nothing.
    Metadata(String),
    /// Another claim's value, such as `roles`, `groups`, `plan` or `email`.
    Claim(String),
    /// The same for everybody.
    Value(Value),
}

tenantry_db::row! {
    /// A scope as the database keeps it.
    #[derive(Debug, Clone)]
    pub(crate) struct ScopeRow {
        id: ScopeId,
        name: String,
        description: String,
        translations: Value,
        claims: Value,
        in_id_token: bool,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
        created_by: Option<UserId>,
        updated_by: Option<UserId>,
    }
}

/// A scope of a tenant's own.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) id: ScopeId,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) translations: BTreeMap<String, String>,
    pub(crate) claims: BTreeMap<String, Source>,
    pub(crate) in_id_token: bool,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) created_by: Option<UserId>,
    pub(crate) updated_by: Option<UserId>,
}

impl From<ScopeRow> for Scope {
    fn from(row: ScopeRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            translations: serde_json::from_value(row.translations).unwrap_or_default(),
            claims: serde_json::from_value(row.claims).unwrap_or_default(),
            in_id_token: row.in_id_token,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
            updated_by: row.updated_by,
        }
    }
}

impl Scope {
    /// What people read, in their language if there is such a text.
    pub(crate) fn described(&self, locale: Locale) -> &str {
        self.translations.get(locale.as_str()).unwrap_or(&self.description)
    }

    /// Everything that is wrong with it.
    pub(crate) fn faults(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut say = |pointer: String, detail: &str| wrong.push(FieldError::new(pointer, detail));
        if !is_scope(&self.name) {
            say("#/name".into(), "1 to 100 visible ASCII characters, without quotes and backslashes");
        } else if claims::SCOPES.iter().any(|(known, _)| *known == self.name) {
            say("#/name".into(), "this is a scope of OpenID Connect, or of the product");
        }
        let is_text = |text: &str| (1..=200).contains(&text.trim().chars().count());
        if !is_text(&self.description) {
            say("#/description".into(), "1 to 200 characters");
        }
        for (language, text) in &self.translations {
            if Locale::ALL.iter().all(|known| known.as_str() != language) || !is_text(text) {
                say(format!("#/translations/{language}"), "en, de or hi, with 1 to 200 characters");
            }
        }
        if self.claims.len() > MOST_CLAIMS {
            say("#/claims".into(), "at most 50 claims");
        }
        for (name, source) in self.claims.iter().take(MOST_CLAIMS) {
            // A claim of a standard means what the standard says, whatever a tenant would like it to mean.
            let is_free = (1..=100).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
                && !claims::is_reserved(name);
            let pointer = format!("#/claims/{}", name.replace('~', "~0").replace('/', "~1"));
            if !is_free {
                say(pointer, "a name of 1 to 100 visible ASCII characters that no standard uses");
            } else if let Err(detail) = source.check() {
                say(pointer, detail);
            }
        }
        wrong
    }
}

impl Source {
    fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Managed(name) | Self::Metadata(name) if (1..=100).contains(&name.len()) => Ok(()),
            Self::Managed(_) | Self::Metadata(_) => Err("a name of 1 to 100 bytes"),
            Self::Claim(name) if claims::of_person().any(|known| known == name) => Ok(()),
            Self::Claim(_) => Err("a claim about the person, such as roles, groups, plan or email"),
            Self::Value(value) if value.to_string().len() <= LONGEST_VALUE => Ok(()),
            Self::Value(_) => Err("a value of at most 2000 bytes"),
        }
    }
}

/// A scope as policies see it.
pub(crate) const RESOURCE: ResourceInfo =
    ResourceInfo { name: "oauth_scope", plural: "oauth_scopes", attributes: &[("name", FactKind::Text)] };

impl Resource for Scope {
    const TYPE: &'static str = "oauth_scope";

    fn facts(&self) -> Facts {
        Facts::from([("name".into(), Fact::Text(self.name.clone()))])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

impl Audited for Scope {
    const RESOURCE: &'static str = "oauth_scope";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        json!({"name": self.name, "description": self.description, "translations": self.translations,
            "claims": self.claims, "in_id_token": self.in_id_token})
    }
}

/// A scope as an administrator sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct OauthScopeView {
    id: ScopeId,
    /// What clients ask for.
    name: String,
    /// What people read when a client asks for it.
    description: String,
    translations: BTreeMap<String, String>,
    claims: BTreeMap<String, Source>,
    /// Whether ID tokens have its claims; userinfo has them anyway.
    in_id_token: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    created_by: Option<UserId>,
    updated_by: Option<UserId>,
    #[serde(skip)]
    version: i64,
}

impl From<Scope> for OauthScopeView {
    fn from(scope: Scope) -> Self {
        Self {
            id: scope.id,
            name: scope.name,
            description: scope.description,
            translations: scope.translations,
            claims: scope.claims,
            in_id_token: scope.in_id_token,
            created_at: scope.created_at,
            updated_at: scope.updated_at,
            created_by: scope.created_by,
            updated_by: scope.updated_by,
            version: scope.version,
        }
    }
}

impl View for OauthScopeView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(name: &str, claims: &[(&str, Source)]) -> Scope {
        let now = Timestamp::UNIX_EPOCH;
        Scope {
            id: ScopeId::from_uuid(Uuid::nil()),
            name: name.to_owned(),
            description: "See your orders".to_owned(),
            translations: BTreeMap::from([("de".to_owned(), "Ihre Bestellungen sehen".to_owned())]),
            claims: claims.iter().map(|(name, source)| ((*name).to_owned(), source.clone())).collect(),
            in_id_token: false,
            version: 1,
            created_at: now,
            updated_at: now,
            created_by: None,
            updated_by: None,
        }
    }

    #[test]
    fn no_scope_changes_what_a_standard_says() {
        let plain = Source::Value(json!(1));
        assert!(scope("orders:read", &[("https://acme.example/level", plain.clone())]).faults().is_empty());
        for name in ["openid", "email", "roles", "", "a b", "a\"b", "ä"] {
            assert_eq!(scope(name, &[]).faults().len(), 1, "{name}");
        }
        for claim in ["sub", "iss", "aud", "act", "email_verified", "roles", "tid", "cnf", "acr", "", "a b"] {
            assert_eq!(scope("x", &[(claim, plain.clone())]).faults().len(), 1, "{claim}");
        }
        for source in [
            Source::Claim("sub".into()),
            Source::Claim("shoe_size".into()),
            Source::Metadata(String::new()),
            Source::Managed("x".repeat(101)),
            Source::Value(json!("x".repeat(2000))),
        ] {
            assert_eq!(scope("x", &[("level", source.clone())]).faults().len(), 1, "{source:?}");
        }
    }

    #[test]
    fn people_read_their_own_language_where_there_is_a_text() {
        let scope = scope("x", &[]);
        assert_eq!(scope.described(Locale::German), "Ihre Bestellungen sehen");
        assert_eq!(scope.described(Locale::Hindi), "See your orders");
    }
}
