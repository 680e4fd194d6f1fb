//! Root runs PostgreSQL as another user; an ordinary user runs it as itself. These tests need root.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink},
    path::{Path, PathBuf},
};

use tenantry_embedded_postgres::{Error, Server};

use crate::support::{
    Holder, PASSWORD, ask, folder, is_root, is_running, own_program, psql, settings, start, wait_until,
};

const NOBODY: u32 = 65_534;
const AS_NOBODY: [&str; 6] = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

#[test]
fn an_ordinary_user_runs_it_as_itself_and_it_dies_with_its_parent() {
    if !is_root() {
        return;
    }
    let (data, program) = (folder(), folder());
    chown(data.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    // The build folder may be closed to other users.
    let copy = program.path().join("holder");
    fs::copy(own_program(), &copy).unwrap();

    let mut holder = Holder::spawn(data.path(), &copy, &AS_NOBODY);
    let (pid, socket_dir) = holder.wait();
    assert_eq!(fs::metadata(format!("/proc/{pid}")).unwrap().uid(), NOBODY);
    psql(&socket_dir, PASSWORD, "CREATE TABLE kept AS SELECT 42 AS answer").unwrap();
    holder.kill();
    wait_until("PostgreSQL is gone", || !is_running(pid));

    // Root goes on with the owner's cluster as its owner.
    fs::remove_file(data.path().join("postgres.lock")).unwrap();
    let server = start(data.path());
    assert_eq!(fs::metadata(format!("/proc/{}", server.pid())).unwrap().uid(), NOBODY);
    assert_eq!(ask(&server, "SELECT answer FROM kept"), "42");
}

#[test]
fn root_never_runs_postgres_as_root() {
    if !is_root() {
        return;
    }
    let data = folder();
    let server = start(data.path());
    let process = fs::metadata(format!("/proc/{}", server.pid())).unwrap();
    assert_ne!(process.uid(), 0);
    assert_eq!(process.uid(), fs::metadata(data.path().join("postgres")).unwrap().uid());
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    assert!(status.lines().any(|line| line.trim_end() == "Groups:"), "{status}");
}

#[test]
fn a_restored_cluster_that_belongs_to_root_is_handed_over() {
    if !is_root() {
        return;
    }
    let data = folder();
    start(data.path()).stop().unwrap();
    let cluster = data.path().join("postgres");
    for path in [cluster.clone(), cluster.join("base"), cluster.join("PG_VERSION"), cluster.join("pg_wal")] {
        chown(path, Some(0), Some(0)).unwrap();
    }
    let server = start(data.path());
    assert_eq!(ask(&server, "SELECT 1"), "1");
}

#[test]
fn a_data_folder_that_the_user_cannot_reach_gets_its_cluster_in_a_system_folder() {
    if !is_root() {
        return;
    }
    let home = folder();
    fs::set_permissions(home.path(), Permissions::from_mode(0o700)).unwrap();
    let data = home.path().join("data");
    let server = start(&data);
    let system = SystemFolder(fs::read_link(data.join("postgres")).unwrap().parent().unwrap().to_path_buf());
    let note = server.note().unwrap();
    assert!(note.contains(home.path().to_str().unwrap()), "{note}");
    assert!(note.contains(system.0.to_str().unwrap()), "{note}");
    ask(&server, "CREATE TABLE kept AS SELECT 42 AS answer");
    drop(server);

    // The link decides from now on, also when the way is free.
    fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
    let server = start(&data);
    assert_eq!(ask(&server, "SELECT answer FROM kept"), "42");
    assert!(server.note().unwrap().contains("a backup must include it"));
}

#[test]
fn a_cluster_that_became_unreachable_is_not_replaced_by_an_empty_one() {
    if !is_root() {
        return;
    }
    let home = folder();
    let data = home.path().join("data");
    start(&data).stop().unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(0o700)).unwrap();
    let error = Server::start(&settings(&data)).unwrap_err();
    assert!(matches!(&error, Error::Unreachable { folder, .. } if folder == home.path()), "{error}");
}

#[test]
fn a_socket_folder_that_somebody_else_made_is_refused() {
    let data = folder();
    symlink("/tmp", data.path().join("postgres.run")).unwrap();
    let error = Server::start(&settings(data.path())).unwrap_err();
    assert!(matches!(error, Error::NotPrivate { .. }), "{error}");
}

/// Removes what the test has put below /var/lib.
struct SystemFolder(PathBuf);

impl Drop for SystemFolder {
    fn drop(&mut self) {
        assert!(self.0.starts_with(Path::new("/var/lib/tenantry")));
        let _ = fs::remove_dir_all(&self.0);
    }
}
