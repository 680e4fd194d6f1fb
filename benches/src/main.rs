//! Load scenarios, each beside a limit measured in the same run.

mod access;
mod identity;
mod load;
mod machine;
mod pace;
mod pgbench;
mod report;
mod scenarios;
mod world;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much to measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Rounds of each scenario.
    pub(crate) rounds: usize,
    /// Seconds of each half round.
    pub(crate) seconds: u64,
    /// The numbers of tenants to read over.
    pub(crate) tenants: &'static [usize],
}

/// In base64 (RFC 4648, 4), for credentials in headers.
pub(crate) fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let known = |arg: &str| ["--quick", "--write"].contains(&arg) || arg.starts_with("--only=");
    if let Some(unknown) = args.iter().find(|arg| !known(arg)) {
        anyhow::bail!("unknown argument {unknown}; there are --quick, --write and --only=<scenario>");
    }
    let only = args.iter().find_map(|arg| arg.strip_prefix("--only=")).map(str::to_owned);
    anyhow::ensure!(only.is_none() || !has("--write"), "the report has every scenario, or is not written");
    let plan = if has("--quick") {
        Plan { rounds: 3, seconds: 3, tenants: &[1, 1_000] }
    } else {
        Plan { rounds: 5, seconds: 5, tenants: &[1, 1_000, 10_000] }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(scenarios::run(plan, only.as_deref()))?;
    print!("{report}");
    if has("--write") {
        // What people wrote below the figures stays.
        let old = std::fs::read_to_string("docs/performance.md").unwrap_or_default();
        let notes = old.find("\n## ").and_then(|at| old.get(at..)).unwrap_or_default();
        std::fs::write("docs/performance.md", format!("{report}{notes}"))?;
    }
    Ok(())
}
