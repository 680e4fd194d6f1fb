//! Signing in for the pages of one's own account: an authorization request like any other, but its answer goes nowhere else.

use std::sync::Arc;

use super::OwnPage;
use crate::authorize::request::{Destination, Fault, Mode, Prompt, Request};
use crate::client::{Client, Known};
use crate::protocol::claims::Asked;
use crate::protocol::fields::Fields;
use crate::service::Desk;

/// The parameter that names the page, instead of a client.
pub(crate) const PAGE: &str = "account_page";
/// The parameter that asks for signing in anew, whoever is signed in.
pub(crate) const AGAIN: &str = "again";

/// Read such a request. Its answer leads to a page of the issuer, whatever it says.
pub(crate) async fn read(desk: &Desk<'_>, fields: &Fields) -> Result<Request, Fault> {
    let page: OwnPage = fields.get(PAGE).and_then(|page| page.parse().ok()).unwrap_or(OwnPage::Profile);
    let client = Arc::new(Known { client: Client::of_the_issuer(desk.now), secrets: Vec::new() });
    Ok(Request {
        to: Destination {
            client,
            redirect_uri: String::new(),
            mode: Mode::Query,
            state: None,
            device: None,
            own: Some(page),
        },
        scopes: Vec::new(),
        nonce: None,
        challenge: None,
        prompt: Prompt { login: fields.get(AGAIN).is_some(), ..Prompt::default() },
        max_age: None,
        login_hint: None,
        hint: None,
        claims: Asked::default(),
        pushed: None,
        ways: desk.sso.providers.of(&desk.tenant).await?,
        query: fields.query_without(&[]),
    })
}
