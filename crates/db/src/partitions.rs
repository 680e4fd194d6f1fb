//! Tables whose rows are over one day: they are cut by the time in their ids, and old partitions are dropped whole.
//!
//! Deleting row by row would write as much as inserting did, and leave the room to vacuum. The work is the owner's, like
//! migrations; the functions it calls are in `migrations/tenant`.

use jiff::Timestamp;

use crate::error::Error;
use crate::migrate::{Admin, connect, quote};
use crate::placement::Placement;
use crate::pool::{Databases, Role};

/// The lock that one tidying process of a database holds: "tidiness" in ASCII, as a number.
const TIDY_LOCK: i64 = 0x7469_6469_6e65_7373;

/// How long a step waits for its locks; everybody else waits behind it.
const LOCK_TIMEOUT: &str = "200ms";

/// A table that is cut by the time in its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The table; its partitions are called after it.
    pub table: &'static str,
    /// How many days a partition is for.
    pub days: u16,
    /// When a partition may go.
    pub kept: Kept,
}

/// How long rows of such a table are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Until a day after `expires_at`.
    UntilExpired,
    /// So many days.
    Days(u16),
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Partitions that were made.
    pub made: i32,
    /// Partitions that were dropped.
    pub dropped: i32,
}

/// Make the partitions that will be needed in the schema of a placement, and drop those that are over. One that somebody is reading
/// for long is left for the next time.
///
/// # Errors
/// When the database cannot be reached; a table that could not be tidied is logged, and the others are.
pub async fn tidy(databases: &Databases, placement: &Placement, cuts: &[Cut]) -> Result<Tidied, Error> {
    let mut config = databases.config(&placement.cell)?.clone();
    config.dbname(&placement.database);
    let admin = connect(&config, databases.tls()).await?;
    let (owner, schema) = (Role::Owner.name(), quote(&placement.schema));
    let enter = format!("SET ROLE {owner}; SET search_path = {schema}; SET lock_timeout = '{LOCK_TIMEOUT}'");
    admin.batch_execute(&enter).await?;
    // Another node is at it. The lock ends with the connection.
    if !admin.query_one("SELECT pg_try_advisory_lock($1)", &[&TIDY_LOCK]).await?.get::<_, bool>(0) {
        return Ok(Tidied::default());
    }
    let now = databases.clock().now();
    let mut all = Tidied::default();
    for cut in cuts {
        if let Err(error) = tidy_one(&admin, cut, now, &mut all).await {
            tracing::warn!(error = %error, db.schema = placement.schema, db.table = cut.table, "partitions wait");
        }
    }
    Ok(all)
}

/// One table: every step is a transaction of its own, so that whoever waits for a lock waits for one step.
async fn tidy_one(admin: &Admin, cut: &Cut, now: Timestamp, all: &mut Tidied) -> Result<(), Error> {
    let step = i32::from(cut.days);
    let kept = match cut.kept {
        Kept::UntilExpired => None,
        Kept::Days(days) => Some(i32::from(days)),
    };
    let make = "SELECT make_partition($1, $2, $3)";
    while admin.query_one(make, &[&cut.table, &now, &step]).await?.get(0) {
        all.made += 1;
    }
    let drop = "SELECT drop_partition($1, $2, $3)";
    while admin.query_one(drop, &[&cut.table, &now, &kept]).await?.get(0) {
        all.dropped += 1;
    }
    admin.execute("SELECT sweep_rest($1, $2, $3)", &[&cut.table, &now, &kept]).await?;
    Ok(())
}
