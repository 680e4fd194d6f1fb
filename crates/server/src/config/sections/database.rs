use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::config::{optional, setting::Setting, text};

/// The name of the cell that `database.url`, or else the embedded PostgreSQL, is.
pub const MAIN_CELL: &str = "main";

/// `[database]`: the PostgreSQL clusters that tenants live in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The administrative URL; without it the server runs a PostgreSQL of its own under the data folder.
    #[serde(deserialize_with = "optional::secret")]
    pub url: Option<SecretString>,
    /// The certificates (PEM) to trust when a URL asks for TLS with `sslmode=require`; the system's when not set.
    #[serde(deserialize_with = "optional::parsed")]
    pub root_certificates: Option<PathBuf>,
    /// The folder of the PostgreSQL programs that the embedded database runs; looked for when not set.
    #[serde(deserialize_with = "optional::parsed")]
    pub pg_bin: Option<PathBuf>,
    /// The most connections to one cell.
    pub max_connections: usize,
    /// The most connections to one tenant's own schema.
    pub schema_pool_size: usize,
    /// Where a new tenant lives when nothing else is asked for.
    pub default_mode: TenantMode,
    /// How long a request waits for a connection, in milliseconds.
    pub acquire_timeout_ms: u64,
    /// Further PostgreSQL clusters, beside [`MAIN_CELL`].
    pub cells: Vec<Cell>,
}

/// How a tenant is kept in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TenantMode {
    /// Among others, in the shared schema.
    Pooled,
    /// In a schema of its own.
    Schema,
}

/// `[[database.cells]]`: a further PostgreSQL cluster.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The name that placements use; no two cells have the same.
    pub name: String,
    /// The administrative URL.
    pub url: SecretString,
    /// The region its data stays in.
    #[serde(default, deserialize_with = "optional::parsed")]
    pub region: Option<String>,
}

impl Database {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::optional("database.url", text::POSTGRES_URL).secret().alias("DATABASE_URL"),
        Setting::optional("database.root_certificates", text::PATH),
        Setting::optional("database.pg_bin", text::PATH).alias("PG_BIN"),
        Setting::number("database.max_connections", 4, 1_000),
        Setting::number("database.schema_pool_size", 1, 64),
        Setting::one_of("database.default_mode", &["pooled", "schema"]),
        Setting::number("database.acquire_timeout_ms", 100, 60_000),
        Setting::tables("database.cells"),
    ];
}
