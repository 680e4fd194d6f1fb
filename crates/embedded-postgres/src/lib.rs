#![doc = include_str!("../README.md")]

mod account;
mod binaries;
mod cluster;
mod error;
mod fingerprint;
mod home;
mod launcher;
mod leash;
mod leftover;
mod lock;
mod log_file;
mod parameters;
mod pid_file;
mod server;
mod settings;
mod socket;

pub use binaries::find_bin_dir;
pub use error::Error;
pub use server::Server;
pub use settings::Settings;
