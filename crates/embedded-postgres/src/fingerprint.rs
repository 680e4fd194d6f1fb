use std::{os::unix::ffi::OsStrExt, path::Path};

/// Sixteen hexadecimal digits that name a path (FNV-1a): the same on every machine and in every version.
///
/// It keeps two data folders apart where a path does not fit; it is no secret and no defence.
pub(crate) fn of(path: &Path) -> String {
    let hash = path.as_os_str().as_bytes().iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_name_for_ever() {
        assert_eq!(of(Path::new("")), "cbf29ce484222325");
        assert_eq!(of(Path::new("a")), "af63dc4c8601ec8c");
    }
}
