//! What the texts among the settings must look like.

use std::net::{IpAddr, SocketAddr};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Network, WebOrigin, shape::TextRule};

/// A path.
pub(super) const PATH: TextRule =
    TextRule { holds: |text| !text.is_empty() && !text.contains('\0'), expected: "a path" };

/// An address to listen on.
pub(super) const ADDRESS: TextRule = TextRule {
    holds: |text| text.parse::<SocketAddr>().is_ok(),
    expected: "an IP address and port such as 127.0.0.1:8080 or [::1]:8080",
};

/// Scheme, host and port.
pub(super) const ORIGIN: TextRule = TextRule {
    holds: |text| text.parse::<WebOrigin>().is_ok(),
    expected: "an origin such as https://app.example.com, without a path",
};

/// One IP address or a network.
pub(super) const NETWORK: TextRule = TextRule {
    holds: |text| text.parse::<Network>().is_ok(),
    expected: "an IP address or a network such as 10.0.0.0/8",
};

/// A domain name.
pub(super) const DOMAIN: TextRule = TextRule {
    holds: is_domain,
    expected: "a domain name such as example.com, in lower case, without scheme, port or leading dot",
};

/// A host as an address names it: a domain name or an IP address, without a port.
pub(super) const HOST: TextRule = TextRule {
    holds: |text| is_domain(text) || text.parse::<IpAddr>().is_ok(),
    expected: "a domain name in lower case or an IP address, without scheme and port",
};

/// Where a PostgreSQL is.
pub(super) const POSTGRES_URL: TextRule = TextRule {
    holds: is_postgres_url,
    expected: "a PostgreSQL URL such as postgres://user:password@host:5432/tenantry",
};

/// A short name, for a cell or a region.
pub(super) const LABEL: TextRule = TextRule {
    holds: |text| text.len() <= 40 && is_label(text),
    expected: "1 to 40 lower-case letters, digits and inner hyphens",
};

/// The key that wraps the tenants' keys.
pub(super) const MASTER_KEY: TextRule = TextRule {
    holds: |text| STANDARD.decode(text).is_ok_and(|key| key.len() == 32),
    expected: "32 bytes in base64 (`openssl rand -base64 32` makes them)",
};

/// A bearer token that an operator chooses.
pub(super) const TOKEN: TextRule = TextRule {
    holds: |text| (16..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()),
    expected: "16 to 256 visible ASCII characters without spaces",
};

/// An e-mail address. Only its outline is judged here: sign-up judges the rest.
pub(super) const EMAIL: TextRule = TextRule { holds: is_email, expected: "an e-mail address" };

/// A password. `passwords.min_length` has its own check.
pub(super) const PASSWORD: TextRule = TextRule {
    holds: |text| (8..=1024).contains(&text.chars().count()),
    expected: "a password of 8 to 1024 characters",
};

/// A mail server.
pub(super) const SMTP_URL: TextRule = TextRule {
    holds: tenantry_messages::is_smtp_url,
    expected: "a mail server such as smtps://user:password@mail.example.com or smtp://user:password@mail.example.com:587?tls=required; \
               without TLS only on this machine, smtp://localhost:25",
};

/// Whom messages are from.
pub(super) const SENDER: TextRule = TextRule {
    holds: tenantry_messages::is_sender,
    expected: "a sender such as no-reply@example.com or Example <no-reply@example.com>",
};

/// Where Sentry takes reports.
pub(super) const SENTRY_DSN: TextRule = TextRule {
    holds: |text| text.parse::<sentry_core::types::Dsn>().is_ok(),
    expected: "a Sentry DSN such as https://key@sentry.example.com/1",
};

/// A log level, or directives of `tracing`.
pub(super) const LOG_FILTER: TextRule = TextRule {
    holds: |text| text.split(',').all(is_directive),
    expected: "a level (error, warn, info, debug, trace) or directives such as info,tenantry_db=debug",
};

/// One label of a domain name (RFC 1123), in lower case.
fn is_label(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// A domain name in lower case; not an IP address.
pub(super) fn is_domain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label) && text.parse::<IpAddr>().is_err()
}

/// The outline of a PostgreSQL URL: a host before the path, or one in the parameters.
fn is_postgres_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")) else {
        return false;
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let has_host = !host.is_empty() && !host.starts_with(':');
    (has_host || rest.contains("host=")) && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_email(text: &str) -> bool {
    let whole = text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    whole
        && text
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn is_directive(text: &str) -> bool {
    let is_level = |level: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&level);
    let is_target = |target: &str| {
        !target.is_empty()
            && target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:-".contains(&byte))
    };
    match text.split_once('=') {
        Some((target, level)) => is_target(target) && is_level(level),
        None => is_level(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(rule: TextRule, right: &[&str], wrong: &[&str]) {
        for text in right {
            assert!((rule.holds)(text), "{text} is {}", rule.expected);
        }
        for text in wrong {
            assert!(!(rule.holds)(text), "{text} is not {}", rule.expected);
        }
    }

    #[test]
    fn a_domain_has_no_scheme_port_dot_in_front_or_capital() {
        let wrong =
            ["", ".example.com", "example.com.", "https://a.b", "a:80", "Example.com", "127.0.0.1", "-a.b"];
        judge(DOMAIN, &["localhost", "example.com", "a-b.c1.example"], &wrong);
    }

    #[test]
    fn a_postgres_url_names_a_host() {
        let right =
            ["postgres://h/db", "postgresql://u:p@h:5432/db?sslmode=require", "postgres:///db?host=/run/pg"];
        judge(
            POSTGRES_URL,
            &right,
            &["", "postgres://", "postgres://u@/db", "mysql://h/db", "postgres://h/a b"],
        );
    }

    #[test]
    fn a_master_key_is_32_bytes() {
        let right = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        judge(MASTER_KEY, &[right], &["", "AAAA", "not base64", &right[1..]]);
    }

    #[test]
    fn a_log_filter_is_a_level_or_directives() {
        judge(
            LOG_FILTER,
            &["info", "warn,tenantry_db=debug,hyper::proto=off"],
            &["", "loud", "info,", "a=b", "=info"],
        );
    }

    #[test]
    fn an_email_has_two_sides() {
        judge(EMAIL, &["a@b", "root@example.com"], &["", "a", "@b", "a@", "a@b@c", "a b@c"]);
    }
}
