#![doc = include_str!("../README.md")]

mod authority;
mod change;
mod error;
mod flight;
mod freshness;
pub mod migrate;
pub mod notify;
mod origin;
mod partitions;
mod placement;
mod platform;
mod pool;
mod reply;
mod row;
mod session;
mod statement;
mod tenant;
mod tls;
mod trail;
mod wire;
mod worker;

pub use authority::Authority;
pub use change::{Audited, Change};
pub use error::{Error, Rule};
pub use freshness::{Freshness, Stamp};
pub use notify::{Heard, Listener, Signal, Topic};
pub use origin::{Actor, Idempotency, Origin, Purpose};
pub use partitions::{Cut, Kept, Tidied, tidy};
pub use placement::{HOME_CELL, Mode, POOLED_SCHEMA, Placement};
pub use platform::{Directory, PlatformTx};
pub use pool::{CellSettings, Databases, Role, Settings};
pub use reply::{Committed, Reply, StoredReply};
pub use row::{Answer, Column, FromRow, Scalar, Written};
pub use statement::{
    Batch, Claim, Claiming, Class, Control, Controlling, Log, Logging, Param, Query, Read, Reading,
    Statement, Write, Writing,
};
pub use tenant::{TenantDb, TenantRead, TenantTx};
pub use wire::PostgresError;
pub use worker::{WorkerDb, WorkerTx};

#[doc(hidden)]
pub use {
    postgres_types::{FromSql, ToSql},
    wire::Row,
};

/// The statements of this crate.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    trail::STATEMENTS.iter().chain(platform::PLATFORM_STATEMENTS).chain(flight::STATEMENTS).copied()
}
