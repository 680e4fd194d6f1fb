//! Questions that are put to Tenantry: may somebody do something, and why?

pub(crate) mod answer;
pub(crate) mod authzen;
pub(crate) mod check;
pub(crate) mod journal;
pub(crate) mod question;
pub(crate) mod simulate;
pub(crate) mod suite;
pub(crate) mod who;
