//! What a new client is when little is said of it.

use super::model::{AuthMethod, ClientKind, GrantType, Preset};

/// The defaults of a preset.
pub(super) struct Defaults {
    pub(super) kind: ClientKind,
    pub(super) scopes: &'static [&'static str],
    pub(super) needs_consent: bool,
    /// Of access, identity and refresh tokens, in seconds.
    pub(super) lifetimes: [i32; 3],
}

const DAY: i32 = 86_400;
const INSIDE: &[&str] =
    &["openid", "profile", "email", "roles", "families", "tenant", "plan", "offline_access"];
const OUTSIDE: &[&str] = &["openid", "profile", "email"];
const PERSONAL: &[&str] = &["openid", "profile", "email", "phone", "address", "offline_access"];

/// The defaults of a preset, or of a client without one.
pub(super) const fn defaults(preset: Option<Preset>) -> Defaults {
    use ClientKind::{Confidential, Machine, Public};
    let (kind, scopes, needs_consent, lifetimes) = match preset {
        Some(Preset::Provider) => (Confidential, INSIDE, false, [900, 3600, 30 * DAY]),
        Some(Preset::User) => (Public, PERSONAL, false, [900, 3600, 30 * DAY]),
        Some(Preset::Admin) => (Confidential, INSIDE, false, [600, 600, DAY / 3]),
        Some(Preset::Partner) => (Confidential, OUTSIDE, true, [600, 600, 7 * DAY]),
        Some(Preset::Vendor) => (Machine, &[] as &[&str], true, [600, 600, DAY]),
        None => (Confidential, OUTSIDE, true, [900, 3600, 30 * DAY]),
    };
    Defaults { kind, scopes, needs_consent, lifetimes }
}

/// The grants of a kind.
pub(super) fn grants(kind: ClientKind) -> Vec<GrantType> {
    match kind {
        ClientKind::Machine => vec![GrantType::ClientCredentials],
        _ => vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
    }
}

/// How a kind proves itself.
pub(super) const fn auth_method(kind: ClientKind) -> AuthMethod {
    match kind {
        ClientKind::Public => AuthMethod::None,
        _ => AuthMethod::Basic,
    }
}
