//! `tenantry serve`

use std::net::SocketAddr;

use clap::Args;
use secrecy::ExposeSecret as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::serve::serve;
use crate::start::Tools;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Create two demonstration tenants, and print how to use them
    #[arg(long)]
    demo: bool,
}

impl ServeArgs {
    pub(super) fn overrides(&self) -> Option<(String, String)> {
        self.listen.map(|address| ("http.listen".to_owned(), address.to_string()))
    }
}

#[expect(clippy::print_stdout, reason = "the operator reads this")]
pub(super) async fn run(config: &Config, args: &ServeArgs) -> anyhow::Result<()> {
    let running = serve(config, Tools::default()).await?;
    println!("Bound to {}", running.address);
    println!("Tenantry answers at {}  (API browser: {}/docs)", running.public_url, running.public_url);
    println!("The console: {}/console/", running.public_url);
    if let Some((email, password)) = &running.first_operator {
        println!("The first operator (X-Tenant-Slug: platform), shown only now:");
        println!("  e-mail    {email}\n  password  {}", password.expose_secret());
    }
    if args.demo {
        crate::demo::prepare(&running).await?;
    }
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    tracing::info!("ending: running requests and jobs are finished first");
    running.shut_down().await;
    Ok(())
}
