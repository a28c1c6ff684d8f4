//! Before something is ended or lost, the user is asked: first about what runs, then about what is not saved.

use egui::ViewportCommand;

use super::super::command::UiCommand;
use super::super::document::Document;
use super::super::view::{After, Dialog};
use super::Applied;

impl Applied<'_> {
    /// The user wants the window closed.
    pub fn close_requested(&mut self) {
        self.guarded(After::Quit);
    }

    /// Does what follows, after asking about what it would end or lose. A run goes on beside another design; only closing
    /// the window ends it.
    pub fn guarded(&mut self, after: After) {
        if after == After::Quit && self.model.runs.active().is_some() {
            self.view.dialog = Some(Dialog::StillRunning(Box::new(after)));
        } else {
            self.leave_run(after);
        }
    }

    /// Does what follows, after asking about what it would lose: the run may end.
    pub fn leave_run(&mut self, after: After) {
        if self.model.doc.is_dirty() {
            self.view.dialog = Some(Dialog::Unsaved(Box::new(after)));
        } else {
            self.proceed(after);
        }
    }

    /// Does what follows: everything was asked.
    pub fn proceed(&mut self, after: After) {
        if matches!(self.view.dialog, Some(Dialog::Unsaved(_) | Dialog::StillRunning(_) | Dialog::Presets(_)))
        {
            self.view.dialog = None;
        }
        match after {
            After::Quit => {
                self.session.may_close = true;
                self.session.forget();
                self.ctx.send_viewport_cmd(ViewportCommand::Close);
            }
            After::New => self.show_document(Document::default()),
            After::ChooseFile => self.choose_file(),
            After::OpenFile(path) => self.open_file(&path),
            After::OpenPreset(preset) => self.open_preset(preset),
            After::RunPreset(preset) => {
                self.open_preset(preset);
                self.command(UiCommand::Run);
            }
            After::OpenText(text) => self.open_text(&text),
            After::Lesson(place) => self.open_lesson(place),
            After::LessonDesign => self.show_lesson_design(),
        }
    }
}
