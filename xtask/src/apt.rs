//! Installing Debian packages, where that is possible without asking anyone.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use anyhow::Result;

use crate::process;

/// Whether packages can be installed here: Debian's installer exists and we are root.
pub(crate) fn is_available() -> bool {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    is_root && process::is_on_path("apt-get")
}

/// Fetch the current package lists.
pub(crate) fn update() -> Result<()> {
    process::require(apt_get().args(["-qq", "update"]), "apt-get update")
}

/// Install packages without what they merely recommend.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    println!("Installing {} …", packages.join(", "));
    let mut command = apt_get();
    command.args(["-qq", "-y", "install", "--no-install-recommends"]).args(packages);
    process::require(&mut command, "apt-get install")
}

fn apt_get() -> Command {
    let mut command = process::program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
