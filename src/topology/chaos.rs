//! Chaos: faults by lot. Pure: the same design, seed and count give the same faults on every machine.
//!
//! Each harm has a moment of its own within an even share of the run, and is mended some time later, unless it is over by
//! itself. Nothing is harmed twice at a time, what the script harms included.

use std::ops::Range;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::fault::table::{Nature, all_targets};
use super::fault::{Fault, FaultAction};
use super::{Stage, Topology};

/// Of how much of the run one harm is expected.
const A_HARM: Duration = Duration::from_secs(2);
/// The fewest and the most harms.
const HARMS: Range<u64> = 3..41;
/// Harms begin within this part of the run, in thousandths, and are mended before its end.
const BEGIN: Range<u64> = 50..850;
/// A harm takes this part of the run, in thousandths.
const LENGTH: Range<u64> = 30..150;
/// How often a lot is drawn again for a share of the run in which it hit something that is harmed already.
const TRIES: u32 = 40;

/// Something that can be done to an instance.
struct Harm<'a> {
    stage: &'a Stage,
    instance: String,
    action: FaultAction,
    mended_by: Option<FaultAction>,
}

/// Harms for a design, about one for each two seconds of its run, each with what mends it, in the order of time.
pub fn faults(topology: &Topology, seed: u64) -> Vec<Fault> {
    let harms = topology.workload.duration().as_secs() / A_HARM.as_secs();
    counted_faults(topology, seed, harms.clamp(HARMS.start, HARMS.end - 1))
}

/// The same with a given count of harms. They may be fewer, where little can break: an instance that is harmed is spared.
pub fn counted_faults(topology: &Topology, seed: u64, count: u64) -> Vec<Fault> {
    let mut lot = Pcg64Mcg::seed_from_u64(seed);
    let choices = harms_by_stage(topology);
    let whole_ms = u64::try_from(topology.workload.duration().as_millis()).unwrap_or(u64::MAX);
    let part = |thousandths: u64| whole_ms / 1_000 * thousandths + whole_ms % 1_000 * thousandths / 1_000;
    let mut faults = Vec::new();
    let mut taken = scripted(topology);
    if choices.is_empty() || whole_ms < 1_000 {
        return faults;
    }
    for share in 0..count {
        let begin = |share: u64| BEGIN.start + (BEGIN.end - BEGIN.start) * share / count;
        for _ in 0..TRIES {
            let of_stage = pick(&mut lot, choices.as_slice());
            let of_instance = pick(&mut lot, of_stage.as_slice());
            let harm = pick(&mut lot, of_instance.as_slice());
            let from = lot.random_range(part(begin(share))..=part(begin(share + 1)));
            let length = part(lot.random_range(LENGTH)).max(1);
            let time = from..from + length;
            let name = harm.stage.name.as_str();
            let is_spared = |(stage, instance, other): &(&str, &str, Range<u64>)| {
                *stage != name
                    || *instance != harm.instance
                    || other.end <= time.start
                    || time.end <= other.start
            };
            if taken.iter().all(is_spared) && may_begin(topology, harm, from) {
                faults.extend(harm.faults(&mut lot, &time));
                taken.push((name, &harm.instance, time));
                break;
            }
        }
    }
    faults.sort_by_key(|fault| fault.at);
    faults
}

/// The times of the harms that the design's script has already: from each to what mends it, or to the end of the run.
fn scripted(topology: &Topology) -> Vec<(&str, &str, Range<u64>)> {
    let ms = |fault: &Fault| u64::try_from(fault.at.as_millis()).unwrap_or(u64::MAX);
    let harms = topology.faults.iter().filter(|fault| fault.action.rule().nature.is_harm());
    let time = |harm: &Fault| {
        let mended = topology.faults.iter().filter(|other| {
            matches!(harm.action.rule().nature, Nature::Lasting(by) if by == other.action)
                && (&other.stage, &other.instance) == (&harm.stage, &harm.instance)
                && other.at > harm.at
        });
        ms(harm)..mended.map(ms).min().unwrap_or(u64::MAX)
    };
    harms.map(|harm| (harm.stage.as_str(), harm.instance.as_str(), time(harm))).collect()
}

/// Whether a harm makes sense at a moment: nobody closes a sale that is not open yet, and so opens it too early.
fn may_begin(topology: &Topology, harm: &Harm<'_>, from_ms: u64) -> bool {
    harm.action != FaultAction::CloseSale || Duration::from_millis(from_ms) > topology.workload.sale.opens_at
}

/// All that can be done to a design: by stage, and within it by instance, so that a stage with many instances is not hit
/// more often than another.
fn harms_by_stage(topology: &Topology) -> Vec<Vec<Vec<Harm<'_>>>> {
    let mut stages: Vec<(usize, Vec<Vec<Harm<'_>>>)> = Vec::new();
    for (index, instance) in all_targets(topology) {
        let stage = &topology.stages[index];
        let harms: Vec<Harm<'_>> = FaultAction::possible(topology, stage, &instance)
            .filter(|action| action.rule().nature.is_harm())
            .map(|action| Harm {
                stage,
                instance: instance.clone(),
                action,
                mended_by: action.mended_by(topology, stage, &instance),
            })
            .collect();
        if harms.is_empty() {
            continue;
        }
        match stages.last_mut() {
            Some((last, of_stage)) if *last == index => of_stage.push(harms),
            _ => stages.push((index, vec![harms])),
        }
    }
    stages.into_iter().map(|(_, harms)| harms).collect()
}

fn pick<'a, T>(lot: &mut Pcg64Mcg, from: &'a [T]) -> &'a T {
    // A number of 64 bits, so that the lot is the same whatever the size of a pointer.
    let place = lot.random_range(0..from.len() as u64);
    &from[usize::try_from(place).unwrap_or(0)]
}

impl Harm<'_> {
    /// The harm at the beginning of a time, in milliseconds, and what mends it at the end.
    fn faults(&self, lot: &mut Pcg64Mcg, time: &Range<u64>) -> Vec<Fault> {
        let mut harm = Fault {
            at: Duration::from_millis(time.start),
            action: self.action,
            stage: self.stage.name.clone(),
            instance: self.instance.clone(),
            delay: Duration::from_millis(lot.random_range(5..=200)),
            rate: lot.random_range(20..=500) * 1_000,
            amount: Fault::default().amount,
            lasts: Duration::from_millis((time.end - time.start).min(lot.random_range(100..=2_000))),
        };
        let mending = self.mended_by.map(|action| Fault {
            at: Duration::from_millis(time.end),
            action,
            stage: harm.stage.clone(),
            instance: harm.instance.clone(),
            ..Fault::default()
        });
        harm.forget_idle();
        std::iter::once(harm).chain(mending).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::{Cdn, DataControl, Database, MasterReplica, Queue, StageKind, Users};
    use super::super::testing;
    use super::super::validate::faults::check_target;
    use super::*;
    use crate::workload::arrival::Constant;
    use crate::workload::{Mix, Phase, Shape, Spacing};

    fn design(kinds: Vec<StageKind>, secs: u64) -> Topology {
        let phase = Phase {
            name: "rush".into(),
            span: Duration::from_secs(secs),
            shape: Shape::Constant(Constant { rate: 100.0 }),
            spacing: Spacing::Even,
            mix: Mix { read: 1.0, claim: 1.0, ..Mix::NOTHING },
        };
        let mut topology = testing::design(kinds);
        topology.workload.sale.opens_at = Duration::from_secs(2);
        topology.workload.phases = vec![phase];
        topology
    }

    fn whole(secs: u64) -> Topology {
        let kinds = StageKind::WORDS.iter().filter_map(|word| StageKind::from_word(word));
        design(kinds.collect(), secs)
    }

    /// From when until when each instance is harmed; what is over by itself has no end here.
    fn spans(faults: &[Fault]) -> Vec<(&Fault, Option<&Fault>)> {
        let is_harm = |fault: &&Fault| fault.action.rule().nature.is_harm();
        let mended = |harm: &Fault| {
            let Nature::Lasting(by) = harm.action.rule().nature else { return None };
            faults.iter().find(|other| {
                other.action == by
                    && other.at > harm.at
                    && (&other.stage, &other.instance) == (&harm.stage, &harm.instance)
            })
        };
        faults.iter().filter(is_harm).map(|harm| (harm, mended(harm))).collect()
    }

    #[test]
    fn chaos_is_possible_in_time_and_mended_and_never_hits_what_is_harmed() {
        for seed in 0..300 {
            let topology = whole(20);
            let faults = counted_faults(&topology, seed, 12);
            assert!(faults.is_sorted_by_key(|fault| fault.at));
            let spans = spans(&faults);
            assert_eq!(spans.len(), 12, "seed {seed}: {faults:#?}");
            for fault in &faults {
                assert_eq!(check_target(&topology, fault), Ok(()), "seed {seed}: {fault}");
                assert!(fault.at < topology.workload.duration(), "seed {seed}: {fault}");
            }
            for (index, (harm, mended)) in spans.iter().enumerate() {
                let stage = &topology.stages[topology.index_of(&harm.stage).expect("it is there")];
                let needs = harm.action.mended_by(&topology, stage, &harm.instance);
                assert_eq!(mended.map(|mended| mended.action), needs, "seed {seed}: {harm}");
                let next = spans[index + 1..]
                    .iter()
                    .find(|(next, _)| (&next.stage, &next.instance) == (&harm.stage, &harm.instance));
                let is_over = |next: &Fault| mended.is_none_or(|mended| mended.at <= next.at);
                assert!(next.is_none_or(|(next, _)| is_over(next)), "seed {seed}: {harm} and {next:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_chaos_and_another_another() {
        let topology = whole(10);
        assert_eq!(faults(&topology, 7), faults(&topology, 7));
        assert_ne!(faults(&topology, 7), faults(&topology, 8));
        let said: Vec<String> = faults(&topology, 7).iter().map(ToString::to_string).collect();
        assert_eq!(said, PINNED, "no machine and no version may give others without a word");
    }

    const PINNED: [&str; 8] = [
        "KillAfterTaking consumer 1 of 8",
        "Restart consumer 1 of 8",
        "Lock database of 9",
        "Unlock database of 9",
        "Pause database of 9",
        "Resume database of 9",
        "ResetLink master of 4",
        "Expire cache of 1",
    ];

    #[test]
    fn every_harm_comes_about_and_harms_are_spread_over_the_run() {
        let topology = whole(20);
        let all: Vec<Fault> = (0..2_000).flat_map(|seed| counted_faults(&topology, seed, 10)).collect();
        // One mends nothing that would last, and shards that come and go and data that grows are no harm.
        let never = [
            FaultAction::KillScript,
            FaultAction::Replace,
            FaultAction::AddShard,
            FaultAction::RemoveShard,
            FaultAction::GrowData,
        ];
        for &action in FaultAction::ALL.iter().filter(|action| !never.contains(action)) {
            assert!(all.iter().any(|fault| fault.action == action), "{action:?} never comes");
        }
        let harms: Vec<&Fault> = all.iter().filter(|fault| fault.action.rule().nature.is_harm()).collect();
        for tenth in 1..8 {
            let (from, to) = (Duration::from_secs(2 * tenth), Duration::from_secs(2 * tenth + 2));
            let here = harms.iter().filter(|fault| (from..to).contains(&fault.at)).count() as f64;
            let share = here / harms.len() as f64;
            assert!((0.09..0.16).contains(&share), "{tenth}: {share}");
        }
    }

    #[test]
    fn where_little_can_break_there_are_fewer_faults_and_where_nothing_can_there_are_none() {
        let users = || StageKind::Users(Users::default());
        assert_eq!(faults(&design(vec![users()], 10), 1), []);
        let one = design(vec![users(), StageKind::Database(Database::default())], 10);
        let few = counted_faults(&one, 1, 40);
        assert!(!few.is_empty() && few.len() < 80, "{}", few.len());
        assert!(few.iter().all(|fault| fault.instance == "database"));
        assert_eq!(faults(&design(vec![users(), StageKind::Cdn(Cdn::default())], 0), 1), []);
    }

    #[test]
    fn what_the_script_harms_is_spared() {
        let users = StageKind::Users(Users::default());
        let mut topology = design(vec![users, StageKind::Database(Database::default())], 10);
        topology.faults = vec![Fault {
            at: Duration::from_secs(5),
            action: FaultAction::Lock,
            stage: "1".into(),
            instance: "database".into(),
            ..Fault::default()
        }];
        for seed in 0..50 {
            let late = faults(&topology, seed).into_iter().find(|fault| fault.at > Duration::from_secs(5));
            assert_eq!(late, None, "seed {seed}: nothing unlocks it");
        }
    }

    #[test]
    fn a_sale_is_closed_only_after_it_opened() {
        let kinds =
            || vec![StageKind::DataControl(DataControl::default()), StageKind::Database(Database::default())];
        let topology = design(kinds(), 10);
        for seed in 0..200 {
            let early = faults(&topology, seed)
                .into_iter()
                .find(|fault| fault.action == FaultAction::CloseSale && fault.at.as_secs() < 2);
            assert_eq!(early, None, "seed {seed}");
        }
        let without = design(
            vec![
                StageKind::MasterReplica(MasterReplica { sentinels: 0, ..MasterReplica::default() }),
                StageKind::Queue(Queue::default()),
            ],
            10,
        );
        let all = (0..200).flat_map(|seed| faults(&without, seed));
        assert!(all.map(|fault| fault.action).all(|action| action != FaultAction::Failover));
    }
}
