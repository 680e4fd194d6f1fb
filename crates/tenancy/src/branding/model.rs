//! What a tenant may choose of its pages' looks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_kernel::FieldError;
use url::Url;

use super::color::Color;
use crate::config::Section;

tenantry_kernel::id! {
    /// A picture that a tenant has uploaded.
    LogoId,
}

tenantry_kernel::text_enum! {
    /// A font that every system has something for: nothing is loaded from elsewhere.
    pub(crate) enum Font {
        /// The system's own.
        System = "system",
        /// Without serifs, like handwriting: Seravek, Gill Sans, Ubuntu, Calibri.
        Humanist = "humanist",
        /// Without serifs, drawn with compasses: Avenir, Montserrat, Corbel.
        Geometric = "geometric",
        /// With round ends.
        Rounded = "rounded",
        /// With serifs: Charter, Cambria.
        Serif = "serif",
        /// All letters of one width.
        Mono = "mono",
    }
}

/// Colours; what is absent is the product's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Colors {
    pub(crate) primary: Option<Color>,
    pub(crate) primary_dark: Option<Color>,
    pub(crate) background: Option<Color>,
    pub(crate) background_dark: Option<Color>,
}

/// How letters look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Typography {
    pub(crate) font: Font,
    /// The size of text, in percent of the usual one.
    pub(crate) scale: u16,
}

impl Default for Typography {
    fn default() -> Self {
        Self { font: Font::System, scale: 100 }
    }
}

/// What stands below every page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Links {
    pub(crate) privacy: Option<String>,
    pub(crate) terms: Option<String>,
    pub(crate) support: Option<String>,
}

/// A logo that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Logo {
    pub(crate) id: LogoId,
    pub(crate) media_type: String,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// A tenant's branding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Branding {
    pub(crate) display_name: Option<String>,
    pub(crate) colors: Colors,
    pub(crate) typography: Typography,
    /// Of corners, in pixels.
    pub(crate) radius: u8,
    pub(crate) logo: Option<Logo>,
    pub(crate) links: Links,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            display_name: None,
            colors: Colors::default(),
            typography: Typography::default(),
            radius: 8,
            logo: None,
            links: Links::default(),
        }
    }
}

impl Section for Branding {
    const NAME: &'static str = "branding";
}

/// An address that people may be sent to: of the web, over TLS, or a mailbox.
///
/// # Errors
/// At `pointer`, what it must be.
pub(crate) fn link(pointer: &str, text: &str) -> Result<String, FieldError> {
    let wrong = || FieldError::new(pointer, "an address that begins with https:// or mailto:");
    let text = text.trim();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_fit = match url.scheme() {
        "https" => url.has_host() && url.username().is_empty() && url.password().is_none(),
        "mailto" => url.path().contains('@'),
        _ => false,
    };
    // As it was normalised: what a browser makes of it is what was checked.
    if is_fit && text.len() <= 500 { Ok(url.into()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_web_or_to_a_mailbox_and_run_nothing() {
        for good in ["https://acme.example/privacy?x=1", "mailto:help@acme.example", " HTTPS://acme.example "]
        {
            assert!(link("#", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "http://acme.example",
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "//acme.example",
            "/privacy",
            "https://user:pw@acme.example",
            "https://acme.example@evil.example",
            "mailto:",
            "ftp://acme.example",
            &format!("https://acme.example/{}", "x".repeat(500)),
        ] {
            assert!(link("#", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_known_of_a_stored_value_is_as_if_it_was_not_chosen() {
        let stored = serde_json::json!({"radius": 3, "later": true});
        assert_eq!(
            crate::config::model::read::<Branding>(stored),
            Branding { radius: 3, ..Branding::default() }
        );
        let broken = serde_json::json!({"colors": {"primary": "red;} body{"}});
        assert_eq!(crate::config::model::read::<Branding>(broken), Branding::default());
    }
}
