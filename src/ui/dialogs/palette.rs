//! The command palette: everything by typing some of its letters.

use egui::{Button, Context, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::{room, size, tokens};
use super::find::{Does, Row, find};
use super::frame;

const NAME: Text = text("Command", "命令");
const HINT: Text = text("A command, a stage, a parameter, a preset…", "命令、阶段、参数、预设…");
const NOTHING: Text = text("Nothing is called “{}”", "没有名为“{}”的内容");
const NOTHING_TIP: Text =
    text("Type some of the letters of a name, in either language", "输入名称中的几个字，中英文均可");
const ROW: Text = text("{}: {}", "{}：{}");
const CHOOSE: Text = text("choose", "选择");
const DO: Text = text("do it", "执行");
const CLOSE: Text = text("close", "关闭");

const WIDTH: f32 = 640.0;
const HEIGHT: f32 = 352.0;
/// How far Page Up and Page Down go.
const PAGE: usize = 8;

/// How the palette is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PaletteView {
    /// What was typed.
    pub typed: String,
    /// The row that Enter does.
    pub cursor: usize,
    /// The commands used last, the latest first.
    pub recent: Vec<UiCommand>,
}

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, view: &mut PaletteView, out: &mut Intents) -> bool {
    frame::show(ctx, "palette", WIDTH, |ui| {
        let lang = model.lang();
        let moved = move_cursor(ui, view);
        let does = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let is_edited = field(ui, lang, &mut view.typed);
        if is_edited {
            view.cursor = 0;
        }
        let rows = find(model, &view.typed, &view.recent);
        view.cursor = view.cursor.min(rows.len().saturating_sub(1));
        ui.add_space(room::ROW);
        ScrollArea::vertical().max_height(HEIGHT).min_scrolled_height(HEIGHT).auto_shrink(false).show(
            ui,
            |ui| {
                if rows.is_empty() {
                    nothing(ui, lang, &view.typed);
                }
                for (index, row) in rows.iter().enumerate() {
                    let is_current = index == view.cursor;
                    let response = line(ui, lang, row, is_current);
                    if is_current && (moved || is_edited) {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        row.act(out);
                    }
                }
            },
        );
        if does && let Some(row) = rows.get(view.cursor) {
            row.act(out);
        }
        legend(ui, lang);
    })
}

fn field(ui: &mut Ui, lang: Lang, typed: &mut String) -> bool {
    let tokens = tokens(ui);
    ui.horizontal(|ui| {
        ui.label(icon(Icon::Search).size(size::ICON).color(tokens.weak));
        let field = TextEdit::singleline(typed).hint_text(lang.t(HINT)).desired_width(f32::INFINITY);
        let response =
            ui.add(field.font(egui::FontId::proportional(size::ICON))).accessible_name(lang.t(NAME));
        response.request_focus();
        response.changed()
    })
    .inner
}

/// Moves the cursor by the keys; the list ends where it ends, and `find` says where that is.
fn move_cursor(ui: &mut Ui, view: &mut PaletteView) -> bool {
    let press = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    let down = press(Key::ArrowDown) + PAGE * press(Key::PageDown);
    let up = press(Key::ArrowUp) + PAGE * press(Key::PageUp);
    view.cursor = (view.cursor + down).saturating_sub(up);
    down + up > 0
}

fn line(ui: &mut Ui, lang: Lang, row: &Row, is_current: bool) -> egui::Response {
    let tokens = tokens(ui);
    let (words, note) = match row.why_not {
        Some(_) => (tokens.weak, tokens.weak),
        None if is_current => (tokens.on_selection, tokens.on_selection),
        None => (tokens.text, tokens.weak),
    };
    let keys = match row.does {
        Does::Command(command) => command.about().shortcut.map(|keys| ui.format_shortcut(&keys)),
        _ => None,
    };
    let told = row.why_not.map_or(row.note.as_str(), |why| lang.t(why));
    let sign = if row.why_not.is_some() { Icon::Ban } else { row.icon };
    let button = Button::new((
        icon(sign).color(note),
        RichText::new(&row.label).color(words),
        RichText::new(told).size(size::SMALL).color(note),
    ))
    .truncate()
    .frame(true)
    .frame_when_inactive(is_current)
    .selected(is_current)
    .min_size(egui::vec2(ui.available_width(), 26.0));
    let button = match &keys {
        Some(keys) => button.shortcut_text(RichText::new(keys).color(note)),
        None => button.shortcut_text(""),
    };
    let name = lang.f(ROW, &[&row.label, &told]);
    ui.add_enabled(row.why_not.is_none(), button).accessible_name(name).on_hover_text(&row.note)
}

fn nothing(ui: &mut Ui, lang: Lang, typed: &str) {
    let tokens = tokens(ui);
    ui.add_space(HEIGHT / 3.0);
    ui.vertical_centered(|ui| {
        ui.label(icon(Icon::SearchX).size(size::TITLE).color(tokens.weak));
        ui.label(lang.f(NOTHING, &[&typed]));
        ui.weak(lang.t(NOTHING_TIP));
    });
}

/// What the keys do, for those who wonder.
fn legend(ui: &mut Ui, lang: Lang) {
    let weak = |text: RichText| text.size(size::SMALL).color(tokens(ui).weak);
    let parts = [
        weak(icon(Icon::ArrowUp)),
        weak(icon(Icon::ArrowDown)),
        weak(RichText::new(lang.t(CHOOSE))),
        weak(icon(Icon::CornerDownLeft)),
        weak(RichText::new(lang.t(DO))),
        weak(RichText::new(Key::Escape.symbol_or_name())),
        weak(RichText::new(lang.t(CLOSE))),
    ];
    ui.add_space(room::ROW);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = room::TIGHT;
        for (index, part) in parts.into_iter().enumerate() {
            if matches!(index, 3 | 5) {
                ui.add_space(room::GROUP);
            }
            ui.label(part);
        }
    });
}
