use std::process;

use tenantry_embedded_postgres::{Error, Server};

use crate::support::{Holder, ask, folder, settings, start};

#[test]
fn a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let data = folder();
    let server = start(data.path());
    let error = Server::start(&settings(data.path())).unwrap_err();
    assert!(matches!(error, Error::InUse { pid: Some(pid), .. } if pid == process::id()), "{error}");
    assert_eq!(ask(&server, "SELECT 1"), "1");
}

#[test]
fn another_process_is_named() {
    let data = folder();
    let mut holder = Holder::spawn_like_us(data.path());
    holder.wait();
    let error = Server::start(&settings(data.path())).unwrap_err();
    assert!(matches!(error, Error::InUse { pid: Some(pid), .. } if pid == holder.process.id()), "{error}");
}
