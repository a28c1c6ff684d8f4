//! Intents take effect here, after drawing.
//!
//! - [`history`]: runs that were kept.
//! - `edit`: the design, selection, undo. `canvas`: stages on the canvas, and the camera.
//! - `run`: the engine. `serve`: a run that is driven over HTTP. `machine`: what this machine carries.
//! - `trials`: designs compared, and the capacity of one.
//! - `file`: opening, saving, sharing.
//! - `lessons`: lessons.
//! - `close`: asks before something is ended or lost.

mod canvas;
mod close;
mod edit;
mod file;
pub mod history;
mod lessons;
mod machine;
mod run;
mod serve;
mod trials;

use egui::Context;

use super::command::UiCommand;
use super::dialogs::palette::PaletteView;
use super::dialogs::presets::ChooserView;
use super::intent::Intent;
use super::model::Model;
use super::notice::Notice;
use super::run::playhead::Seek;
use super::run::port::EnginePort;
use super::session::Session;
use super::settings::SCALES;
use super::text::Lang;
use super::theme::ThemeChoice;
use super::view::{After, BottomTab, Dialog, View};

/// Steps of the window's scale.
const SCALE_STEP: f32 = 1.1;

/// All that intents work on.
pub struct Applied<'a> {
    /// What the window shows.
    pub model: &'a mut Model,
    /// How.
    pub view: &'a mut View,
    /// The engine.
    pub engine: &'a dyn EnginePort,
    /// Files.
    pub session: &'a mut Session,
    /// The window.
    pub ctx: &'a Context,
}

impl Applied<'_> {
    /// Does what was asked for.
    pub fn apply(&mut self, intent: Intent) {
        match intent {
            Intent::Command(command) => self.command(command),
            Intent::Edit(edit) => self.edit(edit, None),
            Intent::EditAndSelect(edit, selection) => self.edit(edit, Some(selection)),
            Intent::EndGesture => self.model.doc.end_gesture(),
            Intent::Select(selection) => self.model.selection = selection.within(self.model.doc.topology()),
            Intent::Reveal(place) => self.reveal(&place),
            Intent::PasteStages(text) => self.paste_stages(&text),
            Intent::AddStage(kind) => self.add_stage(*kind),
            Intent::Inject(fault) => self.inject(fault),
            Intent::Change(change) => self.change(change),
            Intent::News(news) => self.news(news),
            Intent::StopThen(after) => self.stop_then(*after),
            Intent::OpenFile(path) => self.guarded(After::OpenFile(path)),
            Intent::OpenPreset(preset) => self.guarded(After::OpenPreset(preset)),
            Intent::RunTurns(turns) => self.run_turns(turns),
            Intent::Serve(port) => self.serve(port),
            Intent::History(act) => self.history(act),
            Intent::Allow(named) => self.model.settings.allowed.extend(named),
            Intent::Compare(entry) => self.compare(&entry),
            Intent::ChooseToCompare(entry) => self.choose_to_compare(*entry),
            Intent::RunPreset(preset) => self.guarded(After::RunPreset(preset)),
            Intent::OpenText(text) => self.guarded(After::OpenText(text)),
            Intent::Typed(ask, path) => self.chosen(*ask, path, false),
            Intent::Replace(ask, path) => self.chosen(*ask, path, true),
            Intent::SaveThen(after) => self.save_then(after),
            Intent::LeaveRun(after) => self.leave_run(after),
            Intent::Proceed(after) => self.proceed(after),
            Intent::Restore => self.restore(),
            Intent::DiscardLeftover => self.discard_leftover(),
            Intent::KeepLeftovers => self.keep_leftovers(),
            Intent::Lesson(act) => self.lesson(act),
            Intent::CopyText(text) => self.ctx.copy_text(text),
            Intent::Settings(settings) => self.model.settings = *settings,
            Intent::Dialog(dialog) => self.view.dialog = dialog,
            Intent::ShowTab(tab) => self.show_tab(tab),
            Intent::ShowMoment(secs) => self.show_moment(secs),
            Intent::Seek(seek) => self.seek(seek),
            Intent::Notice(notice) => self.notify(notice),
            Intent::Close => self.proceed(After::Quit),
        }
    }

    /// Shows a message.
    pub fn notify(&mut self, notice: Notice) {
        let now = self.ctx.input(|input| input.time);
        self.view.notify(notice, now);
    }

    fn show_moment(&mut self, secs: f64) {
        if let Some(run) = &self.model.runs.current {
            self.view.charts.show_moment(secs, run);
            self.show_tab(BottomTab::Charts);
        }
        // Who looks at moments already sees this one on the canvas too.
        if self.model.runs.current.as_ref().is_some_and(|run| run.playhead.is_some()) {
            self.seek(Seek::To(secs));
        }
    }

    fn seek(&mut self, seek: Seek) {
        let Some(run) = &mut self.model.runs.current else { return };
        run.seek(seek);
        if let Some(at) = run.playhead.as_ref().map(|playhead| playhead.at) {
            self.view.charts.bring_into_view(at, run);
        }
    }

    fn show_tab(&mut self, tab: BottomTab) {
        self.view.tab = tab;
        self.model.settings.bottom = true;
    }

    fn command(&mut self, command: UiCommand) {
        if command.enabled(self.model).is_err() {
            return;
        }
        if command == UiCommand::Palette {
            let recent = self.view.recent.clone();
            self.view.dialog = Some(Dialog::Palette(PaletteView { recent, ..PaletteView::default() }));
            return;
        }
        self.view.remember(command);
        if self.edit_command(command)
            || self.run_command(command)
            || self.file_command(command)
            || self.lesson_command(command)
        {
            return;
        }
        let settings = &mut self.model.settings;
        match command {
            UiCommand::ToggleSnap => settings.snap ^= true,
            UiCommand::ToggleMinimap => settings.minimap ^= true,
            UiCommand::ToggleFlowDots => settings.flow_dots ^= true,
            UiCommand::ToggleBreakableLinks => settings.breakable_links ^= true,
            UiCommand::TogglePalette => settings.palette ^= true,
            UiCommand::ToggleInspector => settings.inspector ^= true,
            UiCommand::ToggleBottom => settings.bottom ^= true,
            UiCommand::ThemeDark => settings.theme = ThemeChoice::Dark,
            UiCommand::ThemeLight => settings.theme = ThemeChoice::Light,
            UiCommand::ThemeSystem => settings.theme = ThemeChoice::System,
            UiCommand::English => settings.lang = Lang::En,
            UiCommand::Chinese => settings.lang = Lang::Zh,
            UiCommand::Larger => settings.scale = scaled(settings.scale * SCALE_STEP),
            UiCommand::Smaller => settings.scale = scaled(settings.scale / SCALE_STEP),
            UiCommand::UsualSize => settings.scale = 1.0,
            UiCommand::ShowCharts => self.show_tab(BottomTab::Charts),
            UiCommand::ShowResults => self.show_tab(BottomTab::Results),
            UiCommand::ShowProblems => self.show_tab(BottomTab::Problems),
            UiCommand::ShowEvents => self.show_tab(BottomTab::Events),
            UiCommand::ShowTrials => self.show_tab(BottomTab::Trials),
            UiCommand::FollowCharts => self.view.charts.follow(),
            UiCommand::PlayMoments => {
                let playhead = self.model.runs.current.as_ref().and_then(|run| run.playhead.as_ref());
                let plays = playhead.is_none_or(|playhead| !playhead.is_playing);
                self.seek(Seek::Play(plays));
            }
            UiCommand::LeaveMoment => self.seek(Seek::End),
            UiCommand::FreezeCharts => {
                if let Some(run) = &self.model.runs.current {
                    self.view.charts.toggle_freeze(run);
                }
            }
            UiCommand::Presets => self.view.dialog = Some(Dialog::Presets(ChooserView::default())),
            UiCommand::ShowHistory | UiCommand::OverlayRun => self.show_history(),
            UiCommand::RemoveOverlay => self.model.runs.overlay = None,
            UiCommand::Shortcuts => self.view.dialog = Some(Dialog::Shortcuts),
            UiCommand::About => self.view.dialog = Some(Dialog::About),
            _ => {}
        }
    }
}

fn scaled(scale: f32) -> f32 {
    scale.clamp(*SCALES.start(), *SCALES.end())
}
