//! A queue that takes turns between its owners.
//!
//! Each owner has a line of its own, first in, first out, with a limit. Owners with something waiting are served one
//! item each in turn, so how long one line is does not matter to the others. Nothing is kept for an owner without
//! waiting items.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// The line is full; the item comes back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full<T>(pub(super) T);

/// What taking an item gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken<T> {
    /// The item, or nothing when nothing wanted is waiting.
    pub(super) item: Option<T>,
    /// How many unwanted items were dropped on the way.
    pub(super) dropped: usize,
}

#[derive(Debug)]
pub(super) struct FairQueue<K, T> {
    lines: HashMap<K, VecDeque<T>>,
    turns: VecDeque<K>,
    limit: usize,
    len: usize,
}

impl<K: Copy + Eq + Hash, T> FairQueue<K, T> {
    /// An empty queue with room for `limit` items per owner.
    pub(super) fn new(limit: usize) -> Self {
        Self { lines: HashMap::new(), turns: VecDeque::new(), limit, len: 0 }
    }

    /// How many items wait, all owners together.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Put an item at the end of its owner's line.
    pub(super) fn push(&mut self, owner: K, item: T) -> Result<(), Full<T>> {
        let line = self.lines.entry(owner).or_default();
        if line.len() >= self.limit {
            return Err(Full(item));
        }
        if line.is_empty() {
            self.turns.push_back(owner);
        }
        line.push_back(item);
        self.len += 1;
        Ok(())
    }

    /// Drop what is no longer wanted from one owner's line, and say how many that were.
    pub(super) fn prune(&mut self, owner: K, wanted: impl Fn(&T) -> bool) -> usize {
        let Some(line) = self.lines.get_mut(&owner) else { return 0 };
        let before = line.len();
        line.retain(wanted);
        let dropped = before - line.len();
        self.len -= dropped;
        if line.is_empty() {
            self.lines.remove(&owner);
            self.turns.retain(|turn| *turn != owner);
        }
        dropped
    }

    /// Take the next wanted item. An owner whose unwanted items are dropped keeps its turn.
    pub(super) fn pop(&mut self, wanted: impl Fn(&T) -> bool) -> Taken<T> {
        let mut dropped = 0;
        while let Some(owner) = self.turns.pop_front() {
            let Some(mut line) = self.lines.remove(&owner) else { continue };
            while let Some(item) = line.pop_front() {
                self.len -= 1;
                if !wanted(&item) {
                    dropped += 1;
                    continue;
                }
                if !line.is_empty() {
                    self.turns.push_back(owner);
                    self.lines.insert(owner, line);
                }
                return Taken { item: Some(item), dropped };
            }
        }
        Taken { item: None, dropped }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn drain(queue: &mut FairQueue<u8, u32>) -> Vec<u32> {
        std::iter::from_fn(|| queue.pop(|_| true).item).collect()
    }

    #[test]
    fn owners_take_turns() {
        let mut queue = FairQueue::new(9);
        for (owner, item) in [(1, 10), (1, 11), (1, 12), (2, 20), (3, 30), (3, 31)] {
            queue.push(owner, item).expect("room");
        }
        assert_eq!(drain(&mut queue), [10, 20, 30, 11, 31, 12]);
    }

    #[test]
    fn an_unwanted_item_does_not_cost_its_owner_the_turn() {
        let mut queue = FairQueue::new(9);
        for (owner, item) in [(1, 10), (1, 11), (2, 20)] {
            queue.push(owner, item).expect("room");
        }
        assert_eq!(queue.pop(|item| *item != 10), Taken { item: Some(11), dropped: 1 });
        assert_eq!(drain(&mut queue), [20]);
    }

    #[test]
    fn a_full_line_does_not_fill_the_others() {
        let mut queue = FairQueue::new(1);
        queue.push(1, 10).expect("room");
        assert_eq!(queue.push(1, 11), Err(Full(11)));
        assert_eq!(queue.push(2, 20), Ok(()));
    }

    #[test]
    fn pruning_makes_room_and_gives_up_an_empty_lines_turn() {
        let mut queue = FairQueue::new(1);
        queue.push(1, 10).expect("room");
        assert_eq!(queue.prune(1, |_| false), 1);
        assert_eq!((queue.len(), queue.turns.len(), queue.lines.len()), (0, 0, 0));
        queue.push(1, 11).expect("room again");
        assert_eq!(drain(&mut queue), [11]);
    }

    proptest::proptest! {
        #[test]
        fn everything_comes_out_once_in_its_owners_order(owners in proptest::collection::vec(0_u8..5, 0..60)) {
            let mut queue = FairQueue::new(usize::MAX);
            for (item, owner) in (0_u32..).zip(&owners) {
                queue.push(*owner, (*owner, item)).expect("room");
            }
            proptest::prop_assert_eq!(queue.len(), owners.len());

            let mut served = BTreeMap::<u8, Vec<u32>>::new();
            while let Some((owner, item)) = queue.pop(|_| true).item {
                served.entry(owner).or_default().push(item);
            }
            proptest::prop_assert_eq!(served.values().map(Vec::len).sum::<usize>(), owners.len());
            proptest::prop_assert!(served.values().all(|items| items.is_sorted()));
            proptest::prop_assert!(queue.lines.is_empty() && queue.turns.is_empty() && queue.len() == 0);
        }
    }
}
