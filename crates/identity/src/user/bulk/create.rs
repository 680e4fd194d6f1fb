//! POST /users/bulk/create

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_access::{Catalogue, give_roles};
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, FieldError, Kind as _, Rng, UserId};
use tenantry_vault::Keyring;
use tenantry_web::{Body, Guard, Problem, Success, Use, View};

use crate::service::Identity;
use crate::user::create::default_roles;
use crate::user::profile::ChangedProfile;
use crate::user::{User, UserStatus, insert_new};
use crate::{CreateUser, Error};

/// One of many new users. They have no password until one is set.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkUser {
    /// Unique in the tenant, whatever the case.
    #[garde(length(max = 320))]
    email: String,
    #[garde(inner(length(chars, max = 100)))]
    first_name: Option<String>,
    #[garde(inner(length(chars, max = 100)))]
    last_name: Option<String>,
    /// International form: `+1234567890`.
    #[garde(skip)]
    phone: Option<String>,
    /// The tenant's own fields.
    #[garde(skip)]
    metadata: Option<Value>,
    /// The administrator vouches for the address: the user starts `active` instead of `pending`.
    #[garde(skip)]
    #[serde(default)]
    email_verified: bool,
}

/// Many new users (document D).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkUsers {
    #[garde(length(min = 1, max = 100), dive)]
    users: Vec<BulkUser>,
}

/// What became of each.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct BulkCreated {
    created: Vec<CreatedUser>,
    failed: Vec<FailedUser>,
}

/// A user that was created.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CreatedUser {
    /// Its place in the request, from 0.
    index: usize,
    id: UserId,
    email: String,
    status: UserStatus,
}

/// A user that was not created.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct FailedUser {
    /// Its place in the request, from 0.
    index: usize,
    /// `email_taken` or `validation_failed`.
    code: &'static str,
    errors: Vec<FieldError>,
}

impl View for BulkCreated {}

/// Create many users, with the role `user` when the caller holds all that it grants. Those that cannot be created are told; the others are.
pub(crate) async fn create(
    guard: Guard<CreateUser>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<BulkUsers>,
) -> Result<Committed<Success<BulkCreated>>, Problem> {
    guard.permit_all::<User>()?;
    let (tenant, now, by) = (guard.tenant(), clock.now(), guard.caller()?.user);
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    let mut tx = tenant.begin()?;
    let roles = default_roles(&mut tx, &catalogue, &guard.caller()?.grants).await?;
    let (mut created, mut failed, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, new) in request.users.into_iter().enumerate() {
        let user = match read(new, &clock, &rng, &keyring) {
            Ok(user) => user,
            Err(error) => {
                failed.push(refusal(index, &error));
                continue;
            }
        };
        if tx.run(insert_new(&user, by)).await?.0 == 0 {
            failed.push(refusal(index, &Error::EmailTaken));
            continue;
        }
        give_roles(&mut tx, user.id, &roles, Some(by), now);
        changes.push(Change::created(&user));
        created.push(CreatedUser { index, id: user.id, email: user.email, status: user.status });
    }
    let answer = Success::ok(BulkCreated { created, failed });
    if changes.is_empty() {
        return Ok(tx.unchanged(answer).await?);
    }
    Ok(tx.commit_all(changes, answer).await?)
}

fn read(new: BulkUser, clock: &Clock, rng: &Rng, keyring: &Keyring) -> Result<User, Error> {
    let email = Identity::email("#/email", &new.email)?;
    let mut user = User::new(UserId::new(clock, rng), email, clock.now());
    user.email_verified = new.email_verified;
    if new.email_verified {
        user.status = UserStatus::Active;
    }
    let BulkUser { first_name, last_name, phone, metadata, .. } = new;
    let profile = ChangedProfile {
        language: None,
        first_name: Some(first_name),
        last_name: Some(last_name),
        phone,
        avatar_url: None,
        metadata,
    };
    user.with_profile(profile, keyring, rng)
}

/// What is wrong with one of them; pointers begin at its place.
fn refusal(index: usize, error: &Error) -> FailedUser {
    let moved = |field: FieldError| {
        let pointer = field.pointer.replacen('#', &format!("#/users/{index}"), 1);
        FieldError::new(pointer, field.detail)
    };
    FailedUser { index, code: error.code(), errors: error.fields().into_iter().map(moved).collect() }
}
