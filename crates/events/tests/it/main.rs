//! The background work against a real PostgreSQL.

#![cfg(test)]

mod delivery;
mod drain;
mod fairness;
mod housekeeping;
mod http;
mod jobs;
mod kills;
mod numbering;
mod placements;
mod postgres;
mod routes;
mod schedules;
mod statements;
mod stream;
mod support;
mod traces;
