//! What people may change of a profile, be it their own or, as an administrator, another's.

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tenantry_kernel::Rng;
use tenantry_messages::Language;
use tenantry_vault::Keyring;
use tenantry_web::present;

use super::User;
use super::model::{check_avatar, check_metadata};
use crate::Error;

/// What to change of one's own profile; what is absent stays.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedProfile {
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 100))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    pub(super) first_name: Option<Option<String>>,
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 100))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    pub(super) last_name: Option<Option<String>>,
    /// International form: `+1234567890`.
    #[garde(skip)]
    pub(super) phone: Option<String>,
    #[garde(inner(length(max = 500)))]
    pub(super) avatar_url: Option<String>,
    /// What messages are written in.
    #[garde(skip)]
    pub(super) language: Option<Language>,
    #[garde(skip)]
    pub(super) metadata: Option<Value>,
}

/// The part of the metadata that is an administrator's to change: claims of tokens may be made of it.
const MANAGED: &str = "managed";

impl ChangedProfile {
    /// The change as somebody may make it to their own profile: what is managed stays, also when it is left out.
    ///
    /// # Errors
    /// When it would change what is managed.
    pub(super) fn by_oneself(mut self, before: &User) -> Result<Self, Error> {
        let managed = before.metadata.get(MANAGED);
        let Some(Value::Object(metadata)) = &mut self.metadata else { return Ok(self) };
        match (metadata.get(MANAGED), managed) {
            (None, None) => {}
            (None, Some(managed)) => {
                metadata.insert(MANAGED.to_owned(), managed.clone());
            }
            (given, managed) if given == managed => {}
            _ => return Err(Error::field("#/metadata/managed", "only administrators change this")),
        }
        Ok(self)
    }
}

impl User {
    /// The user with a changed profile; the version stays.
    pub(super) fn with_profile(
        &self,
        change: ChangedProfile,
        keyring: &Keyring,
        rng: &Rng,
    ) -> Result<Self, Error> {
        let mut changed = self.clone();
        if let Some(phone) = &change.phone {
            changed.set_phone(keyring, rng, phone)?;
        }
        if let Some(metadata) = change.metadata {
            check_metadata(&metadata)?;
            changed.metadata = metadata;
        }
        if let Some(url) = change.avatar_url {
            check_avatar(&url)?;
            changed.avatar_url = Some(url);
        }
        changed.language = change.language.or(changed.language);
        changed.first_name = change.first_name.unwrap_or(changed.first_name);
        changed.last_name = change.last_name.unwrap_or(changed.last_name);
        Ok(changed)
    }
}
