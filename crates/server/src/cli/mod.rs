//! The command line.

mod doctor;
mod keys;
mod policy;
mod serve;
mod tenant;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Sources};
use crate::start::{Parts, Tools, start};

/// Identity, tenants, access control and everything else behind a multi-tenant product, in one binary.
#[derive(Debug, Parser)]
#[command(name = "tenantry", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Common {
    /// A configuration file [default: tenantry.toml in the working folder, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of everything the server keeps by itself [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Set any setting: `--set http.body_limit_bytes=2097152`
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve(serve::ServeArgs),
    /// Bring the database up to date, and end
    Migrate,
    /// Work with tenants
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Work with a tenant's users
    #[command(subcommand)]
    User(user::UserCommand),
    /// Work with keys
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Work with policies
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Say what is wrong with this installation, and how to mend it
    Doctor,
    /// Print the OpenAPI document
    Openapi,
}

/// Run the command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Openapi) {
        return print_openapi();
    }
    if let Command::Policy(command) = cli.command {
        return policy::run(&command);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks to people")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("tenantry: {error:#}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "the document is what was asked for")]
fn print_openapi() -> ExitCode {
    println!("{:#}", crate::modules::openapi());
    ExitCode::SUCCESS
}

async fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let mut overrides = Vec::new();
    if let Command::Serve(args) = &cli.command {
        overrides.extend(args.overrides());
    }
    let config = load(&cli.common, overrides)?;
    let is_server = matches!(cli.command, Command::Serve(_));
    let exports = crate::telemetry::start(&config, is_server)?;
    let result = run_command(cli.command, &config).await;
    tokio::task::spawn_blocking(|| exports.end()).await?;
    result
}

async fn run_command(command: Command, config: &Config) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => serve::run(config, &args).await,
        Command::Migrate => migrate(config).await,
        Command::Tenant(command) => tenant::run(config, command).await,
        Command::User(command) => user::run(config, command).await,
        Command::Keys(command) => keys::run(config, command).await,
        Command::Doctor => doctor::run(config).await,
        Command::Policy(_) | Command::Openapi => Ok(()),
    }
}

fn load(common: &Common, mut overrides: Vec<(String, String)>) -> anyhow::Result<Config> {
    if let Some(folder) = &common.data_dir {
        overrides.push(("data_dir".to_owned(), folder.display().to_string()));
    }
    for pair in &common.set {
        let (key, value) =
            pair.split_once('=').ok_or_else(|| anyhow::anyhow!("--set takes KEY=VALUE, not {pair}"))?;
        overrides.push((key.to_owned(), value.to_owned()));
    }
    let sources = Sources::of_process(common.config.clone(), overrides)?;
    Config::load(sources).map_err(|errors| anyhow::anyhow!("{errors}"))
}

/// The parts, for commands that do not serve. A private PostgreSQL that another process runs cannot be shared: commands
/// for a running server with a private PostgreSQL go through its API.
async fn parts(config: &Config) -> anyhow::Result<Parts> {
    let url = config.http.public_origin(config.http.listen);
    Ok(start(config, url, Tools::default()).await?)
}

#[expect(clippy::print_stdout, reason = "the command line speaks to people")]
async fn migrate(config: &Config) -> anyhow::Result<()> {
    parts(config).await?.end().await;
    let (control, tenant) = tenantry_db::migrate::latest_versions();
    println!("The database is up to date (control {control}, tenant {tenant}).");
    Ok(())
}

/// A problem as an error of the command line.
fn spoken(problem: &tenantry_web::Problem) -> anyhow::Error {
    let request = tenantry_kernel::RequestId::from_uuid(uuid::Uuid::nil());
    let body = problem.body(request);
    let detail = body.get("detail").and_then(serde_json::Value::as_str).unwrap_or(problem.code()).to_owned();
    match problem.cause() {
        Some(cause) if !detail.contains(cause) => anyhow::anyhow!("{detail} ({cause})"),
        _ => anyhow::anyhow!("{detail}"),
    }
}
