#![doc = include_str!("../README.md")]

mod address;
mod client;

pub use address::is_public;
pub use client::{Answer, Error, Fetcher};
