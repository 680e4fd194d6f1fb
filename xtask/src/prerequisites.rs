//! What the commands need beside Rust: PostgreSQL; Chromium and Apache for the tests from outside; `wrk` for the load scenarios.
//!
//! On Debian as root the missing package is installed. Everyone else is told what is missing and how to get it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use tenantry_embedded_postgres::find_bin_dir;

use crate::{apt, process};

const APACHE_MODULE: &str = "/usr/lib/apache2/modules/mod_auth_openidc.so";
const NEW_CLUSTERS: &str = "/etc/postgresql-common/createcluster.conf";

/// The folder of PostgreSQL's programs that the user asked for, if any.
pub(crate) fn postgres_folder() -> Option<PathBuf> {
    env::var_os("PG_BIN").map(PathBuf::from)
}

/// Make sure that PostgreSQL's programs are there.
///
/// Only the programs matter: the server and the tests start private instances of their own.
pub(crate) fn postgres() -> Result<()> {
    let folder = postgres_folder();
    let Err(missing) = find_bin_dir(folder.as_deref()) else { return Ok(()) };
    if folder.is_some() || !apt::is_available() {
        bail!(
            "{missing}.\n\
             Only its programs are needed, no running server. On Debian and Ubuntu:  sudo apt-get install postgresql"
        );
    }
    apt::update()?;
    apt::install(&["postgresql-common"])?;
    without_cluster_of_its_own()?;
    apt::install(&["postgresql"])?;
    find_bin_dir(None)
        .context("the distribution's PostgreSQL does not do: install a newer one and set PG_BIN")?;
    Ok(())
}

/// Make sure that Chromium, which the console is tested in, is there.
pub(crate) fn chromium() -> Result<()> {
    let is_there = process::is_on_path("chromium");
    installed(is_there, "chromium, which the console is tested in,", &["chromium"])
}

/// Make sure that Apache with `mod_auth_openidc`, a client of other people's making, is there: the programs only, no server that
/// starts by itself.
pub(crate) fn apache() -> Result<()> {
    let is_there = Path::new(APACHE_MODULE).is_file() && process::is_on_path("apache2");
    let what = "Apache's mod_auth_openidc, which the OpenID provider is tested with,";
    installed(is_there, what, &["apache2-bin", "libapache2-mod-auth-openidc"])
}

/// Make sure that `wrk`, the load generator, is there.
pub(crate) fn wrk() -> Result<()> {
    installed(process::is_on_path("wrk"), "wrk, the load generator,", &["wrk"])
}

/// Install packages unless what they bring is there.
fn installed(is_there: bool, what: &str, packages: &[&str]) -> Result<()> {
    if is_there {
        return Ok(());
    }
    if !apt::is_available() {
        bail!(
            "{what} is missing.\nOn Debian and Ubuntu:  sudo apt-get install --no-install-recommends {}",
            packages.join(" ")
        );
    }
    apt::update()?;
    apt::install(packages)
}

/// Debian's package makes and starts a cluster when it is installed; nothing here needs that one.
fn without_cluster_of_its_own() -> Result<()> {
    let settings = fs::read_to_string(NEW_CLUSTERS).with_context(|| format!("cannot read {NEW_CLUSTERS}"))?;
    let settings = settings.replace("#create_main_cluster = true", "create_main_cluster = false");
    fs::write(NEW_CLUSTERS, settings).with_context(|| format!("cannot write {NEW_CLUSTERS}"))
}
