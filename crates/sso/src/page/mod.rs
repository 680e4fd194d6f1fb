//! Pages: rendered here, without JavaScript (but for passkeys, and the one line that sends a form post response), framed
//! nowhere.

mod text;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode, header};
use minijinja::{Environment, context};
use serde_json::Value;
use url::Url;

/// A language of the pages.
pub(crate) use tenantry_messages::Language as Locale;

const STYLE: &str = include_str!("style.css");
const PASSKEY: &str = include_str!("passkey.js");
const SUBMIT: &str = "document.forms[0].submit()";

/// The templates, with the hashes of what stands in them.
pub(crate) struct Pages {
    templates: Environment<'static>,
    style: String,
    script: String,
    passkey: String,
}

fn hash(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    format!("'sha256-{}'", STANDARD.encode(digest))
}

impl Pages {
    pub(crate) fn new() -> Self {
        let mut templates = Environment::new();
        for (name, text) in [
            ("layout.html", include_str!("layout.html")),
            ("sign_in.html", include_str!("sign_in.html")),
            ("passkey.html", include_str!("passkey.html")),
            ("second_factor.html", include_str!("second_factor.html")),
            ("account.html", include_str!("account.html")),
            ("consent.html", include_str!("consent.html")),
            ("error.html", include_str!("error.html")),
            ("form_post.html", include_str!("form_post.html")),
            ("sign_out.html", include_str!("sign_out.html")),
            ("signed_out.html", include_str!("signed_out.html")),
            ("device.html", include_str!("device.html")),
            ("device_done.html", include_str!("device_done.html")),
            ("onward.html", include_str!("onward.html")),
        ] {
            if let Err(error) = templates.add_template(name, text) {
                tracing::error!(error = %error, page.name = name, "a page cannot be read");
            }
        }
        Self { templates, style: hash(STYLE), script: hash(SUBMIT), passkey: hash(PASSKEY) }
    }

    /// A page with a form, which may lead the browser on to `target`.
    pub(crate) fn form(
        &self,
        name: &str,
        status: StatusCode,
        locale: Locale,
        facts: &Value,
        target: &str,
    ) -> Response {
        let forms = match target {
            "" => "'self'".to_owned(),
            target => format!("'self' {}", source(target)),
        };
        if facts.get("passkeys").is_some_and(Value::is_string) {
            // The one script that pages have: without it, a browser cannot use passkeys.
            let scripts = format!("{}; connect-src 'self'", self.passkey);
            return self.render(name, status, locale, facts, &forms, &scripts);
        }
        self.render(name, status, locale, facts, &forms, "'none'")
    }

    /// A page without a form.
    pub(crate) fn notice(&self, name: &str, status: StatusCode, locale: Locale, facts: &Value) -> Response {
        self.render(name, status, locale, facts, "'none'", "'none'")
    }

    /// The page that sends a form to a client by itself.
    pub(crate) fn form_post(&self, locale: Locale, facts: &Value, target: &str) -> Response {
        self.render("form_post", StatusCode::OK, locale, facts, &source(target), &self.script)
    }

    fn render(
        &self,
        name: &str,
        status: StatusCode,
        locale: Locale,
        facts: &Value,
        forms: &str,
        scripts: &str,
    ) -> Response {
        let words = text::words(locale);
        let context = context! { t => words, lang => locale.as_str(), style => STYLE, submit => SUBMIT, passkey_script => PASSKEY, ..minijinja::Value::from(minijinja::value::Serde(facts)) };
        let page = self.templates.get_template(&format!("{name}.html")).and_then(|page| page.render(context));
        let (status, page) = match page {
            Ok(page) => (status, page),
            Err(error) => {
                tracing::error!(error = %error, page.name = name, "a page cannot be shown");
                (StatusCode::INTERNAL_SERVER_ERROR, String::new())
            }
        };
        let policy = format!(
            "default-src 'none'; style-src {}; script-src {scripts}; form-action {forms}; base-uri 'none'; \
             frame-ancestors 'none'",
            self.style
        );
        let mut response = Response::new(Body::from(page));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
        );
        response
    }
}

/// An address as a source of a content security policy: its origin, or its scheme alone.
fn source(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) if url.origin().is_tuple() => url.origin().ascii_serialization(),
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => "'none'".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_origins_or_schemes() {
        assert_eq!(source("https://app.example.com/callback?x=1"), "https://app.example.com");
        assert_eq!(source("http://[::1]:4711/cb"), "http://[::1]:4711");
        assert_eq!(source("com.example.app:/cb"), "com.example.app:");
        assert_eq!(source("; script-src *"), "'none'");
    }

    #[test]
    fn every_page_can_be_shown_in_every_language_and_escapes_what_it_shows() {
        let pages = Pages::new();
        let evil = "<script>\"'&";
        let facts = serde_json::json!({
            "tenant": evil, "client": evil, "email": evil, "request": evil, "why": "refused", "base": "/t/acme",
            "form_token": evil, "mfa_token": evil, "open_token": evil, "passkeys": evil, "description": evil, "known": ["openid", "email"], "other": [evil],
            "ways": [{"name": evil, "address": "/x"}], "has_homes": true, "name": evil, "address": evil, "code": evil, "device": evil, "what": "device_approved", "ui_locales": evil, "action": evil, "values": [{"name": evil, "value": evil}],
            "title": "recover_title", "text": "recover_text", "button": "save", "token": evil,
            "fields": [{"name": evil, "label": "email", "type": "text", "autocomplete": "off", "value": evil}],
            "elsewhere": {"to": evil, "text": "ask_again"},
        });
        for locale in Locale::ALL {
            for name in [
                "account",
                "sign_in",
                "second_factor",
                "consent",
                "error",
                "form_post",
                "sign_out",
                "signed_out",
                "device",
                "device_done",
                "onward",
            ] {
                let words = text::words(*locale);
                let context = context! { t => words, lang => locale.as_str(), style => STYLE, submit => SUBMIT, passkey_script => PASSKEY, ..minijinja::Value::from(minijinja::value::Serde(&facts)) };
                let page = pages.templates.get_template(&format!("{name}.html")).expect("a page");
                let page = page.render(context).expect("a page");
                assert!(!page.contains(evil) && page.contains("<main"), "{name}: {page}");
                assert!(page.contains(&format!("lang=\"{locale}\"")), "{name}: {page}");
            }
        }
    }

    #[test]
    fn every_language_has_every_text() {
        let names = |locale| text::words(locale).keys().copied().collect::<Vec<_>>();
        assert_eq!(names(Locale::English), names(Locale::German));
        assert_eq!(names(Locale::English), names(Locale::Hindi));
        assert_eq!(names(Locale::English).len(), text::COUNT, "two texts have one name");
    }
}
