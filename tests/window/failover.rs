//! Failovers in the window: their parameters with one click, the kind of clients on a link, the anatomy in the results.

use egui_kittest::kittest::Queryable;
use seckill_lab::engine::EventKind;
use seckill_lab::metrics::failover::{Failover, NaiveClients, Outcome, Step};
use seckill_lab::topology::stage::MasterReplica;
use seckill_lab::topology::{ClientKind, StageKind};
use seckill_lab::ui::selection::Selection;
use seckill_lab::ui::text::Lang;

use super::fake::Lab;
use super::inspector::{select, with};
use super::results::ended_with;
use super::run::started;

fn lab() -> Lab {
    with(|_| {})
}

fn click(lab: &mut Lab, label: &str) {
    lab.harness.get_by_label(label).scroll_to_me();
    lab.harness.run();
    lab.click(label);
}

fn undo(lab: &mut Lab) {
    lab.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    lab.harness.run();
}

fn inventory(lab: &Lab) -> MasterReplica {
    match &lab.topology().stages[5].kind {
        StageKind::MasterReplica(params) => params.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn production_and_laptop_defaults_are_one_click_and_one_step_of_undo() {
    let mut lab = lab();
    let before = inventory(&lab);
    select(&mut lab, Selection::stage(5));
    click(&mut lab, "Production defaults");
    assert_eq!(inventory(&lab), before.production());
    assert_ne!(before.production(), before);
    undo(&mut lab);
    assert_eq!(inventory(&lab), before);
    assert!(lab.model().doc.undo_name().is_none());
    click(&mut lab, "Production defaults");
    click(&mut lab, "Laptop defaults");
    assert_eq!(inventory(&lab), before.laptop());
    select(&mut lab, Selection::stage(4));
    assert!(lab.harness.query_by_label("Production defaults").is_none(), "a gate has no Sentinels");
}

#[test]
fn the_kind_of_clients_is_set_on_the_link_and_seen_at_the_wire() {
    let sign = "Naive clients: they keep the address of the first master";
    let mut lab = lab();
    let link = |lab: &Lab| lab.topology().links.iter().position(|link| link.to == "inventory").unwrap();
    let index = link(&lab);
    select(&mut lab, Selection::Link(index));
    assert!(lab.harness.query_by_label(sign).is_none());
    lab.click("Clients");
    lab.harness.get_by_label("Keep the first address").click();
    lab.harness.run();
    assert_eq!(lab.topology().links[index].clients, ClientKind::Naive);
    assert!(lab.harness.query_by_label(sign).is_some());
    undo(&mut lab);
    assert_eq!(lab.topology().links[index].clients, ClientKind::SentinelAware);
    // Where no Sentinels are asked, the kind of clients says nothing.
    select(&mut lab, Selection::Link(0));
    assert!(lab.harness.query_by_label("Clients").is_none());
}

fn outage() -> Failover {
    Failover {
        stage: "inventory".into(),
        outcome: Outcome::Failover,
        cause: Some("Kill master of inventory".into()),
        master_before: "master".into(),
        master_after: "replica 2".into(),
        fault_secs: Some(2.0),
        last_write_secs: Some(1.997),
        first_error_secs: Some(2.001),
        sdown_secs: Some(2.64),
        odown_secs: Some(2.69),
        switched_secs: Some(3.77),
        first_write_secs: Some(3.776),
        detection_secs: Some(0.69),
        promotion_secs: Some(1.08),
        unavailable_secs: Some(1.779),
        two_masters_secs: 9.5,
        naive: Some(NaiveClients { last_write_to_former_secs: Some(12.4), ..NaiveClients::default() }),
        ..Failover::default()
    }
}

#[test]
fn the_anatomy_of_an_outage_stands_in_the_results_in_both_languages() {
    let mut lab = ended_with(|report| report.failovers = vec![outage()]);
    let shows = |lab: &Lab, label: &str| lab.harness.query_all_by_label_contains(label).next().is_some();
    for label in [
        "Kill master of inventory: failover",
        "master was master, replica 2 is",
        "Time bar of the outage: detection 0.690 s, promotion 1.080 s, recovery 0.006 s",
        "unavailable 1.779 s",
        "two masters for 9.5 s",
        "the former master acknowledged their writes until 12.400 s",
        "quorum agrees",
        "+0.690 s",
    ] {
        assert!(shows(&lab, label), "{label}");
    }
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    lab.harness.run();
    for label in ["故障转移", "中断的时间条：发现 0.690 s", "不可用 1.779 s", "法定人数同意"]
    {
        assert!(shows(&lab, label), "{label}");
    }
}

#[test]
fn steps_of_a_failover_are_told_in_the_log() {
    let mut lab = started();
    let stage = lab.topology().index_of("inventory").unwrap();
    lab.engine.tell(2_690, EventKind::Failover { stage, step: Step::AgreedDown });
    lab.engine.tell(3_770, EventKind::Failover { stage, step: Step::Switched("replica 2".into()) });
    lab.harness.run();
    let run = lab.model().runs.current.as_ref().unwrap();
    let told: Vec<&str> = run.log.lines.iter().map(|line| line.text.as_str()).collect();
    assert!(told.contains(&"inventory: the quorum believes the master down (+odown)"), "{told:?}");
    let switched = "inventory: the Sentinels made replica 2 master (+switch-master)";
    assert!(told.contains(&switched), "{told:?}");
    assert_eq!(Lang::Zh.of(switched), "inventory：哨兵已让从节点 2 成为主节点 (+switch-master)");
}
