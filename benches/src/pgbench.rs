//! The limit: `pgbench`, pipelined, the same SQL on the same database, as the same role.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// How `pgbench` reaches the database.
pub(crate) struct Pgbench {
    pub(crate) program: PathBuf,
    pub(crate) socket: PathBuf,
    pub(crate) port: u16,
    pub(crate) database: String,
    pub(crate) password: String,
    pub(crate) folder: PathBuf,
}

impl Pgbench {
    /// Run a pipeline of statements for some seconds over 32 connections; answers pipelines a second.
    pub(crate) async fn rate(&self, statements: &[String], seconds: u64) -> anyhow::Result<f64> {
        let script = self.folder.join("pipeline.sql");
        std::fs::write(&script, format!("\\startpipeline\n{}\n\\endpipeline\n", statements.join("\n")))?;
        let output = tokio::process::Command::new(&self.program)
            .args(["-n", "-M", "prepared", "-c", "32", "-j", "1", "-T", &seconds.to_string(), "-f"])
            .arg(&script)
            .args(["-h"])
            .arg(&self.socket)
            .args(["-p", &self.port.to_string(), "-U", "tenantry_app", &self.database])
            .env("PGPASSWORD", &self.password)
            .env("PGOPTIONS", "-c search_path=app -c jit=off")
            .output()
            .await
            .context("pgbench")?;
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let line = text.lines().find(|line| line.starts_with("tps = ")).with_context(|| text.clone())?;
        let number = line.split_whitespace().nth(2).with_context(|| text.clone())?;
        Ok(number.parse()?)
    }
}

/// `pgbench` beside the server's programs.
pub(crate) fn program(bin: &Path) -> PathBuf {
    bin.join("pgbench")
}
