//! What the commands need beside Rust: PostgreSQL, and `wrk` for the load scenarios.
//!
//! On Debian as root the missing package is installed. Everyone else is told what is missing and how to get it.

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use tenantry_embedded_postgres::find_bin_dir;

use crate::{apt, process};

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
    if process::is_on_path("chromium") {
        return Ok(());
    }
    if !apt::is_available() {
        bail!(
            "chromium, which the console is tested in, is missing.\nOn Debian:  sudo apt-get install chromium"
        );
    }
    apt::update()?;
    apt::install(&["chromium"])
}

/// Make sure that `wrk`, the load generator, is there.
pub(crate) fn wrk() -> Result<()> {
    if process::is_on_path("wrk") {
        return Ok(());
    }
    if !apt::is_available() {
        bail!("wrk, the load generator, is missing.\nOn Debian and Ubuntu:  sudo apt-get install wrk");
    }
    apt::update()?;
    apt::install(&["wrk"])
}

/// Debian's package makes and starts a cluster when it is installed; nothing here needs that one.
fn without_cluster_of_its_own() -> Result<()> {
    let settings = fs::read_to_string(NEW_CLUSTERS).with_context(|| format!("cannot read {NEW_CLUSTERS}"))?;
    let settings = settings.replace("#create_main_cluster = true", "create_main_cluster = false");
    fs::write(NEW_CLUSTERS, settings).with_context(|| format!("cannot write {NEW_CLUSTERS}"))
}
