//! What a user is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_access::RoleSummary;
use tenantry_db::{Audited, Write, Written};
use tenantry_kernel::{Rng, UserId};
use tenantry_messages::Language;
use tenantry_vault::{Keyring, Sealed};
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use tenantry_web::{Search, View, search_key};
use uuid::Uuid;

use super::store;
use crate::Error;
use crate::service::phone_place;

tenantry_kernel::text_enum! {
    /// The states of a user (document B).
    pub enum UserStatus {
        /// Normal operations.
        Active = "active",
        /// Disabled by the user, or no longer with the tenant.
        Inactive = "inactive",
        /// Blocked for violating the rules.
        Banned = "banned",
        /// Held back while something is verified.
        Hold = "hold",
        /// Waiting for the e-mail address or telephone number to be verified.
        Pending = "pending",
        /// Suspended by an administrator.
        Suspended = "suspended",
    }
}

tenantry_kernel::text_enum! {
    /// What a user is.
    pub(crate) enum UserKind {
        /// Somebody.
        Person = "person",
        /// A program's account, without a password.
        Service = "service",
    }
}

tenantry_db::row! {
    /// A user.
    #[derive(Debug, Clone)]
    pub(crate) struct User {
        pub(crate) id: UserId,
        pub(crate) email: String,
        pub(crate) status: UserStatus,
        pub(crate) email_verified: bool,
        pub(crate) phone_verified: bool,
        pub(crate) mfa_enabled: bool,
        pub(crate) first_name: Option<String>,
        pub(crate) last_name: Option<String>,
        pub(crate) phone_sealed: Option<Sealed>,
        pub(crate) avatar_url: Option<String>,
        pub(crate) metadata: Value,
        pub(crate) last_login_at: Option<Timestamp>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        pub(crate) status_reason: Option<String>,
        pub(crate) status_changed_at: Option<Timestamp>,
        pub(crate) deleted_at: Option<Timestamp>,
        pub(crate) deleted_from: Option<UserStatus>,
        pub(crate) language: Option<Language>,
    }
}

impl User {
    /// A user who is waiting to be verified.
    pub(crate) fn new(id: UserId, email: String, now: Timestamp) -> Self {
        Self {
            id,
            email,
            status: UserStatus::Pending,
            email_verified: false,
            phone_verified: false,
            mfa_enabled: false,
            first_name: None,
            last_name: None,
            phone_sealed: None,
            avatar_url: None,
            metadata: json!({}),
            last_login_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
            status_reason: None,
            status_changed_at: None,
            deleted_at: None,
            deleted_from: None,
            language: None,
        }
    }

    /// Seal a telephone number into the user; a change makes it unverified.
    pub(crate) fn set_phone(&mut self, keyring: &Keyring, rng: &Rng, phone: &str) -> Result<(), Error> {
        let phone = normalise_phone(phone).map_err(|detail| Error::field("#/phone", detail))?;
        if self.phone(keyring)? != Some(phone.clone()) {
            self.phone_sealed = Some(keyring.seal(phone_place(self.id), phone.as_bytes(), rng)?);
            self.phone_verified = false;
        }
        Ok(())
    }

    /// The telephone number.
    pub(crate) fn phone(&self, keyring: &Keyring) -> Result<Option<String>, Error> {
        let Some(sealed) = &self.phone_sealed else { return Ok(None) };
        let opened = keyring.open(phone_place(self.id), sealed)?;
        Ok(Some(String::from_utf8_lossy(&opened).into_owned()))
    }

    /// What the whole name is found by.
    pub(super) fn name_key(&self) -> Option<String> {
        let parts: Vec<&str> =
            [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| search_key(&parts.join(" ")))
    }

    /// What the last name is found by.
    pub(super) fn last_name_key(&self) -> Option<String> {
        self.last_name.as_deref().map(search_key)
    }

    /// Whether a search finds the user; the same as the statement `list_matching` says.
    pub(super) fn is_found_by(&self, search: &Search) -> bool {
        let keys = [Some(self.email.clone()), self.name_key(), self.last_name_key()];
        keys.iter().flatten().any(|key| search.finds(key))
    }

    /// The next version of the user.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
    }
}

/// A telephone number in E.164: `+` and 7 to 15 digits; spaces, hyphens, dots and brackets are dropped.
pub(crate) fn normalise_phone(text: &str) -> Result<String, String> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    let digits = plain.strip_prefix('+').unwrap_or_default();
    if (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0')
    {
        return Ok(plain);
    }
    Err("write the number in international form: + and 7 to 15 digits".to_owned())
}

/// A user as policies see them.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "user",
    plural: "users",
    attributes: &[
        ("email", FactKind::Text),
        ("status", FactKind::Text),
        ("email_verified", FactKind::Flag),
        ("created_at", FactKind::Instant),
    ],
};

impl Resource for User {
    const TYPE: &'static str = "user";

    fn facts(&self) -> Facts {
        Facts::from([
            ("email".into(), Fact::Text(self.email.clone())),
            ("status".into(), Fact::Text(self.status.as_str().to_owned())),
            ("email_verified".into(), Fact::Flag(self.email_verified)),
            ("created_at".into(), Fact::Instant(self.created_at)),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        Some(self.id)
    }
}

impl Audited for User {
    const RESOURCE: &'static str = "user";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        // The number itself stays sealed; that it changed is visible.
        let phone = self.phone_sealed.as_ref().map(|sealed| {
            let hash = tenantry_vault::hash_token(&format!("{:?}", sealed.as_bytes()));
            format!("sealed:{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])
        });
        json!({
            "email": self.email, "status": self.status, "status_reason": self.status_reason,
            "deleted_at": self.deleted_at, "email_verified": self.email_verified,
            "first_name": self.first_name, "last_name": self.last_name, "phone": phone,
            "avatar_url": self.avatar_url, "metadata": self.metadata, "language": self.language,
        })
    }
}

/// The statement that inserts a user.
pub(crate) fn insert(user: &User, by: Option<UserId>) -> Write<Written> {
    store::insert(
        user.id,
        user.email.clone(),
        user.status,
        user.email_verified,
        user.first_name.clone(),
        user.last_name.clone(),
        user.phone_sealed.clone(),
        user.avatar_url.clone(),
        user.metadata.clone(),
        user.created_at,
        by,
        user.name_key(),
        user.last_name_key(),
    )
}

/// The statement that inserts a user, unless the address is taken.
pub(crate) fn insert_new(user: &User, by: UserId) -> Write<Written> {
    store::insert_new(
        user.id,
        user.email.clone(),
        user.status,
        user.email_verified,
        user.first_name.clone(),
        user.last_name.clone(),
        user.phone_sealed.clone(),
        user.metadata.clone(),
        user.created_at,
        by,
        user.name_key(),
        user.last_name_key(),
    )
}

/// The statement that saves a user.
pub(crate) fn save(user: &User, by: UserId) -> Write<Written> {
    store::save(
        user.id,
        user.status,
        user.email_verified,
        user.phone_verified,
        user.first_name.clone(),
        user.last_name.clone(),
        user.phone_sealed.clone(),
        user.avatar_url.clone(),
        user.metadata.clone(),
        user.version,
        user.updated_at,
        by,
        user.status_reason.clone(),
        user.status_changed_at,
        user.deleted_at,
        user.deleted_from,
        user.name_key(),
        user.last_name_key(),
    )
}

/// A user as a client sees them (document B).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct UserView {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    /// E.164.
    pub(crate) phone: Option<String>,
    pub(crate) avatar_url: Option<String>,
    /// What messages are written in; null: what each request asks for.
    pub(crate) language: Option<Language>,
    /// The tenant's own fields.
    pub(crate) metadata: Value,
    pub(crate) status: UserStatus,
    pub(crate) email_verified: bool,
    pub(crate) phone_verified: bool,
    pub(crate) mfa_enabled: bool,
    /// Only where one user is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) roles: Option<Vec<RoleSummary>>,
    pub(crate) last_login_at: Option<Timestamp>,
    /// Why an administrator has put the user into the state.
    pub(crate) status_reason: Option<String>,
    /// When the user was deleted; they can be restored.
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    #[serde(skip)]
    version: i64,
}

impl UserView {
    /// Show a user; the telephone number is opened.
    pub(crate) fn new(user: User, keyring: &Keyring, roles: Option<Vec<RoleSummary>>) -> Result<Self, Error> {
        Ok(Self {
            id: user.id,
            phone: user.phone(keyring)?,
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            avatar_url: user.avatar_url,
            language: user.language,
            metadata: user.metadata,
            status: user.status,
            email_verified: user.email_verified,
            phone_verified: user.phone_verified,
            mfa_enabled: user.mfa_enabled,
            roles,
            last_login_at: user.last_login_at,
            status_reason: user.status_reason,
            deleted_at: user.deleted_at,
            created_at: user.created_at,
            updated_at: user.updated_at,
            version: user.version,
        })
    }
}

impl View for UserView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Refuse free fields that are not an object or too large.
pub(super) fn check_metadata(metadata: &Value) -> Result<(), Error> {
    if !metadata.is_object() {
        return Err(Error::field("#/metadata", "this must be an object"));
    }
    if metadata.to_string().len() > 16_384 {
        return Err(Error::field("#/metadata", "at most 16 KiB of JSON"));
    }
    Ok(())
}

/// Refuse anything but a web address.
pub(super) fn check_avatar(url: &str) -> Result<(), Error> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = url.chars().all(|c| c.is_ascii_graphic()) && !url.contains(['<', '>', '"']);
    if is_web && is_plain {
        Ok(())
    } else {
        Err(Error::field("#/avatar_url", "this must be an http(s) address"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_one_way() {
        assert_eq!(normalise_phone("+1 (234) 567-890"), Ok("+1234567890".into()));
        assert!(normalise_phone("0123456789").is_err());
        assert!(normalise_phone("+12").is_err());
    }
}
