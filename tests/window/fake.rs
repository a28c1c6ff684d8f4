//! A window for tests: no servers, no display, no clock of its own.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use super::paint::Painter;
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, HarnessBuilder};
use seckill_lab::engine::{EngineCommand, EngineEvent, EngineGone, EventKind, RunId, RunPhase, Snapshot};
use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::metrics::{Bucket, InstanceState};
use seckill_lab::report::HttpReport;
use seckill_lab::topology::Topology;
use seckill_lab::ui::LabApp;
use seckill_lab::ui::model::Model;
use seckill_lab::ui::run::port::EnginePort;
use seckill_lab::ui::session::Session;
use seckill_lab::ui::settings::Settings;
use seckill_lab::ui::theme::chinese;

/// What an engine was told, and what it will tell.
#[derive(Default)]
struct Script {
    told: Vec<EngineCommand>,
    events: VecDeque<EngineEvent>,
    snapshots: VecDeque<Snapshot>,
    is_gone: bool,
}

/// An engine that listens, and tells what a test says.
#[derive(Clone, Default)]
pub struct FakeEngine(Rc<RefCell<Script>>);

impl EnginePort for FakeEngine {
    fn send(&self, command: EngineCommand) -> Result<(), EngineGone> {
        let mut script = self.0.borrow_mut();
        if script.is_gone {
            return Err(EngineGone);
        }
        script.told.push(command);
        Ok(())
    }

    fn next_event(&self) -> Option<EngineEvent> {
        self.0.borrow_mut().events.pop_front()
    }

    fn next_snapshot(&self) -> Option<Snapshot> {
        self.0.borrow_mut().snapshots.pop_front()
    }

    fn is_gone(&self) -> bool {
        self.0.borrow().is_gone
    }
}

impl FakeEngine {
    /// What it was told since the last look.
    pub fn told(&self) -> Vec<EngineCommand> {
        std::mem::take(&mut self.0.borrow_mut().told)
    }

    /// Dies without a word.
    pub fn die(&self) {
        self.0.borrow_mut().is_gone = true;
    }

    /// Tells an event of the first run, `at_ms` after the first arrival.
    pub fn tell(&self, at_ms: u64, kind: EventKind) {
        self.tell_of(1, at_ms, kind);
    }

    /// Tells an event of another run.
    pub fn tell_of(&self, run: u64, at_ms: u64, kind: EventKind) {
        let event = EngineEvent { run_id: RunId(run), at: Duration::from_millis(at_ms), kind };
        self.0.borrow_mut().events.push_back(event);
    }

    /// Tells a state of the first run, on sale, whose requests come over HTTP.
    pub fn serve(&self, told: HttpReport) {
        self.show(Vec::new(), Vec::new());
        if let Some(snapshot) = self.0.borrow_mut().snapshots.back_mut() {
            snapshot.http = Some(told);
        }
    }

    /// Tells a state of the first run, on sale.
    pub fn show(&self, buckets: Vec<Bucket>, instances: Vec<InstanceState>) {
        let snapshot = Snapshot {
            run_id: RunId(1),
            phase: RunPhase::OnSale,
            duration: Duration::from_secs(12),
            offered_factor: 1.0,
            http: None,
            buckets,
            instances,
        };
        self.0.borrow_mut().snapshots.push_back(snapshot);
    }
}

/// A window and its engine.
pub struct Lab {
    pub harness: Harness<'static, LabApp>,
    pub engine: FakeEngine,
}

impl Lab {
    /// A window just opened, with the preset chooser.
    pub fn open() -> Self {
        Self::open_with(Settings::default(), egui::vec2(1280.0, 800.0))
    }

    /// The same with settings and a size.
    pub fn open_with(settings: Settings, size: egui::Vec2) -> Self {
        Self::build(settings, Harness::builder().with_size(size), true)
    }

    /// The same, so that pictures can be taken.
    pub fn open_painted(settings: Settings, size: egui::Vec2) -> Self {
        Self::build(settings, Harness::builder().with_size(size).renderer(Painter::default()), true)
    }

    /// A window on a system without a Chinese font.
    pub fn without_fonts(settings: Settings) -> Self {
        let builder = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).allow_missing_glyphs();
        Self::build(settings, builder, false)
    }

    fn build(settings: Settings, builder: HarnessBuilder<LabApp>, has_fonts: bool) -> Self {
        let engine = FakeEngine::default();
        let port = Box::new(engine.clone());
        let mut harness = builder.with_max_steps(30).build_eframe(move |cc| {
            let app = LabApp::new(&cc.egui_ctx, port, settings);
            if has_fonts {
                chinese::install_by_name(&cc.egui_ctx);
            }
            app
        });
        harness.run();
        Self { harness, engine }
    }

    /// A window with dealings of its own with files, that begins with a file or without.
    pub fn begin(session: Session, file: Option<PathBuf>) -> Self {
        let engine = FakeEngine::default();
        let port = Box::new(engine.clone());
        let builder = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_max_steps(30);
        let mut harness = builder.renderer(Painter::default()).build_eframe(move |cc| {
            LabApp::new(&cc.egui_ctx, port, Settings::default()).begin(&cc.egui_ctx, session, file)
        });
        harness.run();
        Self { harness, engine }
    }

    /// A window with a preset open, by its file's name.
    pub fn with_preset(file: &str) -> Self {
        let mut lab = Self::open();
        let preset = PRESETS.iter().find(|preset| preset.file == file).unwrap();
        let topology = parse_topology(preset.text).topology.unwrap();
        lab.scroll_to(&topology.title);
        lab.click(&topology.title);
        lab
    }

    /// The first preset's window with its run just started.
    pub fn running() -> Self {
        let mut lab = Self::with_preset("seckill-six-phases.ron");
        lab.click("Run");
        lab
    }

    /// What the window shows.
    pub fn model(&self) -> &Model {
        &self.harness.state().model
    }

    /// The design.
    pub fn topology(&self) -> &Topology {
        self.model().doc.topology()
    }

    /// Scrolls to what has a label.
    pub fn scroll_to(&mut self, label: &str) {
        self.harness.get_by_label(label).scroll_to_me();
        self.harness.run();
    }

    /// Clicks what has a label.
    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run();
    }
}
