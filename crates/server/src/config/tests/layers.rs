//! Which layer wins, and what each one is read from.

use super::Setup;
use crate::config::{LogFormat, TenantMode};

#[test]
fn each_layer_is_above_the_one_before() {
    let setup = Setup::new();
    assert_eq!(setup.config().jobs.workers, 8);
    let setup = setup.toml("[jobs]\nworkers = 9\nper_tenant = 3");
    assert_eq!(setup.config().jobs.workers, 9);
    let setup = setup.env("TENANTRY_JOBS_WORKERS", "10");
    assert_eq!(setup.config().jobs.workers, 10);
    let setup = setup.flag("jobs.workers", "11");
    let config = setup.config();
    assert_eq!((config.jobs.workers, config.jobs.per_tenant), (11, 3));

    let described = config.describe();
    assert!(described.contains("jobs.workers = 11  (command line)\n"), "{described}");
    assert!(described.contains("/tenantry.toml)\n"), "{described}");
    assert!(described.contains("jobs.poll_ms = 1000  (default)\n"), "{described}");
}

#[test]
fn a_named_file_takes_the_place_of_the_usual_one() {
    let mut setup = Setup::new().toml("data_dir = 'usual'").file("other.toml", "data_dir = 'other'");
    setup.sources.file = Some("other.toml".into());
    assert_eq!(setup.config().data_dir, setup.folder.path().join("other"));
}

#[test]
fn every_kind_of_value_is_read_from_a_file_and_from_the_environment_alike() {
    let file = Setup::new().toml(
        r#"
        [http]
        listen = "[::]:80"
        allowed_origins = ["https://A.example/", "http://b.example:8080"]
        trusted_proxies = ["10.0.0.0/8"]
        [database]
        default_mode = "schema"
        [limits]
        enabled = false
        [log]
        format = "text"
        "#,
    );
    let env = Setup::new()
        .env("TENANTRY_HTTP_LISTEN", "[::]:80")
        .env("TENANTRY_HTTP_ALLOWED_ORIGINS", "https://A.example/, http://b.example:8080")
        .env("TENANTRY_HTTP_TRUSTED_PROXIES", "10.0.0.0/8")
        .env("TENANTRY_DATABASE_DEFAULT_MODE", "schema")
        .env("TENANTRY_LIMITS_ENABLED", "false")
        .env("TENANTRY_LOG_FORMAT", "text");

    for config in [file.config(), env.config()] {
        let origins: Vec<_> = config.http.allowed_origins.iter().map(ToString::to_string).collect();
        assert_eq!(origins, ["https://a.example", "http://b.example:8080"]);
        assert!(config.http.trusted_proxies[0].contains("10.1.2.3".parse().unwrap()));
        assert_eq!(config.http.public_origin(config.http.listen), "http://localhost:80");
        assert_eq!(config.database.default_mode, TenantMode::Schema);
        assert_eq!(config.log.format, LogFormat::Text);
        assert!(!config.limits.enabled);
    }
}

#[test]
fn an_empty_variable_takes_a_value_back() {
    let setup = Setup::new()
        .toml("[http]\npublic_url = 'https://a.example'\nallowed_origins = ['https://b.example']");
    assert_eq!(setup.config().http.public_url.unwrap().as_str(), "https://a.example");
    let setup = setup.env("TENANTRY_HTTP_PUBLIC_URL", "").env("TENANTRY_HTTP_ALLOWED_ORIGINS", "");
    let http = setup.config().http;
    assert!(http.public_url.is_none() && http.allowed_origins.is_empty());
}

#[test]
fn tenantrys_own_name_goes_before_one_that_others_use_too() {
    let setup = Setup::new().env("PG_BIN", "/shared").env("TENANTRY_DATABASE_PG_BIN", "/own");
    assert_eq!(setup.config().database.pg_bin.unwrap().to_str(), Some("/own"));
}

#[test]
fn variables_of_others_and_of_the_tests_are_passed_over() {
    let setup = Setup::new().env("PATH", "/bin").env("TENANTRY_TEST_DATABASE_URL", "x").env("TENANTRYX", "x");
    setup.config();
}

#[test]
fn relative_paths_start_at_the_working_folder() {
    let setup = Setup::new()
        .env("TENANTRY_DATA_DIR", "./here/./data")
        .env("TENANTRY_DATABASE_PG_BIN", "pg/bin")
        .env("TENANTRY_KEYS_MASTER_KEY_FILE", "my.key");
    let (folder, config) = (setup.folder.path(), setup.config());
    assert_eq!(config.data_dir, folder.join("here/data"));
    assert_eq!(config.database.pg_bin, Some(folder.join("pg/bin")));
    assert_eq!(config.keys.master_key_file, folder.join("my.key"));
    assert!(config.describe().contains(&format!("data_dir = {:?}", folder.join("here/data"))));
}
