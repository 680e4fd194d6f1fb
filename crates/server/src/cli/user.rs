//! `tenantry user …`

use std::sync::Arc;

use clap::Subcommand;
use tenantry_db::{Change, Origin, Purpose, TenantDb};
use tenantry_identity::NewAdministrator;
use tenantry_kernel::RequestId;
use tenantry_web::ports::TenantInfo;

use super::parts;
use super::tenant::read_secret;
use crate::config::Config;
use crate::start::{Parts, Tools};

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Create an active user
    Create {
        /// The tenant's slug
        #[arg(long)]
        tenant: String,
        /// The e-mail address
        email: String,
        /// A file with the password
        #[arg(long, value_name = "FILE")]
        password_file: std::path::PathBuf,
        /// The user's role
        #[arg(long, default_value = "user")]
        role: String,
    },
    /// Set a user's password, and end the user's sessions
    ResetPassword {
        /// The tenant's slug
        #[arg(long)]
        tenant: String,
        /// The e-mail address
        email: String,
        /// A file with the new password
        #[arg(long, value_name = "FILE")]
        password_file: std::path::PathBuf,
    },
}

pub(super) async fn run(config: &Config, command: UserCommand) -> anyhow::Result<()> {
    let parts = parts(config).await?;
    let result = work(&parts, command).await;
    parts.end().await;
    result
}

#[expect(clippy::print_stdout, reason = "the command line speaks to people")]
async fn work(parts: &Parts, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Create { tenant, email, password_file, role } => {
            let password = read_secret(&password_file)?;
            let (info, scope) = scope(parts, &tenant, "users:create").await?;
            let email =
                tenantry_identity::email::normalise(&email).map_err(|detail| anyhow::anyhow!(detail))?;
            let context = [email.as_str(), tenant.as_str()];
            let hash = parts.identity.hash_password(scope.tenant_id(), "password", password, &context).await;
            let hash = hash.map_err(|error| spell_out(&error))?;
            let new = NewAdministrator {
                email: email.clone(),
                first_name: None,
                last_name: None,
                password_hash: Some(hash),
            };
            let tools = (&parts.tools.clock, &parts.tools.rng);
            let mut tx = scope.begin()?;
            let id = parts.identity.create_administrator(&mut tx, tools, &new, (&role, &info)).await?;
            let values = serde_json::json!({"email": email, "role": role});
            tx.commit(Change::named("user", Some(id.as_uuid()), "created", values), ()).await?;
            println!("{id}  {email}");
        }
        UserCommand::ResetPassword { tenant, email, password_file } => {
            let password = read_secret(&password_file)?;
            let (_, scope) = scope(parts, &tenant, "users:reset_password").await?;
            let id = parts.identity.reset_password(&scope, &parts.tools.clock, &email, password).await;
            println!("{}  password set, sessions ended", id.map_err(|error| spell_out(&error))?);
        }
    }
    Ok(())
}

/// An error with its fields.
fn spell_out(error: &tenantry_identity::Error) -> anyhow::Error {
    use tenantry_kernel::Kind as _;
    let fields: Vec<String> = error.fields().into_iter().map(|field| field.detail).collect();
    if fields.is_empty() { anyhow::anyhow!("{error}") } else { anyhow::anyhow!("{}", fields.join("; ")) }
}

async fn scope(
    parts: &Parts,
    slug: &str,
    action: &'static str,
) -> anyhow::Result<(Arc<TenantInfo>, TenantDb)> {
    let tenant = parts.tenancy.tenant_by_slug(slug).await?;
    let tenant = tenant.ok_or_else(|| anyhow::anyhow!("there is no tenant {slug}"))?;
    let placement = parts.placements.of(tenant.id).await?;
    let info = parts.directory.get(tenant.id).await?;
    let (placement, info) =
        placement.zip(info).ok_or_else(|| anyhow::anyhow!("the tenant {slug} is not in use"))?;
    let Tools { clock, rng } = &parts.tools;
    let origin = Origin::system(RequestId::new(clock, rng), clock.now(), action);
    Ok((info, parts.authority.enter(&placement, Purpose::Operate, origin)))
}
