//! Who it is that a provider vouches for, and what they get.
//!
//! An account is found by the provider's own name for it, never by its e-mail address: an address that somebody here has is
//! linked only by that somebody.

use serde_json::json;
use tenantry_access::{assign_role, confer_roles};
use tenantry_db::{Change, Read, TenantTx};
use tenantry_identity::NewPerson;
use tenantry_kernel::{RoleId, UserId};

use super::fault::Fault;
use super::id_token::Claims;
use super::model::IdentityProvider;
use super::store::Identity;
use super::{FederatedIdentityId, Scene, store};
use crate::protocol::refusal::Refusal;

/// Somebody who may come in.
pub(crate) struct Settled {
    pub(crate) user: UserId,
    pub(crate) changes: Vec<Change>,
}

/// What would become of somebody, without doing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Known(UserId),
    New(String),
}

/// The address that counts: verified, or trusted because the domain is the organisation's own; and of an allowed domain.
fn address(scene: &Scene<'_>, provider: &IdentityProvider, claims: &Claims) -> Result<String, Fault> {
    let email = claims.email.as_deref().and_then(|email| scene.sso.identity.normal_email(email));
    let email = email.ok_or(Fault::NotAllowed("it has no e-mail address"))?;
    let domain = email.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
    let domains = &provider.settings.email_domains;
    if !domains.is_empty() && !domains.iter().any(|one| one == domain) {
        return Err(Fault::NotAllowed("its e-mail address is of another domain"));
    }
    if !claims.is_email_verified && !provider.settings.trusts_email {
        return Err(Fault::NotAllowed("its e-mail address is not verified"));
    }
    Ok(email)
}

/// Who an account is here. An account is one of an issuer: another issuer's of the same name is another.
pub(crate) fn known(provider: &IdentityProvider, claims: &Claims) -> Read<Option<Identity>> {
    store::identity(provider.id, provider.issuer.clone(), claims.subject.clone())
}

/// Find out who it is.
pub(crate) async fn judge(
    scene: &Scene<'_>,
    tx: &mut TenantTx,
    provider: &IdentityProvider,
    claims: &Claims,
) -> Result<Result<Verdict, Fault>, Refusal> {
    let email = match address(scene, provider, claims) {
        Ok(email) => email,
        Err(fault) => return Ok(Err(fault)),
    };
    let identity = &scene.sso.identity;
    if let Some(known) = tx.read(known(provider, claims)).await? {
        let person = identity.person(tx, known.user_id).await?;
        let may = person.is_some_and(|person| person.is_active);
        return Ok(if may {
            Ok(Verdict::Known(known.user_id))
        } else {
            Err(Fault::NotAllowed("the user is not active"))
        });
    }
    if identity.person_by_email(tx, &email).await?.is_some() {
        return Ok(Err(Fault::LinkNeeded));
    }
    if !provider.settings.auto_provision {
        return Ok(Err(Fault::NotAllowed("nobody is made a user by signing in")));
    }
    Ok(Ok(Verdict::New(email)))
}

/// The roles that somebody's groups stand for.
pub(crate) fn mapped(provider: &IdentityProvider, claims: &Claims) -> Vec<RoleId> {
    let mut roles: Vec<RoleId> =
        claims.groups.iter().filter_map(|group| provider.settings.group_roles.get(group).copied()).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Let somebody in, in the caller's transaction: make them a user if need be, and give and take what their groups say.
pub(crate) async fn settle(
    scene: &Scene<'_>,
    tx: &mut TenantTx,
    provider: &IdentityProvider,
    claims: &Claims,
) -> Result<Result<Settled, Fault>, Refusal> {
    let verdict = match judge(scene, tx, provider, claims).await? {
        Ok(verdict) => verdict,
        Err(fault) => return Ok(Err(fault)),
    };
    let (clock, rng) = (&scene.sso.clock, &scene.sso.rng);
    let mut changes = Vec::new();
    let user = match verdict {
        Verdict::Known(user) => {
            if let Some(known) = tx.read(known(provider, claims)).await? {
                let email = claims.email.as_deref().and_then(|email| scene.sso.identity.normal_email(email));
                tx.run(store::touch_identity(known.id, email, scene.now)).await?;
            }
            user
        }
        Verdict::New(email) => {
            let (first_name, last_name) = (claims.first_name.clone(), claims.last_name.clone());
            let new = NewPerson { email, first_name, last_name };
            let made = scene.sso.identity.provision(tx, clock, rng, new).await;
            let (user, change) = match made {
                Ok(made) => made,
                // Somebody was faster.
                Err(tenantry_identity::Error::EmailTaken) => return Ok(Err(Fault::LinkNeeded)),
                Err(error) => return Err(error.into()),
            };
            changes.push(change);
            match provider.settings.default_role_id {
                None => assign_role(tx, user, "user", scene.now).await?,
                Some(role) => {
                    confer_roles(tx, user, &[role], &[], scene.now).await?;
                }
            }
            changes.push(link(scene, tx, provider, claims, user).await?);
            user
        }
    };
    changes.extend(confer(scene, tx, provider, claims, user).await?);
    Ok(Ok(Settled { user, changes }))
}

/// Say that an account there is a user here.
pub(crate) async fn link(
    scene: &Scene<'_>,
    tx: &mut TenantTx,
    provider: &IdentityProvider,
    claims: &Claims,
    user: UserId,
) -> Result<Change, Refusal> {
    let id = FederatedIdentityId::new(&scene.sso.clock, &scene.sso.rng);
    let insert = store::insert_identity(
        id,
        provider.id,
        provider.issuer.clone(),
        claims.subject.clone(),
        user,
        claims.email.clone(),
        scene.now,
    );
    tx.run(insert).await?;
    let values = json!({"provider": provider.slug, "user_id": user});
    let change = Change::named("user", Some(user.as_uuid()), "identity_linked", values);
    Ok(change.action("auth:federation"))
}

/// Give and take the roles of groups; those that were given by hand stay.
async fn confer(
    scene: &Scene<'_>,
    tx: &mut TenantTx,
    provider: &IdentityProvider,
    claims: &Claims,
    user: UserId,
) -> Result<Option<Change>, Refusal> {
    let wanted = mapped(provider, claims);
    let had: Vec<RoleId> =
        tx.read(store::conferred(user, provider.id)).await?.into_iter().map(|role| role.0).collect();
    let take: Vec<RoleId> = had.iter().filter(|role| !wanted.contains(role)).copied().collect();
    let (given, taken) = confer_roles(tx, user, &wanted, &take, scene.now).await?;
    for role in given.iter().filter(|role| !had.contains(role)) {
        tx.run(store::insert_conferred(user, provider.id, *role, scene.now)).await?;
    }
    for role in &taken {
        tx.run(store::delete_conferred(user, provider.id, *role)).await?;
    }
    if given.is_empty() && taken.is_empty() {
        return Ok(None);
    }
    let values = json!({"provider": provider.slug, "given": given, "taken": taken});
    let change = Change::named("user", Some(user.as_uuid()), "roles_conferred", values);
    Ok(Some(change.action("auth:federation")))
}
