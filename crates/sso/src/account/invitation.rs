//! GET and POST {issuer}/invitation: where the link of an invitation leads.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_access::Catalogue;
use tenantry_identity::Acceptance;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Problem, Public, RawForm, RawQuery, Use};

use super::new_password::LinkQuery;
use super::{FieldOf, Page, Reception};
use crate::authorize::answer::Hosted;
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct InvitationForm {
    form_token: String,
    token: String,
    password: String,
    first_name: Option<String>,
    last_name: Option<String>,
}

fn page(token: &str, first_name: &str, last_name: &str) -> Page {
    Page {
        action: "invitation",
        title: "invitation_title",
        text: "invitation_text",
        button: "invitation_button",
        fields: vec![FieldOf::first_name(first_name), FieldOf::last_name(last_name), FieldOf::new_password()],
        token: token.to_owned(),
        other: None,
    }
}

/// The page with the form. Getting it uses nothing up.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<LinkQuery>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let fields = Fields::first(pairs);
    let here = Reception::open(&desk, &asker, fields.get("ui_locales")).await?;
    let token = fields.get("token").unwrap_or_default();
    match sso.identity.invited(&guard, &clock, token).await {
        Ok(invited) => {
            let name = |name: Option<String>| name.unwrap_or_default();
            let page = page(token, &name(invited.first_name), &name(invited.last_name));
            Ok(here.show(&page, None, StatusCode::OK))
        }
        Err(problem) => here.refuse(&page("", "", ""), problem),
    }
}

/// Its form: there is an account now.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    Use(catalogue): Use<Catalogue>,
    asker: Asker,
    RawForm(form, _): RawForm<InvitationForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let here = Reception::open(&desk, &asker, None).await?;
    let form = match here.form("invitation", form) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let value = |name: &str| form.get(name).unwrap_or_default();
    let name = |field: &str| form.get(field).map(|name| name.chars().take(100).collect());
    let request = Acceptance {
        token: value("token").to_owned(),
        password: value("password").into(),
        first_name: name("first_name"),
        last_name: name("last_name"),
    };
    match sso.identity.accept_invitation(&guard, (&clock, &rng), &catalogue, request).await {
        Ok(()) => Ok(here.say("invitation_title", "invitation_done")),
        Err(problem) => here.refuse(&page(value("token"), value("first_name"), value("last_name")), problem),
    }
}
