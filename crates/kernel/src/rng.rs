//! Randomness, given rather than taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bytes; cheap to clone.
#[derive(Debug, Clone)]
pub struct Rng(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Seeded(Arc<(u64, AtomicU64)>),
}

impl Rng {
    /// The operating system's cryptographic generator.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A repeatable sequence, for tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new((seed, AtomicU64::new(0)))))
    }

    /// Fill `bytes` with random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done then.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            Source::System => {
                assert!(aws_lc_rs::rand::fill(bytes).is_ok(), "the operating system gives no random bytes");
            }
            Source::Seeded(state) => {
                for chunk in bytes.chunks_mut(32) {
                    let count = state.1.fetch_add(1, Ordering::SeqCst);
                    let mut input = state.0.to_be_bytes().to_vec();
                    input.extend(count.to_be_bytes());
                    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &input);
                    chunk.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A number in `0..1`, for jitter; not for secrets.
    pub fn fraction(&self) -> f64 {
        f64::from(u32::from_be_bytes(self.bytes())) / (f64::from(u32::MAX) + 1.0)
    }
}
