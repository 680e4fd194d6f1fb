//! The master key file: made once, private, and never replaced.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;

use tenantry_kernel::{ErrorKind, Kind, Rng};
use tenantry_vault::{Error, MasterKey};

#[test]
fn the_file_is_made_once_and_read_after_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("master.key");
    let made = MasterKey::load_or_create(&path, &Rng::system()).expect("made");
    let loaded = MasterKey::load_or_create(&path, &Rng::system()).expect("loaded");
    assert_eq!(made.id(), loaded.id());
}

#[test]
fn the_file_is_one_line_of_base64_for_its_owner_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("master.key");
    let key = MasterKey::load_or_create(&path, &Rng::system()).expect("made");

    let content = fs::read_to_string(&path).expect("text");
    assert_eq!((content.len(), content.lines().count()), (45, 1));
    assert_eq!(MasterKey::from_base64(&content.into()).expect("a key").id(), key.id());
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o7777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "no temporary file is left");
}

#[test]
fn processes_that_start_at_once_end_with_the_same_key() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("master.key");
        let start = Barrier::new(8);
        let ids: Vec<_> = std::thread::scope(|scope| {
            let race = || {
                start.wait();
                MasterKey::load_or_create(&path, &Rng::system()).expect("a key").id().to_owned()
            };
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(race)).collect();
            racers.into_iter().map(|racer| racer.join().expect("no panic")).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}

#[test]
fn a_file_that_others_may_reach_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("master.key");
    MasterKey::load_or_create(&path, &Rng::system()).expect("made");
    for mode in [0o640, 0o604, 0o620, 0o601, 0o644] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("changed");
        let error = MasterKey::load_or_create(&path, &Rng::system()).expect_err("exposed");
        assert!(matches!(error, Error::MasterKeyExposed { mode: told, .. } if told == mode));
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&path, Permissions::from_mode(0o400)).expect("changed");
    assert!(MasterKey::load_or_create(&path, &Rng::system()).is_ok(), "read-only is fine");
}

#[test]
fn a_damaged_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("master.key");
    for content in ["", "short", "\n", &"A".repeat(10_000)] {
        fs::write(&path, content).expect("written");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("changed");
        let error = MasterKey::load_or_create(&path, &Rng::system()).expect_err("damaged");
        assert!(matches!(error, Error::MasterKeyFile { .. }), "{error:?}");
        assert_eq!(fs::read_to_string(&path).expect("text"), content);
    }
}

#[test]
fn a_missing_folder_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("missing/master.key");
    let error = MasterKey::load_or_create(&path, &Rng::system()).expect_err("no folder");
    assert!(error.to_string().contains("missing/master.key"), "{error}");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Internal, "master_key_file"));
}
