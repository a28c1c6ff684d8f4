//! Intents about lessons: opened, turned, predicted, run, reset. The design of a step is shown as an untitled one that can't be changed; before
//! it takes the place of something that is not saved, that is asked about.

use std::path::Path;
use std::sync::Arc;

use super::super::command::UiCommand;
use super::super::document::Document;
use super::super::intent::Intent;
use super::super::lessons::LessonAct;
use super::super::notice::Notice;
use super::super::text::{Text, text};
use super::super::view::{After, Dialog};
use super::Applied;
use crate::engine::RunId;
use crate::files::lessons::{LESSONS, OpenedLesson};
use crate::files::report_problems;
use crate::lesson::Lesson;

const BROKEN: Text = text("The lesson {} has errors and can't be taken", "课程 {} 有错误，无法学习");
const TAKEN: Text = text(
    "The lesson's design is your own now, and can be changed and saved",
    "课程的设计现在归您所有，可以修改和保存",
);

impl Applied<'_> {
    /// Does something about lessons.
    pub fn lesson(&mut self, act: LessonAct) {
        match act {
            LessonAct::Open(place) => self.guarded(After::Lesson(place)),
            LessonAct::Turn { is_forward } => self.turn(is_forward),
            LessonAct::Predict { step, figure } => {
                if let Some(open) = &mut self.model.lessons.open {
                    open.taken.predict(step, figure);
                }
            }
            LessonAct::ShowDesign => self.guarded(After::LessonDesign),
            LessonAct::TakeDesign => {
                self.model.doc.unlock();
                self.notify(Notice::good(self.model.lang().t(TAKEN)));
            }
            LessonAct::Run => self.run_step(),
            LessonAct::Reset(key) => {
                self.model.settings.lessons_done.remove(&key);
                self.model.lessons.reset(Some(&key));
            }
            LessonAct::ResetAll => {
                self.model.settings.lessons_done.clear();
                self.model.lessons.reset(None);
            }
        }
    }

    /// Does a command about lessons. Answers whether it was one.
    pub fn lesson_command(&mut self, command: UiCommand) -> bool {
        match command {
            UiCommand::Lessons => self.view.dialog = Some(Dialog::Lessons),
            UiCommand::LessonNext => self.turn(true),
            UiCommand::LessonBack => self.turn(false),
            UiCommand::LeaveLesson => self.model.lessons.leave(),
            UiCommand::Present => {
                self.view.present.toggle(self.ctx);
                if let Some(told) = self.view.panels.results.told.take() {
                    self.view.notices.retain(|shown| shown.notice != told);
                }
            }
            _ => return false,
        }
        true
    }

    /// Opens a lesson of the program; everything was asked.
    pub fn open_lesson(&mut self, place: usize) {
        let Some(shipped) = LESSONS.get(place) else { return };
        if let Some(lesson) = shipped.lesson() {
            self.begin_lesson(shipped.file.to_owned(), lesson.clone());
        }
    }

    /// Opens a lesson that somebody wrote; says what is wrong with one that can't be taken.
    pub fn open_lesson_file(&mut self, path: &Path, opened: OpenedLesson) {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let problems = report_problems(&name, &opened.problems);
        let Some(lesson) = opened.sound() else {
            let headline = self.model.lang().f(BROKEN, &[&name]);
            self.notify(Notice::error(headline, problems.trim_end()));
            return;
        };
        self.model.settings.remember(path);
        self.begin_lesson(path.display().to_string(), lesson);
    }

    fn begin_lesson(&mut self, key: String, lesson: Lesson) {
        self.model.lessons.begin(key, Arc::new(lesson));
        self.view.lesson = <_>::default();
        if matches!(self.view.dialog, Some(Dialog::Lessons | Dialog::Presets(_))) {
            self.view.dialog = None;
        }
        self.show_lesson_design();
    }

    /// Shows the design that the open step is about, if another one shows; everything was asked.
    pub fn show_lesson_design(&mut self) {
        let lang = self.model.lang();
        let Some(open) = &self.model.lessons.open else { return };
        let Some((place, exercise)) = open.run() else { return };
        if self.model.doc.is_locked() && open.shown == Some((place, self.model.doc.serial())) {
            return;
        }
        let document = Document::locked(exercise.titled(lang));
        let shown = Some((place, document.serial()));
        self.show_document(document);
        if let Some(open) = &mut self.model.lessons.open {
            open.shown = shown;
        }
    }

    fn turn(&mut self, is_forward: bool) {
        let Some(open) = &mut self.model.lessons.open else { return };
        if !open.taken.turn(&open.lesson, is_forward) {
            return;
        }
        if open.taken.is_at_end(&open.lesson) {
            let key = open.key.clone();
            self.model.settings.lessons_done.insert(key);
        }
        let wanted = open.run().map(|(place, _)| place);
        let shown = open.shown.map(|(place, _)| place);
        if wanted != shown {
            self.guarded(After::LessonDesign);
        }
    }

    /// Runs the design of the open step; where another one shows, that design comes first.
    fn run_step(&mut self) {
        let shows = |applied: &Self| {
            let open = applied.model.lessons.open.as_ref();
            let wanted = open.and_then(|open| Some((open.run()?.0, applied.model.doc.serial())));
            let is_own = applied.model.doc.is_locked();
            is_own && wanted.is_some() && open.and_then(|open| open.shown) == wanted
        };
        if !shows(self) {
            self.guarded(After::LessonDesign);
        }
        if shows(self) {
            self.apply(Intent::Command(UiCommand::Run));
        }
    }

    /// A run has begun: whether it is that of a step.
    pub fn lesson_runs(&mut self, run: RunId) {
        let (serial, is_locked) = (self.model.doc.serial(), self.model.doc.is_locked());
        let Some(open) = &mut self.model.lessons.open else { return };
        let shown = open.shown.filter(|(_, shown)| is_locked && *shown == serial);
        open.running = shown.map(|(place, _)| (place, run));
    }

    /// A run has ended with a report: what it measured belongs to its step.
    pub fn lesson_ran(&mut self) {
        let Some(run) = &self.model.runs.current else { return };
        let (Some(report), Some(open)) = (run.report(), &mut self.model.lessons.open) else { return };
        // Other people's requests answer another question than the lesson's.
        let is_own = report.http.is_none();
        if let Some((place, _)) = open.running.filter(|(_, id)| is_own && *id == run.id) {
            open.taken.ran(place, report);
        }
    }
}
