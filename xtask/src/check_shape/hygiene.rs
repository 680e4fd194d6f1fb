//! What every file and crate has, and what none has.

use std::fs;
use std::path::Path;

use crate::workspace::File;

/// A file longer than this says at its top why it exists.
const SHORT_ENOUGH: usize = 80;

/// Folders that exist on one machine only; put together so that this file does not name them.
const MACHINE_PATHS: &[&str] = &[concat!("/", "home/"), concat!("/", "root/"), concat!("/", "work/")];

/// Marks of unfinished work; put together for the same reason.
const UNFINISHED: &[&str] = &[concat!("todo", "!"), concat!("unimplemented", "!"), concat!("#[", "ignore")];

/// Crates whose folder has no README.
pub(super) fn crates_without_readme(root: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join("crates")) else { return Vec::new() };
    let mut missing: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|folder| folder.join("Cargo.toml").is_file() && !folder.join("README.md").is_file())
        .map(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            format!("crates/{name}: no README.md (its story, invariants, tables and events)")
        })
        .collect();
    missing.sort();
    missing
}

/// Lines that name a folder of somebody's machine.
pub(super) fn machine_paths(file: &File) -> Vec<String> {
    let lines = file.text.lines().enumerate();
    lines
        .filter(|(_, line)| MACHINE_PATHS.iter().any(|path| names_folder(line, path)))
        .map(|(at, _)| format!("{}:{}: names a folder of one machine", file.path, at + 1))
        .collect()
}

/// `/v1/…` and `{base}/…` go on before the slash, so they are addresses and not folders.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|before| before.is_alphanumeric() || "_-.}>*~".contains(before))
    })
}

/// Code that says it is not finished, and tests that do not run.
pub(super) fn unfinished(path: &str, code: &str) -> Vec<String> {
    let lines = code.lines().enumerate();
    lines
        .flat_map(|(at, line)| {
            UNFINISHED.iter().filter(|mark| line.contains(**mark)).map(move |mark| (at + 1, mark))
        })
        .map(|(line, mark)| format!("{path}:{line}: `{mark}` is not for committed code"))
        .collect()
}

/// A long Rust file without `//!`.
pub(super) fn undocumented(file: &File) -> Option<String> {
    let is_long = file.text.lines().count() > SHORT_ENOUGH;
    let is_documented =
        file.text.lines().any(|line| line.starts_with("//!") || line.starts_with("#![doc = include_str!"));
    (is_long && !is_documented).then(|| format!("{}: no `//!` that says why the file exists", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { path: "a.rs".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn folders_of_one_machine_are_found() {
        let folder = concat!("/", "home/");
        assert_eq!(
            machine_paths(&file(&format!("see\n{folder}me/notes"))),
            ["a.rs:2: names a folder of one machine"]
        );
        assert!(machine_paths(&file(&format!("GET /v1{folder}page and {{base}}{folder}page"))).is_empty());
    }

    #[test]
    fn unfinished_code_is_found() {
        let code = format!("f();\n{}();\n{}]\n", concat!("todo", "!"), concat!("#[", "ignore"));
        assert_eq!(unfinished("a.rs", &code).len(), 2);
        assert!(unfinished("a.rs", "// done\nf();").is_empty());
    }

    #[test]
    fn long_files_say_why_they_exist() {
        let body = "x();\n".repeat(81);
        assert!(undocumented(&file(&body)).is_some());
        assert!(undocumented(&file(&format!("//! Why.\n{body}"))).is_none());
        assert!(undocumented(&file(&format!("#![doc = include_str!(\"../README.md\")]\n{body}"))).is_none());
        assert!(undocumented(&file("x();\n")).is_none());
    }
}
