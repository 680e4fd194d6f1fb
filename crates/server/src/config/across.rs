//! Rules that hold between settings.

use std::fmt::Display;

use super::Config;

/// A rule that does not hold.
pub(super) struct Broken {
    /// The setting to blame.
    pub(super) key: &'static str,
    /// The setting it contradicts.
    pub(super) other: &'static str,
    /// What the first must be.
    pub(super) expected: String,
}

/// Every rule that does not hold.
pub(super) fn broken(config: &Config) -> Vec<Broken> {
    let mut broken = at_most(config);
    let mut rule = |holds: bool, key, other, expected: String| {
        if !holds {
            broken.push(Broken { key, other, expected });
        }
    };

    let http = &config.http;
    let is_apart = http.operations_listen.is_none_or(|address| address.port() == 0 || address != http.listen);
    let expected = "another address than http.listen".to_owned();
    rule(is_apart, "http.operations_listen", "http.listen", expected);

    let keys = &config.keys;
    let is_single = keys.master_key.is_none() || keys.master_key_file.as_os_str().is_empty();
    let expected = "left out when keys.master_key_file is set".to_owned();
    rule(is_single, "keys.master_key", "keys.master_key_file", expected);

    let (email, password) = ("bootstrap.super_admin_email", "bootstrap.super_admin_password");
    let bootstrap = &config.bootstrap;
    let (has_email, has_password) =
        (bootstrap.super_admin_email.is_some(), bootstrap.super_admin_password.is_some());
    rule(has_email || !has_password, email, password, format!("set when {password} is"));
    rule(has_password || !has_email, password, email, format!("set when {email} is"));

    let least = config.passwords.min_length;
    let expected = format!("at least passwords.min_length ({least}) characters long");
    rule(bootstrap.has_password_of(least), password, "passwords.min_length", expected);

    let has_sender = config.mail.from.is_some() || config.mail.smtp_url.is_none();
    rule(has_sender, "mail.from", "mail.smtp_url", "set when mail.smtp_url is".to_owned());
    broken
}

/// The rules of the form "at most that other setting".
fn at_most(config: &Config) -> Vec<Broken> {
    let (database, jobs, tokens, limits) = (&config.database, &config.jobs, &config.tokens, &config.limits);
    let days = ("tokens.session_absolute_days", tokens.session_absolute_days);
    [
        above(
            ("database.schema_pool_size", database.schema_pool_size),
            ("database.max_connections", database.max_connections),
        ),
        above(("tokens.refresh_days", tokens.refresh_days), days),
        above(("tokens.session_idle_days", tokens.session_idle_days), days),
        above(
            ("limits.requests_per_second_per_tenant", limits.requests_per_second_per_tenant),
            ("limits.burst", limits.burst),
        ),
        above(("jobs.per_tenant", jobs.per_tenant), ("jobs.workers", jobs.workers)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The broken rule, if the value is above the most that it can be.
fn above<T: PartialOrd + Display>(
    (key, value): (&'static str, T),
    (other, most): (&'static str, T),
) -> Option<Broken> {
    (value > most).then(|| Broken { key, other, expected: format!("at most {other} ({most})") })
}
