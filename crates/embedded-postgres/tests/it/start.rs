use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use tenantry_embedded_postgres::{Error, Server};

use crate::support::{PASSWORD, ask, folder, is_running, psql, settings, start};

#[test]
fn a_new_server_answers_and_is_set_up_as_promised() {
    let data = folder();
    let mut server = start(data.path());
    assert!(server.is_alive());
    assert_eq!(server.note(), None);
    for (name, value) in [
        ("server_encoding", "UTF8"),
        ("lc_collate", "C.UTF-8"),
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("wal_level", "logical"),
        ("listen_addresses", ""),
        ("max_connections", "200"),
        ("shared_buffers", "16MB"),
        ("max_slot_wal_keep_size", "1GB"),
    ] {
        assert_eq!(ask(&server, &format!("SHOW {name}")), value, "{name}");
    }
    server.stop().unwrap();
}

#[test]
fn a_wrong_password_is_refused() {
    let data = folder();
    let server = start(data.path());
    let refused = psql(server.socket_dir(), "wrong", "SELECT 1").unwrap_err();
    assert!(refused.contains("password authentication failed"), "{refused}");
    let stored = ask(&server, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'");
    assert!(stored.starts_with("SCRAM-SHA-256$"), "{stored}");
}

#[test]
fn the_socket_and_the_log_are_private() {
    let data = folder();
    let server = start(data.path());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(server.socket_dir()), 0o700);
    assert_eq!(mode(&data.path().join("postgres.log")), 0o600);
}

#[test]
fn a_drop_stops_the_server_and_the_next_start_finds_the_data() {
    let data = folder();
    let server = start(data.path());
    ask(&server, "CREATE TABLE kept AS SELECT 42 AS answer");
    let pid = server.pid();
    drop(server);
    assert!(!is_running(pid));

    let server = start(data.path());
    assert_eq!(ask(&server, "SELECT answer FROM kept"), "42");
}

#[test]
fn a_data_folder_with_a_long_and_odd_path_gets_its_socket_elsewhere() {
    let data = folder();
    let long = data.path().join("a, \"b\" and c ".repeat(12));
    let server = start(&long);
    assert!(!server.socket_dir().starts_with(data.path()));
    assert_eq!(psql(server.socket_dir(), PASSWORD, "SELECT 1").unwrap(), "1");
    let socket_dir = server.socket_dir().to_path_buf();
    server.stop().unwrap();
    assert!(!socket_dir.exists());
}

#[test]
fn a_parameter_that_postgres_refuses_is_shown_with_its_reason() {
    let data = folder();
    let mut settings = settings(data.path());
    settings.parameters.push(("wal_level".to_owned(), "loud".to_owned()));
    let error = Server::start(&settings).unwrap_err();
    assert!(matches!(&error, Error::Exited { tail, .. } if tail.contains("loud")), "{error}");
}
