//! GET and POST {issuer}/verify-email: where the link of a message leads, and where its code can be typed in.

use http::StatusCode;
use schemars::JsonSchema;
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
pub(crate) struct VerifyForm {
    form_token: String,
    /// From the link; else an address and a code.
    token: Option<String>,
    email: Option<String>,
    code: Option<String>,
}

fn page(token: &str, email: &str) -> Page {
    let has_link = !token.is_empty();
    Page {
        action: "verify-email",
        title: "verify_title",
        text: if has_link { "verify_text" } else { "verify_code_text" },
        button: "confirm",
        fields: if has_link { Vec::new() } else { vec![FieldOf::email(email), FieldOf::code()] },
        token: token.to_owned(),
        other: has_link.then_some(("verify-email", "enter_code")),
    }
}

/// The page with the button. Getting it verifies nothing.
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
    Ok(here.show(&page(fields.get("token").unwrap_or_default(), ""), None, StatusCode::OK))
}

/// Its form.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<VerifyForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let here = Reception::open(&desk, &asker, None).await?;
    let form = match here.form("verify-email", form) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let (token, email) = (form.get("token").unwrap_or_default(), form.get("email").unwrap_or_default());
    let outcome = if token.is_empty() {
        sso.identity.verify_by_code(&guard, &clock, email, form.get("code").unwrap_or_default()).await
    } else {
        sso.identity.verify_by_link(&guard, &clock, token).await
    };
    match outcome {
        Ok(()) => Ok(here.say("verify_title", "verify_done")),
        Err(problem) => here.refuse(&page(token, email), problem),
    }
}
