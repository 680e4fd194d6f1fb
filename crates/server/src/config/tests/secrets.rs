//! Secrets come from variables and files, and never come out again.

use secrecy::ExposeSecret as _;

use super::Setup;
use crate::config::{SettingName, known_settings, setting::settings};

/// A value that every secret refuses.
const WRONG: &str = "hunter2";

/// A right value for each secret; all contain the same mark.
const SECRETS: &[(&str, &str)] = &[
    ("http.operations_token", "hunter2hunter2hunter2"),
    ("database.url", "postgres://u:hunter2@db/tenantry"),
    ("keys.master_key", "hunter2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ("mail.smtp_url", "smtps://u:hunter2@mail.example.com"),
    ("telemetry.sentry_dsn", "https://hunter2@sentry.example.com/1"),
    ("bootstrap.super_admin_password", "hunter2 and hunter3"),
];

fn with_all_secrets() -> Setup {
    let cells = "[[database.cells]]\nname = 'eu'\nurl = 'postgres://u:hunter2@eu/tenantry'";
    let setup = Setup::new().toml(cells).env("TENANTRY_SUPER_ADMIN_EMAIL", "root@a.example");
    let setup = setup.env("TENANTRY_MAIL_FROM", "root@a.example");
    SECRETS.iter().fold(setup, |setup, (key, value)| setup.flag(key, value))
}

#[test]
fn exactly_the_secrets_are_marked_as_such() {
    let marked = settings().filter(|setting| setting.is_secret).map(|setting| setting.key);
    assert!(marked.eq(SECRETS.iter().map(|(key, _)| *key)));
    // What a struct keeps as a secret is marked: the `Debug` of anything else would show the value.
    let debug = format!("{:?}", with_all_secrets().config());
    assert_eq!(debug.matches("REDACTED").count(), SECRETS.len() + 1, "{debug}");
}

#[test]
fn a_secret_is_in_no_debug_and_no_description() {
    let config = with_all_secrets().config();
    assert_eq!(config.database.url.as_ref().unwrap().expose_secret(), SECRETS[1].1);

    let described = config.describe();
    for shown in [format!("{config:?}"), format!("{config:#?}"), described.clone()] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    for (key, _) in SECRETS {
        assert!(described.contains(&format!("{key} = ********  (command line)\n")), "{described}");
    }
    assert!(Setup::new().config().describe().contains("database.url = (not set)  (default)\n"));
}

#[test]
fn a_wrong_secret_is_named_but_not_shown() {
    for SettingName { key, env, .. } in known_settings().into_iter().filter(|name| name.is_secret) {
        let (section, name) = key.split_once('.').unwrap();
        let env = env.unwrap();
        for setup in [
            Setup::new().env(&env, WRONG),
            Setup::new().toml(&format!("[{section}]\n{name} = {WRONG:?}")),
            Setup::new().toml(&format!("[{section}]\n{name} = ['hunter2']")),
            Setup::new().toml(&format!("[{section}]\n{name} = {{ value = 'hunter2' }}")),
            Setup::new().toml(&format!("[{section}]\n{name} = 'hunter2")),
            Setup::new().toml(&format!("{section} = 'hunter2'")),
            Setup::new().toml(&format!("[{section}]\n{name} = hunter2")),
        ] {
            let errors = setup.errors();
            assert!(!errors.concat().contains("hunter2"), "{errors:?}");
            assert!(!format!("{:?}", setup.load()).contains("hunter2"), "{errors:?}");
        }
        let errors = Setup::new().env(&env, WRONG).errors();
        assert!(errors[0].starts_with(&format!("{key} ({env}) must be ")), "{errors:?}");
    }
}

#[test]
fn a_secret_is_read_from_the_file_that_its_variable_names() {
    for (name, ending) in [("TENANTRY_DATABASE_URL", "\n"), ("DATABASE_URL", "\r\n"), ("DATABASE_URL", "")] {
        let setup = Setup::new()
            .file("url", &format!("postgres://u:p@db/tenantry{ending}"))
            .env(&format!("{name}_FILE"), "url");
        let config = setup.config();
        assert_eq!(config.database.url.as_ref().unwrap().expose_secret(), "postgres://u:p@db/tenantry");
        assert!(config.describe().contains(&format!("database.url = ********  ({name}_FILE)\n")));
    }
}

#[test]
fn only_one_newline_at_the_end_is_taken_away() {
    let setup = Setup::new()
        .file("password", " spaces count, too \n\n")
        .env("TENANTRY_SUPER_ADMIN_EMAIL", "root@a.example")
        .env("TENANTRY_SUPER_ADMIN_PASSWORD_FILE", "password");
    let password = setup.config().bootstrap.super_admin_password.unwrap();
    assert_eq!(password.expose_secret(), " spaces count, too \n");
}

#[test]
fn a_secret_file_that_is_missing_or_empty_stops_the_start() {
    let setup = Setup::new().file("empty", "\n").env("DATABASE_URL_FILE", "empty");
    assert_eq!(setup.errors(), ["empty: the file is empty (named by DATABASE_URL_FILE)"]);
    let setup = Setup::new().env("DATABASE_URL_FILE", "none");
    assert_eq!(setup.errors(), ["none: No such file or directory (os error 2) (named by DATABASE_URL_FILE)"]);
}

#[test]
fn only_secrets_are_read_from_files() {
    let setup = Setup::new().env("TENANTRY_HTTP_LISTEN_FILE", "x");
    let errors = setup.errors();
    assert!(errors[0].starts_with("unknown setting TENANTRY_HTTP_LISTEN_FILE; "), "{errors:?}");
}

#[test]
fn the_master_key_file_is_the_place_of_the_key_even_when_it_is_not_there_yet() {
    let setup = Setup::new().env("TENANTRY_KEYS_MASTER_KEY_FILE", "/srv/keys/tenantry.key");
    let keys = setup.config().keys;
    assert_eq!(keys.master_key_file.to_str(), Some("/srv/keys/tenantry.key"));
    assert!(keys.master_key.is_none());
}
