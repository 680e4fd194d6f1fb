//! GET /policies/{policy_id}/versions, GET /policies/{policy_id}/diff

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_kernel::{Cursor, Page, PageSize, UserId};
use tenantry_web::{Guard, Listing, Path, Problem, Query, Success, View};
use uuid::Uuid;

use super::model::PolicyId;
use super::store;
use crate::{Error, ReadPolicies};

/// Which page of versions.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Paging {
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// Which versions to compare.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Between {
    /// Default: the one before `to`.
    from: Option<u32>,
    /// Default: the newest.
    to: Option<u32>,
}

/// A version of a policy.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VersionView {
    version: i64,
    /// The policy as code.
    document: Value,
    created_at: Timestamp,
    created_by: Option<UserId>,
}

impl View for VersionView {}

/// What two versions of a policy have not in common.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Difference {
    from: i64,
    to: i64,
    /// In the order of the places.
    changes: Vec<Changed>,
}

impl View for Difference {}

/// A value that differs.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Changed {
    /// A JSON pointer into the policy.
    pointer: String,
    /// Absent when there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Value>,
    /// Absent when there is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Value>,
}

/// List the versions of a policy, newest first.
pub(crate) async fn list(
    guard: Guard<ReadPolicies>,
    Path(id): Path<PolicyId>,
    Query(paging): Query<Paging>,
) -> Result<Listing<VersionView>, Problem> {
    // The number of a version takes the instant's room in the cursor.
    let before = paging.cursor.map_or(i64::MAX, |cursor| cursor.at.as_microsecond());
    let (policy, rows) = guard.tenant().read((store::find(id), store::versions(id, before))).await?;
    guard.permit(&policy.ok_or(Error::NotFound)?)?;
    let page = Page::cut(rows, paging.limit.unwrap_or_default(), |row| Cursor {
        at: Timestamp::from_microsecond(row.version).unwrap_or(Timestamp::UNIX_EPOCH),
        id: Uuid::nil(),
    });
    let view = |store::Version { version, document, created_at, created_by }| VersionView {
        version,
        document,
        created_at,
        created_by: created_by.map(UserId::from_uuid),
    };
    Ok(Listing::new(page.map(view), None))
}

/// Compare two versions of a policy.
pub(crate) async fn diff(
    guard: Guard<ReadPolicies>,
    Path(id): Path<PolicyId>,
    Query(between): Query<Between>,
) -> Result<Success<Difference>, Problem> {
    let tenant = guard.tenant();
    let policy = tenant.read(store::find(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&policy)?;
    let to = between.to.map_or(policy.version, i64::from);
    let from = between.from.map_or_else(|| (to - 1).max(1), i64::from);
    let unknown = |name: &str| {
        Problem::malformed("invalid_query", &format!("query/{name}"), "there is no such version")
    };
    let (older, newer) = tenant.read((store::version(id, from), store::version(id, to))).await?;
    let (older, newer) = (older.ok_or_else(|| unknown("from"))?, newer.ok_or_else(|| unknown("to"))?);
    let mut changes = Vec::new();
    compare("#", Some(&older.document), Some(&newer.document), &mut changes);
    Ok(Success::ok(Difference { from, to, changes }))
}

fn compare(at: &str, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<Changed>) {
    match (old, new) {
        (Some(old), Some(new)) if old == new => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let at = format!("{at}/{}", super::language::target::escaped(key));
                compare(&at, old.get(key), new.get(key), changes);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for index in 0..old.len().max(new.len()) {
                compare(&format!("{at}/{index}"), old.get(index), new.get(index), changes);
            }
        }
        (old, new) => {
            changes.push(Changed { pointer: at.to_owned(), old: old.cloned(), new: new.cloned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_the_places() {
        let mut changes = Vec::new();
        let (old, new) =
            (json!({"a": 1, "b": [1, 2], "c": {"d": 1}}), json!({"a": 2, "b": [1], "c": {"d": 1}, "e/f": 3}));
        compare("#", Some(&old), Some(&new), &mut changes);
        let places: Vec<&str> = changes.iter().map(|change| change.pointer.as_str()).collect();
        assert_eq!(places, ["#/a", "#/b/1", "#/e~1f"]);
    }
}
