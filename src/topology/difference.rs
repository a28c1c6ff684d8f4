//! What differs between two designs: stages, links, parameters, faults, rules, targets and the workload. Where stages stand on the
//! canvas, titles and questions are no differences.

use std::fmt;

use serde::Serialize;

use super::{Link, Stage, Target, Topology};
use crate::param::{ParamSpec, ParamValue, Params};
use crate::workload::{Phase, Shape, Workload};

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A stage that only one of them has, or that is of another kind.
    Stage,
    /// A parameter of a stage.
    Parameter,
    /// A link.
    Link,
    /// A fault.
    Fault,
    /// A rule.
    Rule,
    /// A target.
    Target,
    /// What arrives.
    Arrivals,
    /// What is sold: stock, limits, the opening.
    Sale,
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What it is about.
    pub about: About,
    /// The stage, where it is about one.
    pub stage: Option<String>,
    /// What differs, in words: a parameter, the ends of a link, a fault.
    pub what: String,
    /// What the one design has; none where it has nothing of the kind.
    pub one: Option<String>,
    /// What the other design has.
    pub other: Option<String>,
}

impl fmt::Display for Difference {
    /// "inventory: decrement `LuaEvalsha` → `LuaEval`", "link users → cdn: only the first has it".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (&self.stage, self.about) {
            (Some(stage), About::Parameter) => format!("{stage}: {}", self.what),
            (_, about) => format!("{} {}", about.word(), self.what),
        };
        match (&self.one, &self.other) {
            (Some(one), Some(other)) => write!(f, "{what} {one} → {other}"),
            (Some(one), None) => write!(f, "{what}{}: the first only", detail(one)),
            (None, Some(other)) => write!(f, "{what}{}: the other only", detail(other)),
            (None, None) => write!(f, "{what}"),
        }
    }
}

fn detail(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

impl About {
    /// Its word in sentences.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Parameter => "parameter",
            Self::Link => "link",
            Self::Fault => "fault",
            Self::Rule => "rule",
            Self::Target => "target",
            Self::Arrivals => "arrivals,",
            Self::Sale => "sale,",
        }
    }
}

/// Everything that differs from one design to another, in the order of the drawing: stages, links, workload, faults, rules, targets.
pub fn differences(one: &Topology, other: &Topology) -> Vec<Difference> {
    let mut found = stages(&one.stages, &other.stages);
    found.extend(links(&one.links, &other.links));
    found.extend(arrivals(&one.workload, &other.workload));
    found.extend(sale(&one.workload, &other.workload));
    let fault = |topology: &Topology| -> Vec<(String, String)> {
        let at = |fault: &super::Fault| format!("at {}", humantime::format_duration(fault.at));
        topology.faults.iter().map(|fault| (fault.to_string(), at(fault))).collect()
    };
    found.extend(listed(About::Fault, &fault(one), &fault(other)));
    let rule = |topology: &Topology| -> Vec<(String, String)> {
        topology.rules.iter().map(|rule| (rule.to_string(), written(rule))).collect()
    };
    found.extend(listed(About::Rule, &rule(one), &rule(other)));
    let target = |topology: &Topology| -> Vec<(String, String)> {
        let written = |target: &Target| (target.word().to_owned(), written(target.params()));
        topology.targets.iter().map(written).collect()
    };
    found.extend(listed(About::Target, &target(one), &target(other)));
    found
}

/// What differs in who comes when, wanting what: from the same seed, two workloads without such differences give the same
/// requests at the same intended times.
pub fn arrivals(one: &Workload, other: &Workload) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differs = |what: &str, one: String, other: String| {
        if one != other {
            found.push(plain(About::Arrivals, what, one, other));
        }
    };
    differs("seed", one.seed.to_string(), other.seed.to_string());
    for index in 0..one.phases.len().max(other.phases.len()) {
        let phase = |workload: &Workload| workload.phases.get(index).map_or("none".to_owned(), phase_text);
        differs(&format!("phase {}", index + 1), phase(one), phase(other));
    }
    let mut all = params(&one.sale, &other.sale);
    all.retain(|(key, ..)| SHAPES_REQUESTS.contains(key));
    all.extend(params(&one.audience, &other.audience));
    all.extend(params(&one.records, &other.records));
    for (key, one, other) in all {
        differs(key, one.to_string(), other.to_string());
    }
    found
}

/// Parameters of the sale that requests are drawn from; the others say what becomes of them.
const SHAPES_REQUESTS: [&str; 2] = ["items", "units_per_claim"];

fn sale(one: &Workload, other: &Workload) -> Vec<Difference> {
    let others =
        params(&one.sale, &other.sale).into_iter().filter(|(key, ..)| !SHAPES_REQUESTS.contains(key));
    others.map(|(key, one, other)| plain(About::Sale, key, one.to_string(), other.to_string())).collect()
}

fn plain(about: About, what: &str, one: String, other: String) -> Difference {
    Difference { about, stage: None, what: what.to_owned(), one: Some(one), other: Some(other) }
}

/// What arrives in a phase; its name says nothing.
fn phase_text(phase: &Phase) -> String {
    let shape = match &phase.shape {
        Shape::Curve(points) => format!("{points:?}"),
        shape => shape.params().map(written).unwrap_or_default(),
    };
    format!(
        "{} of {}({shape}), {}, mix ({})",
        humantime::format_duration(phase.span),
        phase.shape.word(),
        phase.spacing.word(),
        written(&phase.mix)
    )
}

/// Parameters as in files: "connections: 2, window: 4".
fn written(params: &dyn Params) -> String {
    let text = |spec: &ParamSpec| Some(format!("{}: {}", spec.key, params.get(spec.key)?));
    params.specs().iter().filter_map(text).collect::<Vec<_>>().join(", ")
}

/// The parameters of two structs of one kind that differ, with their values.
fn params(one: &dyn Params, other: &dyn Params) -> Vec<(&'static str, ParamValue, ParamValue)> {
    let differs = |spec: &ParamSpec| {
        let (first, second) = (one.get(spec.key)?, other.get(spec.key)?);
        (first != second).then_some((spec.key, first, second))
    };
    one.specs().iter().filter_map(differs).collect()
}

fn stages(one: &[Stage], other: &[Stage]) -> Vec<Difference> {
    let named = |stages: &[Stage], name: &str| stages.iter().position(|stage| stage.name == name);
    let of = |stage: &Stage, first: Option<&str>, second: Option<&str>| Difference {
        about: About::Stage,
        stage: Some(stage.name.clone()),
        what: stage.name.clone(),
        one: first.map(str::to_owned),
        other: second.map(str::to_owned),
    };
    let mut found = Vec::new();
    for stage in one {
        let Some(second) = named(other, &stage.name).map(|index| &other[index]) else {
            found.push(of(stage, Some(stage.kind.label()), None));
            continue;
        };
        if stage.kind.word() != second.kind.word() {
            found.push(of(stage, Some(stage.kind.label()), Some(second.kind.label())));
            continue;
        }
        let of_stage = |(key, one, other): (&str, ParamValue, ParamValue)| Difference {
            stage: Some(stage.name.clone()),
            ..plain(About::Parameter, key, one.to_string(), other.to_string())
        };
        found.extend(params(stage.kind.params(), second.kind.params()).into_iter().map(of_stage));
    }
    let new = other.iter().filter(|stage| named(one, &stage.name).is_none());
    found.extend(new.map(|stage| of(stage, None, Some(stage.kind.label()))));
    found
}

fn links(one: &[Link], other: &[Link]) -> Vec<Difference> {
    let how = |link: &Link| match link.operations {
        all if all.is_empty() => link.clients.word().to_owned(),
        some => format!("{} for {}", link.clients.word(), some.words()),
    };
    let row = |link: &Link| (format!("{} → {}", link.from, link.to), how(link));
    let rows = |links: &[Link]| -> Vec<(String, String)> { links.iter().map(row).collect() };
    listed(About::Link, &rows(one), &rows(other))
}

/// What differs between two lists of things, each with what it is and how. Things that are the same but for how are one difference.
fn listed(about: About, one: &[(String, String)], other: &[(String, String)]) -> Vec<Difference> {
    let (mut first, mut second) = (one.to_vec(), other.to_vec());
    // What both have, as often as both have it.
    first.retain(|row| match second.iter().position(|other| other == row) {
        Some(index) => {
            second.remove(index);
            false
        }
        None => true,
    });
    let mut found = Vec::new();
    for (what, how) in first {
        let same = second.iter().position(|(other, _)| *other == what).map(|index| second.remove(index).1);
        found.push(Difference { about, stage: None, what, one: Some(how), other: same });
    }
    let rest = second.into_iter();
    found.extend(rest.map(|(what, how)| Difference {
        about,
        stage: None,
        what,
        one: None,
        other: Some(how),
    }));
    found
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::stage::{Cdn, Queue, Service, StageKind};
    use super::super::target::Oversold;
    use super::super::testing::design;
    use super::super::{Fault, Topology};
    use super::*;
    use crate::workload::{Constant, Mix, Operation, Spacing};

    fn said(one: &Topology, other: &Topology) -> Vec<String> {
        differences(one, other).iter().map(ToString::to_string).collect()
    }

    fn usual() -> Topology {
        let mut topology =
            design(vec![StageKind::Cdn(Cdn::default()), StageKind::Service(Service::default())]);
        topology.workload.phases.push(Phase {
            name: "all".into(),
            span: Duration::from_secs(1),
            shape: Shape::Constant(Constant::default()),
            spacing: Spacing::Even,
            mix: Mix::default(),
        });
        topology
    }

    #[test]
    fn a_design_differs_in_nothing_from_itself_wherever_it_is_drawn() {
        let mut moved = usual();
        moved.stages[0].at = (400.0, 90.0);
        moved.title = "another".into();
        moved.workload.phases[0].name = "another".into();
        assert_eq!(said(&usual(), &moved), [""; 0]);
    }

    #[test]
    fn stages_parameters_and_links_are_told_by_name() {
        let mut other = usual();
        other.stages[0].kind = StageKind::Cdn(Cdn { capacity: 5, ..Cdn::default() });
        other.stages[1].kind = StageKind::Queue(Queue::default());
        other.stages.push(Stage { name: "new".into(), kind: StageKind::Cdn(Cdn::default()), at: (0.0, 0.0) });
        other.links.push(Link::new("0", "new"));
        assert_eq!(
            said(&usual(), &other),
            [
                "0: capacity 10000 → 5",
                "stage 1 service → queue",
                "stage new (CDN): the other only",
                "link 0 → new (SentinelAware): the other only",
            ]
        );
        let back = differences(&other, &usual());
        assert!(back.iter().any(|one| one.to_string() == "stage new (CDN): the first only"), "{back:?}");
        assert_eq!(back[0].stage.as_deref(), Some("0"));
    }

    #[test]
    fn links_that_carry_something_else_differ() {
        let with = |operations: &[Operation]| {
            let mut topology = usual();
            topology.links =
                vec![Link { operations: operations.iter().copied().collect(), ..Link::new("0", "1") }];
            topology
        };
        let (all, pages) = (with(&[]), with(&[Operation::Read]));
        assert_eq!(said(&all, &pages), ["link 0 → 1 SentinelAware → SentinelAware for Read"]);
        assert_eq!(said(&pages, &pages), [""; 0]);
    }

    #[test]
    fn lists_are_compared_as_often_as_something_stands_in_them() {
        let fault = |secs| Fault { at: Duration::from_secs(secs), stage: "0".into(), ..Fault::default() };
        let with = |faults| Topology { faults, ..usual() };
        let (twice, once) = (with(vec![fault(1), fault(1)]), with(vec![fault(1)]));
        assert_eq!(said(&twice, &once), ["fault Kill master of 0 (at 1s): the first only"]);
        assert_eq!(said(&once, &with(vec![fault(2)])), ["fault Kill master of 0 at 1s → at 2s"]);
        let target = |at_most| Topology { targets: vec![Target::Oversold(Oversold { at_most })], ..usual() };
        assert_eq!(said(&target(0), &target(3)), ["target Oversold at_most: 0 → at_most: 3"]);
    }

    #[test]
    fn what_changes_who_comes_is_told_from_what_is_sold() {
        let mut other = usual();
        other.workload.seed += 1;
        other.workload.sale.items += 1;
        other.workload.sale.stock += 7;
        other.workload.audience.bots += 1;
        other.workload.records.streams += 1;
        other.workload.phases[0].span *= 2;
        let what = |about| -> Vec<String> {
            let all = differences(&usual(), &other);
            all.into_iter().filter(|one| one.about == about).map(|one| one.what).collect()
        };
        assert_eq!(what(About::Arrivals), ["seed", "phase 1", "items", "bots", "streams"]);
        assert_eq!(what(About::Sale), ["stock"]);
        assert_eq!(arrivals(&usual().workload, &other.workload).len(), 5);
    }
}
