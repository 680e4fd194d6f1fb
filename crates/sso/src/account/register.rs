//! GET and POST {issuer}/register: an account of one's own.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_identity::Registration;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Problem, Public, RawForm, RawQuery, Use};

use super::{FieldOf, LanguageQuery, Page, Reception};
use crate::authorize::answer::Hosted;
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct RegisterForm {
    form_token: String,
    email: String,
    password: String,
    first_name: Option<String>,
    last_name: Option<String>,
}

fn page(form: &Fields) -> Page {
    let value = |name: &str| form.get(name).unwrap_or_default().to_owned();
    Page {
        action: "register",
        title: "register_title",
        text: "register_text",
        button: "register_button",
        fields: vec![
            FieldOf::email(&value("email")),
            FieldOf::new_password(),
            FieldOf::first_name(&value("first_name")),
            FieldOf::last_name(&value("last_name")),
        ],
        ..Page::default()
    }
}

/// The page with the form, where the tenant lets people register.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<LanguageQuery>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let here = Reception::open(&desk, &asker, Fields::first(pairs).get("ui_locales")).await?;
    let form = page(&Fields::default());
    if sso.identity.can_register(&guard).await? {
        return Ok(here.show(&form, None, StatusCode::OK));
    }
    let closed = Page { title: form.title, ..Page::default() };
    Ok(here.show(&closed, Some("registration_closed"), StatusCode::FORBIDDEN))
}

/// Its form. The answer is the same whether the address has an account or not.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<RegisterForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let here = Reception::open(&desk, &asker, None).await?;
    let form = match here.form("register", form) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let name = |field: &str| form.get(field).map(|name| name.chars().take(100).collect());
    let request = Registration {
        email: form.get("email").unwrap_or_default().to_owned(),
        password: form.get("password").unwrap_or_default().into(),
        first_name: name("first_name"),
        last_name: name("last_name"),
        phone: None,
        language: Some(here.room.locale),
    };
    match sso.identity.register(&guard, (&clock, &rng), request).await {
        Ok(()) => Ok(here.say("register_title", "register_sent")),
        Err(problem) => here.refuse(&page(&form), problem),
    }
}
