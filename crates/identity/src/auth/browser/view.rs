//! What a page learns of its session: everything but the tokens.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_kernel::{Clock, SessionId, TenantId, UserId};
use tenantry_web::ports::{Grants, TenantInfo};
use tenantry_web::{CookieToken, Guard, Problem, Public, Success, View, WithCookies};

use crate::Error;
use crate::auth::sign_in::SignedIn;
use crate::auth::view::permissions;
use crate::device::Kept;
use crate::user::{User, store as users};

/// Who is signed in, where, until when, and what they may do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct BrowserSession {
    user: SessionUser,
    tenant: SessionTenant,
    /// What the roles grant: `resource:action`, with `:own` for what is one's own only.
    permissions: Vec<String>,
    session_id: SessionId,
    /// The operator who acts in the user's name, if one does.
    impersonator_id: Option<UserId>,
    /// When the session ends, whatever happens.
    expires_at: Timestamp,
    /// Refresh before this.
    access_expires_at: Timestamp,
}

/// The signed-in user.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SessionUser {
    id: UserId,
    email: String,
    first_name: Option<String>,
    last_name: Option<String>,
    avatar_url: Option<String>,
    /// The names of the roles.
    roles: Vec<String>,
}

/// The tenant of the session.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SessionTenant {
    id: TenantId,
    slug: String,
    name: String,
    /// Whether it is the platform's own: its users may be operators.
    is_platform: bool,
}

impl View for BrowserSession {}

/// A session that has begun with a new second factor.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct EnrolledSession {
    #[serde(flatten)]
    pub(super) session: BrowserSession,
    /// Each is good once, when the others are lost. They are not shown again.
    pub(super) backup_codes: Vec<String>,
}

impl View for EnrolledSession {}

impl BrowserSession {
    pub(super) fn new(
        tenant: &TenantInfo,
        user: User,
        grants: &Grants,
        session_id: SessionId,
        impersonator_id: Option<UserId>,
        (expires_at, access_expires_at): (Timestamp, Timestamp),
    ) -> Self {
        Self {
            user: SessionUser {
                id: user.id,
                email: user.email,
                first_name: user.first_name,
                last_name: user.last_name,
                avatar_url: user.avatar_url,
                roles: grants.roles.iter().map(|(_, name)| name.clone()).collect(),
            },
            tenant: SessionTenant {
                id: tenant.id,
                slug: tenant.slug.clone(),
                name: tenant.name.clone(),
                is_platform: tenant.is_root,
            },
            permissions: permissions(grants),
            session_id,
            impersonator_id,
            expires_at,
            access_expires_at,
        }
    }
}

/// The answer to signing in and to refreshing: the session, and its tokens in cookies.
pub(super) async fn answer<T: View>(
    guard: &Guard<Public>,
    clock: &Clock,
    signed_in: SignedIn,
    wrap: impl FnOnce(BrowserSession) -> Success<T>,
) -> Result<WithCookies<Success<T>>, Problem> {
    let tenant = guard.enter(tenantry_db::Purpose::SignIn);
    let user = tenant.read(users::find(signed_in.user)).await?.ok_or(Error::NotFound)?;
    let grants = guard.grants_of(user.id).await?;
    let info = guard.tenant_info();
    let ends = (signed_in.expires_at, signed_in.access_expires_at);
    let session = BrowserSession::new(info, user, &grants, signed_in.session, None, ends);
    let left = |until: Timestamp| until.duration_since(clock.now()).as_secs();
    let access = CookieToken { token: &signed_in.access_token, max_age: left(signed_in.access_expires_at) };
    let refresh =
        CookieToken { token: &signed_in.refresh_token, max_age: left(signed_in.refresh_expires_at) };
    let cookies = WithCookies::set(wrap(session), info, access, refresh);
    Ok(match &signed_in.kept {
        Some(Kept::Cookie(value)) => cookies.with_device(info, value),
        Some(Kept::Token(_)) | None => cookies,
    })
}
