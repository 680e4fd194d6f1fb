//! Whose turn it is: fairness between tenants, and between first attempts and late retries. Pure.

use std::collections::{HashMap, VecDeque};

use tenantry_kernel::TenantId;

use crate::job::Lane;
use crate::settings::Settings;

/// Tenants that may have due jobs, in the order in which they are served, and how many jobs of each run.
///
/// Each tenant gets a turn before any gets a second; a turn takes at most as many jobs as the tenant may still run. Late
/// retries are served after first attempts, and never in the slots that are kept for these.
#[derive(Debug)]
pub(crate) struct Ring {
    fresh: VecDeque<TenantId>,
    late: VecDeque<TenantId>,
    running: HashMap<TenantId, Running>,
    total: Running,
    /// Where the last look found nothing more, and how many jobs with ordering keys have ended since: each may let one
    /// follow. A look costs as much as jobs wait for their keys, so none is made in vain.
    barren: HashMap<(TenantId, Lane), usize>,
    turns: u32,
    settings: Settings,
}

/// Every so many turns, late retries come first: a flood of first attempts must not keep them out for ever.
const LATE_FIRST_EVERY: u32 = 8;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Running {
    all: usize,
    late: usize,
}

/// What may be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Whose.
    pub(crate) tenant: TenantId,
    /// From which lane.
    pub(crate) lane: Lane,
    /// At most how many jobs; never 0.
    pub(crate) most: usize,
}

impl Ring {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            fresh: VecDeque::new(),
            late: VecDeque::new(),
            running: HashMap::new(),
            total: Running::default(),
            barren: HashMap::new(),
            turns: 0,
            settings,
        }
    }

    /// The tenant may have due jobs: it gets a turn, behind those that wait already.
    pub(crate) fn offer(&mut self, tenant: TenantId, lane: Lane) {
        self.barren.remove(&(tenant, lane));
        self.wait(tenant, lane);
    }

    fn wait(&mut self, tenant: TenantId, lane: Lane) {
        let queue = match lane {
            Lane::Default => &mut self.fresh,
            Lane::Retry => &mut self.late,
        };
        if !queue.contains(&tenant) {
            queue.push_back(tenant);
        }
    }

    /// The next turn. The tenant leaves the queue until [`taken`](Self::taken) puts it back.
    pub(crate) fn next(&mut self) -> Option<Turn> {
        let is_late_first = self.turns % LATE_FIRST_EVERY == LATE_FIRST_EVERY - 1;
        let lanes = if is_late_first { [Lane::Retry, Lane::Default] } else { [Lane::Default, Lane::Retry] };
        let turn = lanes.into_iter().find_map(|lane| self.next_of(lane));
        self.turns = self.turns.wrapping_add(u32::from(turn.is_some()));
        turn
    }

    fn next_of(&mut self, lane: Lane) -> Option<Turn> {
        let queue = match lane {
            Lane::Default => &self.fresh,
            Lane::Retry => &self.late,
        };
        let (at, most) = queue
            .iter()
            .enumerate()
            .map(|(at, tenant)| (at, self.room(*tenant, lane)))
            .find(|(_, most)| *most > 0)?;
        let queue = match lane {
            Lane::Default => &mut self.fresh,
            Lane::Retry => &mut self.late,
        };
        let tenant = queue.remove(at)?;
        Some(Turn { tenant, lane, most })
    }

    /// How many jobs of the lane the tenant may start now.
    fn room(&self, tenant: TenantId, lane: Lane) -> usize {
        let running = self.running.get(&tenant).copied().unwrap_or_default();
        let free = self.settings.workers.saturating_sub(self.total.all);
        let own = self.settings.per_tenant.saturating_sub(running.all);
        let room = free.min(own);
        match lane {
            Lane::Default => room,
            Lane::Retry => {
                let of_all = self.settings.late_workers().saturating_sub(self.total.late);
                let of_tenant = self.settings.late_per_tenant().saturating_sub(running.late);
                room.min(of_all).min(of_tenant)
            }
        }
    }

    /// A turn was used: so many jobs were asked for, so many were taken.
    pub(crate) fn taken(&mut self, turn: Turn, asked: usize, taken: usize) {
        let at = (turn.tenant, turn.lane);
        if taken < asked {
            self.barren.insert(at, 0);
            return;
        }
        let follows = self.barren.get_mut(&at).map(|ended| {
            *ended = ended.saturating_sub(taken);
            *ended
        });
        if follows != Some(0) {
            self.wait(turn.tenant, turn.lane);
        }
    }

    /// A job has been started.
    pub(crate) fn started(&mut self, tenant: TenantId, lane: Lane) {
        let retries = usize::from(lane == Lane::Retry);
        for count in [self.running.entry(tenant).or_default(), &mut self.total] {
            count.all += 1;
            count.late += retries;
        }
    }

    /// A job has ended; with an ordering key, the next one of that key may follow.
    pub(crate) fn ended(&mut self, tenant: TenantId, lane: Lane, has_key: bool) {
        let retries = usize::from(lane == Lane::Retry);
        for count in self.running.get_mut(&tenant).into_iter().chain([&mut self.total]) {
            count.all = count.all.saturating_sub(1);
            count.late = count.late.saturating_sub(retries);
        }
        if self.running.get(&tenant) == Some(&Running::default()) {
            self.running.remove(&tenant);
        }
        for next in [Lane::Default, Lane::Retry] {
            match self.barren.get_mut(&(tenant, next)) {
                // What follows a first attempt is a first attempt; the poll finds what is not.
                Some(ended) if has_key && (next == Lane::Default || lane == Lane::Retry) => *ended += 1,
                Some(_) => continue,
                None => {}
            }
            self.wait(tenant, next);
        }
    }

    /// Look everywhere again.
    pub(crate) fn forget(&mut self) {
        self.barren.clear();
    }

    /// Nobody waits any longer: the next survey finds them again.
    pub(crate) fn clear(&mut self) {
        self.fresh.clear();
        self.late.clear();
    }

    /// How many jobs run.
    pub(crate) const fn running(&self) -> usize {
        self.total.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn tenant(number: u128) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(number))
    }

    fn ring(workers: usize, per_tenant: usize) -> Ring {
        Ring::new(Settings { workers, per_tenant, ..Settings::default() })
    }

    #[test]
    fn a_tenant_with_endless_work_waits_behind_the_others() {
        let mut ring = ring(1, 1);
        ring.offer(tenant(1), Lane::Default);
        let mut order = Vec::new();
        for _ in 0..3 {
            let turn = ring.next().expect("a turn");
            ring.started(turn.tenant, turn.lane);
            ring.taken(turn, 1, 1);
            ring.offer(tenant(2), Lane::Default);
            assert_eq!(ring.next(), None);
            ring.ended(turn.tenant, turn.lane, false);
            order.push(turn.tenant.as_uuid().as_u128());
        }
        assert_eq!(order, [1, 1, 2]);
    }

    #[test]
    fn after_a_look_in_vain_only_a_freed_key_is_worth_another() {
        let mut ring = ring(4, 4);
        ring.offer(tenant(1), Lane::Default);
        let turn = ring.next().expect("a turn");
        (0..2).for_each(|_| ring.started(tenant(1), Lane::Default));
        ring.taken(turn, 4, 2);
        assert_eq!(ring.next(), None);
        ring.ended(tenant(1), Lane::Default, false);
        let late = ring.next().expect("nobody has looked there yet");
        ring.taken(late, 1, 0);
        ring.ended(tenant(1), Lane::Default, true);
        let turn = ring.next().expect("one may follow");
        ring.taken(turn, 1, 1);
        assert_eq!((late.lane, ring.next()), (Lane::Retry, None));
        ring.offer(tenant(1), Lane::Default);
        assert!(ring.next().is_some());
    }

    #[test]
    fn late_retries_leave_room_for_first_attempts() {
        let mut ring = ring(4, 4);
        for number in 0..10 {
            ring.offer(tenant(number), Lane::Retry);
        }
        while let Some(turn) = ring.next() {
            (0..turn.most).for_each(|_| ring.started(turn.tenant, turn.lane));
            ring.offer(turn.tenant, turn.lane);
        }
        assert_eq!(ring.running(), 2);
        ring.offer(tenant(1), Lane::Default);
        assert_eq!(ring.next().map(|turn| (turn.lane, turn.most)), Some((Lane::Default, 2)));
    }

    proptest! {
        #[test]
        fn no_cap_is_ever_passed_and_everybody_is_served(
            workers in 1_usize..6,
            per_tenant in 1_usize..4,
            offers in proptest::collection::vec((0_u128..8, any::<bool>()), 1..80),
        ) {
            let mut ring = ring(workers, per_tenant);
            let (late_workers, late_own) = (ring.settings.late_workers(), ring.settings.late_per_tenant());
            let mut running: Vec<(TenantId, Lane)> = Vec::new();
            let mut waiting: Vec<(TenantId, Lane)> = Vec::new();
            for (number, is_late) in offers {
                let lane = if is_late { Lane::Retry } else { Lane::Default };
                ring.offer(tenant(number), lane);
                waiting.push((tenant(number), lane));
                while let Some(turn) = ring.next() {
                    prop_assert!(turn.most > 0);
                    for _ in 0..turn.most {
                        ring.started(turn.tenant, turn.lane);
                        running.push((turn.tenant, turn.lane));
                    }
                    waiting.retain(|it| *it != (turn.tenant, turn.lane));
                }
                let of = |t: TenantId| running.iter().filter(|it| it.0 == t).count();
                let late = |t: Option<TenantId>| {
                    running.iter().filter(|it| it.1 == Lane::Retry && t.is_none_or(|t| it.0 == t)).count()
                };
                prop_assert!(running.len() <= workers && late(None) <= late_workers);
                prop_assert!(running.iter().all(|it| of(it.0) <= per_tenant && late(Some(it.0)) <= late_own));
                if running.len() == workers {
                    let (tenant, lane) = running.remove(0);
                    ring.ended(tenant, lane, true);
                }
            }
            for (tenant, lane) in running.drain(..) {
                ring.ended(tenant, lane, true);
            }
            while let Some(turn) = ring.next() {
                waiting.retain(|it| *it != (turn.tenant, turn.lane));
            }
            prop_assert!(waiting.is_empty(), "never served: {waiting:?}");
        }
    }
}
