#![doc = include_str!("../README.md")]

mod account;
mod authorize;
mod backchannel;
mod client;
mod device;
mod error;
mod grant;
mod page;
mod protocol;
mod service;

use tenantry_db::Statement;
use tenantry_web::ports::ResourceInfo;
use tenantry_web::{ActionInfo, Public, Routes};

pub use backchannel::{handlers, subscribers};
pub use error::Error;
pub use service::{Needs, Sso};

tenantry_web::actions! {
    module "sso";
    /// See the clients of the OpenID provider
    Tenant ReadClients = "clients:read";
    /// Register clients
    Tenant CreateClient = "clients:create";
    /// Change clients and their secrets
    Tenant UpdateClient = "clients:update";
    /// Delete clients
    Tenant DeleteClient = "clients:delete";
}

/// The routes.
pub fn routes() -> Vec<Routes> {
    vec![client_routes(), issuer_routes(), account_routes()]
}

fn client_routes() -> Routes {
    use client::{create, list, secret, update};
    Routes::new("OAuth clients")
        .get::<ReadClients, _>("/oauth/clients", "List clients", list::list)
        .create::<CreateClient, _>("/oauth/clients", "Register a client", create::create)
        .get::<ReadClients, _>("/oauth/clients/{client_id}", "Get a client", list::get)
        .put::<UpdateClient, _>("/oauth/clients/{client_id}", "Change a client", update::update)
        .delete::<DeleteClient, _>("/oauth/clients/{client_id}", "Delete a client", update::delete)
        .post::<UpdateClient, _>(
            "/oauth/clients/{client_id}/secret",
            "Give a client a new secret",
            secret::rotate,
        )
}

fn issuer_routes() -> Routes {
    use authorize::{consent, endpoint, logout, passkey, pushed, second_factor, sign_in};
    use protocol::{discovery, introspect, revoke, token, userinfo};
    Routes::new("OpenID provider")
        .get::<Public, _>(
            "/t/{tenant}/.well-known/openid-configuration",
            "Get the issuer's metadata",
            discovery::discover,
        )
        .of_an_issuer()
        .get::<Public, _>(
            "/.well-known/oauth-authorization-server/t/{tenant}",
            "Get the issuer's metadata (RFC 8414)",
            discovery::discover,
        )
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/oauth2/jwks", "Get the issuer's keys", discovery::jwks)
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/oauth2/authorize", "Ask a person to sign in", endpoint::get)
        .of_an_issuer()
        .post::<Public, _>(
            "/t/{tenant}/oauth2/authorize",
            "Ask a person to sign in, by a form",
            endpoint::post,
        )
        .of_an_issuer()
        .create::<Public, _>("/t/{tenant}/oauth2/par", "Leave an authorization request", pushed::push)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/sign-in", "The form of the sign-in page", sign_in::sign_in)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/passkey", "The answer of a passkey", passkey::passkey)
        .of_an_issuer()
        .post::<Public, _>(
            "/t/{tenant}/second-factor",
            "The form of the page that asks for a second factor",
            second_factor::second_factor,
        )
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/consent", "The form of the consent page", consent::consent)
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/oauth2/logout", "Sign out", logout::get)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/oauth2/logout", "Sign out, by a form", logout::post)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/sign-out", "The form of the sign-out page", logout::confirm)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/oauth2/token", "Exchange a grant for tokens", token::token)
        .of_an_issuer()
        .post::<Public, _>(
            "/t/{tenant}/oauth2/device_authorization",
            "Begin signing in on a device",
            device::authorization::begin,
        )
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/device", "The page for a device's code", device::page::get)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/device", "The form of that page", device::page::post)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/oauth2/introspect", "Ask about a token", introspect::introspect)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/oauth2/revoke", "Give a token back", revoke::revoke)
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/oauth2/userinfo", "Get claims about the person", userinfo::get)
        .of_an_issuer()
        .post::<Public, _>(
            "/t/{tenant}/oauth2/userinfo",
            "Get claims about the person, by a form",
            userinfo::post,
        )
        .of_an_issuer()
}

fn account_routes() -> Routes {
    use account::{invitation, new_password, recover, register, verify};
    Routes::new("Pages for accounts")
        .get::<Public, _>("/t/{tenant}/recover", "The page for forgotten passwords", recover::get)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/recover", "The form of that page", recover::post)
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/new-password", "The page to choose a password", new_password::get)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/new-password", "The form of that page", new_password::post)
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/verify-email", "The page to verify an e-mail address", verify::get)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/verify-email", "The form of that page", verify::post)
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/register", "The page to make an account for oneself", register::get)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/register", "The form of that page", register::post)
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/invitation", "The page of an invitation", invitation::get)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/invitation", "The form of that page", invitation::post)
        .of_an_issuer()
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [ResourceInfo] {
    &[client::RESOURCE]
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    let stores = [
        backchannel::store::STATEMENTS,
        client::store::STATEMENTS,
        device::store::STATEMENTS,
        grant::store::STATEMENTS,
    ];
    stores.into_iter().flatten().copied()
}
