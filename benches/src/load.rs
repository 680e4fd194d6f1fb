//! Load by `wrk`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use crate::machine;

/// What came of a load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Half of the answers came within.
    pub(crate) p50: Duration,
    /// All but one in a hundred came within.
    pub(crate) p99: Duration,
    /// Processor time of the server, per thousand answers.
    pub(crate) cpu_per_thousand: Duration,
    /// Answers that were not 2xx.
    pub(crate) errors: u64,
}

/// One kind of request, by many callers.
pub(crate) struct Requests {
    /// `GET`.
    pub(crate) method: &'static str,
    /// Token and path of each caller.
    pub(crate) callers: Vec<(String, String)>,
    /// The body; with one, each request has an `Idempotency-Key` of its own.
    pub(crate) body: Option<String>,
}

/// Load the server for some seconds over 32 connections.
pub(crate) async fn wrk(
    base: &str,
    folder: &Path,
    requests: &Requests,
    seconds: u64,
) -> anyhow::Result<Load> {
    over(32, base, folder, requests, seconds).await
}

/// Load the server for some seconds over so many connections, each of which asks again as soon as it has its answer.
pub(crate) async fn over(
    connections: u32,
    base: &str,
    folder: &Path,
    requests: &Requests,
    seconds: u64,
) -> anyhow::Result<Load> {
    scripted(connections, base, folder, &lua(requests), seconds).await
}

/// Load a server by a script of one's own, which ends with [`DONE`].
pub(crate) async fn scripted(
    connections: u32,
    base: &str,
    folder: &Path,
    lua: &str,
    seconds: u64,
) -> anyhow::Result<Load> {
    let script = folder.join("load.lua");
    std::fs::write(&script, lua)?;
    let before = machine::cpu();
    let output = tokio::process::Command::new("wrk")
        .args(["-t1", "--latency", &format!("-c{connections}"), &format!("-d{seconds}s"), "-s"])
        .arg(&script)
        .arg(base)
        .output()
        .await
        .context("wrk")?;
    let used = machine::cpu().saturating_sub(before);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("RESULT ")).with_context(|| text.clone())?;
    let numbers: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [count, micros, p50, p99, errors] = numbers.as_slice() else { anyhow::bail!("{text}") };
    Ok(Load {
        rate: count / (micros / 1e6),
        p50: Duration::from_secs_f64(p50 / 1e6),
        p99: Duration::from_secs_f64(p99 / 1e6),
        cpu_per_thousand: used.div_f64((count / 1000.0).max(1.0)),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
        errors: *errors as u64,
    })
}

/// The end of every script: what is read of it.
pub(crate) const DONE: &str = r#"
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
"#;

fn lua(requests: &Requests) -> String {
    let mut text = String::from("local callers = {\n");
    for (token, path) in &requests.callers {
        let _ = writeln!(text, "  {{\"{token}\", \"{path}\"}},");
    }
    let run = uuid::Uuid::from_u128(std::process::id().into()).simple();
    let (method, has_body) = (requests.method, requests.body.is_some());
    let body = requests.body.as_deref().unwrap_or_default();
    let _ = write!(
        text,
        r#"}}
local n, ready, count, seed = #callers, {{}}, 0, tostring(os.time()) .. tostring(os.clock())
function request()
  local i = math.random(n)
  if not {has_body} then
    if not ready[i] then
      ready[i] = wrk.format("{method}", callers[i][2], {{ ["Authorization"] = "Bearer " .. callers[i][1] }})
    end
    return ready[i]
  end
  count = count + 1
  return wrk.format("{method}", callers[i][2], {{
    ["Authorization"] = "Bearer " .. callers[i][1], ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "{run}" .. seed .. "-" .. count }}, [[{body}]])
end
"#
    );
    text + DONE
}
