//! A message, before it is sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Language, Letter};

tenantry_kernel::id! {
    /// A message.
    MessageId,
}

tenantry_kernel::text_enum! {
    /// How a message gets to somebody.
    pub enum Channel {
        /// E-mail.
        Email = "email",
        /// A text message (SMS).
        Sms = "sms",
    }
}

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 200;

/// A message to one person. It may hold links and codes: `Debug` shows neither these nor whom it is for.
#[derive(Clone, Serialize, Deserialize)]
#[must_use = "a message is sent only when it is posted"]
pub struct Message {
    /// By e-mail or SMS.
    pub channel: Channel,
    /// What it is about, for machines: `password_reset`.
    pub kind: String,
    /// What it is written in.
    pub language: Language,
    /// An e-mail address, or a telephone number in E.164.
    pub to: String,
    /// The subject; empty for text messages.
    pub subject: String,
    /// The words.
    pub text: String,
    /// The words as HTML; e-mail only.
    pub html: Option<String>,
    /// When it has lost its meaning.
    pub until: Option<Timestamp>,
}

impl Message {
    /// An e-mail.
    ///
    /// # Errors
    /// [`Error::Recipient`] when `to` is no address.
    pub fn mail(to: &str, kind: &str, language: Language, letter: &Letter) -> Result<Self, Error> {
        let is_plain = !to.contains(|letter: char| letter.is_control() || letter.is_whitespace());
        if !is_plain || to.parse::<lettre::Address>().is_err() {
            return Err(Error::Recipient);
        }
        Ok(Self {
            channel: Channel::Email,
            kind: kind.to_owned(),
            language,
            to: to.to_owned(),
            subject: one_line(&letter.subject),
            text: letter.text(),
            html: Some(letter.html(language)),
            until: None,
        })
    }

    /// A text message.
    ///
    /// # Errors
    /// [`Error::Recipient`] when `to` is no number in E.164.
    pub fn sms(to: &str, kind: &str, language: Language, text: impl Into<String>) -> Result<Self, Error> {
        let digits = to.strip_prefix('+').unwrap_or_default();
        if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Error::Recipient);
        }
        Ok(Self {
            channel: Channel::Sms,
            kind: kind.to_owned(),
            language,
            to: to.to_owned(),
            subject: String::new(),
            text: text.into(),
            html: None,
            until: None,
        })
    }

    /// Do not send it after this instant.
    pub const fn until(mut self, at: Timestamp) -> Self {
        self.until = Some(at);
        self
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("channel", &self.channel)
            .field("kind", &self.kind)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// A subject: no line ends nor other control characters, which could begin another header.
fn one_line(text: &str) -> String {
    let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    plain.take(LONGEST_SUBJECT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(address: &str) -> Result<Message, Error> {
        Message::mail(address, "test", Language::English, &Letter::new("Hello"))
    }

    #[test]
    fn what_would_be_another_header_or_recipient_is_refused() {
        for address in [
            "",
            "a",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example, c@d.example",
            "A <a@b.example>",
            "a@b.example\n",
            " a@b.example",
            "a b@c.example",
        ] {
            assert!(matches!(to(address), Err(Error::Recipient)), "{address:?}");
        }
        assert!(to("ann.b+tag@sub.example.com").is_ok());
    }

    #[test]
    fn a_number_is_in_its_international_form() {
        for (number, is_one) in [
            ("+1234567890", true),
            ("1234567890", false),
            ("+12", false),
            ("+1234567890\n", false),
            ("", false),
        ] {
            let message = Message::sms(number, "test", Language::English, "Hello");
            assert_eq!(message.is_ok(), is_one, "{number:?}");
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        let letter = Letter::new("Acme\r\nBcc: c@d.example\0");
        let message = Message::mail("a@b.example", "test", Language::English, &letter).expect("an address");
        assert_eq!(message.subject, "Acme  Bcc: c@d.example ");
    }

    #[test]
    fn debug_shows_neither_words_nor_recipient() {
        let letter = Letter::new("subject").paragraph("words").code("424242");
        let shown = format!("{:?}", Message::mail("a@b.example", "kind", Language::German, &letter));
        assert!(
            !["subject", "words", "424242", "a@b"].iter().any(|secret| shown.contains(secret)),
            "{shown}"
        );
    }
}
