//! The window's assembly: gather what the engine told, draw, apply what was asked for.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{CentralPanel, Context, Frame, Panel, Ui, ViewportCommand};

use super::apply::Applied;
use super::command::UiCommand;
use super::dialogs::presets::ChooserView;
use super::intent::{Intent, Intents};
use super::model::Model;
use super::run::News;
use super::run::port::EnginePort;
use super::selection::Selection;
use super::session::{Kept, Session};
use super::settings::Settings;
use super::text::common::{PROGRAM, UNTITLED};
use super::view::{BottomTab, Dialog, View};
use super::{canvas, charts, dialogs, keys, lessons, panels, present, theme, widgets};

/// How long gathering may take in one frame.
const GATHER_WITHIN: Duration = Duration::from_millis(10);
/// How long a run may be silent before the engine is looked after.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The window.
pub struct LabApp {
    /// What it shows.
    pub model: Model,
    /// How.
    pub view: View,
    engine: Box<dyn EnginePort>,
    session: Session,
    intents: Intents,
}

impl LabApp {
    /// A window over an engine, with the preset chooser open. It keeps nothing and has no dialogs of the system.
    pub fn new(ctx: &Context, engine: Box<dyn EnginePort>, settings: Settings) -> Self {
        theme::install(ctx);
        let model = Model { settings, ..Model::default() };
        let view = View { dialog: Some(Dialog::Presets(ChooserView::default())), ..View::default() };
        Self { model, view, engine, session: Session::alone(), intents: Intents::default() }
    }

    /// Deals with files in this way, and begins with a file, if one is named, or with what a crash left.
    #[must_use]
    pub fn begin(mut self, ctx: &Context, session: Session, file: Option<PathBuf>) -> Self {
        self.session = session;
        self.session.bench.look(ctx);
        self.applied(ctx).open_first(file);
        self
    }

    /// Asks for something, as a widget does: it takes effect at the end of the next frame.
    pub fn ask(&mut self, intent: Intent) {
        self.intents.push(intent);
    }

    fn applied<'a>(&'a mut self, ctx: &'a Context) -> Applied<'a> {
        Applied {
            model: &mut self.model,
            view: &mut self.view,
            engine: &*self.engine,
            session: &mut self.session,
            ctx,
        }
    }

    /// Takes in what the engine told, under a time budget; what is left waits for the next frame.
    fn gather(&mut self, ctx: &Context) {
        let started = Instant::now();
        while started.elapsed() < GATHER_WITHIN {
            if let Some(event) = self.engine.next_event() {
                let news = self.model.runs.named(event.run_id).and_then(|run| run.event(event));
                self.intents.extend(news.map(Intent::News));
            } else if let Some(snapshot) = self.engine.next_snapshot() {
                self.session.keeper.add(&snapshot);
                if let Some(run) = self.model.runs.named(snapshot.run_id) {
                    run.snapshot(snapshot);
                }
            } else {
                self.look_after(ctx);
                return;
            }
        }
        ctx.request_repaint();
    }

    /// Looks whether the engine lives, as long as something is expected of it: one that died can't say so.
    fn look_after(&mut self, ctx: &Context) {
        if self.model.runs.active().is_none() {
            return;
        }
        if self.engine.is_gone() {
            self.intents.push(Intent::News(News::EngineGone));
        }
        ctx.request_repaint_after(LOOK_AGAIN);
    }

    fn draw(&mut self, ui: &mut Ui) {
        let (model, view, out) = (&self.model, &mut self.view, &mut self.intents);
        let bottom = if view.present.is_on() {
            present::show(ui, model, view, out);
            ui.max_rect().bottom()
        } else {
            panels(ui, model, view, out)
        };
        if let Some(dialog) = &mut view.dialog {
            dialogs::show(ui, model, dialog, out);
        }
        dialogs::drop::show(ui, model, out);
        widgets::notices::show(ui.ctx(), model.lang(), &mut view.notices, bottom, out);
    }

    fn apply(&mut self, ctx: &Context) {
        let intents = self.intents.take();
        if !intents.is_empty() {
            // What they change is drawn in the next frame, and nothing else may call for one.
            ctx.request_repaint();
        }
        for intent in intents {
            self.applied(ctx).apply(intent);
        }
    }

    /// What comes from outside: a wish to close, answers of the system's dialogs, pictures that were saved. And the
    /// design is kept, in case of a crash.
    fn look_outside(&mut self, ctx: &Context) {
        if self.session.ends() && !self.session.may_close {
            self.session.may_close = true;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        if !self.session.may_close && ctx.input(|input| input.viewport().close_requested()) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.applied(ctx).close_requested();
        }
        if let Some((ask, answer)) = self.session.answer(ctx) {
            self.applied(ctx).answered(ask, answer);
        }
        while let Some(taken) = self.session.pictures.taken() {
            self.applied(ctx).picture_taken(taken);
        }
        while let Some(news) = self.session.trials.news() {
            self.applied(ctx).trial_news(news);
        }
        while let Some(news) = self.session.bench.news() {
            self.applied(ctx).machine_news(news);
        }
        if let Some(error) = self.session.keeper.trouble() {
            self.applied(ctx).not_in_history(&error);
        } else if self.session.keeper.is_busy() {
            ctx.request_repaint_after(LOOK_AGAIN);
        }
        let now = ctx.input(|input| input.time);
        if let Kept::Failed(error) = self.session.keep(&self.model.doc, ctx, now) {
            self.applied(ctx).not_kept(&error);
        }
    }

    /// The design's title and the program's name; a dot where something is not saved.
    fn window_title(&self) -> String {
        let title = match self.model.doc.topology().title.trim() {
            "" => self.model.lang().t(UNTITLED),
            title => title,
        };
        let mark = if self.model.doc.is_dirty() { "• " } else { "" };
        format!("{mark}{title} — {}", self.model.lang().t(PROGRAM))
    }
}

/// Everything around the canvas, and the canvas. Answers where the state line begins.
fn panels(ui: &mut Ui, model: &Model, view: &mut View, out: &mut Intents) -> f32 {
    let tokens = theme::tokens(ui.ctx());
    let bar = Frame::new().fill(tokens.panel).inner_margin(6);
    Panel::top("top").frame(bar).show(ui, |ui| panels::top::show(ui, model, &mut view.panels.top, out));
    let status = Panel::bottom("status").frame(bar).show(ui, |ui| panels::status::show(ui, model, out));
    let mut shows = model.settings.clone();
    let panel = Frame::new().fill(tokens.panel).inner_margin(8);
    if model.lessons.open.is_some() {
        let frame = Frame::new().fill(tokens.panel).inner_margin(12);
        Panel::left("lesson").frame(frame).default_size(372.0).size_range(280.0..=560.0).show(ui, |ui| {
            lessons::panel::show(ui, model, &mut view.lesson, lessons::panel::Scale::Panel, out);
        });
    }
    // What only serves to change a design, or to look into it, gives way to the lesson.
    let is_locked = model.doc.is_locked();
    if !is_locked {
        Panel::left("palette").frame(panel).default_size(150.0).size_range(120.0..=240.0).show_collapsible(
            ui,
            &mut shows.palette,
            |ui| panels::palette::show(ui, model, out),
        );
    }
    if !is_locked || model.selection != Selection::Nothing {
        Panel::right("inspector")
            .frame(panel)
            .default_size(300.0)
            .size_range(240.0..=520.0)
            .show_collapsible(ui, &mut shows.inspector, |ui| {
                panels::inspector::show(ui, model, &mut view.panels.inspector, out);
            });
    }
    let height = ui.available_height();
    Panel::bottom("bottom")
        .frame(panel)
        .resizable(true)
        .default_size(height * 0.42)
        .size_range(80.0..=(height - 120.0).max(100.0))
        .show_collapsible(ui, &mut shows.bottom, |ui| bottom(ui, model, view, out));
    if shows != model.settings {
        out.push(Intent::Settings(Box::new(shows)));
    }
    if model.runs.current.as_ref().is_some_and(|run| run.playhead.is_some()) {
        let strip = Frame::new().fill(tokens.card).inner_margin(4);
        Panel::top("moment").frame(strip).show(ui, |ui| panels::moment::show(ui, model, out));
    }
    CentralPanel::default().frame(Frame::new().fill(tokens.canvas)).show(ui, |ui| {
        view.parts.canvas = Some(ui.max_rect());
        canvas::show(ui, model, &mut view.canvas, out);
    });
    status.response.rect.top()
}

/// The tabs below the canvas.
fn bottom(ui: &mut Ui, model: &Model, view: &mut View, out: &mut Intents) {
    ui.horizontal(|ui| {
        for (tab, command) in [
            (BottomTab::Charts, UiCommand::ShowCharts),
            (BottomTab::Results, UiCommand::ShowResults),
            (BottomTab::Problems, UiCommand::ShowProblems),
            (BottomTab::Events, UiCommand::ShowEvents),
            (BottomTab::Trials, UiCommand::ShowTrials),
        ] {
            // A tab for what few do is there once it is done.
            if tab == BottomTab::Trials && !model.trials.is_worth_a_look() {
                continue;
            }
            let label = model.lang().t(command.about().label);
            let is_open = view.tab == tab;
            let clicked = match tab {
                BottomTab::Problems => panels::problems::tab(ui, model, label, is_open),
                _ => ui.selectable_label(is_open, label).clicked(),
            };
            if clicked {
                out.push(Intent::ShowTab(tab));
            }
        }
        charts::timeline::show(ui, model, out);
    });
    ui.separator();
    match view.tab {
        BottomTab::Charts => {
            view.parts.charts = Some(ui.available_rect_before_wrap());
            charts::show(ui, model, &mut view.charts, out);
        }
        BottomTab::Results => panels::results::show(ui, model, &mut view.panels.results, out),
        BottomTab::Problems => panels::problems::show(ui, model, out),
        BottomTab::Events => panels::events::show(ui, model, &mut view.panels.events, out),
        BottomTab::Trials => panels::trials::show(ui, model, out),
    }
}

impl eframe::App for LabApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.gather(ctx);
        self.look_outside(ctx);
        // Here too, because nothing is drawn while the window is hidden.
        self.apply(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let settings = &self.model.settings;
        let is_presented = self.view.present.is_on();
        let scale = if is_presented { present::scale(&ctx) } else { settings.scale };
        theme::apply(&ctx, settings.theme, scale);
        theme::strengthen(&ctx, is_presented);
        if let Some(notice) = self.view.chinese.look(&ctx, settings.lang) {
            let now = ctx.input(|input| input.time);
            self.view.notify(notice, now);
            // Unfolded it stays, and has the remedy in both languages.
            self.view.notices.iter_mut().last().into_iter().for_each(|shown| shown.is_open = true);
        }
        if let Some(text) = self.session.paste(&ctx) {
            self.applied(&ctx).pasted(text);
        }
        keys::read(ui, &self.model, &self.view, &mut self.intents);
        // Messages keep out of pictures of the window.
        let hidden = self.session.pictures.is_taking().then(|| std::mem::take(&mut self.view.notices));
        self.draw(ui);
        let live = &mut self.view.panels.inspector.live;
        panels::inspector::live::follow(ui.ctx(), &self.model, live, &mut self.intents);
        self.view.notices.splice(0..0, hidden.into_iter().flatten());
        self.apply(&ctx);
        if let Some(ask) = self.session.begin_asking(&ctx, self.model.lang(), frame) {
            self.applied(&ctx).ask_here(ask);
        }
        self.session.pictures.take(&ctx, self.view.parts);
        self.session.name_window(&ctx, self.window_title());
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, super::SETTINGS_KEY, &self.model.settings);
    }
}
