//! The charts: values, marks, legends, freezing and following.

use std::time::Duration;

use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase, Vec2};
use egui_kittest::kittest::Queryable;
use seckill_lab::engine::EventKind;
use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::metrics::{Bucket, InstanceState, Outcome, Quantiles, Reason, Role, StageBucket};
use seckill_lab::topology::Fault;
use seckill_lab::ui::charts::ChartsView;
use seckill_lab::ui::charts::kind::Chart;
use seckill_lab::ui::document::{Document, Origin};
use seckill_lab::ui::selection::Selection;

use super::fake::Lab;

/// A bucket of a sale that opens after four seconds.
fn bucket(lab: &Lab, tenth: u64) -> Bucket {
    let surge = if (40..70).contains(&tenth) { 2_000 } else { 900 };
    let wave = tenth * 37 % 110;
    let arrivals = surge + wave;
    let quantiles = |base: u64| Quantiles {
        p50: base + wave,
        p95: base * 6 + wave * 9,
        p99: base * 25 + wave * 40,
        p999: base * 90 + wave * 90,
        max: base * 200,
    };
    let mut stages = vec![StageBucket::default(); lab.topology().stages.len()];
    let mut left = arrivals;
    for (stage, reason, percent) in [
        (1, Reason::CacheHit, 60),
        (3, Reason::NotStarted, 50),
        (3, Reason::SoldOut, 70),
        (4, Reason::SoldOut, 50),
    ] {
        let intercepted = left * percent / 100;
        stages[stage].tally.arrivals = left;
        stages[stage].tally.end(Outcome::Intercepted(reason), intercepted);
        left -= intercepted;
    }
    stages[0].tally.arrivals = arrivals;
    Bucket {
        at: Duration::from_millis(100 * (tenth + 1)),
        offered: arrivals + wave % 7,
        achieved: arrivals,
        sold: if (40..65).contains(&tenth) { 40 } else { 0 },
        stock_left: 1_000 - i64::try_from(tenth.saturating_sub(39).min(25) * 40).unwrap(),
        backlog: if (40..80).contains(&tenth) { (80 - tenth) * 5 } else { 0 },
        response_us: quantiles(200),
        service_us: quantiles(150),
        schedule_lag_us: quantiles(50),
        stages,
        ..Bucket::default()
    }
}

fn processes(tenth: u64) -> Vec<InstanceState> {
    let process = |stage, name: &str, role, lag_bytes, memory_bytes| InstanceState {
        stage,
        name: name.into(),
        is_reachable: true,
        role,
        lag_bytes,
        memory_bytes,
        ..InstanceState::default()
    };
    vec![
        process(5, "master", Role::Master, 0, 1_300_000 + tenth * 4_000),
        process(5, "replica 1", Role::Replica, tenth * 131 % 2_000, 1_250_000 + tenth * 3_000),
        process(5, "replica 2", Role::Replica, tenth * 71 % 900, 1_200_000 + tenth * 2_500),
    ]
}

/// A run of the first preset that has been going on for so many tenths of a second.
fn running(tenths: u64) -> Lab {
    let mut lab = Lab::open();
    start(&mut lab);
    measure(&mut lab, 0..tenths);
    lab
}

fn start(lab: &mut Lab) {
    let preset = PRESETS.iter().find(|preset| preset.file == "seckill-six-phases.ron").unwrap();
    let state = lab.harness.state_mut();
    state.model.doc =
        Document::opened(parse_topology(preset.text), Origin::Preset(preset.file.into())).unwrap();
    state.view.dialog = None;
    lab.harness.run();
    lab.harness.key_press(Key::F5);
    lab.harness.run();
}

fn measure(lab: &mut Lab, tenths: std::ops::Range<u64>) {
    for tenth in tenths {
        lab.engine.show(vec![bucket(lab, tenth)], processes(tenth));
    }
    lab.harness.run();
}

fn view(lab: &Lab) -> &ChartsView {
    &lab.harness.state().view.charts
}

fn place(lab: &Lab, chart: Chart) -> Rect {
    view(lab).plots.iter().find(|(other, _)| *other == chart).unwrap().1
}

#[test]
fn adhoc_pictures() {
    use seckill_lab::ui::settings::Settings;
    use seckill_lab::ui::theme::ThemeChoice;
    for (name, theme, size) in [
        ("dark", ThemeChoice::Dark, egui::vec2(1280.0, 800.0)),
        ("light", ThemeChoice::Light, egui::vec2(1280.0, 800.0)),
        ("wide", ThemeChoice::Dark, egui::vec2(2560.0, 1440.0)),
    ] {
        let mut lab = Lab::open_painted(Settings { theme, ..Settings::default() }, size);
        start(&mut lab);
        lab.engine.tell(4_000, EventKind::SaleOpened);
        lab.engine.tell(
            6_000,
            EventKind::Fault {
                fault: Fault { stage: "inventory".into(), instance: "master".into(), ..Fault::default() },
                failed: None,
            },
        );
        lab.engine.tell(6_100, EventKind::MasterLost { stage: 5 });
        lab.engine.tell(7_300, EventKind::MasterFound { stage: 5, instance: "replica 1".into() });
        measure(&mut lab, 0..105);
        let at = place(&lab, Chart::Response);
        lab.harness.hover_at(at.center());
        lab.harness.run();
        lab.harness.render().unwrap().save(format!("/tmp/u3-{name}.png")).unwrap();
        lab.harness.remove_cursor();
        lab.click("Enlarge Response time");
        lab.harness.render().unwrap().save(format!("/tmp/u3-{name}-solo.png")).unwrap();
    }
}
