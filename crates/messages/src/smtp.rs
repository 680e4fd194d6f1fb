//! Sending e-mail by SMTP (RFC 5321), over TLS.

use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};
use tenantry_kernel::TenantId;
use url::{Host, Url};

use crate::{Message, MessageId, Messenger, SendError};

const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECTIONS: u32 = 4;
/// Refusals that speak of our configuration and not of the message (RFC 4954, RFC 3207): the operator can put them right.
const NOT_OF_THE_MESSAGE: [u16; 5] = [421, 530, 534, 535, 538];

/// Sends e-mail through a mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Whether a text says where a mail server is: `smtps://user:password@host`, `smtp://host:587?tls=required`, or without TLS
/// `smtp://localhost:25`, on this machine only.
pub fn is_smtp_url(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_here = match url.host() {
        // Of schemes that it does not know, the parser takes an IPv4 address for a name.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    match (url.scheme(), url.query()) {
        ("smtps", None) | ("smtp", Some("tls=required")) => true,
        ("smtp", None) => is_here,
        _ => false,
    }
}

/// Whether a text is whom messages are from: `no-reply@example.com` or `Example <no-reply@example.com>`.
pub fn is_sender(text: &str) -> bool {
    !text.contains(char::is_control) && text.parse::<Mailbox>().is_ok()
}

impl Smtp {
    /// Send through the server at `url`, as `from`. Nothing is connected yet.
    ///
    /// # Errors
    /// When either is not what [`is_smtp_url`] and [`is_sender`] ask for, or there are no certificates to trust.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, &'static str> {
        if !is_smtp_url(url.expose_secret()) {
            return Err("this is no address of a mail server");
        }
        let from = from.parse().map_err(|_| "this is no sender")?;
        // `smtps` listens on 465 (RFC 8314), which is what the transport assumes as well.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|_| "the mail server's address cannot be used")?
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS))
            .build();
        Ok(Self { transport, from })
    }

    /// Whether the server answers, and takes our name and password.
    ///
    /// # Errors
    /// Why not.
    pub async fn test(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer as it should".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn compose(&self, id: MessageId, message: &Message, at: Timestamp) -> Result<lettre::Message, SendError> {
        let never = |what: &str| SendError::Never(what.to_owned());
        let to = message.to.parse().map_err(|_| never("the recipient is no address"))?;
        let letter = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(message.subject.clone())
            .date(SystemTime::from(at))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            // Out-of-office answers to this help nobody (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        let built = match &message.html {
            Some(html) => {
                letter.multipart(MultiPart::alternative_plain_html(message.text.clone(), html.clone()))
            }
            None => letter.body(message.text.clone()),
        };
        built.map_err(|_| never("the message cannot be composed"))
    }

    async fn hand_over(&self, id: MessageId, message: &Message, at: Timestamp) -> Result<(), SendError> {
        let letter = self.compose(id, message, at)?;
        let Err(error) = self.transport.send(letter).await else { return Ok(()) };
        let status = error.status().map(u16::from);
        // The server's own words may hold the recipient's address.
        tracing::warn!(message.id = %id, smtp.status = status, smtp.is_timeout = error.is_timeout(),
            smtp.is_tls = error.is_tls(), "the mail server did not take a message");
        Err(match status {
            Some(status) if error.is_permanent() && !NOT_OF_THE_MESSAGE.contains(&status) => {
                SendError::Never(format!("the mail server has refused the message ({status})"))
            }
            Some(status) => {
                SendError::Later(format!("the mail server does not take the message now ({status})"))
            }
            None => SendError::Later("the mail server cannot be reached".to_owned()),
        })
    }
}

impl Messenger for Smtp {
    fn send<'a>(
        &'a self,
        _: TenantId,
        id: MessageId,
        message: &'a Message,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(self.hand_over(id, message, at))
    }
}

#[cfg(test)]
mod tests {
    use tenantry_kernel::{Clock, Rng};

    use super::*;
    use crate::{Language, Letter};

    #[test]
    fn a_server_elsewhere_is_spoken_to_over_tls_only() {
        for (url, is_one) in [
            ("smtps://user:p%40ss@mail.example.com", true),
            ("smtps://mail.example.com:465", true),
            ("smtp://user:pass@mail.example.com:587?tls=required", true),
            ("smtp://localhost:25", true),
            ("smtp://127.0.0.1:2525", true),
            ("smtp://[::1]:2525", true),
            ("smtp://mail.example.com", false),
            ("smtp://mail.example.com?tls=opportunistic", false),
            ("smtp://localhost.example.com", false),
            ("http://mail.example.com", false),
            ("mail.example.com:25", false),
            ("", false),
        ] {
            assert_eq!(is_smtp_url(url), is_one, "{url}");
        }
    }

    #[test]
    fn a_sender_is_one_mailbox() {
        for (text, is_one) in [
            ("no-reply@example.com", true),
            ("Example Ltd <no-reply@example.com>", true),
            ("Example", false),
            ("a@b.example, c@d.example", false),
            ("a@b.example\r\nBcc: c@d.example", false),
        ] {
            assert_eq!(is_sender(text), is_one, "{text:?}");
        }
    }

    // The pool needs a runtime.
    #[tokio::test]
    async fn a_composed_message_has_its_id_and_one_recipient() {
        let smtp = Smtp::new(&"smtp://127.0.0.1:1".into(), "Acme <no-reply@acme.example>").expect("valid");
        let letter = Letter::new("Grüße\r\nBcc: evil@d.example").paragraph("नमस्ते");
        let message = Message::mail("a@b.example", "test", Language::Hindi, &letter).expect("valid");
        let id = MessageId::new(&Clock::system(), &Rng::system());
        let composed = smtp.compose(id, &message, Timestamp::UNIX_EPOCH).expect("composed");
        let text = String::from_utf8(composed.formatted()).expect("text");
        let head = text.split("\r\n\r\n").next().expect("a head");
        assert!(head.contains(&format!("Message-ID: <{id}@acme.example>")), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated") && !head.contains("\nBcc:"), "{head}");
        assert_eq!(composed.envelope().to().len(), 1);
    }
}
