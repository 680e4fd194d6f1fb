//! The supervisor with a real PostgreSQL, as root and as an ordinary user.

#![cfg(test)]

mod crash;
mod initdb;
mod leftover;
mod lock;
mod parent;
mod start;
mod support;
mod users;
