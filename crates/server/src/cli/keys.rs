//! `tenantry keys …`

use clap::Subcommand;

use super::parts;
use crate::config::Config;
use crate::rotate::{rotate_tenant, tenants};
use crate::start::Parts;

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Give every tenant a new data key and a new token key, and seal anew what was sealed
    Rotate {
        /// Only this tenant
        #[arg(long)]
        tenant: Option<String>,
    },
}

pub(super) async fn run(config: &Config, command: KeysCommand) -> anyhow::Result<()> {
    let parts = parts(config).await?;
    let result = work(&parts, command).await;
    parts.end().await;
    result
}

#[expect(clippy::print_stderr, clippy::print_stdout, reason = "the command line speaks to people")]
async fn work(parts: &Parts, command: KeysCommand) -> anyhow::Result<()> {
    let KeysCommand::Rotate { tenant } = command;
    let ids = match tenant {
        Some(slug) => {
            let tenant = parts.tenancy.tenant_by_slug(&slug).await?;
            vec![tenant.ok_or_else(|| anyhow::anyhow!("there is no tenant {slug}"))?.id]
        }
        None => tenants(parts).await?,
    };
    let mut sealed = 0;
    for (done, id) in ids.iter().enumerate() {
        sealed += rotate_tenant(parts, *id).await?;
        eprint!("\r{} of {} tenants, {sealed} values sealed anew", done + 1, ids.len());
    }
    eprintln!();
    println!("Rotated the keys of {} tenants; {sealed} values were sealed anew.", ids.len());
    Ok(())
}
