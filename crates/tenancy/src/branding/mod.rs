//! A tenant's branding: its name, colours, font and logo on the pages that its people pass, and the links below them.
//!
//! Any colour may be chosen. What would not be readable is moved until it is (WCAG 2.1, 1.4.3), and the answer says so: a
//! refusal would make people guess numbers, and pages that cannot be read would be the product's fault.

mod brands;
mod change;
mod color;
mod image;
mod logo;
mod model;
mod palette;
mod show;
pub(crate) mod store;
mod theme;
mod versions;

pub use brands::{Brand, Brands};
pub use model::LogoId;
pub(crate) use {change::get, change::update, logo::remove as remove_logo, logo::serve, logo::upload};
pub(crate) use {show::show, versions::list as versions, versions::restore};
