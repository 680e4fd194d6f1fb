//! A permit is what a guard decides, and nothing else.

use std::marker::PhantomData;

use tenantry_web::{Action, Guard, Permit};

tenantry_web::actions! {
    module "demo";

    /// Look
    Tenant Look = "things:read";

    /// Change
    Tenant Change = "things:update";
}

/// A view as the modules have them.
struct ThingView;

impl ThingView {
    fn new(_: &Permit<Look>) -> Self {
        Self
    }
}

fn by_hand<A: Action>() -> Permit<A> {
    Permit(PhantomData)
}

fn of_another_action(permit: &Permit<Change>) {
    let _ = ThingView::new(permit);
}

fn of_a_guard(guard: &Guard<Look>) {
    let _ = ThingView::new(guard);
}

fn of_nothing() {
    let _ = ThingView::new();
}

fn main() {}
