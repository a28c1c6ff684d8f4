//! Failovers: whether the Sentinels can do their work, and whether what was chosen has an effect.

use super::super::stage::{DatabaseEngine, MasterReplica, StageKind};
use super::super::{ClientKind, Link, Place, Problem, Topology};

pub(super) fn check(topology: &Topology, problems: &mut Vec<Problem>) {
    for stage in &topology.stages {
        if let StageKind::MasterReplica(params) = &stage.kind
            && params.url.is_none()
        {
            let place = Place::Stage(stage.name.clone());
            check_sentinels(params, &place, problems);
            check_replicas(params, &place, problems);
        }
        if let StageKind::Database(params) = &stage.kind
            && params.replicas > 0
            && params.url.is_none()
            && params.engine != DatabaseEngine::PostgreSql
        {
            let text = format!("{} has no read replicas here", params.engine.label());
            let remedy = "let engine be PostgreSql, or set replicas to 0";
            let problem = Problem::error(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["replicas", "engine"]));
        }
        if let StageKind::Database(params) = &stage.kind
            && params.backup_every.is_some()
            && params.engine.is_server()
        {
            let text = format!("{} is not backed up here", params.engine.label());
            let remedy = "leave backup_every out, or let engine be Sqlite";
            let problem = Problem::error(Place::Stage(stage.name.clone()), text, remedy);
            problems.push(problem.about(&["backup_every", "engine"]));
        }
    }
    for link in &topology.links {
        if link.clients == ClientKind::Naive && !clients_matter(topology, link) {
            let place = Place::Link { from: link.from.clone(), to: link.to.clone() };
            let text = "naive clients change nothing here: no Sentinels could tell them of another master";
            let remedy = "leave clients out, or set it on a link to a MasterReplica with Sentinels or to a Queue kept on one";
            problems.push(Problem::warning(place, text, remedy).about(&["clients"]));
        }
    }
}

/// Whether it makes a difference what the clients on a link do about a failover: it leads to a master that Sentinels may
/// replace, to a queue whose list is kept on one, or from such a queue, where the consumers are the clients.
pub fn clients_matter(topology: &Topology, link: &Link) -> bool {
    let kind = |name: &str| topology.index_of(name).map(|index| &topology.stages[index].kind);
    let is_replaced = |kind: Option<&StageKind>| matches!(kind, Some(StageKind::MasterReplica(params)) if params.sentinels > 0 && params.url.is_none());
    let is_kept_there = |queue: Option<&StageKind>| match queue {
        Some(StageKind::Queue(queue)) => is_replaced(queue.on.as_deref().and_then(kind)),
        _ => false,
    };
    is_replaced(kind(&link.to)) || is_kept_there(kind(&link.to)) || is_kept_there(kind(&link.from))
}

fn check_sentinels(params: &MasterReplica, place: &Place, problems: &mut Vec<Problem>) {
    let &MasterReplica { sentinels, quorum, replicas, .. } = params;
    if sentinels == 0 {
        return;
    }
    if sentinels.is_multiple_of(2) {
        let text = format!("{sentinels} Sentinels can split into equal halves");
        problems.push(Problem::error(place.clone(), text, "use 1, 3 or 5").about(&["sentinels"]));
    }
    if quorum > sentinels {
        let text = format!("a quorum of {quorum} is more than the {sentinels} Sentinels there are");
        let problem = Problem::error(place.clone(), text, "lower the quorum or add Sentinels");
        problems.push(problem.about(&["quorum", "sentinels"]));
    }
    if replicas == 0 {
        let text = "its Sentinels have no replica to promote";
        let problem = Problem::warning(place.clone(), text, "add a replica, or set sentinels to 0");
        problems.push(problem.about(&["replicas", "sentinels"]));
    }
}

fn check_replicas(params: &MasterReplica, place: &Place, problems: &mut Vec<Problem>) {
    let &MasterReplica { replicas, min_replicas_to_write, wait_replicas, wait_timeout, timeout, .. } = params;
    let mut warn = |text: String, remedy: &str, fields| {
        problems.push(Problem::warning(place.clone(), text, remedy).about(fields));
    };
    if min_replicas_to_write > replicas {
        let text =
            format!("it refuses every write: it wants {min_replicas_to_write} replicas and has {replicas}");
        warn(text, "lower min_replicas_to_write or add replicas", &["min_replicas_to_write", "replicas"]);
    }
    if wait_replicas > replicas {
        let text =
            format!("no claim is ever granted: WAIT wants {wait_replicas} replicas and there are {replicas}");
        warn(text, "lower wait_replicas or add replicas", &["wait_replicas", "replicas"]);
    } else if wait_replicas > 0 && wait_timeout >= timeout {
        let text =
            "WAIT takes as long as an answer may take: the answer comes too late to be heard".to_owned();
        warn(text, "let wait_timeout be shorter than timeout", &["wait_timeout", "timeout"]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Severity;
    use super::super::super::stage::{DataControl, Database, Queue, Service, Stage, Users};
    use super::*;
    use crate::workload::{Audience, Records, Sale, Workload};

    fn design(inventory: MasterReplica, on: Option<&str>) -> Topology {
        let queue = Queue { on: on.map(str::to_owned), ..Queue::default() };
        let stages = [
            ("users", StageKind::Users(Users::default())),
            ("service", StageKind::Service(Service::default())),
            ("inventory", StageKind::MasterReplica(inventory)),
            ("orders", StageKind::Queue(queue)),
            ("database", StageKind::Database(Database::default())),
            ("control", StageKind::DataControl(DataControl::default())),
        ];
        let links = [
            ("users", "service"),
            ("service", "inventory"),
            ("inventory", "orders"),
            ("orders", "database"),
            ("control", "inventory"),
            ("control", "database"),
        ];
        let (audience, records) = (Audience::default(), Records::default());
        Topology {
            title: String::new(),
            question: String::new(),
            source: String::new(),
            expected: None,
            stages: stages.map(|(name, kind)| Stage { name: name.into(), kind, at: (0.0, 0.0) }).into(),
            links: links.map(|(from, to)| Link::new(from, to)).into(),
            workload: Workload { seed: 1, sale: Sale::default(), audience, records, phases: Vec::new() },
            faults: Vec::new(),
            targets: Vec::new(),
            rules: Vec::new(),
            variants: Vec::new(),
        }
    }

    fn said(topology: &Topology) -> Vec<(Severity, &'static [&'static str], String)> {
        let mut problems = Vec::new();
        check(topology, &mut problems);
        problems.into_iter().map(|problem| (problem.severity, problem.fields, problem.text)).collect()
    }

    #[test]
    fn what_no_sentinels_can_do_is_said_about_its_fields() {
        let usual = MasterReplica::default();
        for (params, severity, field) in [
            (MasterReplica { sentinels: 2, ..usual.clone() }, Severity::Error, "sentinels"),
            (MasterReplica { sentinels: 4, ..usual.clone() }, Severity::Error, "sentinels"),
            (MasterReplica { sentinels: 1, ..usual.clone() }, Severity::Error, "quorum"),
            (MasterReplica { replicas: 0, ..usual.clone() }, Severity::Warning, "replicas"),
            (MasterReplica { wait_replicas: 3, ..usual.clone() }, Severity::Warning, "wait_replicas"),
            (
                MasterReplica { wait_replicas: 1, wait_timeout: usual.timeout, ..usual.clone() },
                Severity::Warning,
                "wait_timeout",
            ),
            (
                MasterReplica { min_replicas_to_write: 3, ..usual.clone() },
                Severity::Warning,
                "min_replicas_to_write",
            ),
        ] {
            let said = said(&design(params, None));
            assert!(
                matches!(&said[..], [(was, fields, _)] if *was == severity && fields[0] == field),
                "{said:?}"
            );
        }
        for sentinels in [0, 1, 3, 5] {
            let params = MasterReplica { sentinels, quorum: 1, ..usual.clone() };
            assert_eq!(said(&design(params, None)), []);
        }
        assert_eq!(said(&design(usual.production(), None)), []);
    }

    #[test]
    fn naive_clients_are_pointed_out_where_they_change_nothing() {
        let naive = |on: Option<&str>, sentinels: u32| -> Vec<(String, bool)> {
            let mut topology = design(MasterReplica { sentinels, quorum: 1, ..MasterReplica::default() }, on);
            topology.links.iter_mut().for_each(|link| link.clients = ClientKind::Naive);
            let mut problems = Vec::new();
            check(&topology, &mut problems);
            let is_said = |link: &Link| {
                let place = Place::Link { from: link.from.clone(), to: link.to.clone() };
                problems.iter().any(|problem| problem.place == place && problem.severity == Severity::Warning)
            };
            topology.links.iter().map(|link| (format!("{} {}", link.from, link.to), !is_said(link))).collect()
        };
        let with_effect = |links: Vec<(String, bool)>| -> Vec<String> {
            links.into_iter().filter(|(_, matters)| *matters).map(|(link, _)| link).collect()
        };
        assert_eq!(with_effect(naive(None, 3)), ["service inventory", "control inventory"]);
        assert_eq!(
            with_effect(naive(Some("inventory"), 3)),
            ["service inventory", "inventory orders", "orders database", "control inventory"]
        );
        assert_eq!(with_effect(naive(Some("inventory"), 0)), [""; 0]);
    }

    #[test]
    fn production_and_laptop_set_what_decides_about_a_failover_and_nothing_else() {
        let mine = MasterReplica {
            connections: 9,
            window: 7,
            max_waiting: 11,
            timeout: std::time::Duration::from_millis(300),
            quorum: 1,
            wait_replicas: 2,
            ..MasterReplica::default()
        };
        let production = mine.production();
        assert_eq!((production.connections, production.window, production.max_waiting), (9, 7, 11));
        assert_eq!(
            (production.quorum, production.min_replicas_to_write, production.wait_replicas),
            (2, 1, 0)
        );
        assert_eq!((production.down_after.as_secs(), production.failover_timeout.as_secs()), (30, 180));
        assert_eq!(production.laptop().down_after, MasterReplica::default().down_after);
        assert_eq!(production.laptop().connections, 9);
    }
}
