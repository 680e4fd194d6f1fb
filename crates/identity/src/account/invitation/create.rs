//! POST /users/invite and POST /invites

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_access::{Catalogue, check_giving, holds_role, role_named};
use tenantry_db::{Change, Committed, TenantTx};
use tenantry_kernel::{Clock, Rng, RoleId, UserId};
use tenantry_messages::{Language, Message as Mail};
use tenantry_vault::hash_token;
use tenantry_web::{Asker, Body, Guard, Problem, Success, Use};

use super::{Invitation, InvitationId, InvitationState, InvitationView, store};
use crate::account::asked::Named;
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, InviteUser};

/// How long a link counts when nothing else is said.
pub(super) const LIFE_DAYS: i32 = 7;

/// Whom to invite (documents D and E).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    #[garde(length(max = 320))]
    email: String,
    #[garde(inner(length(chars, max = 100)))]
    first_name: Option<String>,
    #[garde(inner(length(chars, max = 100)))]
    last_name: Option<String>,
    /// The roles that the person gets: at most 20, each of which the caller could give. Left out: `user`.
    #[garde(inner(length(max = 20)))]
    role_ids: Option<Vec<RoleId>>,
    /// What the message is written in; by default what `Accept-Language` says.
    #[garde(skip)]
    language: Option<Language>,
    /// How many days the link counts, 1 to 30; 7 when left out.
    #[garde(inner(range(min = 1, max = 30)))]
    expires_in_days: Option<i32>,
}

/// What invitations of one request have in common.
pub(super) struct Terms {
    pub(super) roles: Vec<RoleId>,
    /// Whether the caller has named them.
    pub(super) are_chosen: bool,
    pub(super) language: Language,
    pub(super) life_days: i32,
    pub(super) by: UserId,
    /// The inviter, as the letter names them.
    pub(super) inviter: String,
    pub(super) tenant: Named,
    pub(super) now: Timestamp,
}

/// A person to invite.
pub(super) struct Person {
    pub(super) email: String,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
}

/// Invite somebody. Nobody can invite to more than they could give.
pub(crate) async fn create(
    guard: Guard<InviteUser>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewInvitation>,
) -> Result<Committed<Success<InvitationView>>, Problem> {
    guard.permit_all::<Invitation>()?;
    let mut tx = guard.tenant().begin()?;
    let language = request.language.unwrap_or_else(|| Language::choose(None, asker.languages()));
    let life_days = request.expires_in_days.unwrap_or(LIFE_DAYS);
    let terms =
        terms(&guard, &catalogue, &mut tx, request.role_ids, (language, life_days, clock.now())).await?;
    let email = Identity::email("#/email", &request.email)?;
    let person = Person { email, first_name: request.first_name, last_name: request.last_name };
    let (invitation, changes) = invite(&identity, &mut tx, (&clock, &rng), person, &terms).await?;
    let location = format!("/invites/{}", invitation.id);
    let answer = Success::created(InvitationView::new(invitation, terms.now), location);
    Ok(tx.commit_all(changes, answer).await?)
}

/// Check what the caller wants to give.
pub(super) async fn terms(
    guard: &Guard<InviteUser>,
    catalogue: &Catalogue,
    tx: &mut TenantTx,
    roles: Option<Vec<RoleId>>,
    (language, life_days, now): (Language, i32, Timestamp),
) -> Result<Terms, Problem> {
    let caller = guard.caller()?;
    let are_chosen = roles.is_some();
    let roles = match roles {
        Some(mut roles) => {
            // In one order, so that two such requests do not wait for each other.
            roles.sort();
            roles.dedup();
            check_giving(tx, catalogue, &caller.grants, &roles).await?;
            roles
        }
        None if holds_role(tx, catalogue, &caller.grants, "user").await? => {
            vec![role_named(tx, "user").await.map_err(Error::from)?]
        }
        None => Vec::new(),
    };
    let inviter = tx.read(users::find_anyone(caller.user)).await?.ok_or(Error::NotFound)?;
    let names: Vec<&str> =
        [&inviter.first_name, &inviter.last_name].into_iter().flatten().map(String::as_str).collect();
    let inviter = if names.is_empty() { inviter.email } else { names.join(" ") };
    let tenant = Named::of(guard.tenant_info());
    Ok(Terms { roles, are_chosen, language, life_days, by: caller.user, inviter, tenant, now })
}

/// Invite one person, in the caller's transaction.
pub(super) async fn invite(
    identity: &Identity,
    tx: &mut TenantTx,
    (clock, rng): (&Clock, &Rng),
    person: Person,
    terms: &Terms,
) -> Result<(Invitation, Vec<Change>), Error> {
    let now = terms.now;
    let known = tx.read(users::find_by_email(person.email.clone())).await?;
    if known.is_some() {
        return Err(Error::EmailTaken);
    }
    let mut changes = Vec::new();
    if let Some(before) = tx.run(store::find_pending(person.email.clone())).await? {
        if before.state_at(now) == InvitationState::Pending {
            return Err(Error::AlreadyInvited);
        }
        let ended = before.clone().ended(InvitationState::Revoked, None, now);
        tx.run(store::end(ended.id, ended.state, None, now, ended.version)).await?;
        changes.push(Change::between(&before, &ended).verb("revoked"));
    }
    let id = InvitationId::new(clock, rng);
    let link = Link::make(id, rng);
    let invitation = Invitation {
        id,
        email: person.email,
        first_name: person.first_name,
        last_name: person.last_name,
        language: terms.language,
        role_ids: terms.roles.clone(),
        roles_chosen: terms.are_chosen,
        state: InvitationState::Pending,
        link_hash: link.hash.clone(),
        life_days: terms.life_days,
        invited_by: terms.by,
        created_at: now,
        expires_at: Invitation::end_of_link(terms.life_days, now),
        sent_at: now,
        window_started_at: now,
        window_sent: 1,
        ended_at: None,
        user_id: None,
        version: 1,
    };
    insert(tx, &invitation).await?;
    send(identity, tx, &invitation, &link, (&terms.tenant, &terms.inviter)).await?;
    changes.push(Change::created(&invitation));
    Ok((invitation, changes))
}

async fn insert(tx: &mut TenantTx, new: &Invitation) -> Result<(), Error> {
    let statement = store::insert(
        new.id,
        new.email.clone(),
        new.first_name.clone(),
        new.last_name.clone(),
        new.language,
        new.role_ids.clone(),
        new.roles_chosen,
        new.link_hash.clone(),
        new.life_days,
        new.invited_by,
        new.created_at,
        new.expires_at,
    );
    if tx.run(statement).await?.0 == 0 { Err(Error::AlreadyInvited) } else { Ok(()) }
}

/// A link, told once.
pub(super) struct Link {
    token: String,
    pub(super) hash: Vec<u8>,
}

impl Link {
    /// 256 random bits.
    pub(super) fn make(id: InvitationId, rng: &Rng) -> Self {
        use base64::Engine as _;
        let secret = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rng.bytes::<32>());
        let token = format!("oti_{}.{secret}", id.as_uuid().simple());
        let hash = hash_token(&token).to_vec();
        Self { token, hash }
    }
}

/// Write to the person.
pub(super) async fn send(
    identity: &Identity,
    tx: &mut TenantTx,
    invitation: &Invitation,
    link: &Link,
    (tenant, inviter): (&Named, &str),
) -> Result<(), Error> {
    let address = format!("{}/invitation?token={}", tenant.pages(&identity.tokens), link.token);
    let language = invitation.language;
    let letter = tenant.words(language).invitation(inviter, &address, invitation.life_days.into());
    let mail = Mail::mail(&invitation.email, "invitation", language, &letter)?;
    identity.messages.post(tx, mail.until(invitation.expires_at)).await?;
    Ok(())
}
