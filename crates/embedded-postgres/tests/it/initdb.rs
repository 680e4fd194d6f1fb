use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tenantry_embedded_postgres::{Error, Server};

use crate::support::{Holder, ask, folder, settings, start, wait_until};

#[test]
fn a_start_that_is_killed_during_initdb_is_made_good() {
    let data = folder();
    let mut holder = Holder::spawn_like_us(data.path());
    wait_until("initdb is at work", || {
        attempt(data.path()).is_some_and(|attempt| attempt.join("cluster/PG_VERSION").exists())
    });
    holder.kill();
    assert!(!data.path().join("postgres").exists(), "initdb was done too soon for this test");

    let server = start(data.path());
    assert_eq!(ask(&server, "SELECT 1"), "1");
    assert_eq!(attempt(data.path()), None);
}

#[test]
fn a_failed_initdb_says_why_and_leaves_no_password_behind() {
    let data = folder();
    let bin = folder();
    program(bin.path(), "postgres", "echo 'postgres (PostgreSQL) 15.1'");
    program(bin.path(), "pg_ctl", "true");
    program(bin.path(), "initdb", "echo 'the disk is on holiday' >&2; exit 1");
    let mut settings = settings(data.path());
    settings.bin_dir = Some(bin.path().to_path_buf());

    let error = Server::start(&settings).unwrap_err();
    assert!(matches!(&error, Error::InitDb { output, .. } if output == "the disk is on holiday"), "{error}");
    let left: Vec<_> = fs::read_dir(data.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["postgres.lock"]);
}

#[test]
fn a_folder_that_is_no_cluster_is_left_alone() {
    let data = folder();
    fs::create_dir(data.path().join("postgres")).unwrap();
    fs::write(data.path().join("postgres/thesis.txt"), "").unwrap();
    let error = Server::start(&settings(data.path())).unwrap_err();
    assert!(matches!(error, Error::NotACluster { .. }), "{error}");
    assert!(data.path().join("postgres/thesis.txt").exists());
}

/// The folder that `initdb` works in.
fn attempt(data_dir: &Path) -> Option<PathBuf> {
    let mut entries = fs::read_dir(data_dir).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| path.to_str().unwrap().contains("postgres.initdb-"))
}

fn program(bin: &Path, name: &str, script: &str) {
    let path = bin.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
}
