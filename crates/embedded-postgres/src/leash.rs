//! A child whose death signal is meant for the whole process.
//!
//! The system sends the death signal when the *thread* that spawned the child ends. A thread of a runtime's
//! pool may end at any time, so the child is spawned by a thread that does nothing but wait for the leash to
//! be dropped.

use std::{
    io,
    process::{Child, Command},
    sync::mpsc::{self, Sender},
    thread,
};

/// Keeps the spawning thread, and so the child, alive. Dropping it sends the child its death signal.
#[derive(Debug)]
pub(crate) struct Leash {
    _thread: Sender<()>,
}

impl Leash {
    /// Spawn the command from a thread of its own.
    pub(crate) fn spawn(mut command: Command) -> io::Result<(Child, Self)> {
        let (report, reported) = mpsc::channel();
        let (keep, kept) = mpsc::channel::<()>();
        thread::Builder::new().name("postgres-leash".to_owned()).spawn(move || {
            let spawned = report.send(command.spawn());
            drop(command);
            if spawned.is_ok() {
                let _ = kept.recv();
            }
        })?;
        let child = reported.recv().map_err(io::Error::other)??;
        Ok((child, Self { _thread: keep }))
    }
}
