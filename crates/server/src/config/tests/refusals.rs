//! What is refused, and in which words.

use super::Setup;

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let setup = Setup::new()
        .toml("colour = 'red'\n[http]\nlisten = 8080\n[jobs]\nwrokers = 3\npoll_ms = 'often'")
        .env("TENANTRY_HTTP_LISEN", "127.0.0.1:1")
        .env("TENANTRY_LOG_FORMAT", "xml")
        .env("TENANTRY_LIMITS_ENABLED", "yes")
        .flag("http.drain_seconds", "-1");
    assert_eq!(
        setup.errors(),
        [
            "unknown setting colour in ~/tenantry.toml; the nearest known name is lockout",
            "unknown setting jobs.wrokers in ~/tenantry.toml; did you mean jobs.workers?",
            "unknown setting TENANTRY_HTTP_LISEN; did you mean TENANTRY_HTTP_LISTEN?",
            "http.drain_seconds = -1 (command line) must be a whole number from 0 to 300",
            "http.listen = 8080 (~/tenantry.toml) must be an IP address and port such as 127.0.0.1:8080 or [::1]:8080",
            "jobs.poll_ms = \"often\" (~/tenantry.toml) must be a whole number from 10 to 60000",
            "limits.enabled = \"yes\" (TENANTRY_LIMITS_ENABLED) must be true or false",
            "log.format = \"xml\" (TENANTRY_LOG_FORMAT) must be one of auto, json, text",
        ]
    );
    let all = setup.load().unwrap_err().to_string();
    assert!(all.starts_with("the configuration is not valid:\n  - unknown setting colour"), "{all}");
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let setup = Setup::new()
        .env("TENANTRY_TOKENS_SESSION_ABSOLUTE_DAYS", "20")
        .env("TENANTRY_DATABASE_SCHEMA_POOL_SIZE", "33")
        .env("TENANTRY_JOBS_WORKERS", "1")
        .env("TENANTRY_LIMITS_BURST", "99")
        .env("TENANTRY_HTTP_OPERATIONS_LISTEN", "127.0.0.1:8080")
        .env("TENANTRY_KEYS_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        .env("TENANTRY_KEYS_MASTER_KEY_FILE", "a.key")
        .env("TENANTRY_SUPER_ADMIN_PASSWORD", "only eight");
    assert_eq!(
        setup.errors(),
        [
            "database.schema_pool_size = 33 (TENANTRY_DATABASE_SCHEMA_POOL_SIZE) must be at most database.max_connections (32)",
            "tokens.refresh_days = 30 (default) must be at most tokens.session_absolute_days (20)",
            "tokens.session_idle_days = 30 (default) must be at most tokens.session_absolute_days (20)",
            "limits.requests_per_second_per_tenant = 100 (default) must be at most limits.burst (99)",
            "jobs.per_tenant = 2 (default) must be at most jobs.workers (1)",
            "http.operations_listen = \"127.0.0.1:8080\" (TENANTRY_HTTP_OPERATIONS_LISTEN) must be another address than http.listen",
            "keys.master_key (TENANTRY_KEYS_MASTER_KEY) must be left out when keys.master_key_file is set",
            "bootstrap.super_admin_email (default) must be set when bootstrap.super_admin_password is",
            "bootstrap.super_admin_password (TENANTRY_SUPER_ADMIN_PASSWORD) must be at least passwords.min_length (12) characters long",
        ]
    );
}

#[test]
fn a_wrong_setting_does_not_make_another_one_wrong() {
    let setup = Setup::new()
        .env("TENANTRY_DATABASE_MAX_CONNECTIONS", "many")
        .env("TENANTRY_DATABASE_SCHEMA_POOL_SIZE", "50");
    let errors = setup.errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].starts_with("database.max_connections = \"many\""), "{errors:?}");
}

#[test]
fn two_variables_for_one_setting_are_refused() {
    let email = Setup::new()
        .env("TENANTRY_SUPER_ADMIN_EMAIL", "a@a.example")
        .env("TENANTRY_BOOTSTRAP_SUPER_ADMIN_EMAIL", "b@b.example");
    let expected =
        "TENANTRY_BOOTSTRAP_SUPER_ADMIN_EMAIL and TENANTRY_SUPER_ADMIN_EMAIL are both set; keep one of them";
    assert_eq!(email.errors(), [expected]);

    for name in ["DATABASE_URL", "TENANTRY_DATABASE_URL", "TENANTRY_HTTP_OPERATIONS_TOKEN"] {
        let setup = Setup::new().env(&format!("{name}_FILE"), "secret").env(name, "postgres://db/tenantry");
        assert_eq!(setup.errors(), [format!("{name} and {name}_FILE are both set; keep one of them")]);
    }
}

#[test]
fn a_setting_outside_its_section_is_told_where_it_belongs() {
    let setup =
        Setup::new().toml("listen = '127.0.0.1:1'").env("TENANTRY_WORKERS", "3").flag("drain_second", "1");
    assert_eq!(
        setup.errors(),
        [
            "unknown setting listen in ~/tenantry.toml; did you mean http.listen?",
            "unknown setting TENANTRY_WORKERS; did you mean TENANTRY_JOBS_WORKERS?",
            "unknown setting drain_second; did you mean http.drain_seconds?",
        ]
    );
}

#[test]
fn a_section_must_be_a_known_table() {
    let text = "http = 8080\n'jobs.workers' = 3\n[htpp]\nlisten = '127.0.0.1:1'\n[job]\n[jobs]\n[jobs.poll_ms]\na = 1";
    let mut errors = Setup::new().toml(text).errors();
    errors.sort();
    assert_eq!(
        errors,
        [
            "http (~/tenantry.toml) must be a section, [http]",
            "jobs.poll_ms (~/tenantry.toml) must be a whole number from 10 to 60000",
            "unknown setting \"jobs.workers\" in ~/tenantry.toml; did you mean jobs.workers?",
            "unknown setting htpp.listen in ~/tenantry.toml; did you mean http.listen?",
            "unknown setting job in ~/tenantry.toml; did you mean jobs?",
        ]
    );
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let mut setup = Setup::new();
    setup.sources.file = Some("none.toml".into());
    let expected =
        "~/none.toml: No such file or directory (os error 2) (the configuration file that was asked for)";
    assert_eq!(setup.errors(), [expected]);
}

#[test]
fn a_file_that_is_not_toml_does_not_hide_what_else_is_wrong() {
    let setup = Setup::new().toml("[http]\nlisten = \n").env("TENANTRY_JOBS_WORKERS", "0");
    let errors = setup.errors();
    assert!(errors[0].starts_with("~/tenantry.toml, line 2: "), "{errors:?}");
    assert_eq!(errors[1], "jobs.workers = 0 (TENANTRY_JOBS_WORKERS) must be a whole number from 1 to 256");
}

#[test]
fn long_values_and_names_stay_on_one_short_line() {
    let long = format!("a\nb{}", "ä".repeat(5_000));
    let setup = Setup::new().env("TENANTRY_LOG_FORMAT", &long).env(&format!("TENANTRY_{long}"), "x");
    for error in setup.errors() {
        assert!(error.chars().count() < 300 && !error.contains('\n'), "{error}");
    }
}
