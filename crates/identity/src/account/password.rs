//! A new password, however somebody comes to choose one: policy, history, what else ends.

use jiff::Timestamp;
use secrecy::SecretString;
use tenantry_db::{TenantDb, TenantTx};
use tenantry_kernel::{Clock, Rng};
use tenantry_web::ports::TenantInfo;

use crate::Error;
use crate::auth::store as credentials;
use crate::device::trust;
use crate::service::Identity;
use crate::session::store as sessions;
use crate::user::User;

impl Identity {
    /// Check a user's new password against the policy and their earlier ones, and hash it.
    ///
    /// # Errors
    /// Each broken rule, at `pointer`.
    pub(crate) async fn new_password(
        &self,
        (tenant, info): (&TenantDb, &TenantInfo),
        user: &User,
        pointer: &str,
        password: SecretString,
    ) -> Result<String, Error> {
        let names = [user.first_name.as_deref(), user.last_name.as_deref()];
        let mut context = vec![user.email.as_str(), info.slug.as_str()];
        context.extend(names.into_iter().flatten());
        self.check_password(pointer, &password, &context)?;
        let most = usize::from(self.settings.password.history);
        let (present, earlier) =
            tenant.read((credentials::account(user.id), credentials::earlier(user.id))).await?;
        let present = present.and_then(|account| account.password_hash).filter(|_| most > 0);
        let earlier = earlier.into_iter().map(|hash| hash.0);
        for hash in present.into_iter().chain(earlier).take(most + usize::from(most > 0)) {
            if self.hasher.verify(info.id, password.clone(), Some(hash)).await? {
                let detail = format!("this is one of your last {most} passwords");
                return Err(Error::field(pointer, detail));
            }
        }
        Ok(self.hasher.hash(info.id, password).await?)
    }

    /// Set a user's password, and end every session they have. The user's row must be locked.
    ///
    /// Access tokens are refused from the call of [`put_out`](crate::user::state::put_out) on, which comes last.
    pub(crate) async fn set_password(
        &self,
        tx: &mut TenantTx,
        (clock, rng): (&Clock, &Rng),
        user: &User,
        hash: String,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let before = tx.run(credentials::account_for_update(user.id)).await?;
        if let Some(old) = before.and_then(|account| account.password_hash) {
            tx.queue(credentials::retire(credentials::RetiredId::new(clock, rng), user.id, old, now));
            tx.run(credentials::forget(user.id)).await?;
        }
        tx.queue(credentials::replace_credentials(user.id, hash, now));
        trust::end(tx, user.id).await?;
        Ok(tx.run(sessions::revoke_all(user.id, now)).await?.0)
    }
}
