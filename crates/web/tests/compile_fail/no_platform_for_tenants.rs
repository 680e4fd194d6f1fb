//! Only an operator's action reaches beyond its tenant, and only a public one enters without an actor.

use std::sync::Arc;

use tenantry_db::{Placement, Purpose};
use tenantry_web::Guard;

tenantry_web::actions! {
    module "demo";

    /// Look
    Tenant Look = "things:read";

    /// Look at one's own
    Own LookAtMine = "things:list";
}

fn platform(guard: &Guard<Look>) {
    let _ = guard.platform("none");
}

fn operate(guard: &Guard<LookAtMine>, placement: &Arc<Placement>) {
    let _ = guard.operate(placement);
}

fn enter(guard: &Guard<Look>) {
    let _ = guard.enter(Purpose::SignIn);
}

fn main() {}
