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
const NEW_PASSKEY: &str = include_str!("new_passkey.js");
const SUBMIT: &str = "document.forms[0].submit()";

/// The templates, with the hashes of what stands in them.
pub(crate) struct Pages {
    templates: Environment<'static>,
    style: String,
    script: String,
    passkey: String,
    new_passkey: String,
}

/// What every page is shown with.
pub(crate) struct Shown<'a> {
    pub(crate) locale: Locale,
    /// The tenant's own style: variables that ours is made with.
    pub(crate) css: &'a str,
    /// Whether the page shows pictures of this origin.
    pub(crate) has_pictures: bool,
    /// What the page is about.
    pub(crate) facts: &'a Value,
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
            ("enrolment.html", include_str!("enrolment.html")),
            ("enrolment_code.html", include_str!("enrolment_code.html")),
            ("enrolled.html", include_str!("enrolled.html")),
            ("account.html", include_str!("account.html")),
            ("consent.html", include_str!("consent.html")),
            ("error.html", include_str!("error.html")),
            ("form_post.html", include_str!("form_post.html")),
            ("sign_out.html", include_str!("sign_out.html")),
            ("signed_out.html", include_str!("signed_out.html")),
            ("device.html", include_str!("device.html")),
            ("device_done.html", include_str!("device_done.html")),
            ("not_linked_yet.html", include_str!("not_linked_yet.html")),
            ("onward.html", include_str!("onward.html")),
            ("own.html", include_str!("own.html")),
            ("own_profile.html", include_str!("own_profile.html")),
            ("own_security.html", include_str!("own_security.html")),
            ("own_factor.html", include_str!("own_factor.html")),
            ("own_codes.html", include_str!("own_codes.html")),
            ("own_passkey.html", include_str!("own_passkey.html")),
            ("own_sessions.html", include_str!("own_sessions.html")),
            ("own_applications.html", include_str!("own_applications.html")),
            ("own_proof.html", include_str!("own_proof.html")),
            ("new_passkey.html", include_str!("new_passkey.html")),
            ("enrolment_passkey.html", include_str!("enrolment_passkey.html")),
            ("not_linked.html", include_str!("not_linked.html")),
        ] {
            if let Err(error) = templates.add_template(name, text) {
                tracing::error!(error = %error, page.name = name, "a page cannot be read");
            }
        }
        Self {
            templates,
            style: hash(STYLE),
            script: hash(SUBMIT),
            passkey: hash(PASSKEY),
            new_passkey: hash(NEW_PASSKEY),
        }
    }

    /// A page with a form, which may lead the browser on to `target`.
    pub(crate) fn form(&self, name: &str, status: StatusCode, shown: &Shown<'_>, target: &str) -> Response {
        let forms = match target {
            "" => "'self'".to_owned(),
            target => format!("'self' {}", source(target)),
        };
        let has = |fact: &str| shown.facts.get(fact).is_some_and(Value::is_string);
        if has("passkeys") || has("new_passkey") {
            // The scripts that pages have: without them, a browser cannot use passkeys.
            let script = if has("passkeys") { &self.passkey } else { &self.new_passkey };
            return self.render(name, status, shown, &forms, &format!("{script}; connect-src 'self'"));
        }
        self.render(name, status, shown, &forms, "'none'")
    }

    /// A page without a form.
    pub(crate) fn notice(&self, name: &str, status: StatusCode, shown: &Shown<'_>) -> Response {
        self.render(name, status, shown, "'none'", "'none'")
    }

    /// The page that sends a form to a client by itself.
    pub(crate) fn form_post(&self, shown: &Shown<'_>, target: &str) -> Response {
        self.render("form_post", StatusCode::OK, shown, &source(target), &self.script)
    }

    fn page(&self, name: &str, shown: &Shown<'_>) -> Result<String, minijinja::Error> {
        let facts = minijinja::Value::from(minijinja::value::Serde(shown.facts));
        let context = context! {
            t => text::words(shown.locale), lang => shown.locale.as_str(), style => STYLE, css => shown.css,
            submit => SUBMIT, passkey_script => PASSKEY, new_passkey_script => NEW_PASSKEY, ..facts
        };
        self.templates.get_template(&format!("{name}.html"))?.render(context)
    }

    fn render(
        &self,
        name: &str,
        status: StatusCode,
        shown: &Shown<'_>,
        forms: &str,
        scripts: &str,
    ) -> Response {
        let (status, page) = match self.page(name, shown) {
            Ok(page) => (status, page),
            Err(error) => {
                tracing::error!(error = %error, page.name = name, "a page cannot be shown");
                (StatusCode::INTERNAL_SERVER_ERROR, String::new())
            }
        };
        let pictures = if shown.has_pictures { " img-src 'self';" } else { "" };
        let policy = format!(
            "default-src 'none'; style-src {} {};{pictures} script-src {scripts}; form-action {forms}; base-uri 'none'; \
             frame-ancestors 'none'",
            self.style,
            hash(shown.css)
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
        let mut facts = serde_json::json!({
            "tenant": evil, "client": evil, "email": evil, "request": evil, "why": "refused", "base": "/t/acme",
            "form_token": evil, "mfa_token": evil, "open_token": evil, "passkeys": evil, "description": evil, "known": ["openid", "email"], "other": [{"name": evil, "text": evil}],
            "ways": [{"name": evil, "address": "/x"}], "has_homes": true, "name": evil, "address": evil, "code": evil, "device": evil, "what": "device_approved", "ui_locales": evil, "action": evil, "values": [{"name": evil, "value": evil}],
        });
        let more = serde_json::json!({
            "done": "code_sent", "how": "code_how", "sent": [{"method": evil, "text": "send_email", "to": evil}],
            "choices": [{"kind": evil, "text": "set_up_totp"}], "enrollment_token": evil, "kind": "totp", "to": evil,
            "app": {"secret": evil, "address": evil, "picture": "<svg></svg>"}, "again": "again_totp", "codes": [evil],
            "title": "recover_title", "text": "recover_text", "button": "save", "token": evil,
            "fields": [{"name": evil, "label": "email", "type": "text", "autocomplete": "off", "value": evil}],
            "elsewhere": {"to": evil, "text": "ask_again"}, "logo": evil, "links": [{"name": "terms", "address": evil}],
            "languages": [{"code": "de", "name": evil, "address": evil, "is_current": false}],
        });
        let own = serde_json::json!({
            "page": "security", "tabs": [{"name": "security", "text": "own_security"}], "new_passkey": evil, "challenge_token": evil,
            "person": {"first_name": evil, "last_name": evil, "phone": evil, "avatar_url": evil, "language": "de"},
            "spoken": [{"code": "de", "name": evil}], "offered": ["totp"], "lets_passkey": true, "sign_in_again": evil,
            "factors": {"mfa_enabled": true, "backup_codes_left": 3, "methods": [{"type": "sms", "id": evil, "destination": evil,
                "verified_at": "2026-11-30T10:00:00Z", "last_used_at": "2026-11-30T10:00:00Z"}]},
            "keys": [{"id": evil, "name": evil, "created_at": "2026-11-30T10:00:00Z"}],
            "sessions": [{"id": evil, "agent": evil, "ip": evil, "created_at": "2026-11-30T10:00:00Z", "last_used_at": "2026-11-30T10:00:00Z"}],
            "sign_ins": [{"agent": evil, "ip": evil, "at": "2026-11-30T10:00:00Z", "outcome": "refused", "country": evil, "unusual": ["signal_new_device"]}],
            "devices": [{"id": evil, "name": evil, "platform": evil, "last_ip": evil, "last_seen_at": "2026-11-30T10:00:00Z",
                "trusted_until": "2026-11-30T10:00:00Z", "is_current": true}],
            "typed": {"first_name": evil, "last_name": evil, "phone": evil, "avatar_url": evil, "language": "de", "version": evil, "new_email": evil},
            "saved": {"first_name": evil, "last_name": evil, "phone": evil, "avatar_url": evil, "language": evil},
            "applications": [{"client_id": evil, "name": evil, "description": evil, "scopes": [{"name": evil}, {"text": evil}]}],
            "linked": [{"id": evil, "provider_name": evil, "email": evil, "created_at": "2026-11-30T10:00:00Z"}],
            "others": [{"slug": evil, "name": evil}], "has_factor": true, "has_codes": true, "has_passkey": true, "for": "security",
        });
        for (name, value) in more.as_object().unwrap().iter().chain(own.as_object().unwrap()) {
            facts[name] = value.clone();
        }
        for locale in Locale::ALL {
            for name in [
                "account",
                "sign_in",
                "second_factor",
                "enrolment",
                "enrolment_code",
                "enrolled",
                "consent",
                "error",
                "form_post",
                "sign_out",
                "signed_out",
                "device",
                "device_done",
                "onward",
                "own_profile",
                "own_security",
                "own_factor",
                "own_codes",
                "own_passkey",
                "own_sessions",
                "own_applications",
                "own_proof",
                "enrolment_passkey",
                "not_linked",
                "not_linked_yet",
            ] {
                let shown = Shown { locale: *locale, css: ":root{}", has_pictures: true, facts: &facts };
                let page = pages.page(name, &shown).expect("a page");
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
