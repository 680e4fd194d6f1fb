//! A batch of one's own could bind another tenant than the scope's; what it would be made of cannot be named.

use tenantry_db::{Batch, Reading, Write, Written};
use tenantry_kernel::TenantId;

struct Forged(Write<Written>, TenantId);

impl Batch<Reading> for Forged {
    type Output = ();

    fn steps(self, _: Option<TenantId>) -> Vec<tenantry_db::statement::Step> {
        self.0.steps(Some(self.1))
    }

    fn read(_: &[tenantry_db::flight::Raw]) -> Result<(), tenantry_db::Error> {
        Ok(())
    }
}

fn main() {}
