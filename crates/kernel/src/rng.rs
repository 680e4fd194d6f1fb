//! Randomness, given rather than taken.

use std::cell::RefCell;
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

thread_local! {
    static STORE: RefCell<Store> = const { RefCell::new(Store { bytes: [0; 500], left: 0 }) };
}

/// Random bytes that no id has yet.
struct Store {
    bytes: [u8; 500],
    left: usize,
}

impl Store {
    fn draw(&mut self, rng: &Rng) -> [u8; 10] {
        if self.left == 0 {
            rng.fill(&mut self.bytes);
            self.left = self.bytes.len() / 10;
        }
        self.left -= 1;
        let start = self.left * 10;
        let mut drawn = [0; 10];
        for (to, from) in drawn.iter_mut().zip(self.bytes.iter_mut().skip(start)) {
            *to = std::mem::take(from);
        }
        drawn
    }
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

    /// Random bytes for an id: unpredictable, but drawn from a store of this thread that is filled now and then, because
    /// every request needs some. Not for secrets.
    pub(crate) fn id_bytes(&self) -> [u8; 10] {
        match &self.0 {
            Source::System => STORE.with_borrow_mut(|store| store.draw(self)),
            Source::Seeded(_) => self.bytes(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_are_drawn_twice() {
        let drawn: std::collections::HashSet<_> = (0..1_000).map(|_| Rng::system().id_bytes()).collect();
        assert_eq!(drawn.len(), 1_000);
        assert!(!drawn.contains(&[0; 10]));
    }
}
