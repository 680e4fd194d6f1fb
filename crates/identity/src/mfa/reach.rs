//! Where codes can be sent: to the e-mail address and the telephone number that a user has now, and has verified.
//!
//! A method of such codes keeps a keyed hash of where it was set up to send them. Whatever is no longer that is no second
//! factor: neither a new number nor one that somebody else has entered becomes one by itself.

use tenantry_kernel::{TenantId, UserId};
use tenantry_vault::constant_time_eq;

use super::model::{Method, MethodType};
use crate::Error;
use crate::account::one_time::OneTimeKey;
use crate::service::Identity;
use crate::user::User;

/// Where codes can be sent to a user.
pub(crate) struct Reach<'a> {
    key: &'a OneTimeKey,
    tenant: TenantId,
    user: UserId,
    email: Option<String>,
    phone: Option<String>,
}

impl<'a> Reach<'a> {
    /// Of a user of a tenant.
    pub(crate) async fn of(identity: &'a Identity, tenant: TenantId, user: &User) -> Result<Self, Error> {
        let phone = match &user.phone_sealed {
            Some(_) if user.phone_verified => user.phone(&*identity.keys.keyring(tenant).await?)?,
            _ => None,
        };
        let email = user.email_verified.then(|| user.email.clone());
        Ok(Self { key: &identity.one_time, tenant, user: user.id, email, phone })
    }

    /// Where codes of a kind go.
    pub(crate) fn to(&self, kind: MethodType) -> Option<&str> {
        match kind {
            MethodType::Totp => None,
            MethodType::Email => self.email.as_deref(),
            MethodType::Sms => self.phone.as_deref(),
        }
    }

    /// Where a method's codes go; nowhere when that is not where it was set up for.
    pub(crate) fn of_method(&self, method: &Method) -> Option<&str> {
        let to = self.to(method.method_type)?;
        let known = method.target_hash.as_deref()?;
        constant_time_eq(known, &target(self.key, self.tenant, self.user, method.method_type, to))
            .then_some(to)
    }

    /// What is kept of where codes of a kind go.
    pub(crate) fn hash(&self, kind: MethodType) -> Option<Vec<u8>> {
        self.to(kind).map(|to| target(self.key, self.tenant, self.user, kind, to))
    }
}

/// What stands for an address or a number of a user's.
pub(crate) fn target(
    key: &OneTimeKey,
    tenant: TenantId,
    user: UserId,
    kind: MethodType,
    to: &str,
) -> Vec<u8> {
    key.hash(tenant, user.as_uuid(), &format!("second factor by {kind}"), to)
}

/// Enough of an address or a number for who knows it: `m•••@e•••.com`, `•••42`.
pub(crate) fn masked(kind: MethodType, to: &str) -> String {
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    if kind == MethodType::Sms {
        let digits: Vec<char> = to.chars().collect();
        return format!("•••{}", digits.iter().skip(digits.len().saturating_sub(2)).collect::<String>());
    }
    let (local, domain) = to.rsplit_once('@').unwrap_or((to, ""));
    let (host, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
    format!("{}•••@{}•••.{top}", first(local), first(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_known_only_to_who_knows_it() {
        assert_eq!(masked(MethodType::Email, "maria.lopez@mail.example.com"), "m•••@m•••.com");
        assert_eq!(masked(MethodType::Email, "é@b.example"), "é•••@b•••.example");
        assert_eq!(masked(MethodType::Sms, "+491701234542"), "•••42");
    }

    #[test]
    fn what_stands_for_a_number_is_bound_to_tenant_user_and_kind() {
        let key = OneTimeKey::new(&"key".into());
        let tenant = |n| TenantId::from_uuid(uuid::Uuid::from_u128(n));
        let user = |n| UserId::from_uuid(uuid::Uuid::from_u128(n));
        let one = target(&key, tenant(1), user(1), MethodType::Sms, "+491701234542");
        assert_eq!(one, target(&key, tenant(1), user(1), MethodType::Sms, "+491701234542"));
        assert_ne!(one, target(&key, tenant(2), user(1), MethodType::Sms, "+491701234542"));
        assert_ne!(one, target(&key, tenant(1), user(2), MethodType::Sms, "+491701234542"));
        assert_ne!(one, target(&key, tenant(1), user(1), MethodType::Email, "+491701234542"));
        assert_ne!(one, target(&key, tenant(1), user(1), MethodType::Sms, "+491701234543"));
    }
}
