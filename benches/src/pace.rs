//! Load at a fixed rate, by threads of their own that keep time to a few microseconds.
//!
//! Timers of an asynchronous runtime are exact to a millisecond, and clients in the server's own runtime wait for its threads: both
//! would be taken for the server's time. Here each connection is a thread that sleeps until shortly before a request is due,
//! waits out the rest, writes, and reads the answer.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::load::{Load, Requests};
use crate::machine;

/// Connections, each with a share of the rate.
const CONNECTIONS: u32 = 8;
/// How long before a request is due its thread stops sleeping: more than the kernel's timers are late.
const AWAKE: Duration = Duration::from_micros(120);

/// Load the server at a fixed rate for some seconds. Latencies count from when a request was due, so that a stall is felt by all
/// that had to wait for it.
pub(crate) async fn paced(
    base: &str,
    requests: &Requests,
    per_second: u32,
    seconds: u64,
) -> anyhow::Result<Load> {
    let (token, path) = requests.callers.first().cloned().context("no caller")?;
    let host = base.split_once("://").context("no address")?.1.to_owned();
    let message =
        message(requests.method, &host, &token, &path, requests.body.as_deref().unwrap_or_default());
    let every = Duration::from_secs(1) / per_second;
    let (before, started) = (machine::cpu(), Instant::now() + Duration::from_millis(20));
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let (host, message) = (host.clone(), message.clone());
            let first = started + every * number;
            thread::spawn(move || connection(&host, &message, first, every * CONNECTIONS, seconds))
        })
        .collect();
    let joined = tokio::task::spawn_blocking(move || -> anyhow::Result<(Vec<Duration>, u64)> {
        let (mut took, mut errors) = (Vec::new(), 0);
        for thread in threads {
            let (mut some, failed) = thread.join().map_err(|_| anyhow::anyhow!("a thread failed"))??;
            took.append(&mut some);
            errors += failed;
        }
        Ok((took, errors))
    });
    let (mut took, errors) = joined.await??;
    took.sort();
    let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or_default();
    let count = f64::from(u32::try_from(took.len()).unwrap_or(u32::MAX));
    Ok(Load {
        rate: count / started.elapsed().as_secs_f64(),
        p50: at(50),
        p99: at(99),
        cpu_per_thousand: machine::cpu().saturating_sub(before).div_f64((count / 1000.0).max(1.0)),
        errors,
    })
}

fn message(method: &str, host: &str, token: &str, path: &str, body: &str) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n");
    let _ = write!(text, "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    text
}

/// The requests of one connection: how long each took, and how many were not answered with 2xx.
fn connection(
    host: &str,
    message: &str,
    first: Instant,
    every: Duration,
    seconds: u64,
) -> anyhow::Result<(Vec<Duration>, u64)> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_nodelay(true)?;
    let (mut took, mut errors, mut due) = (Vec::new(), 0, first);
    let end = first + Duration::from_secs(seconds);
    let mut buffer = Vec::new();
    while due < end {
        let rest = due.saturating_duration_since(Instant::now()).saturating_sub(AWAKE);
        thread::sleep(rest);
        while Instant::now() < due {
            std::hint::spin_loop();
        }
        stream.write_all(message.as_bytes())?;
        errors += u64::from(!answer(&mut stream, &mut buffer)?);
        took.push(due.elapsed());
        due += every;
    }
    Ok((took, errors))
}

/// Read one answer: whether it is 2xx.
fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<bool> {
    buffer.clear();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk)?;
        anyhow::ensure!(read > 0, "the server hung up");
        buffer.extend(chunk.iter().take(read));
        let text = String::from_utf8_lossy(buffer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        if body.len() >= length.context("an answer without a length")? {
            return Ok(head.split(' ').nth(1).is_some_and(|status| status.starts_with('2')));
        }
    }
}
