//! The product through its API: what works, what is refused, and that no tenant sees another.

#![cfg(test)]

mod access;
mod account;
mod audit;
mod authorize;
mod authzen;
mod backchannel;
mod browser;
mod clients;
mod conformance;
mod conventions;
mod cookies;
mod decisions;
mod device;
mod escalation;
mod federation;
mod figures;
mod fuzz;
mod groups;
mod idempotency;
mod identity_providers;
mod idp;
mod impersonation;
mod isolation;
mod keys;
mod lockout;
mod matrix;
mod oidc;
mod operation;
mod operations;
mod pages;
mod policies;
mod policy_life;
mod provider;
mod provider_isolation;
mod request;
mod resolution;
mod sign_in;
mod sign_out;
mod smoke;
mod states;
mod tenants;
mod tokens;
mod wire;
