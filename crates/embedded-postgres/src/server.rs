//! The running server: start, readiness, stop.

use std::{
    path::{Path, PathBuf},
    process::{Child, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Error, Settings,
    binaries::Binaries,
    cluster::{self, SUPERUSER},
    fingerprint,
    home::Home,
    launcher::Launcher,
    leash::Leash,
    leftover,
    lock::FolderLock,
    log_file::LogFile,
    parameters,
    pid_file::PidFile,
    socket::{PORT, SocketFolder},
};

const POLL: Duration = Duration::from_millis(5);
/// Recovery after a crash reads the whole log since the last checkpoint.
const READY_PATIENCE: Duration = Duration::from_mins(5);
/// How long each way of stopping may take, the gentlest first: a fast shutdown, then an immediate one.
const STOP_PATIENCE: [(&str, Duration); 2] =
    [("INT", Duration::from_mins(1)), ("QUIT", Duration::from_secs(10))];

/// A running private PostgreSQL server. It stops (fast shutdown) on drop, and when this process dies.
#[derive(Debug)]
pub struct Server {
    // Fields are dropped in this order: the lock is given back when everything else is gone.
    child: Child,
    _leash: Leash,
    launcher: Launcher,
    pg_ctl: PathBuf,
    socket: SocketFolder,
    note: Option<String>,
    _lock: FolderLock,
}

impl Server {
    /// Start PostgreSQL and wait until it accepts connections, creating the cluster first when there is none.
    ///
    /// Whatever an earlier run left is cleared away. Blocks for the time of `initdb` (about a second) at the
    /// first start, and for up to five minutes when PostgreSQL has to recover from a crash.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] when another process runs PostgreSQL on the same data folder; otherwise what keeps
    /// PostgreSQL from running, with the way to mend it.
    pub fn start(settings: &Settings) -> Result<Self, Error> {
        settings.check()?;
        let home = Home::find(&settings.data_dir)?;
        let lock = FolderLock::acquire(&home.folder)?;
        let launcher = Launcher::new(home.account.clone());
        let cluster = home.cluster();
        let mark = format!("tenantry-{}", fingerprint::of(&cluster));

        let version = cluster::major_version(&cluster)?;
        let binaries = Binaries::find(settings.bin_dir.as_deref(), version)?;
        if version.is_none() {
            cluster::create(&home, &settings.superuser_password, &binaries, &launcher)?;
        }
        home.link()?;
        leftover::clear(&cluster, &mark, &binaries, &launcher)?;

        let socket = SocketFolder::prepare(&home.folder, &launcher.account)?;
        let (log, output) = LogFile::open(&home.data_dir)?;
        let errors = output.try_clone().map_err(Error::io("open", &log.path))?;
        let postgres = binaries.program("postgres");
        // SIGINT is PostgreSQL's fast shutdown.
        let mut command = launcher.tied_command(&postgres, "INT");
        command.arg("-D").arg(&cluster);
        command.args(parameters::arguments(&settings.parameters, &socket.path, PORT, &mark));
        command.stdout(output).stderr(errors);
        let stale = PidFile::find(&cluster);
        let (child, leash) = Leash::spawn(command).map_err(Error::io("run", &postgres))?;

        let note = notes(home.note, launcher.note());
        let pg_ctl = binaries.program("pg_ctl");
        let mut server = Self { child, _leash: leash, launcher, pg_ctl, socket, note, _lock: lock };
        server.wait_until_ready(&cluster, stale.as_ref(), &log)?;
        Ok(server)
    }

    /// The folder with the socket: what a client takes as its host.
    pub fn socket_dir(&self) -> &Path {
        &self.socket.path
    }

    /// The port that is part of the socket's name; nothing listens on TCP.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// The superuser's name.
    pub fn superuser(&self) -> &'static str {
        SUPERUSER
    }

    /// What the operator should be told, for instance that the cluster lies outside the data folder.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Whether PostgreSQL still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The pid of the postmaster.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Stop PostgreSQL (fast shutdown: open transactions are rolled back) and wait until it is gone.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the process can be neither signalled nor waited for.
    pub fn stop(mut self) -> Result<(), Error> {
        self.shut_down()
    }

    /// Wait for our own child's word. `stale` is what an earlier run had said in the same file, perhaps under
    /// the same pid.
    fn wait_until_ready(
        &mut self,
        cluster: &Path,
        stale: Option<&PidFile>,
        log: &LogFile,
    ) -> Result<(), Error> {
        let begun = Instant::now();
        let pid = self.pid();
        let is_our_word = |found: PidFile| found.pid == pid && found.is_ready && stale != Some(&found);
        while !PidFile::find(cluster).is_some_and(is_our_word) {
            if let Some(status) = self.exit_status()? {
                return Err(Error::Exited { status, log: log.path.clone(), tail: log.tail() });
            }
            if begun.elapsed() > READY_PATIENCE {
                let seconds = READY_PATIENCE.as_secs();
                return Err(Error::NotReady { seconds, log: log.path.clone(), tail: log.tail() });
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    fn shut_down(&mut self) -> Result<(), Error> {
        for (signal, patience) in STOP_PATIENCE {
            let begun = Instant::now();
            let mut is_signalled = false;
            loop {
                if self.exit_status()?.is_some() {
                    return Ok(());
                }
                is_signalled = is_signalled || self.signal(signal);
                if !is_signalled || begun.elapsed() > patience {
                    break;
                }
                thread::sleep(POLL);
            }
        }
        self.child.kill().map_err(Error::io("stop", "postgres"))?;
        self.child.wait().map_err(Error::io("wait for", "postgres"))?;
        Ok(())
    }

    /// The standard library only knows SIGKILL; PostgreSQL's own tool knows the others.
    fn signal(&self, signal: &str) -> bool {
        let mut command = self.launcher.command(&self.pg_ctl);
        command.args(["kill", signal, &self.child.id().to_string()]);
        command.output().is_ok_and(|output| output.status.success())
    }

    fn exit_status(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.child.try_wait().map_err(Error::io("wait for", "postgres"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` nothing is left to do. A failure here has nobody to tell; the next start clears up.
        let _ = self.shut_down();
    }
}

fn notes(home: Option<String>, launcher: Option<&str>) -> Option<String> {
    let notes: Vec<String> = home.into_iter().chain(launcher.map(str::to_owned)).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}
