//! `config/default.toml`, the settings and the structs agree.

use toml::Table;

use super::{Setup, fields::fields_of};
use crate::config::{
    Bootstrap, Config, DEFAULTS, Database, Geoip, History, Http, Jobs, Keys, Limits, Lockout, Log, LogFormat,
    Mail, Outgoing, Passwords, SettingName, Telemetry, TenantMode, Tokens, known_settings, setting::settings,
    shape::Shape,
};

fn defaults() -> Table {
    DEFAULTS.parse().unwrap()
}

/// The dotted keys of the file, in its order.
fn listed() -> Vec<String> {
    let mut section = String::new();
    let mut keys = Vec::new();
    for line in DEFAULTS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        } else if let Some((key, _)) = line.split_once(" = ") {
            keys.push(format!("{section}{key}"));
        }
    }
    keys
}

#[test]
fn the_manual_lists_exactly_the_known_settings_in_their_order() {
    let known: Vec<_> = known_settings().into_iter().map(|name| name.key).collect();
    assert_eq!(listed(), known);
}

#[test]
fn the_structs_have_exactly_the_settings_of_the_manual() {
    let sections = [
        ("http", fields_of::<Http>()),
        ("database", fields_of::<Database>()),
        ("keys", fields_of::<Keys>()),
        ("tokens", fields_of::<Tokens>()),
        ("lockout", fields_of::<Lockout>()),
        ("geoip", fields_of::<Geoip>()),
        ("passwords", fields_of::<Passwords>()),
        ("limits", fields_of::<Limits>()),
        ("history", fields_of::<History>()),
        ("jobs", fields_of::<Jobs>()),
        ("outgoing", fields_of::<Outgoing>()),
        ("mail", fields_of::<Mail>()),
        ("log", fields_of::<Log>()),
        ("telemetry", fields_of::<Telemetry>()),
        ("bootstrap", fields_of::<Bootstrap>()),
    ];
    let names = sections.iter().map(|(name, _)| *name);
    assert!(["data_dir"].into_iter().chain(names).eq(fields_of::<Config>()));

    let in_sections =
        sections.iter().flat_map(|(name, fields)| fields.iter().map(move |key| format!("{name}.{key}")));
    let fields: Vec<_> = ["data_dir".to_owned()].into_iter().chain(in_sections).collect();
    assert_eq!(fields, listed());
}

#[test]
fn every_default_is_a_value_that_its_setting_can_have() {
    for setting in settings() {
        let (section, key) = setting.key.split_once('.').unwrap_or(("", setting.key));
        let value =
            if section.is_empty() { defaults()[key].clone() } else { defaults()[section][key].clone() };
        assert!(setting.shape.accepts(&value), "{} = {value}", setting.key);
    }
}

#[test]
fn the_manual_explains_every_setting_and_tells_its_range() {
    for setting in settings() {
        let key = setting.key.rsplit('.').next().unwrap();
        let section = setting.key.split_once('.').map(|(section, _)| format!("\n[{section}]\n"));
        let after = section.map_or(0, |section| DEFAULTS.find(&section).unwrap());
        let at = after + DEFAULTS[after..].find(&format!("\n{key} = ")).unwrap();
        let explanation = DEFAULTS[..at].rsplit("\n\n").next().unwrap();
        assert!(explanation.lines().all(|line| line.starts_with('#')), "{}: {explanation}", setting.key);
        if let Shape::Number { from, to } = setting.shape {
            let range = format!("from {from} to {to}");
            assert!(explanation.contains(&range), "{} misses {range:?}", setting.key);
        }
        if setting.is_secret {
            assert!(explanation.contains("A secret."), "{} is a secret", setting.key);
        }
        if let Some(alias) = setting.alias {
            assert!(explanation.contains(alias), "{} misses {alias}", setting.key);
        }
    }
}

#[test]
fn without_any_source_the_server_runs_on_its_own() {
    let setup = Setup::new();
    let config = setup.config();

    assert_eq!(config.data_dir, setup.folder.path().join("data"));
    assert_eq!(config.keys.master_key_file, setup.folder.path().join("data/master.key"));
    assert!(
        config.database.url.is_none() && config.database.pg_bin.is_none() && config.database.cells.is_empty()
    );
    assert_eq!(config.database.default_mode, TenantMode::Pooled);
    assert_eq!(config.log.format, LogFormat::Auto);
    assert_eq!(config.http.public_origin(config.http.listen), "http://127.0.0.1:8080");
    assert!(config.bootstrap.super_admin_email.is_none());
}

/// A value other than the default that goes with all other defaults.
fn another(key: &str) -> &'static str {
    match key {
        "http.listen" | "http.operations_listen" => "[::1]:9",
        "http.public_url" | "http.allowed_origins" | "telemetry.otlp_endpoint" => "https://a.example",
        "http.base_domain" => "a.example",
        "http.trusted_proxies" => "10.0.0.0/8, ::1",
        "http.operations_token" => "a-token-of-some-length",
        "database.url" => "postgres://user:password@db/tenantry",
        "database.default_mode" => "schema",
        "keys.master_key" => "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "log.format" => "json",
        "log.level" => "warn,tenantry_db=trace",
        "mail.smtp_url" => "smtps://user:password@mail.example.com",
        "mail.from" => "no-reply@example.com",
        "telemetry.sentry_dsn" => "https://key@sentry.example.com/1",
        "bootstrap.super_admin_email" => "root@a.example",
        "bootstrap.super_admin_password" => "correct horse battery",
        "limits.enabled" => "false",
        "limits.burst" | "limits.requests_per_second_per_tenant" | "limits.requests_per_second_per_ip" => {
            "150"
        }
        "data_dir"
        | "database.root_certificates"
        | "database.pg_bin"
        | "geoip.asn_database"
        | "geoip.database"
        | "keys.master_key_file" => "/srv/a",
        "passwords.hash_threads" | "jobs.per_tenant" | "database.schema_pool_size" => "3",
        "database.acquire_timeout_ms" | "http.body_limit_bytes" => "2000",
        "tokens.session_absolute_days" | "history.sign_ins_days" => "91",
        _ => "11",
    }
}

#[test]
fn every_setting_but_the_tables_can_be_set_by_each_of_its_variables() {
    for SettingName { key, env, alias, .. } in known_settings() {
        let setting = settings().find(|setting| setting.key == key).unwrap();
        assert_eq!(env.is_none(), matches!(setting.shape, Shape::Tables));
        for name in env.as_deref().into_iter().chain(alias) {
            let mut setup = Setup::new().env(name, another(key));
            if let Some(rest) = key.strip_prefix("bootstrap.") {
                let other = if rest == "super_admin_email" { "PASSWORD" } else { "EMAIL" };
                let value = another(&format!("bootstrap.super_admin_{}", other.to_lowercase()));
                setup = setup.env(&format!("TENANTRY_SUPER_ADMIN_{other}"), value);
            }
            if key == "mail.smtp_url" {
                setup = setup.env("TENANTRY_MAIL_FROM", another("mail.from"));
            }
            let described = setup.config().describe();
            let line = described.lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap();
            assert!(line.ends_with(&format!("({name})")), "{line}");
            let before = Setup::new().config().describe();
            let shown = line.trim_end_matches(&format!("  ({name})"));
            assert!(!before.contains(&format!("{shown}  (default)")), "{line} is the default");
        }
    }
}
