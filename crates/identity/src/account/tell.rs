//! What people are told of their own account when somebody, perhaps not they, has made a new way into it.

use jiff::Timestamp;
use tenantry_db::TenantTx;
use tenantry_kernel::UserId;
use tenantry_messages::{Language, Message as Mail};
use tenantry_web::ports::TenantInfo;

use super::asked::Named;
use super::store;
use crate::Error;
use crate::service::Identity;
use crate::user::{User, store as users};

/// A way into an account that has not been there before.
#[derive(Debug, Clone, Copy)]
pub enum NewWay<'a> {
    /// A passkey.
    Passkey,
    /// An account that somebody else keeps, by the name of who keeps it.
    Account(&'a str),
}

/// A sign-in that its person should know of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnusualSignIn<'a> {
    /// `Firefox on Linux`.
    pub(crate) device: &'a str,
    pub(crate) ip: Option<&'a str>,
    pub(crate) country: Option<&'a str>,
    pub(crate) at: Timestamp,
    /// Whether the place is unusual, and not the device alone.
    pub(crate) is_suspicious: bool,
}

impl UnusualSignIn<'_> {
    /// On what, from where, when.
    fn described(&self) -> String {
        let place = [self.ip, self.country].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let at = self.at.strftime("%Y-%m-%d %H:%M UTC");
        let place = if place.is_empty() { place } else { format!(" ({place})") };
        format!("{}{place}, {at}", self.device)
    }
}

impl Identity {
    /// Write to a person that somebody, perhaps not they, has signed in; in their language when it is known.
    pub(crate) async fn tell_of_sign_in(
        &self,
        tx: &mut TenantTx,
        tenant: &TenantInfo,
        person: &User,
        unusual: UnusualSignIn<'_>,
    ) -> Result<(), Error> {
        let known = tx.read(store::language(person.id)).await?.and_then(|known| known.0);
        let language = known.unwrap_or(Language::English);
        let named = Named::of(tenant);
        let letter = named.words(language).unusual_sign_in(&unusual.described(), unusual.is_suspicious);
        let kind = if unusual.is_suspicious { "suspicious_sign_in" } else { "new_device" };
        self.messages.post(tx, Mail::mail(&person.email, kind, language, &letter)?).await?;
        Ok(())
    }

    /// Write to a person that there is a new way into their account; in their language when it is known.
    ///
    /// # Errors
    /// [`Error::NotFound`], and those of the database.
    pub async fn tell_of(
        &self,
        tx: &mut TenantTx,
        tenant: &TenantInfo,
        user: UserId,
        way: NewWay<'_>,
    ) -> Result<(), Error> {
        let (person, known) = tx.read((users::find(user), store::language(user))).await?;
        let person = person.ok_or(Error::NotFound)?;
        let language = known.and_then(|known| known.0).unwrap_or(Language::English);
        let named = Named::of(tenant);
        let words = named.words(language);
        let (kind, letter) = match way {
            NewWay::Passkey => ("passkey_added", words.passkey_added()),
            NewWay::Account(elsewhere) => ("account_linked", words.account_linked(elsewhere)),
        };
        self.messages.post(tx, Mail::mail(&person.email, kind, language, &letter)?).await?;
        Ok(())
    }
}
