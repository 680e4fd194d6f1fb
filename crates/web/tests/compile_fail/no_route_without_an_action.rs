//! A public route is asked for by name.

use tenantry_web::{Guard, Message, Problem, Public, Routes};

async fn public(_: Guard<Public>) -> Result<Message, Problem> {
    Err(Problem::not_found())
}

fn main() {
    let _ = Routes::new("Things").get::<(), _>("/things", "No action", public);
}
