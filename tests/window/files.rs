//! Opening, saving, sharing; what is asked before something is lost, and what a crash leaves.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::Queryable;
use seckill_lab::engine::EngineCommand;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::files::{parse_topology, to_ron};
use seckill_lab::topology::{Severity, Topology};
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::document::Origin;
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::session::Session;
use seckill_lab::ui::session::chooser::{Answer, Answering, Ask, FileChooser};
use seckill_lab::ui::settings::Settings;
use seckill_lab::ui::text::Lang;
use seckill_lab::ui::view::Dialog;

use super::fake::Lab;

/// Longer than a picture takes to be written on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Dialogs of the system, answered beforehand; and what was asked.
#[derive(Clone, Default)]
pub(super) struct FakeChooser(Rc<RefCell<(VecDeque<Answer>, Vec<Ask>)>>);

impl FileChooser for FakeChooser {
    fn ask(&mut self, ask: &Ask, _lang: Lang, _window: &eframe::Frame) -> Option<Answering> {
        let mut script = self.0.borrow_mut();
        script.1.push(ask.clone());
        let answer = script.0.pop_front()?;
        Some(Box::pin(std::future::ready(answer)))
    }
}

impl FakeChooser {
    fn will_answer(&self, answer: Answer) {
        self.0.borrow_mut().0.push_back(answer);
    }

    pub(super) fn will_choose(&self, path: &Path) {
        self.will_answer(Answer::Path(path.to_owned()));
    }

    fn asked(&self) -> Vec<Ask> {
        std::mem::take(&mut self.0.borrow_mut().1)
    }
}

/// A window with a folder of its own.
pub(super) struct Place {
    pub(super) lab: Lab,
    pub(super) chooser: FakeChooser,
    folder: tempfile::TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), None)
    }

    /// With the preset chooser closed.
    pub(super) fn empty() -> Self {
        let mut place = Self::new();
        place.lab.click("Empty design");
        place
    }

    fn in_folder(folder: tempfile::TempDir, file: Option<PathBuf>) -> Self {
        let chooser = FakeChooser::default();
        let session = Session::new(Box::new(chooser.clone()), Some(folder.path().join("data")));
        Self { lab: Lab::begin(session, file), chooser, folder }
    }

    /// The same folder in a new window.
    fn again(self) -> Self {
        let Self { lab, folder, .. } = self;
        drop(lab);
        Self::in_folder(folder, None)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// A file with a preset that has another title, so that it is nobody's preset.
    fn design(&self, name: &str, title: &str) -> PathBuf {
        self.write(name, &to_ron(&titled(title)))
    }

    pub(super) fn command(&mut self, command: UiCommand) {
        self.lab.command(command);
    }

    pub(super) fn preset(&mut self) {
        let title = &PRESETS[0].topology().unwrap().title;
        self.lab.click(title);
    }

    /// Changes the design as a user does: everything is selected and deleted.
    fn change(&mut self) {
        self.command(UiCommand::SelectAll);
        self.command(UiCommand::Delete);
        assert!(self.lab.model().doc.is_dirty());
    }

    pub(super) fn origin(&self) -> &Origin {
        self.lab.model().doc.origin()
    }

    fn title(&self) -> &str {
        &self.lab.topology().title
    }

    fn dialog(&self) -> Option<&Dialog> {
        self.lab.harness.state().view.dialog.as_ref()
    }

    /// The last message, with how bad it is.
    pub(super) fn notice(&self) -> (Option<Severity>, String) {
        let notices = &self.lab.harness.state().view.notices;
        let notice = &notices.last().expect("a message").notice;
        (notice.severity, format!("{}\n{}", notice.text, notice.details.as_deref().unwrap_or("")))
    }

    fn kept(&self) -> usize {
        let ron = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "ron");
        let Ok(entries) = fs::read_dir(self.path("data/autosave")) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).filter(ron).count()
    }

    /// Lets the window's clock go on.
    fn wait(&mut self, secs: u32) {
        for _ in 0..secs * 4 {
            self.lab.harness.step();
        }
    }
}

fn titled(title: &str) -> Topology {
    let mut topology = PRESETS[0].topology().unwrap().clone();
    title.clone_into(&mut topology.title);
    topology
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn has_sent(lab: &Lab, wanted: &ViewportCommand) -> bool {
    lab.harness.output().viewport_output[&ViewportId::ROOT].commands.contains(wanted)
}

#[test]
fn every_preset_is_one_click_away_and_another_runs_it() {
    let mut place = Place::new();
    for preset in PRESETS {
        let title = &preset.topology().unwrap().title;
        place.lab.scroll_to(title);
        place.lab.click(title);
        assert_eq!((place.title(), place.dialog()), (title.as_str(), None));
        assert_eq!(place.origin(), &Origin::Preset(preset.file.into()));
        assert!(!place.lab.model().doc.is_dirty() && place.lab.engine.told().is_empty());
        place.command(UiCommand::Presets);
    }
    for preset in [&PRESETS[0], &PRESETS[PRESETS.len() - 1]] {
        let (title, mut place) = (&preset.topology().unwrap().title, Place::new());
        place.lab.scroll_to(title);
        place.lab.click(&format!("Open and run: {title}"));
        assert!(place.dialog().is_none() && place.lab.model().runs.active().is_some());
        assert!(matches!(place.lab.engine.told()[..], [EngineCommand::Start { .. }]));
    }
}

#[test]
fn presets_are_chosen_by_keys_too() {
    let mut place = Place::new();
    place.lab.harness.key_press(Key::ArrowRight);
    place.lab.harness.run();
    place.lab.harness.key_press(Key::ArrowDown);
    place.lab.harness.run();
    place.lab.harness.key_press(Key::Enter);
    place.lab.harness.run();
    assert_eq!(place.origin(), &Origin::Preset("redis-storage.ron".into()));
    let mut place = Place::new();
    place.lab.harness.key_press(Key::Escape);
    place.lab.harness.run();
    assert!(place.dialog().is_none() && place.lab.topology().stages.is_empty());
}

#[test]
fn presets_are_searched_by_words_and_enter_opens_what_is_left() {
    let mut place = Place::new();
    place.lab.harness.get_by_label("Search designs").focus();
    place.lab.harness.run();
    place.lab.harness.get_by_label("Search designs").type_text("nats");
    place.lab.harness.run();
    assert!(place.lab.harness.query_by_label("Flash sale in six phases").is_none());
    place.lab.harness.key_press(Key::Enter);
    place.lab.harness.run();
    assert_eq!(place.origin(), &Origin::Preset("queue-nats.ron".into()));
}

#[test]
fn an_empty_design_and_a_file_can_be_chosen_instead() {
    let mut place = Place::new();
    place.lab.click("Empty design");
    assert!(place.dialog().is_none() && place.lab.topology().stages.is_empty());
    place.command(UiCommand::Presets);
    let file = place.design("mine.ron", "Mine");
    place.chooser.will_choose(&file);
    place.lab.click("Open…");
    assert_eq!((place.title(), place.dialog()), ("Mine", None));
    assert_eq!(place.origin(), &Origin::File(file.clone()));
    assert_eq!(place.lab.model().settings.recent, [file]);
    place.command(UiCommand::Presets);
    place.lab.click("mine.ron");
    assert_eq!((place.title(), place.dialog()), ("Mine", None));
}

#[test]
fn the_presets_have_chinese_words() {
    let settings = Settings { lang: Lang::Zh, ..Settings::default() };
    // Without a Chinese font here the window draws boxes, and says the same to screen readers.
    let lab = Lab::open_speaking(settings);
    for preset in PRESETS {
        assert!(lab.harness.query_by_label(&preset.topology().unwrap().title).is_none(), "{}", preset.file);
    }
    lab.harness.get_by_label("六阶段秒杀");
}

#[test]
fn a_preset_is_saved_to_a_file_of_its_own_and_then_to_the_same() {
    let mut place = Place::new();
    place.preset();
    let target = place.path("sale");
    place.chooser.will_choose(&target);
    place.command(UiCommand::Save);
    let asked = place.chooser.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].is_save(), asked[0].name.as_str()), (true, "flash-sale-in-six-phases.ron"));
    let file = place.path("sale.ron");
    assert_eq!(parse_topology(&read(&file)).topology.as_ref(), Some(place.lab.topology()));
    assert_eq!(place.notice(), (None, "Saved to sale.ron\n".into()));
    place.change();
    place.command(UiCommand::Save);
    assert!(place.chooser.asked().is_empty(), "it has a place now");
    assert!(!place.lab.model().doc.is_dirty());
    assert!(parse_topology(&read(&file)).topology.unwrap().stages.is_empty());
    assert_eq!(place.lab.model().settings.recent, [file]);
}

#[test]
fn a_cancelled_dialog_changes_nothing() {
    let mut place = Place::new();
    place.preset();
    place.change();
    place.chooser.will_answer(Answer::Cancelled);
    place.command(UiCommand::SaveAs);
    assert!(place.lab.model().doc.is_dirty() && place.dialog().is_none());
}

#[test]
fn a_file_that_somebody_else_changed_is_replaced_only_on_request() {
    let mut place = Place::empty();
    let file = place.design("mine.ron", "Mine");
    place.chooser.will_choose(&file);
    place.command(UiCommand::Open);
    place.change();
    let theirs = to_ron(&titled("Theirs"));
    fs::write(&file, &theirs).unwrap();
    place.command(UiCommand::Save);
    assert!(matches!(place.dialog(), Some(Dialog::Replace { .. })));
    place.lab.click("Cancel");
    assert_eq!((read(&file), place.lab.model().doc.is_dirty()), (theirs, true));
    place.command(UiCommand::Save);
    place.lab.click("Replace");
    assert!(read(&file).contains("Mine") && !place.lab.model().doc.is_dirty());
    // Touched, or written with the same content: nothing to ask.
    fs::write(&file, read(&file)).unwrap();
    place.command(UiCommand::Save);
    assert!(place.dialog().is_none());
    // Broken by somebody else: never replaced.
    fs::write(&file, "( title: 5").unwrap();
    place.command(UiCommand::Save);
    assert_eq!((place.dialog(), read(&file).as_str()), (None, "( title: 5"));
    assert_eq!(place.notice().0, Some(Severity::Error));
}

#[test]
fn a_broken_file_opens_as_far_as_it_makes_sense_and_stays_as_it_is() {
    let mut place = Place::empty();
    let broken = read(Path::new("tests/broken/misspelt-fields.ron"));
    let file = place.write("broken.ron", &broken);
    place.chooser.will_choose(&file);
    place.command(UiCommand::Open);
    assert_eq!(place.origin(), &Origin::BrokenFile(file.clone()));
    assert!(!place.lab.model().doc.read_problems().is_empty() && !place.lab.topology().stages.is_empty());
    let (severity, said) = place.notice();
    assert_eq!(severity, Some(Severity::Error));
    assert!(said.contains("broken.ron:") && said.contains("will not be saved over"), "{said}");
    // Saving asks for another place; insisting on this one is refused.
    place.chooser.will_choose(&file);
    place.command(UiCommand::Save);
    assert_eq!(place.chooser.asked().len(), 2);
    assert_eq!(read(&file), broken);
    let (severity, said) = place.notice();
    assert!(severity == Some(Severity::Error) && said.contains("Not saved"), "{said}");
    let other = place.path("other.ron");
    place.chooser.will_choose(&other);
    place.command(UiCommand::Save);
    assert_eq!((place.origin(), read(&file)), (&Origin::File(other), broken));
}

#[test]
fn files_that_hold_no_topology_are_refused_with_the_reason() {
    let mut place = Place::new();
    place.preset();
    let design = place.lab.topology().clone();
    let folder = place.path("folder");
    fs::create_dir(&folder).unwrap();
    let cases = [
        (place.path("missing.ron"), "is not there"),
        (folder, "is a folder"),
        (place.write("empty.ron", ""), "holds no topology"),
        (place.write("large.ron", &" ".repeat(1_100_000)), "too large"),
    ];
    for (path, reason) in cases {
        place.chooser.will_choose(&path);
        place.command(UiCommand::Open);
        let (severity, said) = place.notice();
        assert_eq!(severity, Some(Severity::Error));
        assert!(said.contains(reason) && !said.ends_with('\n'), "{said}");
        assert_eq!(place.lab.topology(), &design);
    }
    assert!(place.lab.model().settings.recent.is_empty());
}

#[test]
fn other_files_and_presets_are_never_replaced_by_a_design() {
    let mut place = Place::new();
    place.preset();
    let notes = place.write("notes.txt", "buy milk");
    let preset = place.write("preset.ron", PRESETS[1].text);
    for path in [notes, preset] {
        let before = read(&path);
        place.chooser.will_choose(&path);
        place.command(UiCommand::SaveAs);
        assert_eq!((read(&path), place.notice().0), (before, Some(Severity::Error)));
    }
}

#[test]
fn what_would_be_lost_is_asked_about() {
    let mut place = Place::new();
    place.preset();
    place.change();
    for (command, label) in
        [(UiCommand::New, "Cancel"), (UiCommand::Open, "Cancel"), (UiCommand::Quit, "Cancel")]
    {
        place.command(command);
        assert!(matches!(place.dialog(), Some(Dialog::Unsaved(_))), "{command:?}");
        place.lab.click(label);
        assert!(place.dialog().is_none() && place.lab.model().doc.is_dirty());
    }
    place.command(UiCommand::Presets);
    place.preset();
    assert!(matches!(place.dialog(), Some(Dialog::Unsaved(_))));
    place.lab.click("Don't save");
    assert!(!place.lab.topology().stages.is_empty() && !place.lab.model().doc.is_dirty());
    // Saving first, by a dialog, then goes on.
    place.change();
    let file = place.path("kept.ron");
    place.chooser.will_choose(&file);
    place.command(UiCommand::New);
    place.lab.click("Save…");
    assert!(file.exists() && place.origin() == &Origin::New && place.lab.topology().title == "Untitled");
}

#[test]
fn the_window_closes_when_nothing_is_lost() {
    let mut place = Place::new();
    place.preset();
    place.lab.click_close();
    assert!(has_sent(&place.lab, &ViewportCommand::Close));
    let mut place = Place::new();
    place.preset();
    place.change();
    place.lab.click_close();
    assert!(has_sent(&place.lab, &ViewportCommand::CancelClose));
    place.lab.harness.run();
    assert!(matches!(place.dialog(), Some(Dialog::Unsaved(_))));
    place.lab.harness.get_by_label("Don't save").click();
    place.lab.step_until(|lab| has_sent(lab, &ViewportCommand::Close));
    assert_eq!(place.kept(), 0);
}

#[test]
fn a_run_is_asked_about_before_the_design() {
    let mut place = Place::new();
    place.preset();
    place.command(UiCommand::Run);
    place.change();
    place.command(UiCommand::Quit);
    assert!(matches!(place.dialog(), Some(Dialog::StillRunning(_))));
}

#[test]
fn the_title_names_the_design_and_marks_what_is_not_saved() {
    let mut place = Place::new();
    let title = PRESETS[0].topology().unwrap().title.clone();
    place.lab.ask(Intent::OpenPreset(0));
    let name = ViewportCommand::Title(format!("{title} — Seckill Lab"));
    place.lab.step_until(|lab| has_sent(lab, &name));
    place.lab.ask(Intent::Command(UiCommand::SelectAll));
    place.lab.ask(Intent::Command(UiCommand::Delete));
    let name = ViewportCommand::Title(format!("• {title} — Seckill Lab"));
    place.lab.step_until(|lab| has_sent(lab, &name));
}

#[test]
fn a_dropped_file_is_opened() {
    let mut place = Place::new();
    place.preset();
    let file = place.design("dropped.ron", "Dropped");
    place.lab.drop_file(&file);
    assert_eq!(place.title(), "Dropped");
    assert_eq!(place.lab.model().settings.recent, [file]);
}

#[test]
fn a_topology_is_shared_as_text_and_opened_from_the_clipboard() {
    let mut place = Place::new();
    place.preset();
    place.lab.ask(Intent::Command(UiCommand::CopyTopology));
    let copied = place.lab.step_until_some(|lab| {
        lab.harness.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    });
    assert_eq!(parse_topology(&copied).topology.as_ref(), Some(place.lab.topology()));
    let mut other = Place::new();
    other.lab.click("Empty design");
    other.lab.ask(Intent::Command(UiCommand::PasteTopology));
    other.lab.step_until(|lab| has_sent(lab, &ViewportCommand::RequestPaste));
    other.lab.harness.event(Event::Paste(copied));
    other.lab.harness.run();
    assert_eq!(other.lab.topology(), place.lab.topology());
    assert!(other.lab.model().doc.is_dirty(), "it is nowhere but in the clipboard");
    // Nothing of a text that is no topology is kept.
    for text in ["hello", "( version: 1", &"(".repeat(2_000_000)] {
        other.lab.ask(Intent::Command(UiCommand::PasteTopology));
        other.lab.step_until(|lab| has_sent(lab, &ViewportCommand::RequestPaste));
        other.lab.harness.event(Event::Paste(text.to_owned()));
        other.lab.harness.run();
        if matches!(other.dialog(), Some(Dialog::Unsaved(_))) {
            other.lab.click("Don't save");
        }
        assert_eq!(other.notice().0, Some(Severity::Error), "{text:.20}");
        assert_eq!(other.lab.topology(), place.lab.topology());
    }
    other.command(UiCommand::PasteTopology);
    other.wait(1);
    assert!(other.notice().1.contains("holds no text"), "{:?}", other.notice());
}

#[test]
fn a_design_survives_a_crash_of_the_window() {
    let mut place = Place::empty();
    let file = place.design("mine.ron", "Mine");
    place.chooser.will_choose(&file);
    place.command(UiCommand::Open);
    place.wait(3);
    assert_eq!(place.kept(), 0, "nothing was changed");
    place.change();
    assert_eq!(place.kept(), 0, "not at each change");
    place.wait(3);
    assert_eq!(place.kept(), 1);
    let crashed = place.crash();
    let mut place = crashed.again();
    let Some(Dialog::Recover(found)) = place.dialog() else { panic!("{:?}", place.dialog()) };
    assert_eq!((found.title.as_str(), found.path.as_deref(), found.more), ("Mine", Some(file.as_path()), 0));
    place.lab.click("Ask again next time");
    assert!(matches!(place.dialog(), Some(Dialog::Presets(_))));
    let mut place = place.again();
    place.lab.click("Restore");
    assert!(place.lab.model().doc.is_dirty() && place.lab.topology().stages.is_empty());
    assert_eq!((place.title(), place.origin()), ("Mine", &Origin::File(file.clone())));
    assert_eq!(place.kept(), 1, "it is kept for the new window");
    assert!(read(&file).contains("MasterReplica"), "the file is as it was");
    place.command(UiCommand::Save);
    assert!(place.dialog().is_none() && !read(&file).contains("MasterReplica"));
    place.wait(1);
    assert_eq!(place.kept(), 0);
    let place = place.again();
    assert!(matches!(place.dialog(), Some(Dialog::Presets(_))), "nothing is left");
}

#[test]
fn what_a_crash_left_can_be_discarded() {
    let mut place = Place::new();
    place.preset();
    place.change();
    place.wait(3);
    let mut place = place.crash().again();
    place.lab.click("Discard");
    assert!(matches!(place.dialog(), Some(Dialog::Presets(_))));
    assert_eq!(place.kept(), 0);
}

#[test]
fn a_folder_that_can_not_be_written_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data"), "a file where the folder should be").unwrap();
    let mut place = Place::in_folder(folder, None);
    place.preset();
    place.change();
    place.wait(3);
    let (severity, said) = place.notice();
    assert!(severity == Some(Severity::Warning) && said.contains("can't be kept"), "{said}");
    let notices = place.lab.harness.state().view.notices.len();
    place.command(UiCommand::Undo);
    place.change();
    place.wait(3);
    assert!(place.lab.harness.state().view.notices.len() <= notices, "not said again");
}

#[test]
fn a_file_on_the_command_line_is_opened_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.ron");
    fs::write(&file, to_ron(&titled("Mine"))).unwrap();
    let place = Place::in_folder(folder, Some(file));
    assert_eq!((place.title(), place.dialog()), ("Mine", None));
}

#[test]
fn a_path_is_typed_where_the_system_has_no_dialog() {
    let mut place = Place::empty();
    let file = place.design("typed.ron", "Typed");
    place.chooser.will_answer(Answer::NoDialog);
    place.command(UiCommand::Open);
    assert!(matches!(place.dialog(), Some(Dialog::Path(_))));
    place.lab.type_path(&place.folder.path().join("typ").display().to_string());
    place.lab.harness.key_press(Key::Tab);
    place.lab.harness.run();
    place.lab.harness.key_press(Key::Enter);
    place.lab.harness.run();
    assert_eq!((place.title(), place.dialog()), ("Typed", None));
    // Saving over something is asked about here, because no other dialog did.
    let taken = place.design("taken.ron", "Taken");
    place.change();
    place.command(UiCommand::SaveAs);
    place.lab.type_path(&taken.display().to_string());
    place.lab.click("Save");
    assert!(matches!(place.dialog(), Some(Dialog::Replace { .. })));
    place.lab.click("Replace");
    assert_eq!(place.origin(), &Origin::File(taken));
    assert!(read(&file).contains("Typed"));
}

#[test]
fn canvas_and_charts_are_saved_as_pictures() {
    let mut place = Place::new();
    place.preset();
    for (command, name) in [(UiCommand::ExportCanvas, "canvas.png"), (UiCommand::ExportCharts, "charts.png")]
    {
        if command == UiCommand::ExportCharts {
            place.command(UiCommand::Run);
        }
        let path = place.path(name);
        place.chooser.will_choose(&path);
        place.command(command);
        let asked = place.chooser.asked();
        assert_eq!(asked[0].name, "flash-sale-in-six-phases.png");
        place.lab.step_until(|lab| {
            lab.harness.state().view.notices.iter().any(|shown| shown.notice.text.contains(name))
        });
        let picture = image::open(&path).unwrap();
        assert!(picture.width() > 300 && picture.height() > 10, "{}x{}", picture.width(), picture.height());
    }
}

#[test]
fn a_folder_that_refuses_a_picture_is_told() {
    let mut place = Place::new();
    place.preset();
    place.chooser.will_choose(&place.path("missing/canvas.png"));
    place.command(UiCommand::ExportCanvas);
    place.lab.step_until(|lab| !lab.harness.state().view.notices.is_empty());
    assert_eq!(place.notice().0, Some(Severity::Error));
}

impl Place {
    /// The window ends without a word: what it kept is there, and nobody holds its lock.
    fn crash(self) -> Self {
        let folder = self.path("data/autosave");
        let files: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), fs::read(&path).unwrap()))
            .collect();
        let Self { lab, folder, chooser } = self;
        drop(lab);
        for (path, bytes) in files {
            fs::write(path, bytes).unwrap();
        }
        let session = Session::alone();
        Self { lab: Lab::begin(session, None), chooser, folder }
    }
}

impl Lab {
    /// Presses a command's keys; one without keys is asked for as its menu row does.
    pub(super) fn command(&mut self, command: UiCommand) {
        match command.about().shortcut {
            Some(keys) => self.harness.key_press_modifiers(keys.modifiers, keys.logical_key),
            None => self.harness.state_mut().ask(Intent::Command(command)),
        }
        self.harness.run();
    }

    /// Asks for something and draws a single frame, whose output can be looked at then.
    fn ask(&mut self, intent: Intent) {
        self.harness.state_mut().ask(intent);
        self.harness.step();
    }

    /// Frame by frame until something is so.
    pub(super) fn step_until(&mut self, is_so: impl Fn(&Self) -> bool) {
        self.step_until_some(|lab| is_so(lab).then_some(()));
    }

    fn step_until_some<T>(&mut self, find: impl Fn(&Self) -> Option<T>) -> T {
        let started_at = Instant::now();
        while started_at.elapsed() < PATIENCE {
            if let Some(found) = find(self) {
                return found;
            }
            self.harness.step();
        }
        panic!("it never came");
    }

    fn click_close(&mut self) {
        let input = self.harness.input_mut();
        input.viewports.entry(ViewportId::ROOT).or_default().events.push(ViewportEvent::Close);
        self.harness.step();
        self.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.clear();
    }

    fn type_path(&mut self, path: &str) {
        self.harness.get_by_label("Path").focus();
        self.harness.run();
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.harness.run();
        self.harness.get_by_label("Path").type_text(path);
        self.harness.run();
    }

    pub(super) fn drop_file(&mut self, path: &Path) {
        #[derive(Debug)]
        struct Dropped(PathBuf);
        impl egui::DroppedFile for Dropped {
            fn path(&self) -> &Path {
                &self.0
            }
            fn bytes(&self) -> Result<Vec<u8>, String> {
                fs::read(&self.0).map_err(|error| error.to_string())
            }
        }
        self.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path.to_owned())));
        self.harness.run();
    }

    /// A window in which missing glyphs are drawn as boxes.
    fn open_speaking(settings: Settings) -> Self {
        let engine = super::fake::FakeEngine::default();
        let port = Box::new(engine.clone());
        let mut harness = egui_kittest::Harness::builder()
            .with_size(egui::vec2(1280.0, 800.0))
            .allow_missing_glyphs()
            .build_eframe(move |cc| seckill_lab::ui::LabApp::new(&cc.egui_ctx, port, settings));
        harness.run();
        Self { harness, engine }
    }
}
