//! The table of actions: what each can be done to, which parameter it has of its own, and what mends it. The validator, the
//! engine, the window, the reference page and chaos are views of it.

use super::super::Topology;
use super::super::stage::{Stage, StageKind};
use super::super::validate::{all_in_range, instances};
use super::super::way::Way;
use super::FaultAction;
use crate::workload::Operation;

/// The parameters of a fault that say something to one action only, each with the word that leads to its value: "by 50ms".
pub const OWN_PARAMS: &[(&str, &str)] =
    &[("delay", "by"), ("rate", "to"), ("amount", "by"), ("lasts", "for")];

/// What an instance is, as far as faults go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A Redis process that holds data.
    Data,
    /// A Sentinel.
    Sentinel,
    /// The server of a queue that Redis doesn't keep.
    Broker,
    /// A consumer of a queue.
    Consumer,
    /// An instance of a service.
    Instance,
    /// The database: embedded, or a server.
    Database,
    /// What a stage remembers for a while: pages, or flags.
    Cache,
    /// The clock of the sale, which data control has.
    Sale,
    /// A node of a Redis Cluster.
    Node,
    /// The shards of a Redis Cluster: more or fewer of them.
    Shards,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What it can be done to.
    pub parts: &'static [Part],
    /// The parameter of a fault that says how much or for how long.
    pub param: Option<&'static str>,
    /// What it does to the run, in the long view.
    pub nature: Nature,
}

/// What an action does to the run, in the long view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// It lasts until another action mends it, where that one can be done; elsewhere it is over by itself.
    Lasting(FaultAction),
    /// It is over by itself.
    Passing,
    /// It mends.
    Mending,
    /// It is no harm: the design grows, or shrinks again.
    Growth,
}

impl Nature {
    /// Whether it breaks something.
    pub fn is_harm(self) -> bool {
        matches!(self, Self::Lasting(_) | Self::Passing)
    }
}

/// Why an action can't be done to an instance, and what to do about it; in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub why: &'static str,
    /// What to do about it.
    pub remedy: String,
}

/// Why something can't be done; and what to do about it, where that is more than to choose something else.
struct Obstacle {
    why: &'static str,
    remedy: Option<&'static str>,
}

impl Part {
    /// What an instance is, by its name.
    pub fn of(instance: &str) -> Option<Self> {
        match instance.split(' ').next() {
            Some("master" | "replica") => Some(Self::Data),
            Some("sentinel") => Some(Self::Sentinel),
            Some("broker") => Some(Self::Broker),
            Some("consumer") => Some(Self::Consumer),
            Some("instance") => Some(Self::Instance),
            Some("database") => Some(Self::Database),
            Some("cache") => Some(Self::Cache),
            Some("sale") => Some(Self::Sale),
            Some("node") => Some(Self::Node),
            Some("shards") => Some(Self::Shards),
            _ => None,
        }
    }

    /// Whether it is a process of a server.
    pub fn is_process(self) -> bool {
        matches!(self, Self::Data | Self::Sentinel | Self::Node | Self::Broker)
    }

    /// What it is, for those who wanted something else of it.
    fn nature(self) -> &'static str {
        match self {
            Self::Data => "it is a Redis process with data",
            Self::Sentinel => "it is a Sentinel, which holds no data",
            Self::Broker => "it is the server of a queue",
            Self::Consumer => "it is a consumer, a part of this program",
            Self::Instance => "it is an instance of a service, a part of this program",
            Self::Database => "it is the database",
            Self::Cache => "it is a cache and no process",
            Self::Sale => "it is the clock of the sale",
            Self::Node => "it is a node of a cluster",
            Self::Shards => "it is what a cluster is divided into",
        }
    }
}

impl FaultAction {
    /// Its row of the table.
    #[allow(clippy::match_same_arms, reason = "a table")]
    pub const fn rule(self) -> Rule {
        use Part::{Broker, Cache, Consumer, Data, Database, Instance, Node, Sale, Sentinel, Shards};
        match self {
            Self::Kill => {
                lasting(&[Data, Sentinel, Broker, Consumer, Instance, Database, Node], Self::Restart)
            }
            Self::KillAfterTaking | Self::KillAfterWriting => lasting(&[Consumer], Self::Restart),
            Self::Replace => mending(&[Consumer]),
            Self::Terminate => lasting(&[Data, Sentinel, Broker, Database, Node], Self::Restart),
            Self::Restart => mending(&[Data, Sentinel, Broker, Consumer, Instance, Database, Node]),
            Self::Pause => {
                lasting(&[Data, Sentinel, Broker, Consumer, Instance, Database, Node], Self::Resume)
            }
            Self::Resume => mending(&[Data, Sentinel, Broker, Consumer, Instance, Database, Node]),
            Self::Failover => passing(&[Data]),
            Self::CutLink => lasting(&[Data], Self::MendLink),
            Self::SlowLink => lasting(&[Data], Self::MendLink).with("delay"),
            Self::ThrottleLink => lasting(&[Data], Self::MendLink).with("rate"),
            Self::ResetLink => passing(&[Data]),
            Self::MendLink => mending(&[Data]),
            Self::Lock => lasting(&[Database], Self::Unlock),
            Self::Unlock => mending(&[Database]),
            Self::FillMemory => lasting(&[Data], Self::FreeMemory),
            Self::FreeMemory => mending(&[Data]),
            Self::GrowData => growth(&[Data]).with("amount"),
            Self::SlowScript => passing(&[Data]).with("lasts"),
            Self::KillScript => mending(&[Data]),
            Self::Purge | Self::Expire => lasting(&[Cache], Self::Refill),
            Self::Refill => mending(&[Cache]),
            Self::CloseSale => lasting(&[Sale], Self::OpenSale),
            Self::OpenSale => mending(&[Sale]),
            Self::AddShard | Self::RemoveShard => growth(&[Shards]),
        }
    }

    /// Every action that is about such a part, whether or not it can be done to one just now.
    pub fn of_part(part: Part) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |action| action.rule().parts.contains(&part))
    }

    /// Every action that can be done to an instance of a stage.
    pub fn possible<'a>(
        topology: &'a Topology,
        stage: &'a Stage,
        instance: &'a str,
    ) -> impl Iterator<Item = Self> + 'a {
        let can_be_done = move |action: &Self| action.obstacle(topology, stage, instance).is_none();
        Self::ALL.iter().copied().filter(can_be_done)
    }

    /// Why it can't be done to an instance, which the stage has; none where it can.
    pub fn refusal(self, topology: &Topology, stage: &Stage, instance: &str) -> Option<Refusal> {
        let Obstacle { why, remedy } = self.obstacle(topology, stage, instance)?;
        let remedy = remedy.map_or_else(
            || {
                let possible: Vec<&str> = Self::possible(topology, stage, instance).map(Self::word).collect();
                format!("choose from {}", possible.join(", "))
            },
            str::to_owned,
        );
        Some(Refusal { why, remedy })
    }

    /// What mends it at an instance of a stage; none where it is over by itself, or mends.
    pub fn mended_by(self, topology: &Topology, stage: &Stage, instance: &str) -> Option<Self> {
        let Nature::Lasting(by) = self.rule().nature else { return None };
        by.obstacle(topology, stage, instance).is_none().then_some(by)
    }

    /// Why it can't be done at a server that is not ours, and what to do about it; none where it can.
    fn needs_own_server(self, part: Part) -> Option<(&'static str, &'static str)> {
        match (part, self) {
            (Part::Data | Part::Sentinel | Part::Node | Part::Broker | Part::Shards, _) => Some((
                "it is a server that is not ours",
                "leave the fault out, or leave url out, so that the stage runs processes of its own",
            )),
            (Part::Database, Self::Lock | Self::Unlock) => None,
            (Part::Database, _) => Some((
                "it is a server that is not ours: only the tables of this run can be locked",
                "lock it, or leave url out, so that the stage runs a server of its own",
            )),
            _ => None,
        }
    }

    fn obstacle(self, topology: &Topology, stage: &Stage, instance: &str) -> Option<Obstacle> {
        let part = Part::of(instance)?;
        if !self.rule().parts.contains(&part) {
            let why = match part {
                Part::Sentinel if self.is_of_link() => "Sentinels have no link of their own",
                Part::Node if self.is_of_link() => "nodes of a cluster have no link that could be cut",
                part => part.nature(),
            };
            return Some(Obstacle { why, remedy: None });
        }
        let refused = |why, remedy| Some(Obstacle { why, remedy: Some(remedy) });
        if let Some((why, remedy)) = self.needs_own_server(part).filter(|_| stage.kind.url().is_some()) {
            return refused(why, remedy);
        }
        match (self, &stage.kind) {
            (
                Self::Kill | Self::Terminate | Self::Restart | Self::Pause | Self::Resume,
                StageKind::Database(_),
            ) if part == Part::Data => None,
            (_, StageKind::Database(_)) if part == Part::Data => {
                Some(Obstacle { why: "it is a process of the database", remedy: None })
            }
            (Self::Failover, StageKind::MasterReplica(params)) if params.sentinels > 0 => {
                (instance != "master").then_some(Obstacle {
                    why: "Sentinels are asked about the master",
                    remedy: Some("name the master"),
                })
            }
            (Self::Failover, _) => refused(
                "no Sentinel watches it",
                "name the master of a MasterReplica that has Sentinels, or kill it",
            ),
            (Self::GrowData, _) if instance != "master" => {
                refused("a replica copies what its master has", "name the master")
            }
            (Self::Kill | Self::Terminate | Self::Restart, StageKind::Database(params))
                if !params.engine.is_server() =>
            {
                Some(Obstacle { why: "it is embedded in this program", remedy: None })
            }
            (Self::Refill, StageKind::ReadWriteSplit(_)) => None,
            (Self::Refill, _) => refused(
                "it fills again by itself, with the answers that come by",
                "leave the fault out, or name a ReadWriteSplit",
            ),
            (Self::OpenSale | Self::CloseSale, _) if !knows_the_opening(topology) => refused(
                "its inventory sells whenever it is asked",
                "leave the fault out, or put a ReadWriteSplit in front of the inventory",
            ),
            _ => None,
        }
    }
}

/// Whether something in the design knows if the sale is open: a gate, or a database that decides.
fn knows_the_opening(topology: &Topology) -> bool {
    let claims = topology.is_parted().then(|| Way::of(topology, Operation::Claim).order);
    let is_there = |index: &usize| claims.as_ref().is_none_or(|claims| claims.contains(index));
    let stages = topology.stages.iter().enumerate().filter(|(index, _)| is_there(index));
    let mut kinds = stages.map(|(_, stage)| &stage.kind);
    let has_gate = kinds.clone().any(|kind| matches!(kind, StageKind::ReadWriteSplit(_)));
    has_gate || !kinds.any(|kind| matches!(kind, StageKind::MasterReplica(_)))
}

impl Rule {
    const fn with(self, param: &'static str) -> Self {
        Self { param: Some(param), ..self }
    }
}

const fn lasting(parts: &'static [Part], mended_by: FaultAction) -> Rule {
    Rule { parts, param: None, nature: Nature::Lasting(mended_by) }
}

const fn passing(parts: &'static [Part]) -> Rule {
    Rule { parts, param: None, nature: Nature::Passing }
}

const fn growth(parts: &'static [Part]) -> Rule {
    Rule { parts, param: None, nature: Nature::Growth }
}

const fn mending(parts: &'static [Part]) -> Rule {
    Rule { parts, param: None, nature: Nature::Mending }
}

/// The names of everything in a stage that faults can hit: its processes first. Stages whose parameters are out of range
/// may say more than there is.
pub fn targets(kind: &StageKind) -> Vec<String> {
    /// No queue has more consumers, and no service more instances.
    const MOST_NUMBERED: u32 = 64;
    let one = |name: &str| vec![name.to_owned()];
    let numbered = |name: &str, count: u32| -> Vec<String> {
        (1..=count.min(MOST_NUMBERED)).map(|number| format!("{name} {number}")).collect()
    };
    let more = match kind {
        StageKind::Cdn(_) | StageKind::ReadWriteSplit(_) => one("cache"),
        StageKind::Service(params) => [numbered("instance", params.instances), one("cache")].concat(),
        StageKind::Queue(params) => numbered("consumer", params.consumers),
        StageKind::Database(_) => one("database"),
        StageKind::DataControl(_) => one("sale"),
        StageKind::RedisCluster(_) => one("shards"),
        StageKind::Users(_)
        | StageKind::LoadBalancer(_)
        | StageKind::Sessions(_)
        | StageKind::MasterReplica(_) => Vec::new(),
    };
    [instances(kind), more].concat()
}

/// Every instance of a design that faults can hit, with the place of its stage; stages whose parameters are out of range
/// are left out.
pub fn all_targets(topology: &Topology) -> impl Iterator<Item = (usize, String)> + '_ {
    let sound = topology.stages.iter().enumerate().filter(|(_, stage)| all_in_range(stage.kind.params()));
    sound.flat_map(|(index, stage)| targets(&stage.kind).into_iter().map(move |target| (index, target)))
}

#[cfg(test)]
mod tests {
    use super::super::super::stage::{
        DataControl, Database, MasterReplica, Queue, QueueForm, ReadWriteSplit,
    };
    use super::super::super::testing::design;
    use super::super::Fault;
    use super::*;
    use crate::param::Params;

    fn why(action: FaultAction, topology: &Topology, stage: usize, instance: &str) -> String {
        let refusal = action.refusal(topology, &topology.stages[stage], instance);
        refusal.map(|refusal| format!("{}; {}", refusal.why, refusal.remedy)).unwrap_or_default()
    }

    #[test]
    fn everything_can_be_done_to_the_link_of_a_data_process() {
        let topology = design(vec![StageKind::MasterReplica(MasterReplica::default())]);
        for &action in FaultAction::ALL.iter().filter(|action| action.is_of_link()) {
            for instance in ["master", "replica 2"] {
                assert_eq!(why(action, &topology, 0, instance), "", "{action:?} of {instance}");
            }
            assert!(why(action, &topology, 0, "sentinel 1").contains("no link of their own"));
        }
    }

    #[test]
    fn what_is_lasting_is_mended_by_something_that_mends_the_same_parts() {
        for &action in FaultAction::ALL {
            if let Nature::Lasting(by) = action.rule().nature {
                assert_eq!(by.rule().nature, Nature::Mending, "{action:?}");
                assert!(action.rule().parts.iter().all(|part| by.rule().parts.contains(part)), "{action:?}");
            }
        }
    }

    #[test]
    fn a_fault_is_named_with_whatever_its_action_has_of_its_own() {
        for &action in FaultAction::ALL {
            let fault = Fault { action, stage: "gate".into(), ..Fault::default() };
            let Some(key) = action.rule().param else { continue };
            let (spec, value) = (Fault::SPECS.iter().find(|spec| spec.key == key), fault.get(key));
            let (spec, value) = (spec.expect("a parameter"), value.expect("its value"));
            let ending = format!("{value} {}", spec.unit);
            assert!(fault.to_string().ends_with(ending.trim_end()), "{fault}");
        }
    }

    #[test]
    fn every_target_of_every_kind_is_a_part_to_which_something_can_be_done() {
        let kinds = StageKind::WORDS.iter().filter_map(|word| StageKind::from_word(word));
        let queue = Queue { form: QueueForm::JetStream, ..Queue::default() };
        let topology = design(kinds.chain([StageKind::Queue(queue)]).collect());
        for (index, target) in all_targets(&topology) {
            let stage = &topology.stages[index];
            assert!(Part::of(&target).is_some(), "{} {target}", stage.kind.word());
            let possible: Vec<_> = FaultAction::possible(&topology, stage, &target).collect();
            assert!(possible.len() > 1, "{} {target}: {possible:?}", stage.kind.word());
        }
        let parts = [
            Part::Data,
            Part::Sentinel,
            Part::Consumer,
            Part::Instance,
            Part::Broker,
            Part::Database,
            Part::Cache,
            Part::Sale,
            Part::Node,
            Part::Shards,
        ];
        for part in parts {
            assert!(all_targets(&topology).any(|(_, target)| Part::of(&target) == Some(part)), "{part:?}");
        }
    }

    #[test]
    fn a_failover_is_asked_of_the_sentinels_of_a_master() {
        let inventory =
            |sentinels| StageKind::MasterReplica(MasterReplica { sentinels, ..MasterReplica::default() });
        let topology =
            design(vec![inventory(3), inventory(0), StageKind::ReadWriteSplit(ReadWriteSplit::default())]);
        let why = |stage, instance| why(FaultAction::Failover, &topology, stage, instance);
        assert_eq!(why(0, "master"), "");
        assert!(why(0, "replica 1").contains("about the master; name the master"));
        assert!(why(0, "sentinel 1").contains("holds no data; choose from Kill"));
        assert!(why(1, "master").contains("no Sentinel"));
        assert!(why(2, "master").contains("no Sentinel"));
    }

    #[test]
    fn the_sale_is_moved_only_where_something_knows_whether_it_is_open() {
        let control = || StageKind::DataControl(DataControl::default());
        let inventory = || StageKind::MasterReplica(MasterReplica::default());
        let gate = || StageKind::ReadWriteSplit(ReadWriteSplit::default());
        let database = || StageKind::Database(Database::default());
        for (kinds, knows) in [
            (vec![control(), gate(), inventory(), database()], true),
            (vec![control(), inventory(), database()], false),
            (vec![control(), database()], true),
        ] {
            let topology = design(kinds);
            let said = why(FaultAction::CloseSale, &topology, 0, "sale");
            assert_eq!(said.is_empty(), knows, "{said}");
        }
    }

    #[test]
    fn what_fills_again_by_itself_needs_no_mending() {
        let topology =
            design(["Cdn", "ReadWriteSplit"].map(|word| StageKind::from_word(word).expect("a word")).into());
        let mended = |stage: usize| FaultAction::Purge.mended_by(&topology, &topology.stages[stage], "cache");
        assert_eq!((mended(0), mended(1)), (None, Some(FaultAction::Refill)));
        assert!(why(FaultAction::Refill, &topology, 0, "cache").contains("by itself"));
        assert!(why(FaultAction::Kill, &topology, 0, "cache").contains("choose from Purge, Expire"));
    }
}
