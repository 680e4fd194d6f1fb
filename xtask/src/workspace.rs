//! Where the workspace is and which files belong to it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;

/// A text file of the workspace.
pub(crate) struct File {
    /// Relative to the workspace, with `/` between folders.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    manifest.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// What cargo knows of the workspace's own packages.
pub(crate) fn metadata() -> Result<Value> {
    let mut cargo = process::cargo();
    let json = process::output(
        cargo.args(["metadata", "--no-deps", "--format-version", "1", "--offline"]),
        "cargo metadata",
    )?;
    serde_json::from_str(&json).context("cargo metadata printed something unexpected")
}

/// The folder that cargo builds into.
pub(crate) fn target_dir() -> Result<PathBuf> {
    let metadata = metadata()?;
    let folder = metadata.get("target_directory").and_then(Value::as_str);
    folder.map(PathBuf::from).context("cargo metadata names no target directory")
}

/// The files with one of these endings (without the dot) that are committed or could be.
///
/// Files that git ignores are left out; without git, the folders that are never committed are.
/// A file that is not UTF-8 is left out as well.
pub(crate) fn files(endings: &[&str]) -> Result<Vec<File>> {
    let root = root();
    let mut paths = match committable() {
        Some(list) => list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect(),
        None => walk(&root)?,
    };
    paths.sort();
    let read = |path: String| fs::read_to_string(root.join(&path)).ok().map(|text| File { path, text });
    Ok(paths.into_iter().filter(|path| has_ending(path, endings)).filter_map(read).collect())
}

/// Whether a file's name ends so (given without the dot).
pub(crate) fn has_ending(path: &str, endings: &[&str]) -> bool {
    let ending = Path::new(path).extension();
    ending.is_some_and(|ending| endings.iter().any(|wanted| ending.eq_ignore_ascii_case(wanted)))
}

fn committable() -> Option<String> {
    process::try_output(process::program("git").args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))
}

fn walk(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if !matches!(name.as_ref(), "target" | "node_modules" | ".git" | "data") {
                    folders.push(path);
                }
            } else if let Ok(relative) = path.strip_prefix(root) {
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_listing_find_this_file() {
        let this = "xtask/src/workspace.rs".to_owned();
        assert!(walk(&root()).unwrap().contains(&this));
        assert!(files(&["rs"]).unwrap().iter().any(|file| file.path == this));
    }

    #[test]
    fn only_the_endings_asked_for_are_listed() {
        assert!(files(&["toml"]).unwrap().iter().all(|file| has_ending(&file.path, &["toml"])));
    }
}
