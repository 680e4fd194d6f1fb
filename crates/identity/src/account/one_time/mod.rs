//! Links and codes that are good once: they prove that somebody reads the mail, or the text messages, sent to an address.
//!
//! Of each there is a keyed hash only, bound to tenant, row and purpose. A link holds 256 random bits. A code has six digits, counts
//! for a quarter of an hour and five tries. Whoever asks for a new one ends the old, and may ask once a minute and five
//! times an hour.

mod model;
pub(crate) mod store;

pub(crate) use model::{Asks, Issued, OneTime, OneTimeId, OneTimeKey, Purpose, link_of};

use tenantry_db::TenantTx;
use tenantry_kernel::{Clock, Rng, UserId};

use crate::Error;
use crate::service::Identity;

impl Identity {
    /// Make a link and a code for a user. `target` is what they prove.
    ///
    /// # Errors
    /// [`Error::TooSoon`] when the last one is too new, or there were too many.
    pub(crate) async fn issue(
        &self,
        tx: &mut TenantTx,
        (clock, rng): (&Clock, &Rng),
        user: UserId,
        purpose: Purpose,
        target: &str,
    ) -> Result<Issued, Error> {
        let now = clock.now();
        let before = tx.run(store::find_for_update(user, purpose)).await?;
        let asks = Asks::of(before.as_ref()).next(now)?;
        let id = OneTimeId::new(clock, rng);
        let (issued, hashes) = Issued::make(&self.one_time, tx.tenant_id(), id, purpose, rng, now);
        tx.run(store::replace(
            id,
            user,
            purpose,
            target.to_owned(),
            hashes.link,
            hashes.code,
            asks.started_at,
            asks.sent,
            now,
            issued.expires_at,
        ))
        .await?;
        Ok(issued)
    }
}
