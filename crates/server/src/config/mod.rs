//! The configuration of the server.
//!
//! Four layers, each above the one before: `config/default.toml` (embedded; the manual), `tenantry.toml`, the
//! `TENANTRY_*` environment, and the flags of the command line. A [`Config`] that exists is valid: unknown names,
//! values out of range and settings that contradict each other are refused together, in one [`ConfigErrors`], and no
//! message, `Debug` or description ever shows a secret.
//!
//! To add a setting: a field in its section (`sections/`), a line in that section's `SETTINGS`, and its explanation
//! in `config/default.toml`. The tests fail until the three agree.

mod across;
mod cells;
mod describe;
mod environment;
mod error;
mod file;
mod found;
mod load;
mod merged;
mod nearest;
mod optional;
mod overrides;
mod sections;
mod setting;
mod shape;
mod sources;
mod text;
mod web_origin;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use serde::Deserialize;

pub use error::{ConfigError, ConfigErrors};
pub use found::Layer;
pub use nearest::Nearest;
pub use sections::{
    Bootstrap, Cell, Database, Geoip, History, Http, Jobs, Keys, Limits, Lockout, Log, LogFormat, MAIN_CELL,
    Mail, Outgoing, Passwords, Telemetry, TenantMode, Tokens,
};
pub use setting::{SettingName, known_settings};
pub use sources::Sources;
pub use tenantry_web::Network;
pub use web_origin::WebOrigin;

/// Every setting with its default and its explanation: the lowest layer, and the manual.
pub const DEFAULTS: &str = include_str!("../../../../config/default.toml");

/// The settings of one server, read from all layers and valid as a whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The folder of everything the server keeps by itself; absolute when the working folder is.
    pub data_dir: PathBuf,
    /// Addresses, limits and trust of the HTTP server.
    pub http: Http,
    /// PostgreSQL: where tenants live.
    pub database: Database,
    /// The master key that wraps every tenant's keys.
    pub keys: Keys,
    /// Lifetimes of access tokens, refresh tokens and sessions.
    pub tokens: Tokens,
    /// What failed sign-ins lead to.
    pub lockout: Lockout,
    /// Where addresses of the network lie.
    pub geoip: Geoip,
    /// Rules and work of passwords.
    pub passwords: Passwords,
    /// Request rates.
    pub limits: Limits,
    /// How long what has happened is kept.
    pub history: History,
    /// Background work.
    pub jobs: Jobs,
    /// Requests to addresses that tenants have chosen.
    pub outgoing: Outgoing,
    /// How messages get to people.
    pub mail: Mail,
    /// What the server writes to standard error.
    pub log: Log,
    /// What the server tells other programs of its work.
    pub telemetry: Telemetry,
    /// The first super admin.
    pub bootstrap: Bootstrap,
    /// The settings as shown to an operator, secrets already masked.
    #[serde(skip)]
    effective: Vec<describe::Effective>,
}

impl Config {
    /// Read all layers and check the result.
    ///
    /// Reports everything that is wrong, not only the first thing.
    pub fn load(sources: Sources) -> Result<Self, ConfigErrors> {
        load::load(&sources)
    }
}
