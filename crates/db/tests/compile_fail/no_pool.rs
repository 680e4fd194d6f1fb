//! Nothing outside the crate can reach a pool, a connection or a client.

use tenantry_db::{Authority, Role, TenantDb};

fn of_the_authority(authority: &Authority) {
    let _ = authority.databases().home_pool(Role::App);
    let _ = tenantry_db::pool::PoolHandle::get;
    let _ = tenantry_db::flight::Conn::new;
    let _ = tenantry_db::wire::connect;
}

fn of_a_scope(tenant: &TenantDb) {
    let _ = &tenant.databases;
}

fn main() {}
