//! Whether a device is known that somebody signs in from.

use super::describe::Kind;
use super::{Device, Shown};

/// The device of somebody who has shown at least a first factor.
#[derive(Debug)]
pub(super) enum Found {
    /// They have signed in from it before.
    Known(Device),
    /// Its secret comes from something else: it has been copied.
    Copied(Device),
    /// Nobody knows it.
    New,
}

impl Found {
    /// Which of the user's devices it is.
    pub(super) fn of(devices: Vec<Device>, shown: &Shown, kind: &Kind) -> Self {
        match devices.into_iter().find(|device| shown.holds(device)) {
            None => Self::New,
            Some(device) if Kind::of(device.user_agent.as_deref()).resembles(kind) => Self::Known(device),
            Some(device) => Self::Copied(device),
        }
    }
}
