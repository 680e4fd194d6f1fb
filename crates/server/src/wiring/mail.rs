//! How messages leave the server: by the configured mail server, or onto the disk.

use std::sync::Arc;

use tenantry_messages::{Captured, Delivery, Messenger, Smtp};

use crate::config::Config;
use crate::start::{Parts, StartError};

/// Where messages are captured: below the data folder.
fn captured(config: &Config) -> Captured {
    Captured::in_folder(config.data_dir.join("mail"), config.mail.captured_per_tenant)
}

/// What the mailbox page shows; none when e-mail is sent, or when the server is there for other machines: a proxy on this one
/// could make everybody look as if they came from here.
pub(crate) fn mailbox(config: &Config, public_url: &str) -> Option<Captured> {
    (config.mail.smtp_url.is_none() && is_local(public_url)).then(|| captured(config))
}

/// Whether an address is of this machine.
fn is_local(public_url: &str) -> bool {
    let uri = public_url.parse::<http::Uri>().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default();
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The mail server, when one is configured.
pub(crate) fn smtp(config: &Config) -> Option<Result<Smtp, &'static str>> {
    let url = config.mail.smtp_url.as_ref()?;
    Some(Smtp::new(url, config.mail.from.as_deref().unwrap_or_default()))
}

/// The job that sends messages.
pub(crate) fn delivery(config: &Config, parts: &Parts) -> Result<Delivery, StartError> {
    let sms: Arc<dyn Messenger> = Arc::new(captured(config));
    let mail: Arc<dyn Messenger> = match smtp(config) {
        Some(smtp) => Arc::new(smtp.map_err(StartError::Mail)?),
        None => Arc::clone(&sms),
    };
    Ok(Delivery::new(parts.keys.clone(), parts.tools.clock.clone(), mail, sms))
}
