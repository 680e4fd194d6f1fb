//! Setting schedules up.

use jiff::tz::TimeZone;
use serde_json::Value;
use tenantry_db::TenantTx;
use tenantry_kernel::Clock;

use super::store;
use crate::cron::{Cron, CronError};
use crate::error::Error;

/// A job that is to be made again and again.
#[derive(Debug, Clone)]
pub struct Schedule {
    name: String,
    kind: String,
    cron: Cron,
    zone: TimeZone,
    zone_name: String,
    payload: Value,
}

impl Schedule {
    /// Make a job of `kind` whenever `cron` fits in the IANA time zone `zone`. `name` is the schedule's own in the tenant.
    pub fn new(name: &str, kind: &str, cron: &str, zone: &str, payload: Value) -> Result<Self, CronError> {
        Ok(Self {
            name: name.to_owned(),
            kind: kind.to_owned(),
            cron: cron.parse()?,
            zone: TimeZone::get(zone).map_err(|_| CronError::TimeZone(zone.to_owned()))?,
            zone_name: zone.to_owned(),
            payload,
        })
    }

    /// Set it up, or change it, in the caller's transaction. It first makes a job at the next instant that fits.
    pub async fn save(self, tx: &mut TenantTx, clock: &Clock) -> Result<(), Error> {
        let next = self.cron.next(clock.now(), &self.zone).ok_or(CronError::Never)?;
        let cron = self.cron.to_string();
        tx.run(store::upsert(self.name, self.kind, cron, self.zone_name, self.payload, next)).await?;
        Ok(())
    }
}

/// Take a schedule away; answers whether there was one. Jobs that it has made stay.
pub async fn unschedule(tx: &mut TenantTx, name: &str) -> Result<bool, Error> {
    Ok(tx.run(store::delete(name.to_owned())).await?.0 > 0)
}
