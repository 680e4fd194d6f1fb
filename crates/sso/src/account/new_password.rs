//! GET and POST {issuer}/new-password: where the link of a message leads.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Problem, Public, RawForm, RawQuery, Use};

use super::{FieldOf, Page, Reception};
use crate::authorize::answer::Hosted;
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What a link carries, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct LinkQuery {
    token: Option<String>,
    ui_locales: Option<String>,
}

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct NewPasswordForm {
    form_token: String,
    token: String,
    password: String,
}

fn page(token: &str) -> Page {
    Page {
        action: "new-password",
        title: "new_password_title",
        text: "new_password_text",
        button: "save",
        fields: vec![FieldOf::new_password()],
        token: token.to_owned(),
        other: Some(("recover", "ask_again")),
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
    Ok(here.show(&page(fields.get("token").unwrap_or_default()), None, StatusCode::OK))
}

/// Its form: the password is changed, and every session ends.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<NewPasswordForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let here = Reception::open(&desk, &asker, None).await?;
    let form = match here.form("new-password", form) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let (token, password) = (form.get("token").unwrap_or_default(), form.get("password").unwrap_or_default());
    let outcome =
        sso.identity.confirm_reset(&guard, (&clock, &rng), token, password.into(), here.room.locale).await;
    match outcome {
        Ok(()) => Ok(here.say("new_password_title", "new_password_done")),
        Err(problem) => here.refuse(&page(token), problem),
    }
}
