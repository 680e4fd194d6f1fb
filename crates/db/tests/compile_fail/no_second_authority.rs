//! The authority exists once: it can be shared, not copied.

use tenantry_db::Authority;

fn needs_a_copy<T: Clone>(_: &T) {}

fn copied(authority: &Authority) {
    needs_a_copy(authority);
}

fn main() {}
