#![doc = include_str!("../README.md")]

mod account;
mod authorize;
mod backchannel;
mod client;
mod device;
mod error;
mod federation;
mod grant;
mod lists;
mod myself;
mod page;
mod protocol;
mod scope;
mod service;

use tenantry_db::{Cut, Kept, Statement};
use tenantry_web::ports::ResourceInfo;
use tenantry_web::{ActionInfo, Public, Routes};

pub use backchannel::{handlers, subscribers};
pub use error::Error;
pub use federation::reseal;
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
    /// See the scopes of the tenant's own
    Tenant ReadScopes = "oauth_scopes:read";
    /// Say what scopes of the tenant's own mean
    Tenant CreateScope = "oauth_scopes:create";
    /// Change scopes of the tenant's own
    Tenant UpdateScope = "oauth_scopes:update";
    /// Delete scopes of the tenant's own
    Tenant DeleteScope = "oauth_scopes:delete";
    /// See identity providers
    Tenant ReadIdentityProviders = "identity_providers:read";
    /// Set up identity providers
    Tenant CreateIdentityProvider = "identity_providers:create";
    /// Change and try identity providers
    Tenant UpdateIdentityProvider = "identity_providers:update";
    /// Delete identity providers
    Tenant DeleteIdentityProvider = "identity_providers:delete";
    /// Set up and change the identity providers of any tenant
    Platform OperateIdentityProviders = "tenant_identity_providers:manage";
    /// See which accounts of one's own are linked
    Own ReadIdentities = "identities:read";
    /// Link and unlink accounts of one's own
    Own LinkIdentity = "identities:link";
    /// See which applications one has let in
    Own ReadApplications = "own_applications:read";
    /// Let applications have nothing of one's own any more
    Own RevokeApplication = "own_applications:revoke";
}

/// The routes.
pub fn routes() -> Vec<Routes> {
    vec![client_routes(), scope_routes(), federation_routes(), issuer_routes(), account_routes()]
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

fn scope_routes() -> Routes {
    use scope::change;
    Routes::new("OAuth scopes")
        .get::<ReadScopes, _>("/oauth/scopes", "List scopes", change::list)
        .create::<CreateScope, _>("/oauth/scopes", "Say what a scope means", change::create)
        .get::<ReadScopes, _>("/oauth/scopes/{scope_id}", "Get a scope", change::get)
        .put::<UpdateScope, _>("/oauth/scopes/{scope_id}", "Change a scope", change::update)
        .delete::<DeleteScope, _>("/oauth/scopes/{scope_id}", "Delete a scope", change::delete)
}

fn federation_routes() -> Routes {
    use federation::{change, operate, own, start};
    with_callbacks(Routes::new("Federation"))
        .get::<Public, _>(
            "/auth/providers",
            "List with whose accounts people sign in here",
            federation::offered::list,
        )
        .get::<ReadIdentityProviders, _>("/identity-providers", "List identity providers", change::list)
        .create::<CreateIdentityProvider, _>(
            "/identity-providers",
            "Set up an identity provider",
            change::create,
        )
        .get::<ReadIdentityProviders, _>(
            "/identity-providers/{provider_id}",
            "Get an identity provider",
            change::get,
        )
        .put::<UpdateIdentityProvider, _>(
            "/identity-providers/{provider_id}",
            "Change an identity provider",
            change::update,
        )
        .delete::<DeleteIdentityProvider, _>(
            "/identity-providers/{provider_id}",
            "Delete an identity provider",
            change::delete,
        )
        .post::<UpdateIdentityProvider, _>(
            "/identity-providers/{provider_id}/test",
            "Try an identity provider",
            start::test,
        )
        .that_tells_a_secret()
        .get::<ReadIdentities, _>("/users/me/identities", "List one's own linked accounts", own::list)
        .post::<LinkIdentity, _>("/users/me/identities", "Begin linking an account", start::link)
        .that_tells_a_secret()
        .delete::<LinkIdentity, _>("/users/me/identities/{identity_id}", "Unlink an account", own::unlink)
        .get::<ReadApplications, _>(
            "/users/me/applications",
            "List the applications that one has let in",
            myself::let_in::list,
        )
        .delete::<RevokeApplication, _>(
            "/users/me/applications/{client_id}",
            "Let an application have nothing any more",
            myself::let_in::revoke,
        )
        .get::<OperateIdentityProviders, _>(
            "/tenants/{tenant_id}/identity-providers",
            "List a tenant's identity providers",
            operate::list,
        )
        .create::<OperateIdentityProviders, _>(
            "/tenants/{tenant_id}/identity-providers/microsoft",
            "Set up Microsoft Entra ID for a tenant",
            operate::microsoft,
        )
        .that_tells_a_secret()
        .create::<OperateIdentityProviders, _>(
            "/tenants/{tenant_id}/identity-providers/google",
            "Set up Google Workspace for a tenant",
            operate::google,
        )
        .that_tells_a_secret()
        .put::<OperateIdentityProviders, _>(
            "/tenants/{tenant_id}/identity-providers/{provider_id}",
            "Change a tenant's identity provider",
            operate::update,
        )
        .that_tells_a_secret()
        .delete::<OperateIdentityProviders, _>(
            "/tenants/{tenant_id}/identity-providers/{provider_id}",
            "Delete a tenant's identity provider",
            operate::delete,
        )
}

/// Where browsers leave for identity providers and come back.
fn with_callbacks(routes: Routes) -> Routes {
    use federation::{callback, start};
    routes
        .get::<Public, _>(
            "/api/v1/auth/oauth/{provider}/login/{tenant}",
            "Begin signing in with another's account",
            start::login,
        )
        .of_an_issuer()
        .get::<Public, _>(
            "/api/v1/auth/oauth/{provider}/callback/{tenant}",
            "Come back from an identity provider",
            callback::get,
        )
        .of_an_issuer()
        .post::<Public, _>(
            "/api/v1/auth/oauth/{provider}/callback/{tenant}",
            "Sign in with an identity provider's code",
            callback::post,
        )
        .of_an_issuer()
}

fn issuer_routes() -> Routes {
    use authorize::{consent, endpoint, enrolment, logout, passkey, pushed, second_factor, sign_in};
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
        .post::<Public, _>(
            "/t/{tenant}/enrolment",
            "The forms of the pages that set up a second factor",
            enrolment::enrolment,
        )
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/federation", "Go on to an identity provider", federation::start::page)
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
        .get::<Public, _>("/t/{tenant}/account", "Where the pages of one's own account begin", myself::front)
        .of_an_issuer()
        .get::<Public, _>("/t/{tenant}/account/{page}", "A page of one's own account", myself::get)
        .of_an_issuer()
        .post::<Public, _>("/t/{tenant}/account/{page}", "A form of that page", myself::post)
        .of_an_issuer()
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [ResourceInfo] {
    &[client::RESOURCE, federation::RESOURCE, scope::RESOURCE]
}

/// The tables whose rows leave by partitions. For a day, a code that comes again still ends what it was exchanged for.
pub fn cuts() -> [Cut; 5] {
    let cut = |table, days| Cut { table, days, kept: Kept::UntilExpired };
    [
        cut("sso_sessions", 7),
        cut("oauth_grants", 7),
        cut("oauth_authorization_codes", 1),
        cut("oauth_pushed_requests", 1),
        cut("federation_states", 1),
    ]
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    let stores = [
        backchannel::store::STATEMENTS,
        client::store::STATEMENTS,
        device::store::STATEMENTS,
        federation::store::STATEMENTS,
        grant::store::STATEMENTS,
        myself::store::STATEMENTS,
        scope::store::STATEMENTS,
    ];
    stores.into_iter().flatten().copied()
}
