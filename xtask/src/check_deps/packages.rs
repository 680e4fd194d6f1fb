//! The workspace's packages and what they depend on, as `cargo metadata` tells it (renames resolved).

use anyhow::{Context, Result};
use serde_json::Value;

/// One package of the workspace.
pub(super) struct Package {
    /// As in its manifest.
    pub(super) name: String,
    /// The manifest's path inside the workspace.
    pub(super) manifest: String,
    /// Whether it lives under `crates/`.
    pub(super) is_crate: bool,
    /// Direct dependencies.
    pub(super) dependencies: Vec<Dependency>,
}

/// One direct dependency.
pub(super) struct Dependency {
    /// The dependency's own name.
    pub(super) name: String,
    /// For the product or for tests.
    pub(super) kind: Kind,
}

/// What a dependency is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The product, or its build script.
    Normal,
    /// Tests, examples and benchmarks.
    Dev,
}

impl Package {
    /// The name on the map.
    pub(super) fn short_name(&self) -> &str {
        self.name.strip_prefix("tenantry-").unwrap_or(&self.name)
    }
}

impl Dependency {
    /// The name on the map, for one of our own crates.
    pub(super) fn short_name(&self) -> Option<&str> {
        self.name.strip_prefix("tenantry-")
    }
}

/// Read the packages out of `cargo metadata --no-deps`.
pub(super) fn parse(metadata: &Value) -> Result<Vec<Package>> {
    let root = metadata.get("workspace_root").and_then(Value::as_str).unwrap_or_default();
    array(metadata, "packages")?.iter().map(|package| read(package, root)).collect()
}

fn read(package: &Value, root: &str) -> Result<Package> {
    let manifest = text(package, "manifest_path")?;
    let manifest = manifest.strip_prefix(root).unwrap_or(manifest).trim_start_matches('/').to_owned();
    let dependencies = array(package, "dependencies")?.iter().map(dependency).collect::<Result<_>>()?;
    let is_crate = manifest.starts_with("crates/");
    Ok(Package { name: text(package, "name")?.to_owned(), manifest, is_crate, dependencies })
}

fn dependency(value: &Value) -> Result<Dependency> {
    let is_dev = value.get("kind").and_then(Value::as_str) == Some("dev");
    let kind = if is_dev { Kind::Dev } else { Kind::Normal };
    Ok(Dependency { name: text(value, "name")?.to_owned(), kind })
}

fn array<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value.get(key).and_then(Value::as_array).with_context(|| format!("cargo metadata has no list `{key}`"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value.get(key).and_then(Value::as_str).with_context(|| format!("cargo metadata has no text `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_and_kinds_are_read() {
        let metadata = serde_json::json!({
            "workspace_root": "/w",
            "packages": [{
                "name": "tenantry-db",
                "manifest_path": "/w/crates/db/Cargo.toml",
                "dependencies": [{ "name": "tenantry-kernel", "kind": null }, { "name": "trybuild", "kind": "dev" }],
            }],
        });
        let packages = parse(&metadata).unwrap();
        let db = packages.first().unwrap();
        assert_eq!(
            (db.short_name(), db.manifest.as_str(), db.is_crate),
            ("db", "crates/db/Cargo.toml", true)
        );
        let kinds: Vec<_> =
            db.dependencies.iter().map(|one| (one.short_name(), one.kind == Kind::Dev)).collect();
        assert_eq!(kinds, [(Some("kernel"), false), (None, true)]);
    }
}
