//! The sections of the configuration, one file each: a struct, and the values its settings can have.

mod bootstrap;
mod database;
mod geoip;
mod history;
mod http;
mod jobs;
mod keys;
mod limits;
mod lockout;
mod log;
mod mail;
mod outgoing;
mod passwords;
mod telemetry;
mod tokens;

pub use bootstrap::Bootstrap;
pub use database::{Cell, Database, MAIN_CELL, TenantMode};
pub use geoip::Geoip;
pub use history::History;
pub use http::Http;
pub use jobs::Jobs;
pub use keys::Keys;
pub use limits::Limits;
pub use lockout::Lockout;
pub use log::{Log, LogFormat};
pub use mail::Mail;
pub use outgoing::Outgoing;
pub use passwords::Passwords;
pub use telemetry::Telemetry;
pub use tokens::Tokens;
