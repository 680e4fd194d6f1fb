use crate::support::{ask, folder, signal, start, wait_until};

#[test]
fn after_a_kill_of_postgres_the_next_start_recovers_what_was_committed() {
    let data = folder();
    let mut server = start(data.path());
    ask(&server, "CREATE TABLE kept AS SELECT 42 AS answer");
    signal(server.pid(), "KILL");
    wait_until("PostgreSQL is dead", || !server.is_alive());
    drop(server);

    let server = start(data.path());
    assert_eq!(ask(&server, "SELECT answer FROM kept"), "42");
}

#[test]
fn stopping_a_server_that_is_dead_is_no_error() {
    let data = folder();
    let server = start(data.path());
    signal(server.pid(), "KILL");
    server.stop().unwrap();
}
