use std::time::Duration;

/// How a node works off its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The jobs that run at the same time on this node.
    pub workers: usize,
    /// How many of them may be one tenant's.
    pub per_tenant: usize,
    /// How often to look for work that nobody announced.
    pub poll: Duration,
    /// How long a job belongs to the node that took it, without a sign of life.
    pub lease: Duration,
    /// The tries before a job is a dead letter, unless the job says otherwise.
    pub max_attempts: u32,
}

impl Default for Settings {
    /// What `config/default.toml` says.
    fn default() -> Self {
        Self {
            workers: 8,
            per_tenant: 2,
            poll: Duration::from_secs(1),
            lease: Duration::from_mins(1),
            max_attempts: 12,
        }
    }
}

impl Settings {
    /// How many jobs of the retry lane may run at the same time: half of the workers are kept for first attempts.
    pub(crate) const fn late_workers(&self) -> usize {
        if self.workers < 2 { 1 } else { self.workers / 2 }
    }

    /// The same within one tenant: one slot is kept for first attempts.
    pub(crate) const fn late_per_tenant(&self) -> usize {
        if self.per_tenant < 2 { 1 } else { self.per_tenant - 1 }
    }
}
