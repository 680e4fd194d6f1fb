#![doc = include_str!("../README.md")]

pub mod cli;
pub mod config;
mod console;
mod database;
mod demo;
mod docs;
mod mailbox;
pub mod modules;
mod operations;
mod rotate;
mod serve;
mod start;
pub mod telemetry;
mod wiring;

pub use database::{Databases, Private, socket_url};
pub use serve::{Running, serve};
pub use start::{Parts, StartError, Tools, start};
pub use tenantry_vault::MasterKey;
