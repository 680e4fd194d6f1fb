#![doc = include_str!("../README.md")]

mod account;
mod auth;
mod device;
pub mod email;
mod error;
mod federation;
mod history;
mod impersonation;
mod key;
pub mod lockout;
mod mfa;
mod oneself;
mod passkey;
pub mod password;
mod people;
mod provider;
mod revocation;
mod service;
mod service_account;
mod session;
mod signal;
mod token;
mod user;

use tenantry_db::{Cut, Kept, Statement};
use tenantry_web::{ActionInfo, Public, Routes};

pub use account::invitation::accept::{Acceptance, Invited};
pub use account::register::Registration;
pub use account::{AccountJobs, NewWay};
pub use auth::TokenView;
pub use device::Shown;
pub use error::Error;
pub use federation::{KnownPerson, NewPerson, Starting, Vouched};
pub use key::Keys;
pub use mfa::{ACR_ONE, ACR_TWO, Enrolled, Enrolment, Pending, SetUp, acr_of};
pub use oneself::{Oneself, Visitor};
pub use people::NewAdministrator;
pub use provider::{Begin, Begun, KnownSession, Profile, known_session};
pub use revocation::Revocations;
pub use service::{Addresses, Identity, Settings};
pub use signal::{Places, PlacesError};
pub use token::{Lifetimes, Tokens};
pub use user::UserStatus;
pub use user::stats::figures as user_figures;

tenantry_web::actions! {
    module "core";
    /// See who one is
    Own ReadMyself = "self:read";
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
    /// See users' sign-ins and what has happened to their accounts
    Tenant ReadSecurity = "user_security:read";
    /// Remove the second factors of users who have lost them
    Tenant ResetMfa = "user_mfa:delete";
    /// See who must have a second factor
    Tenant ReadMfaPolicy = "mfa_policy:read";
    /// Decide who must have a second factor
    Tenant UpdateMfaPolicy = "mfa_policy:update";
    /// See users' sessions
    Tenant ReadSessions = "sessions:read";
    /// End users' sessions
    Tenant EndSessions = "sessions:delete";
    /// See the devices that users sign in from
    Tenant ReadDevices = "devices:read";
    /// Revoke users' devices
    Tenant RevokeDevice = "devices:delete";
    /// See service accounts
    Tenant ReadServiceAccounts = "service_accounts:read";
    /// Create service accounts
    Tenant CreateServiceAccount = "service_accounts:create";
    /// Change service accounts
    Tenant UpdateServiceAccount = "service_accounts:update";
    /// Deactivate service accounts
    Tenant DeleteServiceAccount = "service_accounts:delete";
    /// See API keys, without their secrets
    Tenant ReadKeys = "api_keys:read";
    /// Act in the name of tenants' users
    Platform Impersonate = "impersonation:create";
    /// Stop acting in another's name
    Own EndImpersonation = "self:end_impersonation";
    /// See who acts in the name of the tenant's users
    Tenant ReadImpersonations = "impersonations:read";
    /// End what operators do in the name of the tenant's users
    Tenant KillImpersonation = "impersonations:delete";
    /// See invitations
    Tenant ReadInvitations = "invitations:read";
    /// Invite people to make an account
    Tenant InviteUser = "invitations:create";
    /// Take invitations back
    Tenant RevokeInvitation = "invitations:delete";
    /// Create users with password hashes from elsewhere
    Tenant ImportUsers = "users:import";
    /// See who may make an account for themselves
    Tenant ReadRegistration = "registration:read";
    /// Decide who may make an account for themselves
    Tenant UpdateRegistration = "registration:update";
    /// Issue and rotate API keys, for oneself or for service accounts
    Tenant CreateKey = "api_keys:create";
    /// Revoke API keys
    Tenant DeleteKey = "api_keys:delete";
}

/// The routes.
pub fn routes() -> Vec<Routes> {
    vec![
        user_routes(),
        account_routes(),
        mfa_routes(),
        passkey_routes(),
        device_routes(),
        key_routes(),
        impersonation_routes(),
    ]
}

fn mfa_routes() -> Routes {
    use mfa::{enrol, enrolment, enrolment_passkey, own, policy, recent, reset, second, send};
    Routes::new("Second factors")
        .post::<Public, _>("/auth/mfa/challenge", "Go on with a second factor", second::challenge)
        .post::<Public, _>(
            "/auth/session/challenge",
            "Go on with a second factor from a page, with cookies",
            auth::browser::start::challenge,
        )
        .post::<Public, _>(
            "/auth/mfa/challenge/send",
            "Send a code to a sign-in that waits",
            send::challenge_code,
        )
        .post::<Public, _>(
            "/auth/mfa/enrollment/setup",
            "Begin to set up a second factor to sign in",
            enrolment::setup,
        )
        .post::<Public, _>(
            "/auth/mfa/enrollment/verify",
            "Sign in with a second factor's first code",
            enrolment::verify,
        )
        .post::<Public, _>(
            "/auth/session/enrollment",
            "Sign in with a second factor's first code from a page, with cookies",
            auth::browser::start::enrollment,
        )
        .post::<Public, _>(
            "/auth/mfa/enrollment/passkey/begin",
            "Begin to register the passkey that signing in asks for",
            enrolment_passkey::begin,
        )
        .post::<Public, _>(
            "/auth/mfa/enrollment/passkey/finish",
            "Sign in with the passkey that signing in asks for",
            enrolment_passkey::finish,
        )
        .post::<Public, _>(
            "/auth/session/enrollment/passkey",
            "Sign in from a page with the passkey that signing in asks for, with cookies",
            auth::browser::start::enrollment_passkey,
        )
        .get::<ReadMfaPolicy, _>("/auth/mfa/policy", "Get the policy of second factors", policy::get)
        .put::<UpdateMfaPolicy, _>("/auth/mfa/policy", "Change the policy of second factors", policy::update)
        .post::<Myself, _>("/auth/reauthenticate", "Prove again who one is", recent::reauthenticate)
        .that_tells_a_secret()
        .post::<Myself, _>("/auth/reauthenticate/send", "Send a code to prove who one is", send::proof_code)
        .get::<Myself, _>("/auth/mfa", "List one's own second factors", own::get)
        .post::<Myself, _>("/auth/mfa/setup", "Begin to set up a second factor", enrol::setup)
        .that_tells_a_secret()
        .post::<Myself, _>("/auth/mfa/verify", "Verify a second factor with its first code", enrol::verify)
        .that_tells_a_secret()
        .post::<Myself, _>("/auth/mfa/backup-codes", "Make new backup codes", own::renew)
        .that_tells_a_secret()
        .delete::<Myself, _>("/auth/mfa/{method_id}", "Remove one of one's own second factors", own::remove)
        .delete::<ResetMfa, _>("/users/{user_id}/mfa", "Remove a user's second factors", reset::reset)
}

fn passkey_routes() -> Routes {
    use passkey::{own, register, sign_in};
    Routes::new("Passkeys")
        .post::<Public, _>("/auth/passkeys/challenge", "Begin to sign in with a passkey", sign_in::challenge)
        .post::<Public, _>("/auth/passkeys/login", "Sign in with a passkey", sign_in::login)
        .post::<Public, _>(
            "/auth/session/passkey",
            "Sign in with a passkey from a page, with cookies",
            auth::browser::start::passkey,
        )
        .get::<Myself, _>("/auth/passkeys", "List one's own passkeys", own::list)
        .post::<Myself, _>("/auth/passkeys/begin", "Begin to register a passkey", register::begin)
        .that_tells_a_secret()
        .create::<Myself, _>("/auth/passkeys", "Register a passkey", register::finish)
        .that_tells_a_secret()
        .put::<Myself, _>("/auth/passkeys/{passkey_id}", "Rename one of one's own passkeys", own::rename)
        .delete::<Myself, _>("/auth/passkeys/{passkey_id}", "Remove one of one's own passkeys", own::remove)
}

fn device_routes() -> Routes {
    use device::{of_user, own, trust};
    Routes::new("Devices")
        .get::<Myself, _>("/users/me/devices", "List the devices that one has signed in from", own::list)
        .put::<Myself, _>("/users/me/devices/{device_id}", "Rename one of one's own devices", own::rename)
        .delete::<Myself, _>("/users/me/devices/{device_id}", "Revoke one of one's own devices", own::revoke)
        .post::<Myself, _>(
            "/users/me/devices/{device_id}/trust",
            "Let the device that asks stand for the second factor",
            trust::trust,
        )
        .that_tells_a_secret()
        .delete::<Myself, _>(
            "/users/me/devices/{device_id}/trust",
            "Ask for the second factor again on a device",
            trust::distrust,
        )
        .get::<ReadDevices, _>("/users/{user_id}/devices", "List a user's devices", of_user::list)
        .delete::<RevokeDevice, _>(
            "/users/{user_id}/devices/{device_id}",
            "Revoke a user's device",
            of_user::revoke,
        )
}

fn impersonation_routes() -> Routes {
    use impersonation::{end, list, start};
    Routes::new("Impersonation")
        .post::<Impersonate, _>("/auth/impersonate", "Act in the name of a tenant's user", start::start)
        .that_tells_a_secret()
        .post::<EndImpersonation, _>("/auth/end-impersonation", "Stop acting in another's name", end::end)
        .get::<ReadImpersonations, _>("/impersonations", "List impersonations", list::list)
        .delete::<KillImpersonation, _>(
            "/impersonations/{impersonation_id}",
            "End an impersonation, as the tenant",
            end::kill,
        )
}

fn account_routes() -> Routes {
    use account::invitation::{accept, bulk, create, list, resend as again};
    use account::{email, phone, policy, register, reset, verify};
    Routes::new("Accounts")
        .post::<Public, _>("/auth/password-reset", "Ask for a new password", reset::request)
        .post::<Public, _>("/auth/password-reset/request", "Ask for a new password", reset::request)
        .post::<Public, _>("/auth/password-reset/confirm", "Choose a new password by a link", reset::confirm)
        .post::<Public, _>("/auth/verify-email", "Verify an e-mail address", verify::verify)
        .post::<Public, _>("/auth/verify-email/resend", "Ask for the verification once more", verify::resend)
        .post::<Public, _>("/auth/register", "Make an account for oneself", register::register)
        .post::<Myself, _>("/users/me/email", "Ask for another e-mail address", email::change)
        .post::<Myself, _>("/users/me/phone/verification", "Send a code to one's own telephone", phone::send)
        .post::<Myself, _>("/users/me/phone/verify", "Verify one's own telephone number", phone::verify)
        .create::<InviteUser, _>("/users/invite", "Invite somebody", create::create)
        .create::<InviteUser, _>("/invites", "Invite somebody", create::create)
        .post::<InviteUser, _>("/users/invite/bulk", "Invite many people from a table", bulk::create)
        .get::<ReadInvitations, _>("/invites", "List invitations", list::list)
        .get::<ReadInvitations, _>("/invites/{invitation_id}", "Get an invitation", list::get)
        .post::<InviteUser, _>(
            "/invites/{invitation_id}/resend",
            "Send an invitation once more",
            again::resend,
        )
        .delete::<RevokeInvitation, _>("/invites/{invitation_id}", "Take an invitation back", again::revoke)
        .post::<Public, _>("/auth/accept-invitation", "Accept an invitation", accept::accept)
        .get::<ReadRegistration, _>("/registration-policy", "Get the policy of registration", policy::get)
        .put::<UpdateRegistration, _>(
            "/registration-policy",
            "Change the policy of registration",
            policy::update,
        )
}

fn key_routes() -> Routes {
    use key::{create as create_key, list as keys, revoke, rotate};
    use service_account::{create, deactivate, list, update};
    Routes::new("Service accounts and API keys")
        .get::<ReadServiceAccounts, _>("/service-accounts", "List service accounts", list::list)
        .create::<CreateServiceAccount, _>("/service-accounts", "Create a service account", create::create)
        .get::<ReadServiceAccounts, _>(
            "/service-accounts/{service_account_id}",
            "Get a service account with its roles",
            list::get,
        )
        .put::<UpdateServiceAccount, _>(
            "/service-accounts/{service_account_id}",
            "Change a service account",
            update::update,
        )
        .delete::<DeleteServiceAccount, _>(
            "/service-accounts/{service_account_id}",
            "Deactivate a service account and revoke its keys",
            deactivate::deactivate,
        )
        .get::<ReadKeys, _>("/api-keys", "List API keys", keys::list)
        .create::<CreateKey, _>("/api-keys", "Issue an API key", create_key::create)
        .that_tells_a_secret()
        .get::<ReadKeys, _>("/api-keys/{api_key_id}", "Get an API key", keys::get)
        .create::<CreateKey, _>("/api-keys/{api_key_id}/rotate", "Replace an API key", rotate::rotate)
        .that_tells_a_secret()
        .delete::<DeleteKey, _>("/api-keys/{api_key_id}", "Revoke an API key", revoke::revoke)
}

fn user_routes() -> Routes {
    use auth::{browser, change_password, find_tenant, login, logout, me as auth_me, token};
    use session::{end, list as sessions, own};
    use user::{bulk, create, deactivate, get, list, me, restore, security, stats, update};
    Routes::new("Users and sign-in")
        .post::<Public, _>("/auth/login", "Sign in with e-mail address and password", login::login)
        .post::<Public, _>("/auth/token", "Exchange a refresh token for an access token", token::token)
        .get::<Public, _>("/auth/tenant", "Find the tenant to sign in to", find_tenant::find_tenant)
        .finding_tenants()
        .create::<Public, _>("/auth/session", "Sign in from a page, with cookies", browser::start::start)
        .get::<ReadMyself, _>(
            "/auth/session",
            "Get the session that one is signed in with",
            browser::get::get,
        )
        .post::<Public, _>("/auth/session/refresh", "Renew a page's session", browser::refresh::refresh)
        .delete_silent::<Public, _>("/auth/session", "Sign out from a page", browser::end::end)
        .post::<Myself, _>("/auth/logout", "Sign out", logout::logout)
        .post_silent::<Myself, _>(
            "/auth/change-password",
            "Change one's own password",
            change_password::change_password,
        )
        .get::<ReadMyself, _>("/auth/me", "Get the signed-in user", auth_me::me)
        .get::<ReadMyself, _>("/users/me", "Get one's own profile", me::get)
        .put::<Myself, _>("/users/me", "Change one's own profile", me::update)
        .get::<ReadMyself, _>("/auth/status", "Tell whether and as whom one is signed in", security::status)
        .get::<Myself, _>("/auth/history", "List one's own attempts to sign in", security::own_history)
        .get::<Myself, _>(
            "/auth/security-events",
            "List what has happened to one's own account",
            security::own_events,
        )
        .get::<Myself, _>("/users/me/sessions", "List one's own sessions", own::list)
        .delete::<Myself, _>("/users/me/sessions", "End one's other sessions", own::end_others)
        .delete::<Myself, _>("/users/me/sessions/{session_id}", "End one of one's own sessions", own::end)
        .get::<ReadUsers, _>("/users", "List users", list::list)
        .get::<ReadUsers, _>("/users/stats", "Count users by state and day", stats::stats)
        .create::<CreateUser, _>("/users", "Create a user", create::create)
        .create::<CreateUser, _>("/auth/create-user", "Create a user", create::create)
        .get::<ReadUsers, _>("/users/{user_id}", "Get a user with their roles", get::get)
        .put::<UpdateUser, _>("/users/{user_id}", "Change a user", update::update)
        .delete::<DeleteUser, _>("/users/{user_id}", "Deactivate a user", deactivate::deactivate)
        .post::<DeleteUser, _>("/users/{user_id}/restore", "Restore a deactivated user", restore::restore)
        .post::<UpdateUser, _>("/users/{user_id}/unlock", "Unlock a user's sign-in", restore::unlock)
        .post::<CreateUser, _>("/users/bulk/create", "Create many users", bulk::create::create)
        .post::<UpdateUser, _>("/users/bulk/action", "Do the same to many users", bulk::action::act)
        .get::<ReadSecurity, _>("/users/{user_id}/security", "Get a user's security", security::security)
        .get::<ReadSecurity, _>(
            "/users/{user_id}/history",
            "List a user's attempts to sign in",
            security::history,
        )
        .get::<ReadSecurity, _>(
            "/users/{user_id}/security-events",
            "List what has happened to a user's account",
            security::events,
        )
        .get::<ReadSessions, _>("/users/{user_id}/sessions", "List a user's active sessions", sessions::list)
        .delete::<EndSessions, _>("/users/{user_id}/sessions", "End a user's sessions", end::end_all)
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [tenantry_web::ports::ResourceInfo] {
    &[
        user::RESOURCE,
        account::invitation::RESOURCE,
        account::policy::RESOURCE,
        mfa::policy::RESOURCE,
        key::RESOURCE,
        service_account::RESOURCE,
        impersonation::RESOURCE,
    ]
}

/// The tables whose rows leave by partitions; attempts to sign in are kept for so many days.
pub fn cuts(sign_ins_days: u16) -> [Cut; 3] {
    [
        Cut { table: "user_sessions", days: 7, kept: Kept::UntilExpired },
        Cut { table: "mfa_challenges", days: 1, kept: Kept::UntilExpired },
        Cut { table: "sign_ins", days: 91, kept: Kept::Days(sign_ins_days) },
    ]
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        user::store::STATEMENTS,
        account::store::STATEMENTS,
        account::one_time::store::STATEMENTS,
        account::policy::STATEMENTS,
        account::invitation::store::STATEMENTS,
        session::store::STATEMENTS,
        auth::store::STATEMENTS,
        device::store::STATEMENTS,
        history::STATEMENTS,
        impersonation::store::STATEMENTS,
        key::store::STATEMENTS,
        mfa::store::STATEMENTS,
        mfa::policy::STATEMENTS,
        passkey::store::STATEMENTS,
        service_account::store::STATEMENTS,
        provider::STATEMENTS,
        revocation::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
