//! The order in which events get their numbers.

use std::collections::HashMap;

use tenantry_kernel::EventId;
use uuid::Uuid;

tenantry_db::row! {
    /// An event that has no number yet.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Pending {
        pub(crate) id: EventId,
        pub(crate) event_type: String,
        pub(crate) aggregate_type: String,
        pub(crate) aggregate_id: Uuid,
        pub(crate) aggregate_version: i64,
        pub(crate) traceparent: Option<String>,
    }
}

type Aggregate = (String, Uuid);

impl Pending {
    fn aggregate(&self) -> Aggregate {
        (self.aggregate_type.clone(), self.aggregate_id)
    }

    /// Events of resources without versions (0) stay where their id puts them.
    const fn is_versioned(&self) -> bool {
        self.aggregate_version > 0
    }
}

/// The next batch out of the pending events (ordered by id), in the order of their numbers.
///
/// Ids of different nodes may be skewed, versions are not: events of one aggregate exchange places until their versions
/// ascend. An older version that lies behind the batch comes along.
pub(crate) fn batch(found: Vec<Pending>, size: usize) -> Vec<Pending> {
    let mut newest: HashMap<Aggregate, i64> = HashMap::new();
    for event in found.iter().take(size) {
        let most = newest.entry(event.aggregate()).or_default();
        *most = (*most).max(event.aggregate_version);
    }
    let is_late = |event: &Pending| {
        event.is_versioned()
            && newest.get(&event.aggregate()).is_some_and(|most| event.aggregate_version < *most)
    };
    let chosen = found.into_iter().enumerate().filter(|(at, event)| *at < size || is_late(event));
    let mut slots: Vec<Option<Pending>> = chosen.map(|(_, event)| Some(event)).collect();

    let mut places: HashMap<Aggregate, Vec<usize>> = HashMap::new();
    for (at, event) in slots.iter().enumerate() {
        if let Some(event) = event.as_ref().filter(|event| event.is_versioned()) {
            places.entry(event.aggregate()).or_default().push(at);
        }
    }
    for places in places.values().filter(|places| places.len() > 1) {
        let mut events: Vec<Pending> = places.iter().filter_map(|at| slots.get_mut(*at)?.take()).collect();
        events.sort_by_key(|event| event.aggregate_version);
        for (at, event) in places.iter().zip(events) {
            if let Some(slot) = slots.get_mut(*at) {
                *slot = Some(event);
            }
        }
    }
    slots.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(id: u128, aggregate: u128, version: i64) -> Pending {
        Pending {
            id: EventId::from_uuid(Uuid::from_u128(id)),
            event_type: "t".to_owned(),
            aggregate_type: "a".to_owned(),
            aggregate_id: Uuid::from_u128(aggregate),
            aggregate_version: version,
            traceparent: None,
        }
    }

    #[test]
    fn an_older_version_behind_the_batch_comes_along() {
        let found = vec![event(1, 7, 2), event(2, 8, 1), event(3, 7, 3), event(4, 7, 1)];
        let numbered: Vec<(u128, i64)> =
            batch(found, 2).iter().map(|it| (it.aggregate_id.as_u128(), it.aggregate_version)).collect();
        assert_eq!(numbered, [(7, 1), (8, 1), (7, 2)]);
    }

    #[test]
    fn events_without_a_version_keep_their_place() {
        let found = vec![event(1, 7, 2), event(2, 7, 0), event(3, 7, 1)];
        let versions: Vec<i64> = batch(found, 10).iter().map(|it| it.aggregate_version).collect();
        assert_eq!(versions, [1, 0, 2]);
    }

    proptest! {
        #[test]
        fn versions_ascend_over_all_batches_and_nothing_is_lost(
            shuffled in Just((0..60_u128).collect::<Vec<_>>()).prop_shuffle(),
            size in 1_usize..20,
        ) {
            // Twelve aggregates of five versions, their ids shuffled.
            let mut rest: Vec<Pending> = (0..60_u128)
                .zip(&shuffled)
                .map(|(n, id)| event(*id, n / 5, i64::try_from(n % 5).expect("small") + 1))
                .collect();
            rest.sort_by_key(|event| event.id);
            let mut all = Vec::new();
            while !rest.is_empty() {
                let done = batch(rest.clone(), size);
                prop_assert!(!done.is_empty());
                rest.retain(|event| !done.contains(event));
                all.extend(done);
            }
            prop_assert_eq!(all.len(), 60);
            for aggregate in 0..12_u128 {
                let own = all.iter().filter(|it| it.aggregate_id.as_u128() == aggregate);
                let versions: Vec<i64> = own.map(|it| it.aggregate_version).collect();
                prop_assert_eq!(versions, vec![1, 2, 3, 4, 5]);
            }
        }
    }
}
