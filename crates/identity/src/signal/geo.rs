//! Where addresses lie, by databases in MaxMind's format that the operator has and keeps up to date.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};

use maxminddb::{MaxMindDbError, Reader, path};

use super::Whence;

/// How often a database is looked at, whether it is another one.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// A database that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the database {0} of places cannot be read: {1}")]
pub struct PlacesError(PathBuf, MaxMindDbError);

/// A file's time and size: another one has another of the two.
type Mark = Option<(SystemTime, u64)>;

struct Database {
    file: PathBuf,
    held: RwLock<(Mark, Arc<Reader<Vec<u8>>>)>,
}

impl Database {
    fn open(file: &Path) -> Result<Arc<Self>, PlacesError> {
        let mark = mark(file);
        let reader = Reader::open_readfile(file).map_err(|error| PlacesError(file.to_owned(), error))?;
        let database = Self { file: file.to_owned(), held: RwLock::new((mark, Arc::new(reader))) };
        let database = Arc::new(database);
        tokio::spawn(follow(Arc::downgrade(&database)));
        Ok(database)
    }

    fn reader(&self) -> Arc<Reader<Vec<u8>>> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// Read the file again when it is another one. One that cannot be read is left for the next look.
    fn look(&self) {
        let now = mark(&self.file);
        if now.is_none() || self.held.read().unwrap_or_else(PoisonError::into_inner).0 == now {
            return;
        }
        match Reader::open_readfile(&self.file) {
            Ok(reader) => {
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = (now, Arc::new(reader));
                tracing::info!(file = %self.file.display(), "a database of places was read again");
            }
            Err(error) => {
                tracing::warn!(file = %self.file.display(), error = %error, "a database of places cannot be read");
            }
        }
    }
}

fn mark(file: &Path) -> Mark {
    let about = std::fs::metadata(file).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// Look at a database from time to time, for as long as somebody has it.
async fn follow(database: Weak<Database>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(database) = database.upgrade() else { return };
        // Files of a hundred megabytes take their time.
        if tokio::task::spawn_blocking(move || database.look()).await.is_err() {
            return;
        }
    }
}

/// Where addresses lie, as far as the operator has databases of it. Cheap to clone.
#[derive(Clone, Default)]
pub struct Places {
    places: Option<Arc<Database>>,
    networks: Option<Arc<Database>>,
}

impl Places {
    /// Read the databases: of countries or cities, and of autonomous systems. They are read again when the files change.
    ///
    /// # Errors
    /// [`PlacesError`].
    pub fn open(places: Option<&Path>, networks: Option<&Path>) -> Result<Self, PlacesError> {
        let open = |file: Option<&Path>| file.map(Database::open).transpose();
        Ok(Self { places: open(places)?, networks: open(networks)? })
    }

    /// Where an address lies.
    pub(crate) fn whence(&self, ip: Option<IpAddr>) -> Whence {
        let mut whence = Whence::of(ip);
        let Some(ip) = ip.map(|ip| ip.to_canonical()) else { return whence };
        if let Some(database) = &self.places {
            let reader = database.reader();
            if let Ok(found) = reader.lookup(ip) {
                let country = found.decode_path::<&str>(&path!["country", "iso_code"]).ok().flatten();
                let is_code =
                    |code: &&str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
                whence.country = country.filter(is_code).map(str::to_owned);
                let degrees = |name: &str| found.decode_path::<f64>(&path!["location", name]).ok().flatten();
                whence.point = degrees("latitude").zip(degrees("longitude")).and_then(coarse);
            }
        }
        if let Some(database) = &self.networks {
            let reader = database.reader();
            let found = reader.lookup(ip).ok();
            let number = found.and_then(|found| {
                found.decode_path::<u32>(&path!["autonomous_system_number"]).ok().flatten()
            });
            whence.asn = number.map(i64::from);
        }
        whence
    }
}

/// A place to a tenth of a degree: nobody's street is kept.
fn coarse((latitude, longitude): (f64, f64)) -> Option<(f64, f64)> {
    let is_place = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    let round = |degrees: f64| (degrees * 10.0).round() / 10.0;
    is_place.then(|| (round(latitude), round(longitude)))
}
