//! One PostgreSQL for all tests of a run; each test has a database of its own in it.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use secrecy::SecretString;
use tenantry_embedded_postgres::{Server, Settings};

struct Address {
    socket_dir: String,
    port: String,
    user: String,
    password: String,
    _server: Option<Server>,
}

static ADDRESS: OnceLock<Address> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The administrative connection string of a database that does not exist yet.
pub(crate) fn new_database() -> SecretString {
    let address = ADDRESS.get_or_init(|| given().unwrap_or_else(start));
    let name = format!("events_{}_{}", process::id(), DATABASES.fetch_add(1, Ordering::SeqCst));
    let Address { socket_dir, port, user, password, .. } = address;
    format!("host={socket_dir} port={port} user={user} password={password} dbname={name}").into()
}

/// `socket folder|port|user|password`, when the test command has started one for all.
fn given() -> Option<Address> {
    let text = env::var("TENANTRY_TEST_POSTGRES").ok()?;
    let mut parts = text.split('|').map(str::to_owned);
    Some(Address {
        socket_dir: parts.next()?,
        port: parts.next()?,
        user: parts.next()?,
        password: parts.next()?,
        _server: None,
    })
}

fn start() -> Address {
    const PREFIX: &str = "tenantry-events-test-";
    let folder = env::temp_dir();
    for entry in fs::read_dir(&folder).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_left = name.strip_prefix(PREFIX).is_some_and(|pid| !PathBuf::from("/proc").join(pid).exists());
        if is_left {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let password = "tests".to_owned();
    let speed = [
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("max_connections", "300"),
    ];
    let server = Server::start(&Settings {
        data_dir: folder.join(format!("{PREFIX}{}", process::id())),
        superuser_password: password.clone(),
        bin_dir: None,
        parameters: speed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    })
    .unwrap();
    Address {
        socket_dir: server.socket_dir().display().to_string(),
        port: server.port().to_string(),
        user: server.superuser().to_owned(),
        password,
        _server: Some(server),
    }
}
