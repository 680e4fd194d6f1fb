//! Where pages are shown: to whom, in which language, and how the tenant wants them to look.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};
use tenantry_tenancy::Brand;
use tenantry_web::{Asker, Problem};

use super::answer::{Hosted, with_query};
use super::browser::{FORM, form_cookie, form_token};
use super::request::Request;
use crate::Error;
use crate::page::{Locale, Shown};
use crate::service::Desk;

/// The cookie of the language that was chosen last.
const LANGUAGE: &str = "lang";

/// Where pages are shown.
pub(crate) struct Room<'a> {
    pub(crate) desk: &'a Desk<'a>,
    pub(crate) asker: &'a Asker,
    pub(crate) locale: Locale,
    brand: Arc<Brand>,
    /// A language was asked for that is another than the browser's last one.
    is_new_language: bool,
}

impl<'a> Room<'a> {
    /// Get a room ready. The language is that of `locales` (`ui_locales`), else the one that was chosen last, else what the
    /// browser wants.
    pub(crate) async fn open(
        desk: &'a Desk<'a>,
        asker: &'a Asker,
        locales: Option<&str>,
    ) -> Result<Self, Problem> {
        let brand = desk.sso.brands.of(&desk.tenant).await.map_err(Error::from)?;
        let last = asker.cookie(desk.guard.tenant_info(), LANGUAGE).unwrap_or_default();
        let wanted = format!("{} {last}", locales.unwrap_or_default());
        let locale = Locale::choose(Some(&wanted), asker.languages());
        let is_new_language = locales.is_some() && last != locale.as_str();
        Ok(Self { desk, asker, locale, brand, is_new_language })
    }

    /// The same at another desk: what takes its time goes on at a later instant.
    pub(crate) fn at<'b>(&self, desk: &'b Desk<'b>) -> Room<'b>
    where
        'a: 'b,
    {
        let (asker, brand) = (self.asker, Arc::clone(&self.brand));
        Room { desk, asker, locale: self.locale, brand, is_new_language: self.is_new_language }
    }

    /// What the tenant is called on its pages.
    pub(crate) fn tenant(&self) -> &str {
        self.brand.name().unwrap_or(&self.desk.guard.tenant_info().name)
    }

    /// A page with a form: it is bound to the browser's cookie.
    pub(crate) fn form(
        &self,
        name: &'static str,
        status: StatusCode,
        bound: &str,
        target: &str,
        mut facts: Value,
    ) -> Hosted {
        let desk = self.desk;
        let (cookie, is_new) = form_cookie(desk, self.asker);
        let tenant = desk.guard.tenant_info();
        if let Some(facts) = facts.as_object_mut() {
            facts.insert("form_token".to_owned(), json!(form_token(desk, &cookie, bound)));
            if matches!(name, "sign_in" | "second_factor" | "own_proof") && desk.sso.identity.has_passkeys() {
                facts.insert("open_token".to_owned(), json!(form_token(desk, &cookie, "")));
                let challenge = format!("/v1/{}/auth/passkeys/challenge", tenant.slug);
                facts.insert("passkeys".to_owned(), json!(challenge));
            }
        }
        let page = self.hosted(|shown| desk.sso.pages.form(name, status, shown, target), facts);
        if is_new { page.cookie(tenant, FORM, &cookie) } else { page }
    }

    /// A page without a form.
    pub(crate) fn notice(&self, name: &str, status: StatusCode, facts: Value) -> Hosted {
        self.hosted(|shown| self.desk.sso.pages.notice(name, status, shown), facts)
    }

    /// The page that sends a form to a client by itself.
    pub(crate) fn form_post(&self, target: &str, facts: Value) -> Hosted {
        self.hosted(|shown| self.desk.sso.pages.form_post(shown, target), facts)
    }

    /// A page that says what went wrong.
    pub(crate) fn error(&self, why: &'static str) -> Hosted {
        self.notice("error", StatusCode::BAD_REQUEST, json!({"why": why}))
    }

    /// Where a page of a client's request begins: there its language can be changed.
    pub(crate) fn beginning(&self, request: &Request) -> Option<String> {
        let path = format!("{}/oauth2/authorize?{}", self.desk.base(), request.query);
        request.to.device.is_none().then_some(path)
    }

    fn hosted(&self, show: impl FnOnce(&Shown<'_>) -> axum::response::Response, mut facts: Value) -> Hosted {
        let (base, tenant) = (self.desk.base(), self.desk.guard.tenant_info());
        let logo = self.brand.logo().map(|id| format!("{base}/branding/logo/{id}"));
        let links: Vec<Value> =
            self.brand.links().map(|(name, address)| json!({"name": name, "address": address})).collect();
        let here = facts.get("here").and_then(Value::as_str).map(|here| self.languages(here));
        if let Some(facts) = facts.as_object_mut() {
            facts.insert("tenant".to_owned(), json!(self.tenant()));
            facts.insert("base".to_owned(), json!(base));
            facts.insert("logo".to_owned(), json!(logo));
            facts.insert("links".to_owned(), json!(links));
            facts.insert("languages".to_owned(), json!(here));
        }
        let shown =
            Shown { locale: self.locale, css: &self.brand.css, has_pictures: logo.is_some(), facts: &facts };
        let page = Hosted::new(show(&shown));
        if self.is_new_language { page.cookie(tenant, LANGUAGE, self.locale.as_str()) } else { page }
    }

    /// The same page in every language.
    fn languages(&self, here: &str) -> Vec<Value> {
        let (path, query) = here.split_once('?').unwrap_or((here, ""));
        let others: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .filter(|(name, _)| name != "ui_locales")
            .collect();
        let one = |locale: &Locale| {
            let pairs = others.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let values: Vec<_> = pairs.chain([("ui_locales", locale.as_str())]).collect();
            json!({
                "code": locale.as_str(), "name": locale.pick("English", "Deutsch", "हिन्दी"),
                "address": with_query(path, &values), "is_current": *locale == self.locale,
            })
        };
        Locale::ALL.iter().map(one).collect()
    }
}
