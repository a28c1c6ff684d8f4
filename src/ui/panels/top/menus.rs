//! The menus: every command in its place.

use egui::{Button, MenuBar, RichText, Ui};
use lucide_icons::Icon;

use super::super::super::command::UiCommand as C;
use super::super::super::intent::{Intent, Intents};
use super::super::super::model::Model;
use super::super::super::run::turns::Turn;
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::ThemeChoice;
use super::super::super::theme::fonts::icon;
use super::super::super::theme::tokens;
use super::super::super::widgets::command_button::{checked_row, menu_row, menu_row_as};
use crate::topology::fault::{FaultAction, Part};

const FILE: Text = text("File", "文件");
const EDIT: Text = text("Edit", "编辑");
const VIEW: Text = text("View", "视图");
const RUN: Text = text("Run", "运行");
const HELP: Text = text("Help", "帮助");
const MENU: Text = text("{} menu", "{}菜单");
const RECENT: Text = text("Open recent", "最近打开");
const NO_RECENT: Text = text("No recent files", "没有最近的文件");
const ALIGN: Text = text("Align and distribute", "对齐与分布");
const THEME: Text = text("Theme", "主题");
const LANGUAGE: Text = text("Language · 语言", "语言 · Language");
const SCALE: Text = text("Size", "大小");
const VARIANTS: Text = text("Run a variant", "运行变体");
const NO_VARIANTS: Text = text("The design has no variants", "该设计没有变体");
const REPORT: Text = text("Report", "报告");
const BREAK: Text = text("Break or mend the process", "破坏或修复进程");
const CHOSEN: Text = text("{}, {}", "{}，{}");
const NOTHING_CHOSEN: Text =
    text("Choose a process in the list or on the canvas", "请在列表或画布上选择一个进程");
const ALL_VARIANTS: Text = text("All, one after the other", "依次全部运行");
const UNDO: Text = text("Undo {}", "撤销“{}”");
const REDO: Text = text("Redo {}", "重做“{}”");

/// Draws the menu bar. Answers where its last menu ends.
pub fn show(ui: &mut Ui, model: &Model, out: &mut Intents) -> f32 {
    let lang = model.lang();
    let bar = MenuBar::new().ui(ui, |ui| {
        menu(ui, lang, FILE, |ui| file(ui, model, out));
        menu(ui, lang, EDIT, |ui| edit(ui, model, out));
        menu(ui, lang, VIEW, |ui| view(ui, model, out));
        menu(ui, lang, RUN, |ui| run(ui, model, out));
        menu(ui, lang, HELP, |ui| {
            let lessons = [C::Lessons, C::LessonNext, C::LessonBack, C::LeaveLesson];
            rows(ui, model, out, &[&lessons, &[C::Palette, C::Shortcuts], &[C::About]]);
        })
    });
    bar.inner
}

/// A menu. Its accessible name says that it is one, because there is a button "Run" too.
/// Answers where it ends.
fn menu(ui: &mut Ui, lang: Lang, title: Text, content: impl FnOnce(&mut Ui)) -> f32 {
    let response = ui.menu_button(lang.t(title), |ui| {
        ui.set_min_width(230.0);
        content(ui);
    });
    response.response.accessible_name(lang.f(MENU, &[&lang.t(title)])).rect.right()
}

/// Rows of commands, with lines between the groups.
fn rows(ui: &mut Ui, model: &Model, out: &mut Intents, groups: &[&[C]]) {
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            ui.separator();
        }
        for &command in *group {
            menu_row(ui, model, command, out);
        }
    }
}

fn file(ui: &mut Ui, model: &Model, out: &mut Intents) {
    rows(ui, model, out, &[&[C::New, C::Open]]);
    recent(ui, model, out);
    menu_row(ui, model, C::Presets, out);
    ui.separator();
    rows(
        ui,
        model,
        out,
        &[
            &[C::Save, C::SaveAs],
            &[C::CopyTopology, C::PasteTopology],
            &[C::ExportCanvas, C::ExportCharts],
            &[C::Quit],
        ],
    );
}

fn recent(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    ui.menu_button((icon(Icon::History), lang.t(RECENT)), |ui| {
        if model.settings.recent.is_empty() {
            ui.add_enabled(false, Button::new(lang.t(NO_RECENT)));
        }
        for path in &model.settings.recent {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                out.push(Intent::OpenFile(path.clone()));
            }
        }
    });
}

fn edit(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    for (command, words, name) in
        [(C::Undo, UNDO, model.doc.undo_name()), (C::Redo, REDO, model.doc.redo_name())]
    {
        let label = name.map(|name| lang.f(words, &[&lang.t(name)]));
        menu_row_as(ui, model, command, label.as_deref(), out);
    }
    ui.separator();
    rows(
        ui,
        model,
        out,
        &[
            &[C::Cut, C::Copy, C::Paste, C::Duplicate, C::Delete],
            &[C::SelectAll, C::SelectNothing],
            &[C::AddStage, C::Rename],
        ],
    );
    ui.separator();
    ui.menu_button((icon(Icon::AlignStartVertical), lang.t(ALIGN)), |ui| {
        rows(
            ui,
            model,
            out,
            &[
                &[C::AlignLeft, C::AlignCenter, C::AlignTop, C::AlignMiddle],
                &[C::DistributeAcross, C::DistributeDown],
            ],
        );
    });
    menu_row(ui, model, C::AutoLayout, out);
}

fn view(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let (lang, settings) = (model.lang(), &model.settings);
    rows(
        ui,
        model,
        out,
        &[
            &[C::ShowCharts, C::ShowResults, C::ShowProblems, C::ShowEvents, C::ShowTrials],
            &[C::Present],
            &[C::FollowCharts, C::FreezeCharts, C::PlayMoments, C::LeaveMoment],
            &[C::ZoomIn, C::ZoomOut, C::ZoomOne, C::ZoomFit],
        ],
    );
    ui.separator();
    for (command, is_on) in [
        (C::TogglePalette, settings.palette),
        (C::ToggleInspector, settings.inspector),
        (C::ToggleBottom, settings.bottom),
        (C::ToggleSnap, settings.snap),
        (C::ToggleMinimap, settings.minimap),
        (C::ToggleFlowDots, settings.flow_dots),
    ] {
        checked_row(ui, model, command, is_on, out);
    }
    ui.separator();
    ui.menu_button((icon(Icon::SunMoon), lang.t(THEME)), |ui| {
        for (command, theme) in [
            (C::ThemeSystem, ThemeChoice::System),
            (C::ThemeDark, ThemeChoice::Dark),
            (C::ThemeLight, ThemeChoice::Light),
        ] {
            checked_row(ui, model, command, settings.theme == theme, out);
        }
    });
    ui.menu_button((icon(Icon::Languages), lang.t(LANGUAGE)), |ui| {
        for (command, language) in [(C::English, Lang::En), (C::Chinese, Lang::Zh)] {
            checked_row(ui, model, command, settings.lang == language, out);
        }
    });
    ui.menu_button((icon(Icon::ALargeSmall), lang.t(SCALE)), |ui| {
        menu_row(ui, model, C::Larger, out);
        menu_row(ui, model, C::Smaller, out);
        let is_usual = (settings.scale - 1.0).abs() < 0.01;
        checked_row(ui, model, C::UsualSize, is_usual, out);
    });
}

/// The variants of the design, each to be run alone, or all of them.
fn variants(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let (lang, design) = (model.lang(), model.doc.topology());
    let menu = ui.menu_button((icon(Icon::ListVideo), lang.t(VARIANTS)), |ui| {
        if design.variants.is_empty() {
            ui.add_enabled(false, Button::new(lang.t(NO_VARIANTS)));
            return;
        }
        let why_not = C::Run.enabled(model).err();
        let mut row = |ui: &mut Ui, words: &str, turns: &dyn Fn() -> Vec<Turn>| {
            let response = ui.add_enabled(why_not.is_none(), Button::new(words));
            let clicked = response.clicked();
            if let Some(why) = why_not {
                response.on_disabled_hover_text(lang.t(why));
            }
            if clicked {
                out.push(Intent::RunTurns(turns()));
                ui.close();
            }
        };
        for variant in &design.variants {
            row(ui, &variant.name, &|| vec![Turn::of(design, variant)]);
        }
        ui.separator();
        row(ui, lang.t(ALL_VARIANTS), &|| Turn::all(design));
    });
    menu.response.accessible_name(lang.t(VARIANTS));
}

fn run(ui: &mut Ui, model: &Model, out: &mut Intents) {
    rows(ui, model, out, &[&[C::Run, C::Stop]]);
    variants(ui, model, out);
    menu_row(ui, model, C::Serve, out);
    ui.separator();
    rows(
        ui,
        model,
        out,
        &[
            &[C::Compare, C::FindCapacity, C::MeasureMachine],
            &[C::ShowHistory, C::OverlayRun, C::RemoveOverlay],
        ],
    );
    ui.separator();
    let saving = ui.menu_button((icon(Icon::FileText), model.lang().t(REPORT)), |ui| {
        let forms = [C::SavePage, C::SaveReport, C::SaveSheets, C::SaveMarkdown, C::SaveJunit];
        rows(ui, model, out, &[&[C::CopyReport], &forms]);
    });
    saving.response.accessible_name(model.lang().t(REPORT));
    ui.separator();
    faults(ui, model, out);
    checked_row(ui, model, C::ToggleBreakableLinks, model.settings.breakable_links, out);
}

/// What can be done to what is selected. They are many: in the menu itself they would reach beyond a small window.
fn faults(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    let breaking = ui.menu_button((icon(Icon::Zap), lang.t(BREAK)), |ui| {
        ui.set_min_width(230.0);
        let selected = model.selected_process();
        let whom = selected.map(|(stage, instance)| lang.f(CHOSEN, &[&stage, &lang.of(instance)]));
        ui.label(RichText::new(whom.as_deref().unwrap_or(lang.t(NOTHING_CHOSEN))).color(tokens(ui).weak));
        let part = selected.and_then(|(_, instance)| Part::of(instance));
        for action in FaultAction::of_part(part.unwrap_or(Part::Data)) {
            menu_row(ui, model, C::Fault(action), out);
        }
    });
    breaking.response.accessible_name(lang.t(BREAK));
}
