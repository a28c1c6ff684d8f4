//! What may be added, wired and named, and if not, why. Pure.
//!
//! The validator lists what is wrong with a drawing; these say it before it is drawn.

use super::super::text::{Lang, Text, text};
use crate::topology::graph::Graph;
use crate::topology::validate::{LONGEST_NAME, may_part, only_one, refusal};
use crate::topology::{Link, StageKind, Topology};

const TO_ITSELF: Text = text("A stage can't send to itself", "阶段不能连到自身");
const THERE_ALREADY: Text = text("This wire is there already", "这条连线已存在");
const IN_CIRCLE: Text = text("Requests would go round in a circle through {}", "请求会经过 {} 形成环路");
const SECOND_EXIT: Text = text(
    "Traffic already leaves {} to {}: pull that wire's end over, put a load balancer in between, or choose first what goes over that wire",
    "{} 的流量已发往 {}：请拖动那条连线的端点，在中间放一个负载均衡器，或先为那条连线选择走哪些操作",
);
const NOT_SERVICES: Text = text(
    "A load balancer with several wires spreads over services only",
    "有多条连线的负载均衡器只能分发到服务",
);
const ONE_THERE: Text = text("One is there already: {}", "已有一个：{}");
const NAME_EMPTY: Text = text("A stage needs a name", "阶段需要名称");
const NAME_TAKEN: Text = text("Another stage is called that", "已有同名阶段");
const NAME_LONG: Text = text("At most {} characters fit", "最多 {} 个字符");
const NAME_CONTROL: Text = text("Printable characters only", "只能使用可打印字符");

/// Why a wire can't be drawn; none: it can. `instead_of` is the wire that it would replace.
pub fn why_not_wire(
    lang: Lang,
    topology: &Topology,
    from: usize,
    to: usize,
    instead_of: Option<usize>,
) -> Option<String> {
    let (source, target) = (topology.stages.get(from)?, topology.stages.get(to)?);
    if from == to {
        return Some(lang.t(TO_ITSELF).to_owned());
    }
    if let Some((problem, remedy)) = refusal(&source.kind, &target.kind) {
        return Some(format!("{}: {}", capital(&lang.of(&problem)), lang.of(remedy)));
    }
    let others: Vec<&Link> = others(topology, instead_of).collect();
    if others.iter().any(|link| link.from == source.name && link.to == target.name) {
        return Some(lang.t(THERE_ALREADY).to_owned());
    }
    if !source.kind.carries_traffic() {
        return None;
    }
    let exits: Vec<usize> = others
        .iter()
        .filter(|link| link.from == source.name)
        .filter_map(|link| topology.index_of(&link.to))
        .filter(|&exit| refusal(&source.kind, &topology.stages[exit].kind).is_none())
        .collect();
    // Where its wires name what goes over them, one more takes the rest.
    let parts = |link: &&Link| link.from == source.name && !link.operations.is_empty();
    let is_parted = may_part(&source.kind) && others.iter().any(parts);
    if let Some(&exit) = exits.first().filter(|_| !is_parted) {
        if !matches!(source.kind, StageKind::LoadBalancer(_)) {
            return Some(lang.f(SECOND_EXIT, &[&source.name, &topology.stages[exit].name]));
        }
        let is_service = |stage: usize| matches!(topology.stages[stage].kind, StageKind::Service(_));
        if !is_service(to) || !exits.iter().copied().all(is_service) {
            return Some(lang.t(NOT_SERVICES).to_owned());
        }
    }
    closes_circle(topology, &others, from, to).then(|| lang.f(IN_CIRCLE, &[&source.name]))
}

/// Whether a stage of a kind that isn't there yet may be wired behind (`behind`) or before a stage.
pub fn fits(topology: &Topology, stage: usize, kind: &StageKind, behind: bool) -> bool {
    let mut with = topology.clone();
    let new = super::ops::add_stage(&mut with, kind.clone(), (0.0, 0.0));
    let (from, to) = if behind { (stage, new) } else { (new, stage) };
    why_not_add(Lang::En, topology, kind).is_none() && why_not_wire(Lang::En, &with, from, to, None).is_none()
}

/// Whether a stage of a kind may be put into a wire.
pub fn fits_into(topology: &Topology, link: usize, kind: &StageKind) -> bool {
    let ends = topology
        .links
        .get(link)
        .and_then(|link| Some((topology.index_of(&link.from)?, topology.index_of(&link.to)?)));
    let Some((from, to)) = ends else { return false };
    let mut with = topology.clone();
    let new = super::ops::add_stage(&mut with, kind.clone(), (0.0, 0.0));
    with.links.remove(link);
    why_not_add(Lang::En, topology, kind).is_none()
        && kind.carries_traffic()
        && why_not_wire(Lang::En, &with, from, new, None).is_none()
        && why_not_wire(Lang::En, &with, new, to, None).is_none()
}

/// Why a stage of a kind can't be added; none: it can.
pub fn why_not_add(lang: Lang, topology: &Topology, kind: &StageKind) -> Option<String> {
    let remedy = only_one(kind, topology.is_parted())?;
    let is_there = topology.stages.iter().any(|stage| stage.kind.word() == kind.word());
    is_there.then(|| lang.f(ONE_THERE, &[&lang.of(remedy)]))
}

/// Why a stage can't have a name; none: it can.
pub fn why_not_name(lang: Lang, topology: &Topology, stage: usize, name: &str) -> Option<String> {
    let is_taken =
        topology.stages.iter().enumerate().any(|(index, other)| index != stage && other.name == name);
    if name.trim().is_empty() {
        Some(lang.t(NAME_EMPTY).to_owned())
    } else if name.chars().count() > LONGEST_NAME {
        Some(lang.f(NAME_LONG, &[&LONGEST_NAME]))
    } else if name.chars().any(char::is_control) {
        Some(lang.t(NAME_CONTROL).to_owned())
    } else {
        is_taken.then(|| lang.t(NAME_TAKEN).to_owned())
    }
}

/// All wires but one.
fn others(topology: &Topology, except: Option<usize>) -> impl Iterator<Item = &Link> {
    let links = topology.links.iter().enumerate();
    links.filter(move |(index, _)| Some(*index) != except).map(|(_, link)| link)
}

/// Whether traffic already gets from `to` to `from`.
fn closes_circle(topology: &Topology, links: &[&Link], from: usize, to: usize) -> bool {
    let links = links.iter().map(|&link| link.clone()).collect();
    let without = Topology { links, ..topology.clone() };
    Graph::of_traffic(&without).order_from(to).is_ok_and(|reached| reached.contains(&from))
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{empty, ops};
    use super::*;
    use crate::workload::Operation;

    /// A topology of stages of these kinds, in a row, not wired.
    fn drawn(kinds: &[&str]) -> Topology {
        let mut topology = empty();
        for kind in kinds {
            ops::add_stage(&mut topology, StageKind::from_word(kind).unwrap(), (0.0, 0.0));
        }
        topology
    }

    fn why(topology: &Topology, from: usize, to: usize) -> Option<String> {
        why_not_wire(Lang::En, topology, from, to, None)
    }

    #[test]
    fn a_wire_that_makes_no_sense_is_refused_with_the_reason() {
        let mut topology = drawn(&["Users", "Cdn", "Service", "Database"]);
        assert_eq!(why(&topology, 0, 1), None);
        assert_eq!(why(&topology, 1, 1).unwrap(), "A stage can't send to itself");
        assert_eq!(
            why(&topology, 1, 0).unwrap(),
            "CDN can't send to users: users only send; turn the link round"
        );
        ops::connect(&mut topology, 0, 1);
        assert_eq!(why(&topology, 0, 1).unwrap(), "This wire is there already");
        assert!(why(&topology, 0, 2).unwrap().starts_with("Traffic already leaves users to cdn"));
        assert_eq!(why_not_wire(Lang::En, &topology, 0, 2, Some(0)), None);
    }

    #[test]
    fn only_services_share_a_load_balancer_and_nothing_goes_round() {
        let mut topology = drawn(&["LoadBalancer", "Service", "Service", "Database", "Cdn", "Cdn"]);
        ops::connect(&mut topology, 0, 1);
        assert_eq!(why(&topology, 0, 2), None);
        assert!(why(&topology, 0, 3).unwrap().contains("services only"));
        ops::connect(&mut topology, 4, 5);
        assert!(why(&topology, 5, 4).unwrap().contains("circle"));
    }

    #[test]
    fn the_second_of_a_kind_is_refused_where_one_is_possible() {
        let topology = drawn(&["Users", "Cdn", "Service"]);
        let add = |word| why_not_add(Lang::En, &topology, &StageKind::from_word(word).unwrap());
        assert!(add("Users").unwrap().starts_with("One is there already"));
        assert_eq!(add("Cdn"), None);
        let cdn = StageKind::from_word("Cdn").unwrap();
        assert!(fits(&topology, 0, &cdn, true));
        assert!(!fits(&topology, 0, &cdn, false));
    }

    #[test]
    fn a_stage_fits_into_a_wire_between_what_it_may_be_wired_with() {
        let mut topology = drawn(&["Users", "Service"]);
        ops::connect(&mut topology, 0, 1);
        let into = |word| fits_into(&topology, 0, &StageKind::from_word(word).unwrap());
        assert!(into("Cdn") && into("LoadBalancer"));
        assert!(!into("Database") && !into("DataControl") && !into("Users"));
    }

    #[test]
    fn a_wire_that_names_what_goes_over_it_leaves_room_for_another_and_for_a_second_of_a_kind() {
        let mut topology = drawn(&["Users", "Cdn", "LoadBalancer", "Database"]);
        let balancer = StageKind::from_word("LoadBalancer").unwrap();
        ops::connect(&mut topology, 0, 1);
        assert!(why(&topology, 0, 2).is_some() && why_not_add(Lang::En, &topology, &balancer).is_some());
        ops::set_operations(&mut topology, 0, Operation::Read.into());
        assert_eq!((why(&topology, 0, 2), why_not_add(Lang::En, &topology, &balancer)), (None, None));
        ops::connect(&mut topology, 0, 2);
        assert!(!topology.carried(&topology.links[1]).contains(Operation::Read), "it takes the rest");
        let users = StageKind::from_word("Users").unwrap();
        assert!(why_not_add(Lang::En, &topology, &users).is_some(), "one in all");
    }

    #[test]
    fn names_are_there_unique_and_short() {
        let topology = drawn(&["Users", "Cdn"]);
        let name = |name: &str| why_not_name(Lang::En, &topology, 1, name);
        assert_eq!(name("cdn"), None);
        assert_eq!(name("edge"), None);
        for bad in ["", "  ", "users", "a\nb", &"x".repeat(41)] {
            assert!(name(bad).is_some(), "{bad:?}");
        }
    }
}
