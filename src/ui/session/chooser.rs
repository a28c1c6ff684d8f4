//! Asks for a path: by a dialog of the system, or by whatever a test puts in its place.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, Instant};

use super::super::dialogs::compare::CompareEntry;
use super::super::text::{Lang, Text, text};
use super::super::view::After;
use crate::files::Form;

/// Nobody closes a dialog this fast: it was never there.
const NOBODY_IS_THIS_FAST: Duration = Duration::from_secs(1);

const OPEN: Text = text("Open topology", "打开拓扑");
const COMPARE: Text = text("Compare with", "与之比较");
const SAVE: Text = text("Save topology", "保存拓扑");
const CANVAS: Text = text("Export canvas as PNG", "导出画布为 PNG");
const CHARTS: Text = text("Export charts as PNG", "导出图表为 PNG");
const JSON: Text = text("Save report as JSON", "保存报告为 JSON");
const COMPARISON: Text = text("Save comparison as JSON", "保存比较结果为 JSON");
const CAPACITY: Text = text("Save capacity as JSON", "保存容量结果为 JSON");
const PAGE: Text = text("Save report as HTML", "保存报告为 HTML");
const SHEETS: Text = text("Save series and summary as CSV", "保存序列与摘要为 CSV");
const MARKDOWN: Text = text("Save summary as Markdown", "保存摘要为 Markdown");
const JUNIT: Text = text("Save as JUnit XML", "保存为 JUnit XML");
const TOPOLOGIES: Text = text("Topologies", "拓扑文件");
const PICTURES: Text = text("PNG pictures", "PNG 图片");
const REPORTS: Text = text("Reports", "报告");

/// What a path is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    /// A topology is opened.
    Open,
    /// The design is saved; then this follows.
    Save(Option<After>),
    /// A picture of the canvas is saved.
    Canvas,
    /// A picture of the charts is saved.
    Charts,
    /// The report of the run that shows is saved in a form.
    Report(Form),
    /// What the last comparison came to is saved.
    Comparison,
    /// What the last search for the capacity came to is saved.
    Capacity,
    /// A topology is compared with the one that is open, among others that were chosen already.
    Compare(Box<CompareEntry>),
}

/// A question for a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// What for.
    pub purpose: Purpose,
    /// Where to begin.
    pub folder: Option<PathBuf>,
    /// The name of the file to be; empty where one is opened.
    pub name: String,
}

impl Ask {
    /// Whether a file is to be written.
    pub fn is_save(&self) -> bool {
        !matches!(self.purpose, Purpose::Open | Purpose::Compare(_))
    }

    /// The title of the dialog.
    pub fn title(&self) -> Text {
        match self.purpose {
            Purpose::Open => OPEN,
            Purpose::Compare(_) => COMPARE,
            Purpose::Save(_) => SAVE,
            Purpose::Canvas => CANVAS,
            Purpose::Charts => CHARTS,
            Purpose::Comparison => COMPARISON,
            Purpose::Capacity => CAPACITY,
            Purpose::Report(Form::Json) => JSON,
            Purpose::Report(Form::Html) => PAGE,
            Purpose::Report(Form::Csv) => SHEETS,
            Purpose::Report(Form::Markdown) => MARKDOWN,
            Purpose::Report(Form::Junit) => JUNIT,
        }
    }

    /// The extension of the files that it is about.
    pub fn extension(&self) -> &'static str {
        match self.purpose {
            Purpose::Open | Purpose::Save(_) | Purpose::Compare(_) => "ron",
            Purpose::Canvas | Purpose::Charts => "png",
            Purpose::Comparison | Purpose::Capacity => Form::Json.extension(),
            Purpose::Report(form) => form.extension(),
        }
    }
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A path; the dialog has asked whether an existing file is replaced.
    Path(PathBuf),
    /// The user wants none after all.
    Cancelled,
    /// The system has no dialog.
    NoDialog,
}

/// An answer to be. The window goes on meanwhile.
pub type Answering = Pin<Box<dyn Future<Output = Answer>>>;

/// Asks for paths.
pub trait FileChooser {
    /// Asks, with a dialog over `window`. None: there is no such dialog.
    fn ask(&mut self, ask: &Ask, lang: Lang, window: &eframe::Frame) -> Option<Answering>;
}

/// The dialogs of the system: the portal of the desktop, or zenity, on Linux.
#[derive(Debug)]
pub struct NativeChooser;

impl FileChooser for NativeChooser {
    fn ask(&mut self, ask: &Ask, lang: Lang, window: &eframe::Frame) -> Option<Answering> {
        let kind = match ask.purpose {
            Purpose::Open | Purpose::Save(_) => TOPOLOGIES,
            Purpose::Canvas | Purpose::Charts => PICTURES,
            Purpose::Report(_) | Purpose::Comparison | Purpose::Capacity | Purpose::Compare(_) => REPORTS,
        };
        let mut dialog = rfd::AsyncFileDialog::new()
            .set_parent(window)
            .set_title(lang.t(ask.title()))
            .add_filter(lang.t(kind), &[ask.extension()]);
        if let Some(folder) = &ask.folder {
            dialog = dialog.set_directory(folder);
        }
        let asked_at = Instant::now();
        let answer = move |chosen: Option<rfd::FileHandle>| match chosen {
            Some(file) => Answer::Path(file.path().to_owned()),
            None if asked_at.elapsed() < NOBODY_IS_THIS_FAST => Answer::NoDialog,
            None => Answer::Cancelled,
        };
        Some(if ask.is_save() {
            let chosen = dialog.set_file_name(&ask.name).save_file();
            Box::pin(async move { answer(chosen.await) })
        } else {
            let chosen = dialog.pick_file();
            Box::pin(async move { answer(chosen.await) })
        })
    }
}

/// No dialogs: paths are typed in the window.
#[derive(Debug)]
pub struct NoChooser;

impl FileChooser for NoChooser {
    fn ask(&mut self, _ask: &Ask, _lang: Lang, _window: &eframe::Frame) -> Option<Answering> {
        None
    }
}
