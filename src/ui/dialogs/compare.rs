//! Designs are chosen to be compared with the one that is open.

use std::path::{Path, PathBuf};

use egui::{Context, DragValue, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::common::UNTITLED;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::frame;
use crate::topology::Topology;

const TITLE: Text = text("Compare designs", "比较设计");
const ABOUT: Text = text(
    "Each round runs every design once, in turn and on the same arrivals. A is the design that is open; the others are held against it.",
    "每轮让每个设计各运行一次，轮流进行，到达完全相同。A 是当前打开的设计，其他设计与它比较。",
);
const VARIANTS: Text = text("Its variants", "它的变体");
const FILES: Text = text("Files", "文件");
const NO_FILES: Text = text("No other files were used yet", "还没有用过其他文件");
const ADD: Text = text("Add a file…", "添加文件…");
const ROUNDS: Text = text("Rounds", "轮数");
const ROUNDS_TIP: Text =
    text("Fewer than two say nothing of chance; five are usual", "少于两轮无法区分偶然；通常用五轮");
const SAME: Text = text("Give all of them the arrivals of A", "让它们都使用 A 的到达");
const SAME_TIP: Text = text(
    "Seed, phases, audience, products; figures of different arrivals can't be compared",
    "随机种子、阶段、受众、商品；到达不同则无法比较",
);
const TAKES: Text = text("{} runs, about {} minutes", "{} 次运行，约 {} 分钟");
const COMPARE: Text = text("Compare", "比较");
const CANCEL: Text = text("Cancel", "取消");

const WIDTH: f32 = 520.0;
const LIST_HEIGHT: f32 = 260.0;
/// What a run takes besides its arrivals, in seconds: servers start, what is under way ends, the audit looks.
const AROUND_A_RUN: f64 = 2.0;

/// What was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareEntry {
    /// Of each variant of the open design, whether it is.
    pub variants: Vec<bool>,
    /// Files, and whether they are.
    pub files: Vec<(PathBuf, bool)>,
    /// How many rounds.
    pub rounds: u32,
    /// Whether all get the arrivals of the open design.
    pub same_arrivals: bool,
}

impl CompareEntry {
    /// The variants of a design are, and of the files used last none is.
    pub fn new(topology: &Topology, recent: &[PathBuf], own: Option<&Path>) -> Self {
        let others = recent.iter().filter(|path| Some(path.as_path()) != own);
        Self {
            variants: vec![true; topology.variants.len()],
            files: others.map(|path| (path.clone(), false)).collect(),
            rounds: 5,
            same_arrivals: false,
        }
    }

    /// Adds a file, and chooses it.
    pub fn add(&mut self, path: PathBuf) {
        self.files.retain(|(own, _)| *own != path);
        self.files.insert(0, (path, true));
    }

    /// How many designs there are besides the open one.
    pub fn others(&self) -> usize {
        let files = self.files.iter().filter(|(_, is_chosen)| *is_chosen).count();
        self.variants.iter().filter(|is_chosen| **is_chosen).count() + files
    }
}

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, entry: &mut CompareEntry, out: &mut Intents) -> bool {
    let lang = model.lang();
    let mut closes = false;
    let outside = frame::show(ctx, "compare", WIDTH, |ui| {
        frame::heading(ui, Icon::GitCompare, lang.t(TITLE));
        ui.label(lang.t(ABOUT));
        ui.add_space(6.0);
        let title = match model.doc.topology().title.trim() {
            "" => lang.t(UNTITLED),
            title => title,
        };
        ui.label(RichText::new(format!("A  {title}")).strong());
        ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| choices(ui, lang, model, entry));
        if ui.button((icon(Icon::FilePlus), lang.t(ADD))).accessible_name(lang.t(ADD)).clicked() {
            out.push(Intent::ChooseToCompare(Box::new(entry.clone())));
        }
        ui.separator();
        ui.horizontal(|ui| {
            let label = ui.label(lang.t(ROUNDS)).on_hover_text(lang.t(ROUNDS_TIP));
            ui.add(DragValue::new(&mut entry.rounds).range(2..=200)).labelled_by(label.id);
            ui.label(RichText::new(takes(lang, model, entry)).color(tokens(ui).weak));
        });
        ui.checkbox(&mut entry.same_arrivals, lang.t(SAME)).on_hover_text(lang.t(SAME_TIP));
        frame::buttons(ui, |ui| {
            ui.add_enabled_ui(entry.others() > 0, |ui| {
                if frame::primary(ui, lang.t(COMPARE)).clicked() {
                    out.push(Intent::Compare(Box::new(entry.clone())));
                    closes = true;
                }
            });
            closes |= ui.button(lang.t(CANCEL)).clicked();
        });
    });
    closes || outside
}

fn choices(ui: &mut Ui, lang: Lang, model: &Model, entry: &mut CompareEntry) {
    let weak = tokens(ui).weak;
    let variants = &model.doc.topology().variants;
    if !variants.is_empty() {
        ui.label(RichText::new(lang.t(VARIANTS)).color(weak));
        for (variant, is_chosen) in variants.iter().zip(&mut entry.variants) {
            ui.checkbox(is_chosen, &variant.name);
        }
    }
    ui.label(RichText::new(lang.t(FILES)).color(weak));
    if entry.files.is_empty() {
        ui.label(RichText::new(lang.t(NO_FILES)).color(weak));
    }
    for (path, is_chosen) in &mut entry.files {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        ui.checkbox(is_chosen, name).on_hover_text(path.display().to_string());
    }
}

/// How long it takes, by the length of the sale.
fn takes(lang: Lang, model: &Model, entry: &CompareEntry) -> String {
    let runs = (entry.others() + 1) * entry.rounds as usize;
    let each = model.doc.topology().workload.duration().as_secs_f64() + AROUND_A_RUN;
    let minutes = (runs as f64 * each / 60.0).max(0.1);
    lang.f(TAKES, &[&runs, &format!("{minutes:.1}")])
}
