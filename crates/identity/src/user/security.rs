//! GET /users/{user_id}/security, …/history and …/security-events; GET /auth/status, /auth/history and
//! /auth/security-events.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_db::TenantDb;
use tenantry_kernel::{Clock, Cursor, Page, PageSize, SessionId, TenantId, UserId};
use tenantry_web::{Guard, Listing, Path, Problem, Query, Success, Use, View};

use super::store::{self as users};
use super::{User, UserStatus};
use crate::device::DeviceId;
use crate::history::{self, SecurityEvent, SignInView};
use crate::service::Identity;
use crate::{Error, Myself, ReadMyself, ReadSecurity};

/// What concerns a user's security (document D).
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, as clients read it")]
pub(crate) struct SecurityView {
    user_id: UserId,
    status: UserStatus,
    /// Why an administrator has put the user into the state.
    status_reason: Option<String>,
    status_changed_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
    email_verified: bool,
    phone_verified: bool,
    mfa_enabled: bool,
    has_password: bool,
    password_changed_at: Option<Timestamp>,
    /// Failed attempts to sign in, in a row.
    failed_attempts: i32,
    /// Until when nobody can sign in with the password.
    locked_until: Option<Timestamp>,
    last_login_at: Option<Timestamp>,
    /// Sessions that can be used.
    active_sessions: i64,
    /// API keys that can be used.
    active_keys: i64,
}

impl View for SecurityView {}

/// Whether and as whom somebody is signed in (document D).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct StatusView {
    /// Always true: who is not signed in gets a 401.
    authenticated: bool,
    user_id: UserId,
    tenant_id: TenantId,
    session_id: SessionId,
    /// `session`, `api_key` or `impersonation`.
    method: &'static str,
    /// When what was shown expires.
    expires_at: Timestamp,
    /// The device that the session began on.
    device_id: Option<DeviceId>,
    /// What was unusual about the sign-in that it began with.
    signals: Vec<String>,
}

impl View for StatusView {}

/// Where to begin.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// Get what concerns a user's security.
pub(crate) async fn security(
    guard: Guard<ReadSecurity>,
    clock: Clock,
    Path(id): Path<UserId>,
    Use(identity): Use<Identity>,
) -> Result<Success<SecurityView>, Problem> {
    let now = clock.now();
    let used_since = now - identity.tokens.lifetimes().idle;
    let batch = (users::find(id), history::security_of(id, now, used_since));
    let (user, facts) = guard.tenant().read(batch).await?;
    let user = user.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let facts = facts.ok_or(Error::NotFound)?;
    Ok(Success::ok(SecurityView {
        user_id: user.id,
        status: user.status,
        status_reason: user.status_reason,
        status_changed_at: user.status_changed_at,
        deleted_at: user.deleted_at,
        email_verified: user.email_verified,
        phone_verified: user.phone_verified,
        mfa_enabled: user.mfa_enabled,
        has_password: facts.password_changed_at.is_some(),
        password_changed_at: facts.password_changed_at,
        failed_attempts: facts.failed_attempts.unwrap_or_default(),
        locked_until: facts.locked_until.filter(|until| *until > now),
        last_login_at: user.last_login_at,
        active_sessions: facts.sessions,
        active_keys: facts.keys,
    }))
}

/// Tell whether and as whom one is signed in.
pub(crate) async fn status(guard: Guard<ReadMyself>) -> Result<Success<StatusView>, Problem> {
    use tenantry_web::ports::Means;
    let caller = guard.caller()?;
    let began = guard.tenant().read(history::beginning_of(caller.user, caller.session)).await?;
    let (device_id, signals) = began.map(|began| (began.device_id, began.signals)).unwrap_or_default();
    Ok(Success::ok(StatusView {
        authenticated: true,
        user_id: caller.user,
        tenant_id: guard.tenant_info().id,
        session_id: caller.session,
        method: match caller.means {
            Means::Session => "session",
            Means::Key(_) => "api_key",
            Means::Proxy(_) => "impersonation",
        },
        expires_at: caller.expires_at,
        device_id,
        signals,
    }))
}

/// List a user's attempts to sign in, newest first.
pub(crate) async fn history(
    guard: Guard<ReadSecurity>,
    Path(id): Path<UserId>,
    Query(filter): Query<Filter>,
) -> Result<Listing<SignInView>, Problem> {
    let user = guard.tenant().read(users::find(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    sign_ins(&guard.tenant(), &user, &filter).await
}

/// List one's own attempts to sign in, newest first: also those of others with one's address.
pub(crate) async fn own_history(
    guard: Guard<Myself>,
    Query(filter): Query<Filter>,
) -> Result<Listing<SignInView>, Problem> {
    let user = guard.tenant().read(users::find(guard.caller()?.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    sign_ins(&guard.tenant(), &user, &filter).await
}

/// List what has happened to a user's account, newest first.
pub(crate) async fn events(
    guard: Guard<ReadSecurity>,
    Path(id): Path<UserId>,
    Query(filter): Query<Filter>,
) -> Result<Listing<SecurityEvent>, Problem> {
    let user = guard.tenant().read(users::find(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    security_events(&guard.tenant(), &user, &filter).await
}

/// List what has happened to one's own account, newest first.
pub(crate) async fn own_events(
    guard: Guard<Myself>,
    Query(filter): Query<Filter>,
) -> Result<Listing<SecurityEvent>, Problem> {
    let user = guard.tenant().read(users::find(guard.caller()?.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    security_events(&guard.tenant(), &user, &filter).await
}

async fn sign_ins(tenant: &TenantDb, user: &User, filter: &Filter) -> Result<Listing<SignInView>, Problem> {
    let start = filter.cursor.unwrap_or_else(Cursor::newest);
    let rows = tenant.read(history::sign_ins_of(user.id, start.at, start.id)).await?;
    let cut = |row: &SignInView| Cursor { at: row.at, id: row.id.as_uuid() };
    Ok(Listing::new(Page::cut(rows, filter.limit.unwrap_or_default(), cut), None))
}

async fn security_events(
    tenant: &TenantDb,
    user: &User,
    filter: &Filter,
) -> Result<Listing<SecurityEvent>, Problem> {
    let start = filter.cursor.unwrap_or_else(Cursor::newest);
    let rows = tenant.read(history::events_of(user.id.as_uuid(), start.id)).await?;
    let cut = |row: &SecurityEvent| Cursor { at: row.at, id: row.id.as_uuid() };
    Ok(Listing::new(Page::cut(rows, filter.limit.unwrap_or_default(), cut), None))
}
