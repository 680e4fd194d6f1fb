#![doc = include_str!("../README.md")]

mod auth;
pub mod email;
mod error;
pub mod lockout;
pub mod password;
mod people;
mod provider;
mod revocation;
mod service;
mod session;
mod token;
mod user;

use tenantry_db::Statement;
use tenantry_web::{ActionInfo, Public, Routes};

pub use error::Error;
pub use people::NewAdministrator;
pub use provider::{Begun, KnownSession, Profile, known_session};
pub use revocation::Revocations;
pub use service::{Identity, Settings};
pub use token::{Lifetimes, Tokens};
pub use user::UserStatus;
pub use user::stats::figures as user_figures;

tenantry_web::actions! {
    module "core";
    /// See and change one's own account
    Own Myself = "self:account";
    /// See users
    Tenant ReadUsers = "users:read";
    /// Create users
    Tenant CreateUser = "users:create";
    /// Change users
    Tenant UpdateUser = "users:update";
    /// Deactivate users
    Tenant DeleteUser = "users:delete";
    /// See users' sessions
    Tenant ReadSessions = "sessions:read";
    /// End users' sessions
    Tenant EndSessions = "sessions:delete";
}

/// The routes.
pub fn routes() -> Routes {
    use auth::{browser, change_password, find_tenant, login, logout, me as auth_me, token};
    use session::{end, list as sessions, own};
    use user::{create, deactivate, get, list, me, stats, update};
    Routes::new("Users and sign-in")
        .post::<Public, _>("/auth/login", "Sign in with e-mail address and password", login::login)
        .post::<Public, _>("/auth/token", "Exchange a refresh token for an access token", token::token)
        .get::<Public, _>("/auth/tenant", "Find the tenant to sign in to", find_tenant::find_tenant)
        .finding_tenants()
        .create::<Public, _>("/auth/session", "Sign in from a page, with cookies", browser::start::start)
        .get::<Myself, _>("/auth/session", "Get the session that one is signed in with", browser::get::get)
        .post::<Public, _>("/auth/session/refresh", "Renew a page's session", browser::refresh::refresh)
        .delete_silent::<Public, _>("/auth/session", "Sign out from a page", browser::end::end)
        .post::<Myself, _>("/auth/logout", "Sign out", logout::logout)
        .post_silent::<Myself, _>(
            "/auth/change-password",
            "Change one's own password",
            change_password::change_password,
        )
        .get::<Myself, _>("/auth/me", "Get the signed-in user", auth_me::me)
        .get::<Myself, _>("/users/me", "Get one's own profile", me::get)
        .put::<Myself, _>("/users/me", "Change one's own profile", me::update)
        .get::<Myself, _>("/users/me/sessions", "List one's own sessions", own::list)
        .delete::<Myself, _>("/users/me/sessions", "End one's other sessions", own::end_others)
        .delete::<Myself, _>("/users/me/sessions/{session_id}", "End one of one's own sessions", own::end)
        .get::<ReadUsers, _>("/users", "List users", list::list)
        .get::<ReadUsers, _>("/users/stats", "Count users by state and day", stats::stats)
        .create::<CreateUser, _>("/users", "Create a user", create::create)
        .get::<ReadUsers, _>("/users/{user_id}", "Get a user with their roles", get::get)
        .put::<UpdateUser, _>("/users/{user_id}", "Change a user", update::update)
        .delete::<DeleteUser, _>("/users/{user_id}", "Deactivate a user", deactivate::deactivate)
        .get::<ReadSessions, _>("/users/{user_id}/sessions", "List a user's active sessions", sessions::list)
        .delete::<EndSessions, _>("/users/{user_id}/sessions", "End a user's sessions", end::end_all)
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [tenantry_web::ports::ResourceInfo] {
    &[user::RESOURCE]
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        user::store::STATEMENTS,
        session::store::STATEMENTS,
        auth::store::STATEMENTS,
        provider::STATEMENTS,
        revocation::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
