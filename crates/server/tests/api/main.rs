//! The product through its API: what works, what is refused, and that no tenant sees another.

#![cfg(test)]

mod access;
mod account;
mod audit;
mod authzen;
mod browser;
mod conventions;
mod cookies;
mod decisions;
mod escalation;
mod figures;
mod fuzz;
mod groups;
mod idempotency;
mod impersonation;
mod isolation;
mod keys;
mod lockout;
mod matrix;
mod operation;
mod operations;
mod pages;
mod policies;
mod policy_life;
mod request;
mod resolution;
mod sign_in;
mod smoke;
mod states;
mod tenants;
mod tokens;
mod wire;
