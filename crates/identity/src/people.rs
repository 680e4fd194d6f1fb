//! The first administrator of a tenant, and what the command line does with users.

use secrecy::SecretString;
use serde_json::json;
use tenantry_db::{Change, TenantDb, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_messages::Language;
use tenantry_web::ports::TenantInfo;

use crate::account::asked::Named;
use crate::service::Identity;
use crate::user::{self, UserStatus};
use crate::{Error, auth, mfa};

/// Who is to administer a new tenant.
#[derive(Debug, Clone)]
pub struct NewAdministrator {
    /// The e-mail address, normalised.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The password's hash; absent when it is to be chosen later.
    pub password_hash: Option<String>,
}

impl Identity {
    /// Create an active user with `role`, in the caller's transaction, unless the tenant has this user. Who has no password is
    /// written to, in the tenant's name: with a link to choose one.
    pub async fn create_administrator(
        &self,
        tx: &mut TenantTx,
        (clock, rng): (&Clock, &Rng),
        administrator: &NewAdministrator,
        (role, tenant): (&str, &TenantInfo),
    ) -> Result<UserId, Error> {
        if let Some(user) = tx.read(user::store::find_by_email(administrator.email.clone())).await? {
            return Ok(user.id);
        }
        let now = clock.now();
        let mut user = user::User::new(UserId::new(clock, rng), administrator.email.clone(), now);
        user.status = UserStatus::Active;
        user.email_verified = true;
        user.first_name.clone_from(&administrator.first_name);
        user.last_name.clone_from(&administrator.last_name);
        tx.run(user::insert(&user, None)).await?;
        if let Some(hash) = &administrator.password_hash {
            tx.run(auth::store::insert_credentials(user.id, hash.clone(), now)).await?;
        }
        tenantry_access::assign_role(tx, user.id, role, now).await?;
        if administrator.password_hash.is_none() {
            let to = (&Named::of(tenant), Language::English);
            self.welcome(tx, (clock, rng), &user, false, to).await?;
        }
        Ok(user.id)
    }

    /// Set a user's password and end their sessions: the operator's way, from the command line.
    pub async fn reset_password(
        &self,
        tenant: &TenantDb,
        clock: &Clock,
        email: &str,
        password: SecretString,
    ) -> Result<UserId, Error> {
        let email = Self::email("email", email)?;
        let mut tx = tenant.begin()?;
        let user = tx.read(user::store::find_by_email(email.clone())).await?.ok_or(Error::NotFound)?;
        let hash = self.hash_password(tenant.tenant_id(), "password", password, &[&email]).await?;
        let now = clock.now();
        tx.run(auth::store::replace_credentials(user.id, hash, now)).await?;
        tx.run(crate::session::store::revoke_all(user.id, now)).await?;
        crate::device::trust::end(&mut tx, user.id).await?;
        let life = self.tokens.lifetimes().access;
        self.revocations.revoke(tenant.tenant_id(), "user", user.id.as_uuid(), life).await?;
        let change =
            Change::named("user", Some(user.id.as_uuid()), "password_reset", json!({"by": "operator"}));
        tx.commit(change, ()).await?;
        Ok(user.id)
    }

    /// End every session of a tenant that is being switched off. Its access tokens are refused by the tenant's revocation.
    pub async fn end_all_sessions(&self, tenant: &TenantDb, clock: &Clock) -> Result<(), Error> {
        let mut tx = tenant.begin()?;
        let ended = tx.run(crate::session::store::revoke_everyones(clock.now())).await?;
        let id = tenant.tenant_id().as_uuid();
        let change = Change::named("tenant", Some(id), "sessions_ended", json!({"sessions": ended.0}));
        tx.commit(change, ()).await?;
        Ok(())
    }

    /// Seal anew everything that is sealed under an older data key. Returns how many values were sealed.
    pub async fn reseal(&self, tenant: &TenantDb, rng: &Rng) -> Result<u64, Error> {
        let keyring = self.keys.keyring(tenant.tenant_id()).await?;
        let mut after = UserId::from_uuid(uuid::Uuid::nil());
        let mut sealed = mfa::reseal::seeds(&keyring, tenant, rng).await?;
        loop {
            let rows = tenant.read(user::store::sealed_after(after)).await?;
            let Some(last) = rows.last() else { return Ok(sealed) };
            after = last.id;
            let mut tx = tenant.begin()?;
            let mut changed = 0;
            for row in rows.iter().filter(|row| keyring.needs_rotation(&row.phone_sealed)) {
                let place = crate::service::phone_place(row.id);
                let opened = keyring.open(place, &row.phone_sealed)?;
                let anew = keyring.seal(place, &opened, rng)?;
                // Only if nobody has changed it meanwhile; then it is sealed under the new key already.
                changed += tx.run(user::store::reseal_phone(row.id, row.phone_sealed.clone(), anew)).await?.0;
            }
            if changed > 0 {
                let change =
                    Change::named("user", None, "resealed", json!({"values": changed})).without_event();
                tx.commit(change, ()).await?;
                sealed += changed;
            }
        }
    }
}
