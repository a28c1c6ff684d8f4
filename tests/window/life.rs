//! Life on the canvas: figures, processes, wires, the minimap.

use std::sync::Arc;
use std::time::Duration;

use egui_kittest::kittest::Queryable;
use seckill_lab::engine::{EngineEvent, EventKind, RunId, RunPhase};
use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::metrics::{
    Bucket, InstanceState, Outcome, Quantiles, Reason, Role, StageBucket, StageTally,
};
use seckill_lab::ui::document::{Document, Origin, layout};
use seckill_lab::ui::run::Run;
use seckill_lab::ui::selection::Selection;
use seckill_lab::ui::settings::Settings;
use seckill_lab::ui::text::Lang;

use super::fake::Lab;

/// The places of some stages of the first preset.
const CDN: usize = 1;
const GATE: usize = 4;
const INVENTORY: usize = 5;

/// A window with the first preset, looked at from where `stage` is in the middle.
fn lab(settings: Settings, stage: usize) -> Lab {
    let mut lab = Lab::open_with(settings, egui::vec2(1280.0, 800.0));
    let app = lab.harness.state_mut();
    app.model.doc =
        Document::opened(parse_topology(PRESETS[0].text), Origin::Preset(PRESETS[0].file.into())).unwrap();
    app.view.dialog = None;
    lab.harness.run();
    lab.look_at(stage);
    lab
}

/// The same with a run under way.
fn running(stage: usize) -> Lab {
    let mut lab = lab(Settings { flow_dots: false, ..Settings::default() }, stage);
    let app = lab.harness.state_mut();
    let mut run = Run::new(RunId(1), Arc::new(app.model.doc.topology().clone()));
    run.phase = RunPhase::OnSale;
    app.model.runs.current = Some(run);
    lab
}

/// A second of buckets in which every stage takes in 1,000 requests and finds 630 sold out and 120 too much.
fn second() -> Vec<Bucket> {
    let mut tally = StageTally { arrivals: 100, passed: 25, ..StageTally::default() };
    tally.end(Outcome::Intercepted(Reason::SoldOut), 63);
    tally.end(Outcome::Intercepted(Reason::Shed), 12);
    let latency_us = Quantiles { p99: 3_200, ..Quantiles::default() };
    let stage = StageBucket { tally, in_flight: 42, latency_us, ..StageBucket::default() };
    let bucket = |number: u64| Bucket {
        at: Duration::from_millis(100 * number),
        offered: 100,
        backlog: 7,
        stages: vec![stage; 9],
        ..Bucket::default()
    };
    (1..=10).map(bucket).collect()
}

fn process(stage: usize, name: &str, role: Role) -> InstanceState {
    InstanceState {
        stage,
        name: name.into(),
        is_reachable: true,
        role,
        is_link_up: true,
        lag_bytes: 120,
        ops_per_sec: 900,
        memory_bytes: 1_500_000,
        ..InstanceState::default()
    }
}

impl Lab {
    /// Looks at a stage as large as life.
    fn look_at(&mut self, stage: usize) {
        let app = self.harness.state_mut();
        app.view.canvas.camera.center = layout::rect(&app.model.doc.topology().stages[stage]).center();
        app.view.canvas.camera.zoom = 1.0;
        self.harness.run();
    }

    fn tell_life(&mut self, buckets: Vec<Bucket>, instances: Vec<InstanceState>) {
        self.engine.show(buckets, instances);
        self.harness.run();
    }

    fn sees(&self, label: &str) -> bool {
        self.harness.query_by_label(label).is_some()
    }

    fn sees_part(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }
}

#[test]
fn an_idle_design_tells_what_it_is_and_costs_nothing() {
    let of_cdn = lab(Settings::default(), CDN);
    assert!(of_cdn.sees("cdn: in process") && of_cdn.sees("cdn: TTL 10 s"));
    let lab = lab(Settings::default(), GATE);
    for label in
        ["gate: real process", "gate: 2 replicas · round robin", "gate, replica 1, starts with the run"]
    {
        assert!(lab.sees(label), "{label}");
    }
    let output = lab.harness.output();
    let delay = output.viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert_eq!(delay, Some(Duration::MAX), "nothing asks for another frame");
}

#[test]
fn a_stage_shows_its_last_second_as_it_was_counted() {
    let mut lab = running(GATE);
    lab.tell_life(second(), Vec::new());
    for label in [
        "gate: rate in 1,000/s",
        "gate: 75.0 % intercepted, sold out",
        "gate: worst p99 3.2 ms",
        "gate: 42 in flight",
    ] {
        assert!(lab.sees(label), "{label}");
    }
    assert!(!lab.sees("gate: 2 replicas · round robin"), "figures stand where the settings stood");
}

#[test]
fn the_crown_moves_with_the_role_and_a_dead_process_says_nothing() {
    let mut lab = running(INVENTORY);
    let replica = process(INVENTORY, "replica 1", Role::Replica);
    lab.tell_life(second(), vec![process(INVENTORY, "master", Role::Master), replica]);
    assert!(lab.sees("inventory, master, master, 900/s operations, 1.4 MiB"));
    assert!(lab.sees("inventory, replica 1, replica, link up, 120 B behind, 900/s operations, 1.4 MiB"));

    let mut gone = process(INVENTORY, "master", Role::Master);
    gone.is_reachable = false;
    let replica = process(INVENTORY, "replica 1", Role::Replica);
    lab.tell_life(Vec::new(), vec![gone.clone(), replica]);
    assert!(lab.sees("inventory, master, master, no answer"));
    assert!(lab.sees("inventory: no process answers as master"));

    lab.tell_life(Vec::new(), vec![gone, process(INVENTORY, "replica 1", Role::Master)]);
    assert!(lab.sees("inventory, replica 1, master, 900/s operations, 1.4 MiB"));
    assert!(!lab.sees("inventory: no process answers as master"));
}

#[test]
fn a_replica_that_gets_no_reads_says_why_until_it_gets_them_again() {
    let mut lab = running(GATE);
    let told = |lab: &mut Lab, left: Option<&str>| {
        let run = lab.harness.state_mut().model.runs.current.as_mut().unwrap();
        let kind =
            EventKind::Rotation { stage: GATE, instance: "replica 1".into(), left: left.map(str::to_owned) };
        assert_eq!(run.event(EngineEvent { run_id: RunId(1), at: Duration::from_secs(1), kind }), None);
        lab.tell_life(second(), vec![process(GATE, "replica 1", Role::Replica)]);
    };
    told(&mut lab, Some("0.61 s behind, more than 500ms"));
    let says = "gets no reads: 0.61 s behind, more than 500ms";
    assert!(lab.sees_part(says));
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    lab.harness.run();
    assert!(lab.sees_part("不参与读取：落后 0.61 秒，超过 500ms"));
    lab.harness.state_mut().model.settings.lang = Lang::En;
    told(&mut lab, None);
    assert!(lab.sees_part("gate, replica 1, replica") && !lab.sees_part(says));
}

#[test]
fn a_click_on_a_process_selects_it_and_its_menu_can_kill_it() {
    let mut lab = running(INVENTORY);
    lab.tell_life(second(), vec![process(INVENTORY, "replica 1", Role::Replica)]);
    let label = "inventory, replica 1, replica, link up, 120 B behind, 900/s operations, 1.4 MiB";
    lab.click(label);
    let selection = Selection::Instance { stage: INVENTORY, name: "replica 1".into() };
    assert_eq!(lab.model().selection, selection);
    lab.harness.get_by_label(label).click_secondary();
    lab.harness.run();
    // The panel of the selected process has such a button, too; the menu is in front of it.
    lab.harness.query_all_by_label("Kill").last().unwrap().click();
    lab.harness.run();
    assert!(format!("{:?}", lab.engine.told()).contains("Kill"));
}

#[test]
fn a_wire_says_what_it_carries_when_it_is_selected() {
    let mut lab = running(GATE);
    lab.tell_life(second(), Vec::new());
    lab.harness.state_mut().model.selection = Selection::Link(3);
    lab.harness.run();
    assert!(lab.sees_part("service to gate: 1,000/s"));
}

#[test]
fn dots_move_while_something_flows_and_rest_when_nothing_does() {
    let mut lab = running(GATE);
    lab.harness.state_mut().model.settings.flow_dots = true;
    let delay = |lab: &Lab| {
        let output = lab.harness.output();
        output.viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap()
    };
    lab.engine.show(second(), Vec::new());
    lab.harness.step();
    lab.harness.step();
    assert!(delay(&lab) <= Duration::from_millis(33), "{:?}", delay(&lab));
    let silence = second().into_iter().map(|bucket| Bucket {
        at: bucket.at + Duration::from_secs(1),
        stages: vec![StageBucket::default(); 9],
        offered: 0,
        ..bucket
    });
    lab.tell_life(silence.collect(), Vec::new());
    lab.harness.run();
    // The engine is looked after once a second while something runs.
    assert!(delay(&lab) >= Duration::from_secs(1), "{:?}", delay(&lab));
}

#[test]
fn badges_and_figures_speak_chinese() {
    let mut lab = running(CDN);
    // Whether this machine has a Chinese font is no business of this test.
    lab.harness.ctx.set_missing_glyph_policy(egui::epaint::text::MissingGlyphPolicy::Tofu);
    lab.harness.state_mut().model.settings =
        Settings { lang: Lang::Zh, flow_dots: false, ..Settings::default() };
    lab.tell_life(second(), Vec::new());
    lab.look_at(CDN);
    for label in ["cdn: 进程内", "cdn: 流入速率 1,000/s", "cdn: 拦截 75.0 %, 已售罄", "cdn: 最差 p99 3.2 ms"]
    {
        assert!(lab.sees(label), "{label}");
    }
}

#[test]
fn the_minimap_shows_only_when_the_design_does_not_fit_and_moves_the_view() {
    let mut lab = lab(Settings::default(), GATE);
    assert!(lab.sees("Minimap"));
    let before = lab.harness.state().view.canvas.camera.center;
    lab.click("Minimap");
    assert_ne!(lab.harness.state().view.canvas.camera.center, before);
    lab.harness.state_mut().view.canvas.camera.zoom = 0.2;
    lab.harness.run();
    assert!(!lab.sees("Minimap"));
}
