//! POST /users and POST /auth/create-user

use garde::Validate;
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tenantry_access::{Catalogue, check_giving, give_roles, holds_role, role_named, roles_of};
use tenantry_db::{Change, Committed, TenantTx};
use tenantry_kernel::{Clock, ErrorKind, Rng, RoleId, UserId};
use tenantry_messages::Language;
use tenantry_web::ports::{Extent, Grants};
use tenantry_web::{Action as _, Body, Guard, Problem, Success, Use};

use super::model::{check_avatar, check_metadata};
use super::{User, UserStatus, UserView};
use crate::account::asked::Named;
use crate::account::store as accounts;
use crate::auth::store as credentials;
use crate::password::is_readable;
use crate::service::Identity;
use crate::{CreateUser, Error, ImportUsers};

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
    /// A hash from elsewhere instead of a password: argon2id or bcrypt. Needs the permission `users:import`.
    #[garde(skip)]
    #[schemars(with = "Option<String>")]
    password_hash: Option<SecretString>,
    /// The user's roles: at most 20, each of which the caller could give. Left out: `user`, when the caller holds all that
    /// it grants.
    #[garde(inner(length(max = 20)))]
    role_ids: Option<Vec<RoleId>>,
    /// Write to the user: with a link to choose a password, or to verify the address.
    #[garde(skip)]
    #[serde(default)]
    send_welcome_email: bool,
    /// What messages are written in; by default English.
    #[garde(skip)]
    language: Option<Language>,
}

/// Create a user. Nobody can create users who may do more than they themselves.
pub(crate) async fn create(
    guard: Guard<CreateUser>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Use(catalogue): Use<Catalogue>,
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
    user.language = request.language;
    let hash = hash(&guard, &identity, &user, (request.password, request.password_hash)).await?;
    let has_password = hash.is_some();

    let mut tx = tenant.begin()?;
    let roles = roles(&guard, &catalogue, &mut tx, request.role_ids).await?;
    tx.run(super::insert(&user, Some(guard.caller()?.user))).await.map_err(|error| {
        match error.constraint() {
            Some("users_email_key") => Error::EmailTaken,
            _ => error.into(),
        }
    })?;
    if let Some(hash) = hash {
        tx.queue(credentials::insert_credentials(user.id, hash, now));
    }
    if let Some(language) = request.language {
        tx.queue(accounts::set_language(user.id, language));
    }
    give_roles(&mut tx, user.id, &roles, Some(guard.caller()?.user), now);
    if request.send_welcome_email {
        let to = (&Named::of(guard.tenant_info()), request.language.unwrap_or(Language::English));
        identity.welcome(&mut tx, (&clock, &rng), &user, has_password, to).await?;
    }
    let roles = tx.read(roles_of(user.id)).await?;
    let change = Change::created(&user);
    let location = format!("/users/{}", user.id);
    Ok(tx.commit(change, Success::created(UserView::new(user, &keyring, Some(roles))?, location)).await?)
}

/// What is to be kept of the password, if there is one.
async fn hash(
    guard: &Guard<CreateUser>,
    identity: &Identity,
    user: &User,
    given: (Option<SecretString>, Option<SecretString>),
) -> Result<Option<String>, Problem> {
    let password = match given {
        (Some(_), Some(_)) => {
            return Err(Error::field("#/password_hash", "send a password or a hash, not both").into());
        }
        (None, None) => return Ok(None),
        (None, Some(hash)) => {
            // Whoever may set hashes can set one whose password is weak, or known to many.
            if guard.caller()?.grants.extent(ImportUsers::INFO.name) != Some(Extent::Any) {
                let problem = "creating users with password hashes needs the permission users:import";
                return Err(Problem::new(ErrorKind::Forbidden, "permission_denied", problem));
            }
            let hash = hash.expose_secret();
            if hash.len() > 512 || !is_readable(hash) {
                let detail = "this is no argon2id or bcrypt hash that is accepted";
                return Err(Error::field("#/password_hash", detail).into());
            }
            return Ok(Some(hash.to_owned()));
        }
        (Some(password), None) => password,
    };
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    let mut context = vec![user.email.as_str(), guard.tenant_info().slug.as_str()];
    context.extend(names.into_iter().flatten());
    Ok(Some(identity.hash_password(guard.tenant_info().id, "#/password", password, &context).await?))
}

/// The roles that the caller asks for and may give, or the default one.
async fn roles(
    guard: &Guard<CreateUser>,
    catalogue: &Catalogue,
    tx: &mut TenantTx,
    asked: Option<Vec<RoleId>>,
) -> Result<Vec<RoleId>, Problem> {
    let grants = &guard.caller()?.grants;
    let Some(mut roles) = asked else { return default_roles(tx, catalogue, grants).await };
    // In one order, so that two such requests do not wait for each other.
    roles.sort();
    roles.dedup();
    check_giving(tx, catalogue, grants, &roles).await?;
    Ok(roles)
}

/// The roles of new users about whom nothing is said: none, when their maker does not hold what `user` grants.
pub(super) async fn default_roles(
    tx: &mut TenantTx,
    catalogue: &Catalogue,
    grants: &Grants,
) -> Result<Vec<RoleId>, Problem> {
    if holds_role(tx, catalogue, grants, "user").await? {
        Ok(vec![role_named(tx, "user").await.map_err(Error::from)?])
    } else {
        Ok(Vec::new())
    }
}
