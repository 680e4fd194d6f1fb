use std::thread;

use crate::support::{Holder, PASSWORD, ask, folder, is_running, psql, settings, start, wait_until};

#[test]
fn postgres_dies_with_its_parent_and_keeps_what_was_committed() {
    let data = folder();
    let mut holder = Holder::spawn_like_us(data.path());
    let (pid, socket_dir) = holder.wait();
    psql(&socket_dir, PASSWORD, "CREATE TABLE kept AS SELECT 42 AS answer").unwrap();
    holder.kill();
    wait_until("PostgreSQL is gone", || !is_running(pid));

    let server = start(data.path());
    assert_eq!(ask(&server, "SELECT answer FROM kept"), "42");
}

#[test]
fn a_start_right_after_the_kill_finds_the_data_too() {
    let data = folder();
    let mut holder = Holder::spawn_like_us(data.path());
    let (_, socket_dir) = holder.wait();
    psql(&socket_dir, PASSWORD, "CREATE TABLE kept AS SELECT 42 AS answer").unwrap();
    holder.kill();

    let server = start(data.path());
    assert_eq!(ask(&server, "SELECT answer FROM kept"), "42");
}

#[test]
fn postgres_outlives_the_thread_that_started_it() {
    let data = folder();
    let settings = settings(data.path());
    let started = thread::spawn(move || tenantry_embedded_postgres::Server::start(&settings).unwrap());
    let mut server = started.join().unwrap();
    thread::sleep(std::time::Duration::from_millis(300));
    assert!(server.is_alive());
    assert_eq!(ask(&server, "SELECT 1"), "1");
}
