//! GET and POST {issuer}/recover: a link for a new password.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Problem, Public, RawForm, RawQuery, Use};

use super::{FieldOf, LanguageQuery, Page, Reception};
use crate::authorize::answer::Hosted;
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct RecoverForm {
    form_token: String,
    email: String,
}

fn page(email: &str) -> Page {
    Page {
        action: "recover",
        title: "recover_title",
        text: "recover_text",
        button: "recover_button",
        fields: vec![FieldOf::email(email)],
        ..Page::default()
    }
}

/// The page that asks whose password is forgotten.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<LanguageQuery>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let fields = Fields::first(pairs);
    let here = Reception::open(&desk, &asker, fields.get("ui_locales")).await?;
    Ok(here.show(&page(""), None, StatusCode::OK))
}

/// Its form. The answer is the same whether there is an account or not.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<RecoverForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let here = Reception::open(&desk, &asker, None).await?;
    let form = match here.form("recover", form) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let email = form.get("email").unwrap_or_default();
    match sso.identity.ask_reset(&guard, &clock, &rng, email, here.room.locale).await {
        Ok(()) => Ok(here.say("recover_title", "recover_sent")),
        Err(problem) => here.refuse(&page(email), problem),
    }
}
