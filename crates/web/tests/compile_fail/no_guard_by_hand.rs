//! A guard cannot be put together from its parts.

use std::marker::PhantomData;

use tenantry_web::{Action, Admission, Guard};

fn by_hand<A: Action>(admission: Admission) -> Guard<A> {
    Guard { admission, action: PhantomData }
}

fn taken_apart<A: Action>(guard: Guard<A>) {
    let Guard { admission: _, .. } = guard;
}

fn main() {}
