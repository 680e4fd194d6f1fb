//! The databases: a private PostgreSQL when none is configured.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tenantry_db::{CellSettings, HOME_CELL, migrate};
use tenantry_embedded_postgres as embedded;
use tenantry_vault::MasterKey;

use crate::config::Config;
use crate::start::StartError;

/// The clusters that the server uses, and the private one that it runs.
pub struct Databases {
    /// The clusters, the home cell first.
    pub cells: Vec<CellSettings>,
    /// Their regions, by name.
    pub regions: Vec<(String, String)>,
    /// The private server; it stops when this is dropped.
    pub embedded: Option<Private>,
}

/// A private PostgreSQL that is started again when it dies.
pub struct Private {
    server: Arc<Mutex<Option<embedded::Server>>>,
    is_ending: Arc<AtomicBool>,
}

impl Private {
    fn watch(server: embedded::Server, settings: embedded::Settings) -> Self {
        let server = Arc::new(Mutex::new(Some(server)));
        let is_ending = Arc::new(AtomicBool::new(false));
        let (watched, ending) = (Arc::clone(&server), Arc::clone(&is_ending));
        std::thread::spawn(move || {
            while !ending.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(250));
                let mut server = watched.lock().unwrap_or_else(PoisonError::into_inner);
                let is_dead = server.as_mut().is_none_or(|server| !server.is_alive());
                if !is_dead || ending.load(Ordering::SeqCst) {
                    continue;
                }
                tracing::error!("the private PostgreSQL has died; it is started again");
                // Its lock on the folder goes with it.
                *server = None;
                match embedded::Server::start(&settings) {
                    Ok(again) => *server = Some(again),
                    Err(error) => tracing::error!(error = %error, "the private PostgreSQL does not start"),
                }
            }
        });
        Self { server, is_ending }
    }

    /// Stop it.
    pub fn stop(&self) -> Result<(), embedded::Error> {
        self.is_ending.store(true, Ordering::SeqCst);
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        server.map_or(Ok(()), embedded::Server::stop)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::SeqCst);
    }
}

impl Databases {
    /// Connect to what is configured, or start a private PostgreSQL.
    pub async fn open(config: &Config, master: &MasterKey) -> Result<Self, StartError> {
        let (url, embedded) = if let Some(url) = &config.database.url {
            (url.clone(), None)
        } else {
            let (url, server) = start_private(config, master)?;
            (url, Some(server))
        };
        if embedded.is_some() {
            migrate::create_database(&url, None).await?;
        }
        let mut cells = vec![CellSettings { name: HOME_CELL.to_owned(), admin_url: url }];
        let mut regions = vec![(HOME_CELL.to_owned(), String::new())];
        for cell in &config.database.cells {
            cells.push(CellSettings { name: cell.name.clone(), admin_url: cell.url.clone() });
            regions.push((cell.name.clone(), cell.region.clone().unwrap_or_default()));
        }
        Ok(Self { cells, regions, embedded })
    }
}

fn start_private(config: &Config, master: &MasterKey) -> Result<(SecretString, Private), StartError> {
    let password = master.derive("postgres:superuser");
    let settings = embedded::Settings {
        data_dir: config.data_dir.clone(),
        superuser_password: password.expose_secret().to_owned(),
        bin_dir: config.database.pg_bin.clone(),
        parameters: Vec::new(),
    };
    let server = embedded::Server::start(&settings)?;
    if let Some(note) = server.note() {
        tracing::info!(note, "the private PostgreSQL has something to say");
    }
    let url = socket_url(
        server.socket_dir(),
        server.port(),
        server.superuser(),
        password.expose_secret(),
        "tenantry",
    );
    Ok((url, Private::watch(server, settings)))
}

/// A connection string through a socket folder.
pub fn socket_url(folder: &Path, port: u16, user: &str, password: &str, database: &str) -> SecretString {
    let encode = |text: &str| -> String {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
        let one = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(one).collect()
    };
    let (folder, user, password) = (encode(&folder.display().to_string()), encode(user), encode(password));
    format!("postgres://{user}:{password}@{folder}:{port}/{}", encode(database)).into()
}
