#![doc = include_str!("../README.md")]

extern crate self as tenantry_kernel;

mod clock;
mod error;
mod id;
mod page;
mod permission;
mod rng;
mod text_enum;
pub mod trace;

pub use clock::{Clock, GivenClock};
pub use error::{ErrorKind, FieldError, Kind};
#[doc(hidden)]
pub use id::new_uuid;
pub use id::{
    AuditId, EventId, IdParseError, JobId, KeyId, PlacementId, RequestId, RoleId, SessionId, TenantId, UserId,
};
pub use page::{Cursor, CursorError, Page, PageSize};
pub use permission::{Permission, PermissionParseError};
pub use rng::Rng;

#[doc(hidden)]
pub use {bytes::BytesMut, postgres_types, schemars, serde, uuid};
