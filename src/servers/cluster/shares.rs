//! Which slots belong to whom, and which ones move when a shard comes or goes. Pure.

use std::ops::RangeInclusive;

use super::view::SLOTS;

/// Slots that go from one master to another, by their places among the masters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Who gives them.
    pub from: usize,
    /// Who gets them.
    pub to: usize,
    /// Which ones.
    pub slots: Vec<RangeInclusive<u16>>,
}

impl Transfer {
    /// How many slots move.
    pub fn count(&self) -> usize {
        self.slots.iter().map(ExactSizeIterator::len).sum()
    }
}

/// The slots of shard `index` of `shards` at the start: equal parts, in order.
pub fn at_start(index: usize, shards: usize) -> RangeInclusive<u16> {
    let edge = |index: usize| u16::try_from(usize::from(SLOTS) * index / shards).unwrap_or(SLOTS);
    edge(index)..=edge(index + 1) - 1
}

/// What a new master, which comes behind the `owned` ones, gets from each of them, so that all have equal parts after.
pub fn for_newcomer(owned: &[Vec<RangeInclusive<u16>>]) -> Vec<Transfer> {
    let count = |slots: &Vec<RangeInclusive<u16>>| slots.iter().map(ExactSizeIterator::len).sum::<usize>();
    let share = usize::from(SLOTS) / (owned.len() + 1);
    let mut wanted = share;
    let mut transfers = Vec::new();
    for (from, slots) in owned.iter().enumerate() {
        let left = owned.len() - from;
        let part = wanted.div_ceil(left).min(count(slots).saturating_sub(share));
        wanted -= part;
        transfers.push(Transfer { from, to: owned.len(), slots: last(slots, part) });
    }
    transfers.retain(|transfer| !transfer.slots.is_empty());
    transfers
}

/// Where the slots of master `leaving` go: in equal parts to all the others.
pub fn of_leaver(owned: &[Vec<RangeInclusive<u16>>], leaving: usize) -> Vec<Transfer> {
    let mut rest = owned[leaving].clone();
    let mut transfers = Vec::new();
    let heirs: Vec<usize> = (0..owned.len()).filter(|&index| index != leaving).collect();
    for (place, &to) in heirs.iter().enumerate() {
        let left = rest.iter().map(ExactSizeIterator::len).sum::<usize>();
        let slots = last(&rest, left.div_ceil(heirs.len() - place));
        rest = without(&rest, slots.iter().map(ExactSizeIterator::len).sum());
        transfers.push(Transfer { from: leaving, to, slots });
    }
    transfers.retain(|transfer| !transfer.slots.is_empty());
    transfers
}

/// The last `count` of some slots.
fn last(slots: &[RangeInclusive<u16>], count: usize) -> Vec<RangeInclusive<u16>> {
    let all: Vec<u16> = slots.iter().cloned().flatten().collect();
    ranges(&all[all.len().saturating_sub(count)..])
}

/// Some slots without the last `count` ones.
fn without(slots: &[RangeInclusive<u16>], count: usize) -> Vec<RangeInclusive<u16>> {
    let all: Vec<u16> = slots.iter().cloned().flatten().collect();
    ranges(&all[..all.len().saturating_sub(count)])
}

fn ranges(slots: &[u16]) -> Vec<RangeInclusive<u16>> {
    let mut ranges: Vec<RangeInclusive<u16>> = Vec::new();
    for &slot in slots {
        match ranges.last_mut() {
            Some(range) if *range.end() + 1 == slot => *range = *range.start()..=slot,
            _ => ranges.push(slot..=slot),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(slots: &[RangeInclusive<u16>]) -> usize {
        slots.iter().map(ExactSizeIterator::len).sum()
    }

    #[test]
    fn shares_at_the_start_cover_all_slots_once() {
        for shards in 3..=8 {
            let all: Vec<u16> = (0..shards).flat_map(|index| at_start(index, shards)).collect();
            assert_eq!(all, (0..SLOTS).collect::<Vec<_>>());
            let sizes: Vec<usize> = (0..shards).map(|index| at_start(index, shards).len()).collect();
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{sizes:?}");
        }
    }

    #[test]
    fn a_newcomer_gets_its_share_from_all_and_a_leaver_gives_all_it_has() {
        for shards in 3..=8 {
            let mut owned: Vec<Vec<_>> = (0..shards).map(|index| vec![at_start(index, shards)]).collect();
            let transfers = for_newcomer(&owned);
            assert_eq!(transfers.len(), shards);
            let moved: usize = transfers.iter().map(Transfer::count).sum();
            assert_eq!(moved, usize::from(SLOTS) / (shards + 1));
            let mut new = Vec::new();
            for transfer in &transfers {
                owned[transfer.from] = without(&owned[transfer.from], transfer.count());
                new.extend(transfer.slots.clone());
            }
            owned.push(new);
            let sizes: Vec<usize> = owned.iter().map(|slots| size(slots)).collect();
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 2, "{sizes:?}");
            let back = of_leaver(&owned, shards);
            assert_eq!(back.iter().map(Transfer::count).sum::<usize>(), moved);
            let mut all: Vec<u16> = back.iter().flat_map(|one| one.slots.iter().cloned().flatten()).collect();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), moved, "none twice");
            assert!(back.iter().all(|one| one.from == shards && one.to < shards));
        }
    }
}
