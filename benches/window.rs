//! What a frame of the window costs: processor time for layout and tessellation, without drawing, of a design with 50
//! stages and an hour's run (36,000 buckets, 6 processes) in all charts. Run it with `cargo bench --bench window`.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use eframe::App;
use egui::{Context, Event, Modifiers, PointerButton, Pos2, RawInput, Rect, Vec2};
use rustix::time::{ClockId, clock_gettime};
use seckill_lab::engine::{EngineCommand, EngineEvent, EngineGone, RunId, RunPhase, Snapshot};
use seckill_lab::files::parse_topology;
use seckill_lab::metrics::{Bucket, InstanceState, Outcome, Quantiles, Reason, Role, StageBucket};
use seckill_lab::ui::LabApp;
use seckill_lab::ui::charts::kind::Chart;
use seckill_lab::ui::charts::window::Length;
use seckill_lab::ui::document::{Document, Origin};
use seckill_lab::ui::run::Run;
use seckill_lab::ui::run::port::EnginePort;
use seckill_lab::ui::settings::Settings;

const STAGES: u64 = 50;
const BUCKETS: u64 = 36_000;
const FRAMES: usize = 240;

/// An engine that tells the snapshots put into it.
#[derive(Clone, Default)]
struct Told(Rc<RefCell<VecDeque<Snapshot>>>);

impl EnginePort for Told {
    fn send(&self, _: EngineCommand) -> Result<(), EngineGone> {
        Ok(())
    }

    fn next_event(&self) -> Option<EngineEvent> {
        None
    }

    fn next_snapshot(&self) -> Option<Snapshot> {
        self.0.borrow_mut().pop_front()
    }
}

/// Processor time of this thread.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// Users, a balancer, many services, a gate, an inventory with its queue, a database.
fn design() -> String {
    let (mut stages, mut links) = (String::new(), String::new());
    let services = STAGES - 6;
    for (name, kind, at) in [
        ("users", "Users()", (0, 0)),
        ("balancer", "LoadBalancer()", (200, 0)),
        ("gate", "ReadWriteSplit(replicas: 2)", (2_400, 0)),
        ("inventory", "MasterReplica(replicas: 2)", (2_600, 0)),
        ("orders", "Queue(on: \"inventory\")", (2_800, 0)),
        ("database", "Database()", (3_000, 0)),
    ] {
        writeln!(stages, "(name: \"{name}\", kind: {kind}, at: {at:?}),").unwrap();
    }
    for service in 0..services {
        let at = (400 + service / 5 * 200, service % 5 * 160);
        writeln!(stages, "(name: \"service {service}\", kind: Service(), at: {at:?}),").unwrap();
        writeln!(links, "(from: \"balancer\", to: \"service {service}\"),").unwrap();
        writeln!(links, "(from: \"service {service}\", to: \"gate\"),").unwrap();
    }
    for (from, to) in
        [("users", "balancer"), ("gate", "inventory"), ("inventory", "orders"), ("orders", "database")]
    {
        writeln!(links, "(from: \"{from}\", to: \"{to}\"),").unwrap();
    }
    format!("(version: 1, title: \"fifty stages\", stages: [{stages}], links: [{links}])")
}

/// A number that looks random.
fn noise(place: u64) -> u64 {
    place.wrapping_mul(6_364_136_223_846_793_005) >> 44
}

fn bucket(tenth: u64) -> Bucket {
    let stages = (0..STAGES).map(|stage| {
        let arrivals = 1_000 + noise(tenth * STAGES + stage) % 300;
        let mut bucket = StageBucket { in_flight: arrivals % 9, ..StageBucket::default() };
        bucket.tally.arrivals = arrivals;
        bucket.tally.passed = arrivals / 2;
        bucket.tally.end(Outcome::Intercepted(Reason::CacheHit), arrivals / 4);
        bucket.tally.end(Outcome::Intercepted(Reason::SoldOut), arrivals / 4);
        bucket.latency_us.p99 = 300 + arrivals;
        bucket
    });
    let quantiles = |base: u64| {
        let wave = noise(tenth * 7 + base) % base;
        Quantiles {
            p50: base,
            p95: base * 4 + wave,
            p99: base * 9 + wave * 3,
            p999: base * 40 + wave * 9,
            max: 0,
        }
    };
    Bucket {
        at: Duration::from_millis(100 * (tenth + 1)),
        offered: 10_000 + noise(tenth) % 900,
        achieved: 9_900 + noise(tenth + 1) % 900,
        dropped: u64::from(tenth.is_multiple_of(50)),
        sold: 1,
        stock_left: 40_000 - i64::try_from(tenth).unwrap(),
        backlog: noise(tenth) % 700,
        response_us: quantiles(400),
        service_us: quantiles(300),
        schedule_lag_us: quantiles(90),
        stages: stages.collect(),
        ..Bucket::default()
    }
}

fn processes(tenth: u64) -> Vec<InstanceState> {
    let state = |(stage, name, role): (usize, &str, Role)| InstanceState {
        stage,
        name: name.into(),
        is_reachable: true,
        role,
        lag_bytes: if role == Role::Replica { noise(tenth + stage as u64) % 9_000 } else { 0 },
        memory_bytes: 2_000_000 + tenth * 40,
        ..InstanceState::default()
    };
    let all = [
        (2, "master", Role::Master),
        (2, "replica 1", Role::Replica),
        (2, "replica 2", Role::Replica),
        (3, "master", Role::Master),
        (3, "replica 1", Role::Replica),
        (3, "replica 2", Role::Replica),
    ];
    all.into_iter().map(state).collect()
}

/// What a frame cost, in milliseconds.
struct Cost {
    layout: f64,
    tessellation: f64,
}

/// A window without a screen.
struct Bench {
    ctx: Context,
    app: LabApp,
    frame: eframe::Frame,
    told: Told,
    size: Vec2,
    frames: u32,
    tenth: u64,
}

impl Bench {
    fn open(size: Vec2) -> Self {
        let (ctx, told) = (Context::default(), Told::default());
        let mut app = LabApp::new(&ctx, Box::new(told.clone()), Settings::default());
        let text = design();
        app.model.doc = Document::opened(parse_topology(&text), Origin::default()).unwrap();
        app.view.dialog = None;
        app.view.charts.window.set_length(Length::All);
        let topology = Arc::new(app.model.doc.topology().clone());
        assert_eq!(topology.stages.len() as u64, STAGES);
        let mut run = Run::new(RunId(1), topology);
        let started = cpu();
        for tenth in 0..BUCKETS {
            run.series.add(&bucket(tenth), &processes(tenth));
        }
        let made = cpu();
        (0..BUCKETS).for_each(|tenth| drop((bucket(tenth), processes(tenth))));
        let adding = made.saturating_sub(started).saturating_sub(cpu().saturating_sub(made));
        let micros = adding.as_secs_f64() * 1e6 / BUCKETS as f64;
        println!("adding a bucket of {STAGES} stages: {micros:.1} µs");
        app.model.runs.current = Some(run);
        let frame = eframe::Frame::_new_kittest();
        Self { ctx, app, frame, told, size, frames: 0, tenth: BUCKETS }
    }

    /// One frame; answers what layout and tessellation cost, in milliseconds.
    fn frame(&mut self, events: Vec<Event>) -> Cost {
        self.frames += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(f64::from(self.frames) * 0.1),
            events,
            ..RawInput::default()
        };
        let (app, frame) = (&mut self.app, &mut self.frame);
        let started = cpu();
        app.logic(&self.ctx, frame);
        let mut output = self.ctx.run_ui(input, |ui| app.ui(ui, frame));
        let laid_out = cpu();
        let shapes = std::mem::take(&mut output.shapes);
        let meshes = self.ctx.tessellate(shapes, output.pixels_per_point);
        let tessellated = cpu();
        drop(meshes);
        output.textures_delta.clear();
        let millis = |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64() * 1e3;
        Cost { layout: millis(started, laid_out), tessellation: millis(laid_out, tessellated) }
    }

    fn tell(&mut self) {
        let snapshot = Snapshot {
            run_id: RunId(1),
            phase: RunPhase::OnSale,
            duration: Duration::from_hours(2),
            buckets: vec![bucket(self.tenth)],
            instances: processes(self.tenth),
            offered_factor: 1.0,
            http: None,
        };
        self.tenth += 1;
        self.told.0.borrow_mut().push_back(snapshot);
    }

    fn middle(&self) -> Pos2 {
        let plots = &self.app.view.charts.plots;
        plots.iter().find(|(chart, _)| *chart == Chart::Throughput).unwrap().1.center()
    }

    fn report(&self, what: &str, costs: &[Cost]) {
        let quantiles = |of: fn(&Cost) -> f64| {
            let mut sorted: Vec<f64> = costs.iter().map(of).collect();
            sorted.sort_by(f64::total_cmp);
            let at = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
            format!("p50 {:>5.2}, p95 {:>5.2} ms", at(50), at(95))
        };
        let all = quantiles(|cost| cost.layout + cost.tessellation);
        let (layout, tessellation) = (quantiles(|cost| cost.layout), quantiles(|cost| cost.tessellation));
        let (width, height) = (self.size.x, self.size.y);
        println!(
            "{width:>5} × {height:<5} {what:<24} {all}   (layout {layout}; tessellation {tessellation})"
        );
    }

    fn idle(&mut self, what: &str) {
        let costs: Vec<Cost> = (0..FRAMES).map(|_| self.frame(Vec::new())).collect();
        self.report(what, &costs);
    }

    fn running(&mut self, what: &str) {
        let mut costs = Vec::new();
        for _ in 0..FRAMES {
            self.tell();
            costs.push(self.frame(Vec::new()));
        }
        self.report(what, &costs);
    }

    fn hovering(&mut self) {
        let middle = self.middle();
        let at = |frame: usize| Event::PointerMoved(middle + Vec2::X * ((frame % 60) as f32 - 30.0));
        let costs: Vec<Cost> = (0..FRAMES).map(|frame| self.frame(vec![at(frame)])).collect();
        self.report("hovering", &costs);
    }

    fn panning(&mut self) {
        let (middle, modifiers, button) = (self.middle(), Modifiers::NONE, PointerButton::Primary);
        self.app.view.charts.window.set_length(Length::Minutes5);
        self.frame(vec![Event::PointerMoved(middle)]);
        self.frame(vec![Event::PointerButton { pos: middle, button, pressed: true, modifiers }]);
        let mut costs = Vec::new();
        for frame in 0..FRAMES {
            let pos = middle + Vec2::X * (frame as f32 * 0.5);
            costs.push(self.frame(vec![Event::PointerMoved(pos)]));
        }
        self.frame(vec![Event::PointerButton { pos: middle, button, pressed: false, modifiers }]);
        self.frame(vec![Event::PointerGone]);
        assert!(!self.app.view.charts.window.follows(), "the charts were moved");
        self.report("panning", &costs);
    }
}

fn main() {
    for size in [Vec2::new(1_280.0, 800.0), Vec2::new(2_560.0, 1_440.0)] {
        let mut bench = Bench::open(size);
        for _ in 0..10 {
            bench.frame(Vec::new());
        }
        bench.idle("idle");
        bench.running("running, an hour shown");
        bench.hovering();
        bench.app.view.charts.follow();
        bench.app.view.charts.window.set_length(Length::Minute);
        bench.running("running, a minute shown");
        bench.panning();
        bench.app.model.settings.bottom = false;
        bench.idle("idle, no charts");
    }
}
