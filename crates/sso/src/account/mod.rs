//! The pages by which people get an account, and get back into it: below a tenant's issuer, without JavaScript, like the
//! sign-in page.
//!
//! A link of a message leads to a page with a form. Getting the page changes nothing, so programs that look at links in
//! mails use nothing up; only the form does.

mod desk;
pub(crate) mod invitation;
pub(crate) mod new_password;
pub(crate) mod recover;
pub(crate) mod register;
pub(crate) mod verify;

pub(crate) use desk::{FieldOf, LanguageQuery, Page, Reception};
