//! A path is typed, where the system has no dialog for it: with the folder's entries below, to be clicked or completed.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use egui::text::{CCursor, CCursorRange};
use egui::{Context, EventFilter, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::session::chooser::Ask;
use super::super::text::common::CANCEL;
use super::super::text::{Lang, Text, text};
use super::super::theme;
use super::super::theme::fonts::icon;
use super::frame;
use crate::files::folder::{Entry, list};

/// The height of the list, in points.
const LIST: f32 = 220.0;

const PATH: Text = text("Path", "路径");
const WHY: Text = text(
    "The system offers no file dialog here; type a path, Tab completes it",
    "此系统未提供文件对话框；请输入路径，按 Tab 补全",
);
const OPEN: Text = text("Open", "打开");
const SAVE: Text = text("Save", "保存");
const UP: Text = text("Up to {}", "上一级 {}");
const NO_FOLDER: Text = text("{} can't be read: {}", "无法读取 {}：{}");
const NOTHING: Text =
    text("No folder or .{} file here begins like this", "这里没有以此开头的文件夹或 .{} 文件");
const TYPE_A_NAME: Text = text("type a file name", "请输入文件名");
const NOT_THERE: Text = text("there is no such file", "没有这个文件");

/// A path that is being typed.
#[derive(Debug, Clone, PartialEq)]
pub struct PathEntry {
    /// What for.
    pub ask: Ask,
    typed: String,
    /// The folder that was listed last, and what is in it, or why that can't be said.
    listed: Option<(PathBuf, Result<Vec<Entry>, String>)>,
    /// The cursor goes to the end, because the text was changed for its typist.
    to_end: bool,
}

impl PathEntry {
    /// Begins in the folder of the question, with its name.
    pub fn new(ask: Ask) -> Self {
        let mut typed = ask.folder.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default();
        if !typed.is_empty() && !typed.ends_with(MAIN_SEPARATOR) {
            typed.push(MAIN_SEPARATOR);
        }
        typed.push_str(&ask.name);
        Self { ask, typed, listed: None, to_end: true }
    }

    /// The folder that is typed so far, with its separator, and what follows it.
    fn parts(&self) -> (&str, &str) {
        self.typed.split_at(self.typed.rfind(MAIN_SEPARATOR).map_or(0, |at| at + MAIN_SEPARATOR.len_utf8()))
    }

    /// The path that is typed; `~` is the home folder, and a relative path begins where the question does.
    fn path(&self) -> PathBuf {
        self.resolved(&self.typed)
    }

    fn resolved(&self, typed: &str) -> PathBuf {
        if let Some(rest) = typed.strip_prefix('~')
            && (rest.is_empty() || rest.starts_with(MAIN_SEPARATOR))
            && let Some(home) = std::env::home_dir()
        {
            return home.join(rest.trim_start_matches(MAIN_SEPARATOR));
        }
        match &self.ask.folder {
            Some(folder) => folder.join(typed),
            None => PathBuf::from(typed),
        }
    }

    /// Lists the folder again if it is another one.
    fn look(&mut self) {
        let folder = self.resolved(self.parts().0);
        if self.listed.as_ref().is_none_or(|(listed, _)| *listed != folder) {
            let found = list(&folder, self.ask.extension()).map_err(|error| error.to_string());
            self.listed = Some((folder, found));
        }
    }

    /// The entries that begin as what is typed.
    fn fitting(&self) -> Vec<Entry> {
        let begun = self.parts().1.to_lowercase();
        let Some((_, Ok(entries))) = &self.listed else { return Vec::new() };
        // Where a file is saved, the others show what names are taken.
        let is_suggestion = self.ask.is_save() && self.parts().1 == self.ask.name;
        let fits = |entry: &&Entry| is_suggestion || entry.name.to_lowercase().starts_with(&begun);
        entries.iter().filter(fits).cloned().collect()
    }

    /// Completes as far as all fitting entries agree.
    fn complete(&mut self) {
        let fitting = self.fitting();
        let Some(first) = fitting.first() else { return };
        if let [only] = &fitting[..] {
            self.take(&only.clone());
            return;
        }
        let agreed = fitting.iter().fold(first.name.as_str(), |agreed, entry| {
            let same = |(one, other): &(char, char)| one == other;
            let length =
                agreed.chars().zip(entry.name.chars()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
            &agreed[..length]
        });
        if agreed.len() > self.parts().1.len() {
            self.typed = format!("{}{agreed}", self.parts().0);
            self.to_end = true;
        }
    }

    /// Types the name of an entry.
    fn take(&mut self, entry: &Entry) {
        self.typed = format!("{}{}", self.parts().0, entry.name);
        if entry.is_folder {
            self.typed.push(MAIN_SEPARATOR);
        }
        self.to_end = true;
    }

    /// Goes into a folder that was typed without its separator. Answers whether it was one.
    fn enter_folder(&mut self) -> bool {
        let is_folder = self.path().is_dir();
        if is_folder && !self.typed.ends_with(MAIN_SEPARATOR) {
            self.typed.push(MAIN_SEPARATOR);
            self.to_end = true;
        }
        is_folder
    }

    /// The folder above.
    fn above(&self) -> Option<PathBuf> {
        let folder = self.resolved(self.parts().0);
        std::path::absolute(folder).ok()?.parent().map(Path::to_owned)
    }

    fn go_up(&mut self, above: &Path) {
        let name = if self.ask.is_save() { self.parts().1.to_owned() } else { String::new() };
        let above = above.display().to_string();
        let gap = if above.ends_with(MAIN_SEPARATOR) { "" } else { std::path::MAIN_SEPARATOR_STR };
        self.typed = format!("{above}{gap}{name}");
        self.to_end = true;
    }

    /// Why it can't be taken as it is.
    fn refusal(&self) -> Option<Text> {
        if self.parts().1.is_empty() {
            Some(TYPE_A_NAME)
        } else if !self.ask.is_save() && !self.path().exists() {
            Some(NOT_THERE)
        } else {
            None
        }
    }
}

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, entry: &mut PathEntry, out: &mut Intents) -> bool {
    let lang = model.lang();
    entry.look();
    let mut is_cancelled = false;
    let should_close = frame::show(ctx, "path", 560.0, |ui| {
        let sign = if entry.ask.is_save() { Icon::Save } else { Icon::FolderOpen };
        frame::heading(ui, sign, lang.t(entry.ask.title()));
        ui.label(RichText::new(lang.t(WHY)).weak());
        let mut is_done = field(ui, lang, entry);
        is_done |= entries(ui, lang, entry);
        frame::buttons(ui, |ui| {
            let refusal = entry.refusal();
            let label = lang.t(if entry.ask.is_save() { SAVE } else { OPEN });
            let response = ui.add_enabled_ui(refusal.is_none(), |ui| frame::primary(ui, label)).inner;
            is_done |= response.clicked();
            if let Some(why) = refusal {
                response.on_disabled_hover_text(lang.t(why));
            }
            is_cancelled = ui.button(lang.t(CANCEL)).clicked();
        });
        if is_done && !entry.enter_folder() && entry.refusal().is_none() {
            out.push(Intent::Typed(Box::new(entry.ask.clone()), entry.path()));
        }
    });
    should_close || is_cancelled
}

/// The text field. Answers whether Enter was pressed.
fn field(ui: &mut Ui, lang: Lang, entry: &mut PathEntry) -> bool {
    let keeps = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: false };
    let completes = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Tab));
    if completes {
        entry.complete();
    }
    let mut output =
        TextEdit::singleline(&mut entry.typed).desired_width(f32::INFINITY).event_filter(keeps).show(ui);
    let response = output.response.response.clone().accessible_name(lang.t(PATH));
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if entered || ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
    if std::mem::take(&mut entry.to_end) {
        response.request_focus();
        let end = CCursorRange::one(CCursor::end_of_str(&entry.typed));
        output.state.cursor.set_char_range(Some(end));
        output.state.store(ui.ctx(), response.id);
    }
    entered
}

/// What is in the folder. Answers whether a file was chosen by a double click.
fn entries(ui: &mut Ui, lang: Lang, entry: &mut PathEntry) -> bool {
    let tokens = theme::tokens(ui.ctx());
    let mut chosen = false;
    ui.add_space(4.0);
    ScrollArea::vertical().max_height(LIST).min_scrolled_height(LIST).auto_shrink([false, false]).show(
        ui,
        |ui| {
            if let Some(above) = entry.above() {
                let label = lang.f(UP, &[&above.display()]);
                let row = (icon(Icon::CornerLeftUp).color(tokens.weak), label.as_str());
                if ui.selectable_label(false, row).accessible_name(&label).clicked() {
                    entry.go_up(&above);
                }
            }
            if let Some((folder, Err(error))) = &entry.listed {
                let said = lang.f(NO_FOLDER, &[&folder.display(), error]);
                ui.label(RichText::new(said).color(tokens.bad));
                return;
            }
            let fitting = entry.fitting();
            if fitting.is_empty() {
                ui.label(RichText::new(lang.f(NOTHING, &[&entry.ask.extension()])).weak());
            }
            for item in fitting {
                let (sign, color) = if item.is_folder {
                    (Icon::Folder, tokens.accent)
                } else {
                    (Icon::FileText, tokens.weak)
                };
                let row = (icon(sign).color(color), item.name.as_str());
                let response = ui.selectable_label(false, row).accessible_name(&item.name);
                if response.clicked() {
                    entry.take(&item);
                }
                chosen |= response.double_clicked() && !item.is_folder;
            }
        },
    );
    chosen
}

#[cfg(test)]
mod tests {
    use super::super::super::session::chooser::Purpose;
    use super::*;

    fn entry(folder: &Path, purpose: Purpose, name: &str) -> PathEntry {
        let mut entry = PathEntry::new(Ask { purpose, folder: Some(folder.into()), name: name.into() });
        entry.look();
        entry
    }

    #[test]
    fn a_name_is_completed_as_far_as_all_agree() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["sale-a.ron", "sale-b.ron", "other.ron"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("plans")).unwrap();
        let mut entry = entry(folder.path(), Purpose::Open, "");
        assert_eq!(entry.refusal(), Some(TYPE_A_NAME));
        entry.typed.push('s');
        assert_eq!(entry.refusal(), Some(NOT_THERE));
        entry.complete();
        assert!(entry.typed.ends_with("/sale-"), "{}", entry.typed);
        entry.typed.push('b');
        entry.complete();
        assert_eq!((entry.path(), entry.refusal()), (folder.path().join("sale-b.ron"), None));
        entry.typed = "pl".into();
        entry.look();
        entry.complete();
        assert_eq!(entry.typed, "plans/");
        entry.look();
        assert!(entry.fitting().is_empty());
        let above = entry.above().unwrap();
        assert_eq!(above, folder.path());
        entry.go_up(&above);
        entry.look();
        assert_eq!(entry.fitting().len(), 4);
    }

    #[test]
    fn a_folder_is_entered_and_home_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let mut entry = entry(folder.path(), Purpose::Save(None), "new.ron");
        assert_eq!((entry.path(), entry.refusal()), (folder.path().join("new.ron"), None));
        entry.typed = folder.path().display().to_string();
        assert!(entry.enter_folder() && entry.typed.ends_with(MAIN_SEPARATOR));
        assert_eq!(entry.refusal(), Some(TYPE_A_NAME));
        entry.typed = "~/a.ron".into();
        assert_eq!(entry.path(), std::env::home_dir().unwrap().join("a.ron"));
    }
}
