//! By what a user can show a second factor.

use std::collections::BTreeMap;

use tenantry_db::TenantTx;
use tenantry_kernel::UserId;

use super::model::{Method, MethodType, MethodView};
use super::policy::{self, FactorKind, MfaPolicy};
use super::reach::{Reach, masked};
use super::store;
use crate::service::Identity;
use crate::user::{User, store as users};
use crate::{Error, passkey};

/// By what a user can show a second factor now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ways {
    /// Methods that were set up with a code, can be used, and count.
    pub(crate) methods: Vec<(Method, Option<String>)>,
    pub(crate) has_passkey: bool,
    pub(crate) has_backup_code: bool,
    /// For how many days a device may stand for these at a sign-in.
    pub(crate) trusted_device_days: i32,
}

impl Ways {
    /// Those of a user.
    pub(crate) async fn of(identity: &Identity, tx: &mut TenantTx, user: &User) -> Result<Self, Error> {
        let id = user.id;
        let batch = (store::methods_of(id), passkey::store::has_any(id), store::backup_codes_left(id));
        let (methods, passkey, codes) = tx.read(batch).await?;
        let reach = Reach::of(identity, tx.tenant_id(), user).await?;
        let usable = methods.into_iter().filter(|method| method.verified_at.is_some());
        let methods = usable.filter_map(|method| match method.method_type {
            MethodType::Totp => Some((method, None)),
            kind => {
                let destination = reach.of_method(&method).map(|to| masked(kind, to))?;
                Some((method, Some(destination)))
            }
        });
        Ok(Self {
            methods: methods.collect(),
            has_passkey: passkey.is_some_and(|any| any.0),
            has_backup_code: codes.is_some_and(|codes| codes.0 > 0),
            trusted_device_days: 0,
        })
    }

    /// Those of a user by id, for a sign-in: whoever has just come by a link in their mail shows something else than a code
    /// in their mail, if they have anything else.
    pub(crate) async fn to_sign_in(
        identity: &Identity,
        tx: &mut TenantTx,
        user: UserId,
        is_reset_by_mail: bool,
    ) -> Result<Self, Error> {
        let user = tx.read(users::find(user)).await?.ok_or(Error::NotFound)?;
        let mut ways = Self::of(identity, tx, &user).await?;
        let policy = policy::of(tx).await?;
        ways.trusted_device_days = policy.trusted_device_days;
        ways.keep_allowed(&policy);
        if is_reset_by_mail {
            ways.leave_mail();
        }
        Ok(ways)
    }

    /// What the tenant does not allow any more is only for who has nothing else.
    fn keep_allowed(&mut self, policy: &MfaPolicy) {
        let has_passkey = self.has_passkey && policy.allows(FactorKind::Passkey);
        let is_allowed = |method: &Method| policy.allows(method.method_type.into());
        if has_passkey || self.methods.iter().any(|(method, _)| is_allowed(method)) {
            self.has_passkey = has_passkey;
            self.methods.retain(|(method, _)| is_allowed(method));
        }
    }

    fn leave_mail(&mut self) {
        let is_mail = |method: &Method| method.method_type == MethodType::Email;
        if self.has_passkey || self.methods.iter().any(|(method, _)| !is_mail(method)) {
            self.methods.retain(|(method, _)| !is_mail(method));
        }
    }

    /// As clients know them.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> =
            self.methods.iter().map(|(method, _)| method.method_type.as_str()).collect();
        if self.has_passkey {
            names.push("passkey");
        }
        if self.has_backup_code {
            names.push("backup_code");
        }
        names
    }

    /// Where codes are sent, in part, by method.
    pub(crate) fn destinations(&self) -> BTreeMap<&'static str, String> {
        let sent = self.methods.iter();
        sent.filter_map(|(method, to)| Some((method.method_type.as_str(), to.clone()?))).collect()
    }

    /// The method of a kind.
    pub(crate) fn method(&self, kind: MethodType) -> Option<&Method> {
        self.methods.iter().map(|(method, _)| method).find(|method| method.method_type == kind)
    }
}

/// A user's methods as they see them, also those that cannot be used.
pub(crate) async fn views(
    identity: &Identity,
    tenant: tenantry_kernel::TenantId,
    user: &User,
    methods: Vec<Method>,
) -> Result<Vec<MethodView>, Error> {
    let reach = Reach::of(identity, tenant, user).await?;
    let shown = |method: Method| MethodView {
        destination: reach.of_method(&method).map(|to| masked(method.method_type, to)),
        id: method.id,
        method_type: method.method_type,
        created_at: method.created_at,
        verified_at: method.verified_at,
        last_used_at: method.last_used_at,
    };
    Ok(methods.into_iter().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::model::MethodId;
    use super::*;

    fn ways(kinds: &[MethodType], has_passkey: bool) -> Ways {
        let method = |kind: &MethodType| Method {
            id: MethodId::from_uuid(uuid::Uuid::nil()),
            method_type: *kind,
            target_hash: None,
            created_at: Timestamp::UNIX_EPOCH,
            verified_at: Some(Timestamp::UNIX_EPOCH),
            last_used_at: None,
        };
        let methods = kinds.iter().map(|kind| (method(kind), None)).collect();
        Ways { methods, has_passkey, has_backup_code: true, trusted_device_days: 30 }
    }

    #[test]
    fn the_mailbox_that_has_brought_the_password_is_no_second_factor_beside_another() {
        use MethodType::{Email, Sms, Totp};
        for (kinds, has_passkey, left) in [
            (&[Email, Totp][..], false, &["totp", "backup_code"][..]),
            (&[Email, Sms], false, &["sms", "backup_code"]),
            (&[Email], true, &["passkey", "backup_code"]),
            (&[Email], false, &["email", "backup_code"]),
            (&[Totp], false, &["totp", "backup_code"]),
        ] {
            let mut ways = ways(kinds, has_passkey);
            ways.leave_mail();
            assert_eq!(ways.names(), left, "{kinds:?}");
        }
    }

    #[test]
    fn what_is_not_allowed_any_more_is_for_who_has_nothing_else() {
        use MethodType::{Email, Sms, Totp};
        let policy = MfaPolicy { methods: vec!["totp".to_owned()], ..MfaPolicy::default() };
        for (kinds, has_passkey, left) in [
            (&[Sms, Totp][..], true, &["totp", "backup_code"][..]),
            (&[Sms, Email], false, &["sms", "email", "backup_code"]),
            (&[], true, &["passkey", "backup_code"]),
        ] {
            let mut ways = ways(kinds, has_passkey);
            ways.keep_allowed(&policy);
            assert_eq!(ways.names(), left, "{kinds:?}");
        }
    }
}
