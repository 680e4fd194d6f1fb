//! The server parameters: our defaults, then the caller's, then those that keep the server private.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::Path,
};

use crate::Error;

/// Good for a server that shares its machine with the product. Durability stays at PostgreSQL's own defaults;
/// it is spelled out because the product promises it.
const DEFAULTS: [(&str, &str); 12] = [
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("synchronous_commit", "on"),
    ("wal_level", "logical"),
    ("max_connections", "200"),
    ("shared_buffers", "128MB"),
    // A replication slot that nobody reads must not fill the disk.
    ("max_slot_wal_keep_size", "1GB"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    ("logging_collector", "off"),
    ("log_line_prefix", "%m [%p] %q%u@%d "),
];

/// Set by the supervisor: another value would open the server to others, or hide it from its owner.
const RESERVED: [&str; 8] = [
    "cluster_name",
    "config_file",
    "data_directory",
    "hba_file",
    "listen_addresses",
    "port",
    "unix_socket_directories",
    "unix_socket_permissions",
];

/// Refuse parameters that are reserved or that would be read as another argument.
pub(crate) fn check(parameters: &[(String, String)]) -> Result<(), Error> {
    for (name, value) in parameters {
        let is_word = |character: char| character.is_ascii_alphanumeric() || "_.".contains(character);
        let reason = if name.is_empty() || !name.chars().all(is_word) {
            "that is no name of a parameter"
        } else if value.contains('\0') {
            "its value holds a zero byte"
        } else if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            "the supervisor sets it"
        } else {
            continue;
        };
        return Err(Error::Parameter { name: name.clone(), reason });
    }
    Ok(())
}

/// The arguments of `postgres`. `mark` names the cluster in the process list.
pub(crate) fn arguments(
    parameters: &[(String, String)],
    socket_dir: &Path,
    port: u16,
    mark: &str,
) -> Vec<OsString> {
    let port = port.to_string();
    let socket_dir = quoted(socket_dir);
    let fixed = [
        ("listen_addresses", OsStr::new("")),
        ("port", OsStr::new(&port)),
        ("unix_socket_directories", &socket_dir),
        ("unix_socket_permissions", OsStr::new("0700")),
        ("cluster_name", OsStr::new(mark)),
    ];
    let defaults = DEFAULTS.into_iter().map(|(name, value)| (name, OsStr::new(value)));
    let given = parameters.iter().map(|(name, value)| (name.as_str(), OsStr::new(value)));
    defaults
        .chain(given)
        .chain(fixed)
        .flat_map(|(name, value)| {
            let mut argument = OsString::from(name);
            argument.push("=");
            argument.push(value);
            [OsString::from("-c"), argument]
        })
        .collect()
}

/// The parameter is a list: quotes keep a path with a comma or a space in one piece.
fn quoted(path: &Path) -> OsString {
    let mut quoted = vec![b'"'];
    for byte in path.as_os_str().as_bytes() {
        quoted.extend(std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 }));
    }
    quoted.push(b'"');
    OsString::from_vec(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn the_caller_wins_over_the_defaults_and_the_supervisor_over_the_caller() {
        let arguments = arguments(&pair("fsync", "off"), Path::new("/run/a, \"b\""), 5432, "tenantry-1");
        let at = |wanted: &str| arguments.iter().position(|argument| argument == wanted).unwrap();
        assert!(at("fsync=on") < at("fsync=off"));
        assert!(at("fsync=off") < at("listen_addresses="));
        at("unix_socket_directories=\"/run/a, \"\"b\"\"\"");
    }

    #[test]
    fn parameters_that_open_the_server_are_refused() {
        for name in ["listen_addresses", "Port", "", "a=b", "-x"] {
            assert!(check(&pair(name, "1")).is_err(), "{name:?}");
        }
        assert!(check(&pair("auto_explain.log_min_duration", "1s")).is_ok());
    }
}
