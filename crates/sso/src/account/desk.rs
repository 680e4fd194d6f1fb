//! What these pages share: a form that is bound to its page and browser, and what is said when something is wrong.

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use tenantry_kernel::ErrorKind;
use tenantry_web::{Asker, Pairs, Problem};

use crate::authorize::answer::{Hosted, with_query};
use crate::authorize::browser::is_own_form;
use crate::authorize::decide::Room;
use crate::protocol::fields::Fields;
use crate::service::Desk;

/// What the address of a page may hold, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct LanguageQuery {
    ui_locales: Option<String>,
}

/// A field of a form.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FieldOf {
    name: &'static str,
    label: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    autocomplete: &'static str,
    required: bool,
    value: String,
}

impl FieldOf {
    /// An e-mail address.
    pub(crate) fn email(value: &str) -> Self {
        Self::text("email", "email", "email", "email", true, value)
    }

    /// A password to be chosen; never filled in.
    pub(crate) fn new_password() -> Self {
        Self::text("password", "new_password", "password", "new-password", true, "")
    }

    /// A first name.
    pub(crate) fn first_name(value: &str) -> Self {
        Self::text("first_name", "first_name", "text", "given-name", false, value)
    }

    /// A last name.
    pub(crate) fn last_name(value: &str) -> Self {
        Self::text("last_name", "last_name", "text", "family-name", false, value)
    }

    /// A code from a message.
    pub(crate) fn code() -> Self {
        Self::text("code", "code", "text", "one-time-code", true, "")
    }

    fn text(
        name: &'static str,
        label: &'static str,
        kind: &'static str,
        autocomplete: &'static str,
        required: bool,
        value: &str,
    ) -> Self {
        Self { name, label, kind, autocomplete, required, value: value.to_owned() }
    }
}

/// A page: what it is called, what it says, and its form if it has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    /// The name of the page's address, which its form is bound to.
    pub(crate) action: &'static str,
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    pub(crate) button: &'static str,
    pub(crate) fields: Vec<FieldOf>,
    /// The token of the link that has led here.
    pub(crate) token: String,
    /// Another page that may help: address and text.
    pub(crate) other: Option<(&'static str, &'static str)>,
}

/// A visitor of these pages.
pub(crate) struct Reception<'a> {
    pub(crate) room: Room<'a>,
}

impl<'a> Reception<'a> {
    pub(crate) async fn open(
        desk: &'a Desk<'a>,
        asker: &'a Asker,
        locales: Option<&str>,
    ) -> Result<Self, Problem> {
        Ok(Self { room: Room::open(desk, asker, locales).await? })
    }

    /// Show a page; `why` names the text of what went wrong.
    pub(crate) fn show(&self, page: &Page, why: Option<&str>, status: StatusCode) -> Hosted {
        let other = page.other.map(|(to, text)| json!({"to": to, "text": text}));
        let facts = json!({
            "title": page.title, "text": page.text, "button": page.button, "action": page.action, "fields": page.fields,
            "token": page.token, "why": why, "elsewhere": other, "here": self.here(page),
        });
        self.room.form("account", status, page.action, "", facts)
    }

    /// Where the page is got, so that its language can be changed. What only says something was never got.
    fn here(&self, page: &Page) -> Option<String> {
        let path = format!("{}/{}", self.room.desk.base(), page.action);
        let token = [("token", page.token.as_str())];
        let here = if page.token.is_empty() { path } else { with_query(&path, &token) };
        (!page.action.is_empty()).then_some(here)
    }

    /// A page that only says something.
    pub(crate) fn say(&self, title: &'static str, text: &'static str) -> Hosted {
        self.show(&Page { title, text, ..Page::default() }, None, StatusCode::OK)
    }

    /// The fields of a page's form, if it is ours and was shown to this very browser.
    pub(crate) fn form(&self, action: &str, form: Option<Pairs>) -> Result<Fields, Box<Hosted>> {
        let fields = form.map(Fields::first).unwrap_or_default();
        let is_ours = is_own_form(self.room.desk, self.room.asker, fields.get("form_token"), action);
        if self.room.asker.is_own_page() && is_ours {
            Ok(fields)
        } else {
            Err(Box::new(self.room.error("bad_form")))
        }
    }

    /// Say what went wrong on the page where it did.
    pub(crate) fn refuse(&self, page: &Page, problem: Problem) -> Result<Hosted, Problem> {
        let (why, status) = match (problem.code(), problem.kind()) {
            ("token_refused", _) => {
                let text = Page { title: page.title, other: page.other, ..Page::default() };
                return Ok(self.show(&text, Some("link_refused"), StatusCode::BAD_REQUEST));
            }
            ("code_refused", _) => ("code_refused", StatusCode::UNPROCESSABLE_ENTITY),
            ("registration_closed", _) => {
                let text = Page { title: page.title, ..Page::default() };
                return Ok(self.show(&text, Some("registration_closed"), StatusCode::FORBIDDEN));
            }
            (_, ErrorKind::TooMany) => ("too_many", StatusCode::TOO_MANY_REQUESTS),
            (_, ErrorKind::Invalid) => {
                let is_about =
                    |name: &str| problem.fields().iter().any(|field| field.pointer.ends_with(name));
                let why = if is_about("password") { "password_refused" } else { "form_refused" };
                (why, StatusCode::UNPROCESSABLE_ENTITY)
            }
            _ => return Err(problem),
        };
        Ok(self.show(page, Some(why), status))
    }
}
