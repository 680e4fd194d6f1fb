//! What every section's versions look like.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tenantry_kernel::UserId;
use tenantry_web::View;

use super::store::Version;

/// One version of a section of the configuration.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ConfigVersionView {
    version: i64,
    /// What was chosen.
    value: Value,
    created_at: Timestamp,
    created_by: Option<UserId>,
    /// Whether it is the one that holds now.
    is_current: bool,
}

impl View for ConfigVersionView {}

impl ConfigVersionView {
    /// Versions, newest first: the first one holds.
    pub(crate) fn all(versions: Vec<Version>) -> Vec<Self> {
        let one = |(index, version): (usize, Version)| {
            let Version { version, value, created_at, created_by } = version;
            Self { version, value, created_at, created_by, is_current: index == 0 }
        };
        versions.into_iter().enumerate().map(one).collect()
    }
}
