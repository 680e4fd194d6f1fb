//! The database as the server sees it: roles, policies, keys, statements, plans, scopes, migrations.

#![cfg(test)]
#![expect(clippy::disallowed_types, reason = "the tests look at the database from outside the product")]

mod cancelled;
mod catalogue;
mod ground;
mod idempotency;
mod migrations;
mod notes;
mod partitions;
mod plan;
mod plans;
mod populated;
mod roles;
mod rows;
mod rules;
mod scopes;
mod statements;
mod support;
mod tls;
