//! POST /auth/impersonate

use std::sync::Arc;

use garde::Validate;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_access::TENANT_ADMIN;
use tenantry_db::{Change, TenantDb};
use tenantry_kernel::{Clock, ErrorKind, Rng, TenantId, UserId};
use tenantry_web::ports::{Proxy, TenantInfo, TenantStatus};
use tenantry_web::{Body, Collection, Guard, Problem, Success, Use, View, not_blank};

use super::{Impersonation, ImpersonationId, ImpersonationView, Mode, store};
use crate::service::Identity;
use crate::user::{User, UserStatus, store as users};
use crate::{Error, Impersonate};

/// In whose name, and why (document D).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewImpersonation {
    #[garde(skip)]
    tenant_id: TenantId,
    /// Shown to the tenant.
    #[garde(length(chars, min = 3, max = 500), custom(not_blank))]
    reason: String,
    /// Without it, the tenant's first administrator.
    #[garde(skip)]
    user_id: Option<UserId>,
    /// The number of the request that asked for it.
    #[garde(inner(length(chars, min = 1, max = 100)))]
    ticket: Option<String>,
    /// For how long: 1 to 60, and 30 when it is absent.
    #[garde(inner(range(min = 1, max = 60)))]
    minutes: Option<u8>,
    /// `read-only` when it is absent.
    #[garde(skip)]
    mode: Option<Mode>,
}

/// A token that acts in a user's name. There is none to renew it with.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct ImpersonationToken {
    /// A JWT (RFC 9068) whose `sub` is the user and whose `act` is the operator (RFC 8693).
    access_token: String,
    /// Seconds until it expires.
    expires_in: i64,
    token_type: &'static str,
    impersonation: ImpersonationView,
}

impl View for ImpersonationToken {}

/// Act in the name of a tenant's user, for a reason that the tenant sees.
///
/// Never in the platform's own tenant, and so never in another operator's name.
pub(crate) async fn start(
    guard: Guard<Impersonate>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Body(request): Body<NewImpersonation>,
) -> Result<Success<ImpersonationToken>, Problem> {
    guard.permit_new(&Collection::<Impersonation>::default())?;
    let (caller, now) = (guard.caller()?, clock.now());
    if !caller.means.is_session() {
        return Err(Error::ImpersonationRefused.into());
    }
    let info = tenant(&guard, request.tenant_id).await?;
    let operator = guard.tenant().read(users::find(caller.user)).await?.ok_or(Error::NotFound)?;
    let scope = guard.operate(&info.placement)?;
    let user = person(&scope, request.user_id).await?;
    let minutes = SignedDuration::from_mins(request.minutes.unwrap_or(30).into());
    let row = Impersonation {
        id: ImpersonationId::new(&clock, &rng),
        user_id: user.id,
        operator_id: operator.id,
        operator_email: operator.email,
        reason: request.reason,
        ticket: request.ticket,
        mode: request.mode.unwrap_or(Mode::ReadOnly),
        created_at: now,
        expires_at: now + minutes,
        ended_at: None,
        ended_by: None,
    };
    let proxy =
        Proxy { operator: caller.user, session: caller.session, may_write: row.mode == Mode::ReadWrite };
    let access_token = identity.tokens.proxy_token(&info, &row, proxy).await?;
    write_down(&guard, &scope, &info, &row).await?;
    Ok(Success::ok(ImpersonationToken {
        access_token,
        expires_in: minutes.as_secs(),
        token_type: "Bearer",
        impersonation: ImpersonationView::new(row, now),
    }))
}

/// The tenant, when it can be entered so.
async fn tenant(guard: &Guard<Impersonate>, id: TenantId) -> Result<Arc<TenantInfo>, Problem> {
    let info = guard.tenant_of(id).await?.ok_or(Error::NotFound)?;
    if info.is_root {
        return Err(Error::ImpersonationRefused.into());
    }
    if info.status != TenantStatus::Active {
        let detail = "The tenant is not active.";
        return Err(Problem::new(ErrorKind::Conflict, "tenant_not_active", detail));
    }
    Ok(info)
}

/// In whose name: an active person.
async fn person(scope: &TenantDb, asked: Option<UserId>) -> Result<User, Error> {
    let id = if let Some(id) = asked {
        id
    } else {
        let first = scope.read(store::first_administrator(TENANT_ADMIN.to_owned())).await?;
        first.ok_or(Error::NotFound)?.0
    };
    let user = scope.read(users::find(id)).await?.ok_or(Error::NotFound)?;
    if user.status == UserStatus::Active { Ok(user) } else { Err(Error::NotFound) }
}

/// In both trails: the operator's first, so that nobody acts without a line there.
async fn write_down(
    guard: &Guard<Impersonate>,
    scope: &TenantDb,
    info: &TenantInfo,
    row: &Impersonation,
) -> Result<(), Problem> {
    let Impersonation { id, user_id, operator_id, operator_email, reason, ticket, mode, created_at, .. } =
        row.clone();
    let mut tx = scope.begin()?;
    let email = operator_email;
    let insert = store::insert(
        id,
        user_id,
        operator_id,
        email,
        reason.clone(),
        ticket.clone(),
        mode,
        created_at,
        row.expires_at,
    );
    tx.run(insert).await?;
    let values = json!({
        "tenant_id": info.id, "user_id": user_id, "ticket": ticket, "mode": mode, "expires_at": row.expires_at,
    });
    let own = guard.tenant().begin()?;
    let told = Change::named("impersonation", Some(id.as_uuid()), "started", values).reason(reason.clone());
    own.commit(told, ()).await?;
    tx.commit(Change::created(row).verb("started").reason(reason), ()).await?;
    Ok(())
}
