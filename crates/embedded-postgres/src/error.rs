//! Everything that can go wrong. An operator reads these messages, so each says what is wrong and what to do.

use std::{io, path::PathBuf, process::ExitStatus};

/// Why the private PostgreSQL server cannot be started or stopped; each message also says how to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No folder with PostgreSQL's programs was found.
    #[error(
        "no PostgreSQL server programs of version {wanted} were found ({searched}); install the package \
         `postgresql`, or set PG_BIN to the folder that holds `postgres`, `initdb` and `pg_ctl`"
    )]
    NoPostgres {
        /// The version looked for, in words.
        wanted: String,
        /// Where it was looked for and what was there instead.
        searched: String,
    },

    /// The superuser's password cannot be written to a password file.
    #[error("the superuser's password is empty or has control characters; choose another one")]
    Password,

    /// A parameter has an impossible name, or is one that the supervisor itself sets.
    #[error("the PostgreSQL parameter {name:?} cannot be set here: {reason}; remove it from the settings")]
    Parameter {
        /// The parameter as it was given.
        name: String,
        /// Why it is refused.
        reason: &'static str,
    },

    /// Another process runs PostgreSQL on the same folder.
    #[error(
        "the data folder {} is in use by another process{}; stop that one, or choose another data folder",
        folder.display(),
        pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default()
    )]
    InUse {
        /// The folder that is locked.
        folder: PathBuf,
        /// The process that holds the lock, when it said so.
        pid: Option<u32>,
    },

    /// The folder of the cluster holds something else.
    #[error(
        "{} is not empty and is not a PostgreSQL cluster (it has no readable PG_VERSION); move it away, or \
         choose another data folder",
        folder.display()
    )]
    NotACluster {
        /// The folder.
        folder: PathBuf,
    },

    /// The data folder names a cluster that is gone.
    #[error(
        "{} points at a folder that does not exist; restore that folder from a backup, or remove the link to \
         begin with an empty database",
        link.display()
    )]
    Dangling {
        /// The symbolic link.
        link: PathBuf,
    },

    /// The cluster belongs to another user, and only root could act as that user.
    #[error(
        "{} belongs to the user {owner}, but this process runs as {current}; start it as {owner} or as root, \
         or give the folder to {current} with chown -R",
        folder.display()
    )]
    NotOwner {
        /// The cluster's folder.
        folder: PathBuf,
        /// Who owns it.
        owner: String,
        /// Who this process is.
        current: String,
    },

    /// An existing cluster lies below a folder that PostgreSQL's user may not enter.
    #[error(
        "PostgreSQL runs as the user {user}, who may not enter {}; allow it with chmod o+x on that folder",
        folder.display()
    )]
    Unreachable {
        /// The folder that bars the way.
        folder: PathBuf,
        /// The user that PostgreSQL runs as.
        user: String,
    },

    /// PostgreSQL refuses to run as root, and there is no user to run it as.
    #[error(
        "PostgreSQL does not run as root, and /etc/passwd has neither `postgres` nor `nobody`; create the \
         user postgres, or start this process as an ordinary user"
    )]
    NoAccount,

    /// A folder that must be private belongs to somebody else.
    #[error(
        "{} exists but is not a folder of the user {user}; remove it, or choose another data folder",
        folder.display()
    )]
    NotPrivate {
        /// The folder.
        folder: PathBuf,
        /// Who ought to own it.
        user: String,
    },

    /// `initdb` failed.
    #[error(
        "initdb could not create the database cluster ({status}): {output}\nmend what it names and start \
         again; nothing was left behind"
    )]
    InitDb {
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        output: String,
    },

    /// PostgreSQL ended while it was starting.
    #[error("PostgreSQL did not start ({status}); mend what its log {} names:\n{tail}", log.display())]
    Exited {
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },

    /// PostgreSQL runs but is not ready.
    #[error(
        "PostgreSQL was not ready after {seconds} s; it may be recovering from a crash on a slow disk, see \
         its log {}:\n{tail}",
        log.display()
    )]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },

    /// An earlier PostgreSQL still runs on the folder and does not stop.
    #[error(
        "PostgreSQL from an earlier start (pid {pid}) still runs on {} and does not stop; end it with \
         `kill -INT {pid}` and start again",
        folder.display()
    )]
    StillRunning {
        /// One of the processes.
        pid: u32,
        /// The cluster's folder.
        folder: PathBuf,
    },

    /// The operating system refused something.
    #[error(
        "cannot {doing} {}: {source}; check that the path exists, that this user may use it and that the \
         disk is not full",
        path.display()
    )]
    Io {
        /// What was attempted, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// Say what was attempted when the system refused it.
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }
}
