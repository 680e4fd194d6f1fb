//! `tenantry tenant …`

use clap::Subcommand;
use secrecy::SecretString;
use tenantry_tenancy::{Isolation, NewTenant, Tenant};
use tenantry_web::ports::TenantStatus;

use super::{parts, spoken};
use crate::config::Config;
use crate::start::Parts;

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Kept {
    Pooled,
    Schema,
    Dedicated,
}

#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Create a tenant with its first administrator
    Create {
        /// The display name
        name: String,
        /// The administrator's e-mail address
        #[arg(long)]
        admin_email: String,
        /// A file with the administrator's password; without it the administrator has none until one is set
        #[arg(long, value_name = "FILE")]
        admin_password_file: Option<std::path::PathBuf>,
        /// The short name in addresses; made from the name when absent
        #[arg(long)]
        slug: Option<String>,
        /// How its rows are kept apart
        #[arg(long, value_enum)]
        isolation: Option<Kept>,
    },
    /// List tenants
    List,
    /// Show one tenant
    Show {
        /// Its slug
        slug: String,
    },
    /// Suspend a tenant: its people are signed out at once
    Suspend {
        /// Its slug
        slug: String,
    },
}

pub(super) async fn run(config: &Config, command: TenantCommand) -> anyhow::Result<()> {
    let parts = parts(config).await?;
    let result = work(&parts, command).await;
    parts.end().await;
    result
}

#[expect(clippy::print_stdout, reason = "the command line speaks to people")]
async fn work(parts: &Parts, command: TenantCommand) -> anyhow::Result<()> {
    match command {
        TenantCommand::Create { name, admin_email, admin_password_file, slug, isolation } => {
            let admin_password = admin_password_file.map(|file| read_secret(&file)).transpose()?;
            let isolation = isolation.map(|kept| match kept {
                Kept::Pooled => Isolation::Pooled,
                Kept::Schema => Isolation::Schema,
                Kept::Dedicated => Isolation::Dedicated,
            });
            let new =
                NewTenant { name, slug, admin_email, admin_password, isolation, ..NewTenant::default() };
            let tenant = parts.tenancy.create_as_system(new).await.map_err(|problem| spoken(&problem))?;
            print_tenant(&tenant);
        }
        TenantCommand::List => {
            println!("{:<36}  {:<24}  {:<12}  {:<10}  NAME", "ID", "SLUG", "STATUS", "ISOLATION");
            for tenant in parts.tenancy.all_tenants().await? {
                println!(
                    "{}  {:<24}  {:<12}  {:<10}  {}",
                    tenant.id, tenant.slug, tenant.status, tenant.mode, tenant.name
                );
            }
        }
        TenantCommand::Show { slug } => print_tenant(&find(parts, &slug).await?),
        TenantCommand::Suspend { slug } => {
            let tenant = find(parts, &slug).await?;
            let switched =
                parts.tenancy.switch_as_system(tenant.id, TenantStatus::Suspended, "suspended").await;
            print_tenant(&switched.map_err(|problem| spoken(&problem))?);
        }
    }
    Ok(())
}

async fn find(parts: &Parts, slug: &str) -> anyhow::Result<Tenant> {
    parts.tenancy.tenant_by_slug(slug).await?.ok_or_else(|| anyhow::anyhow!("there is no tenant {slug}"))
}

/// A secret from a file, without the line's end.
pub(super) fn read_secret(file: &std::path::Path) -> anyhow::Result<SecretString> {
    let text =
        std::fs::read_to_string(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}

#[expect(clippy::print_stdout, reason = "the command line speaks to people")]
fn print_tenant(tenant: &Tenant) {
    println!("id         {}", tenant.id);
    println!("slug       {}", tenant.slug);
    println!("name       {}", tenant.name);
    println!("status     {}", tenant.status);
    println!("plan       {}", tenant.plan);
    println!("isolation  {}", tenant.mode);
    println!("created    {}", tenant.created_at);
}
