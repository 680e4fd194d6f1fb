//! A handler's first argument is the guard of the route's action.

use tenantry_web::{Body, Guard, Message, Problem, Routes};

tenantry_web::actions! {
    module "demo";

    /// Look
    Tenant Look = "things:read";

    /// Change
    Tenant Change = "things:update";
}

async fn unguarded() -> Result<Message, Problem> {
    Err(Problem::not_found())
}

async fn guarded_late(_: Body<serde_json::Value>, _: Guard<Look>) -> Result<Message, Problem> {
    Err(Problem::not_found())
}

async fn guarded_otherwise(_: Guard<Look>) -> Result<Message, Problem> {
    Err(Problem::not_found())
}

fn main() {
    let _ = Routes::new("Things")
        .get::<Look, _>("/things", "No guard at all", unguarded)
        .get::<Look, _>("/things/late", "The guard is not the first", guarded_late)
        .put::<Change, _>("/things", "The guard of another action", guarded_otherwise);
}
