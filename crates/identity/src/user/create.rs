//! POST /users

use garde::Validate;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use tenantry_access::{assign_role, roles_of};
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Body, Guard, Problem, Success, Use};

use super::model::{check_avatar, check_metadata};
use super::{User, UserStatus, UserView};
use crate::auth::store as credentials;
use crate::service::Identity;
use crate::{CreateUser, Error};

/// A new user (document B).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// Unique in the tenant, whatever the case.
    #[garde(skip)]
    email: String,
    /// Without it the user cannot sign in until one is set.
    #[garde(skip)]
    #[schemars(with = "Option<String>")]
    password: Option<SecretString>,
    #[garde(inner(length(chars, max = 100)))]
    first_name: Option<String>,
    #[garde(inner(length(chars, max = 100)))]
    last_name: Option<String>,
    /// International form: `+1234567890`.
    #[garde(skip)]
    phone: Option<String>,
    #[garde(inner(length(max = 500)))]
    avatar_url: Option<String>,
    /// The tenant's own fields.
    #[garde(skip)]
    metadata: Option<Value>,
    /// The administrator vouches for the address: the user starts `active` instead of `pending`.
    #[garde(skip)]
    #[serde(default)]
    email_verified: bool,
}

/// Create a user, with the role `user`.
pub(crate) async fn create(
    guard: Guard<CreateUser>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Body(request): Body<NewUser>,
) -> Result<Committed<Success<UserView>>, Problem> {
    guard.permit_all::<User>()?;
    let tenant = guard.tenant();
    let now = clock.now();
    let email = Identity::email("#/email", &request.email)?;
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    let mut user = User::new(UserId::new(&clock, &rng), email, now);
    user.email_verified = request.email_verified;
    if request.email_verified {
        user.status = UserStatus::Active;
    }
    if let Some(phone) = &request.phone {
        user.set_phone(&keyring, &rng, phone)?;
    }
    if let Some(metadata) = request.metadata {
        check_metadata(&metadata)?;
        user.metadata = metadata;
    }
    if let Some(url) = &request.avatar_url {
        check_avatar(url)?;
    }
    user.avatar_url = request.avatar_url;
    user.first_name = request.first_name;
    user.last_name = request.last_name;
    let hash = match request.password {
        Some(password) => {
            let names = [user.first_name.as_deref(), user.last_name.as_deref()];
            let mut context = vec![user.email.as_str(), guard.tenant_info().slug.as_str()];
            context.extend(names.into_iter().flatten());
            Some(identity.hash_password(tenant.tenant_id(), "#/password", password, &context).await?)
        }
        None => None,
    };

    let mut tx = tenant.begin()?;
    tx.run(super::insert(&user, Some(guard.caller()?.user))).await.map_err(|error| {
        match error.constraint() {
            Some("users_email_key") => Error::EmailTaken,
            _ => error.into(),
        }
    })?;
    if let Some(hash) = hash {
        tx.queue(credentials::insert_credentials(user.id, hash, now));
    }
    assign_role(&mut tx, user.id, "user", now).await?;
    let roles = tx.read(roles_of(user.id)).await?;
    let change = Change::created(&user);
    let location = format!("/users/{}", user.id);
    Ok(tx.commit(change, Success::created(UserView::new(user, &keyring, Some(roles))?, location)).await?)
}
