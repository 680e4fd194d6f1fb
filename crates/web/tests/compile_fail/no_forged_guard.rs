//! A guard is made by the dispatcher, after it has found the caller out.

use tenantry_web::{Admission, Guard};

tenantry_web::actions! {
    module "demo";

    /// Look
    Tenant Look = "things:read";
}

fn by_constructor(admission: Admission) -> Guard<Look> {
    Guard::new(admission)
}

fn of_its_parts(guard: &Guard<Look>) {
    let _ = &guard.admission;
}

fn main() {}
