#![doc = include_str!("../README.md")]

mod action;
mod app;
pub mod audit;
mod describe;
mod dispatch;
mod envelope;
mod extract;
mod guard;
mod idempotency;
mod limits;
mod network;
mod openapi;
pub mod ports;
mod problem;
mod resolve;
mod route;
mod rules;
mod services;

pub use action::{Action, ActionInfo, Audience, PlatformAction, Public};
pub use app::{BASES, WiringError, app, problem_response};
pub use describe::OperationDoc;
pub use dispatch::Call;
pub use envelope::{Download, Listing, Message, Meta, Output, Plain, Streaming, Success, View};
pub use extract::{Body, Extract, IfMatch, LastEventId, Path, Path2, Query, RawJson, Use};
pub use guard::{Admission, Caller, Collection, Each, Guard, Permit};
pub use limits::{LimitSettings, Limits};
pub use network::{Network, NetworkError};
pub use openapi::document;
pub use problem::{Problem, status_of};
pub use route::{Endpoint, Route, Routes};
pub use rules::{not_blank, present};
pub use services::{HttpSettings, Services};
