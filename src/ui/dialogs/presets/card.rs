//! One preset: its design in miniature, its question, and the verdict that it promises.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Button, CornerRadius, FontId, Label, Layout, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind,
    Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use lucide_icons::Icon;

use super::super::super::command::UiCommand;
use super::super::super::intent::{Intent, Intents};
use super::super::super::model::Model;
use super::super::super::text::presets::{PresetWords, look, words};
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme;
use super::super::super::theme::fonts::icon;
use super::picture;
use crate::files::presets::Preset;
use crate::topology::{Expected, Topology};

/// The height of a card, and of the picture at its top.
pub(super) const HEIGHT: f32 = 276.0;
const PICTURE: f32 = 122.0;
const MARGIN: f32 = 14.0;

const PASSES: Text = text("Expected: pass", "预期：通过");
const PASSES_TIP: Text = text("All targets of this design hold", "该设计的所有目标都能达到");
const FAILS: Text = text("Expected: fail", "预期：失败");
const FAILS_TIP: Text = text(
    "A target of this design does not hold; that is the lesson",
    "该设计有一个目标达不到；这正是要说明的",
);
const RUN: Text = text("Open and run", "打开并运行");
const RUN_NAME: Text = text("Open and run: {}", "打开并运行：{}");
const RUN_TIP: Text =
    text("Start the servers on this machine and watch the sale at once", "立即在本机启动服务器并观看秒杀");

/// Draws it. Answers where it is and its id, for the focus.
pub fn show(
    ui: &mut Ui,
    model: &Model,
    index: usize,
    preset: &Preset,
    topology: &'static Topology,
    width: f32,
    out: &mut Intents,
) -> Response {
    let words = words(model.lang(), preset, topology);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words.title));
    let look = look(model.lang(), preset);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_description(format!("{} {look}", words.question));
    });
    if response.clicked() {
        out.push(Intent::OpenPreset(index));
    }
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if ui.is_rect_visible(rect) {
        background(ui, rect, &response);
        picture::show(ui, head(rect), topology);
        body(ui, model, index, rect, words, topology.expected, out);
    }
    let response = response.on_hover_text(look);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn head(rect: Rect) -> Rect {
    Rect::from_min_size(rect.min, vec2(rect.width(), PICTURE)).shrink(1.0)
}

fn background(ui: &Ui, rect: Rect, response: &Response) {
    let tokens = theme::tokens(ui.ctx());
    let is_near = response.hovered() || response.has_focus();
    let edge = if is_near { Stroke::new(2.0, tokens.accent) } else { Stroke::new(1.0, tokens.line) };
    let painter = ui.painter();
    painter.rect(rect, CornerRadius::same(8), tokens.card, edge, StrokeKind::Inside);
    let top = CornerRadius { nw: 7, ne: 7, sw: 0, se: 0 };
    let inner = head(rect).shrink(if is_near { 1.0 } else { 0.0 });
    painter.rect_filled(inner, top, tokens.canvas);
    painter.hline(rect.x_range().shrink(1.0), rect.top() + PICTURE, Stroke::new(1.0, tokens.line));
}

fn body(
    ui: &mut Ui,
    model: &Model,
    index: usize,
    rect: Rect,
    words: PresetWords<'_>,
    expected: Option<Expected>,
    out: &mut Intents,
) {
    let tokens = theme::tokens(ui.ctx());
    let inner =
        Rect::from_min_max(pos2(rect.left(), rect.top() + PICTURE), rect.max).shrink2(vec2(MARGIN, 10.0));
    // The title is painted: as a label it would be a second thing of that name beside the card itself.
    let mut title =
        LayoutJob::simple_singleline(words.title.to_owned(), FontId::proportional(15.5), tokens.text);
    title.wrap = TextWrapping::truncate_at_width(inner.width());
    let title = ui.painter().layout_job(title);
    ui.painter().galley(inner.min, title, tokens.text);
    let below = Rect::from_min_max(inner.min + vec2(0.0, 24.0), inner.max);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(below).layout(Layout::top_down(egui::Align::Min)));
    ui.spacing_mut().item_spacing.y = 4.0;
    ui.add(Label::new(RichText::new(words.question).color(tokens.text)).wrap());
    ui.add(Label::new(RichText::new(words.source).size(11.0).color(tokens.weak)).truncate())
        .on_hover_text(words.source);
    let foot = Rect::from_min_max(pos2(inner.left(), inner.bottom() - 28.0), inner.max);
    let foot = UiBuilder::new().max_rect(foot).layout(Layout::left_to_right(egui::Align::Center));
    let mut ui = ui.new_child(foot);
    if let Some(expected) = expected {
        verdict(&mut ui, model.lang(), expected);
    }
    ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
        run_button(ui, model, index, words.title, out);
    });
}

fn verdict(ui: &mut Ui, lang: Lang, expected: Expected) {
    let tokens = theme::tokens(ui.ctx());
    let (sign, label, tip, color) = match expected {
        Expected::Pass => (Icon::CircleCheck, PASSES, PASSES_TIP, tokens.good),
        Expected::Fail => (Icon::CircleX, FAILS, FAILS_TIP, tokens.bad),
    };
    ui.spacing_mut().item_spacing.x = 5.0;
    ui.label(icon(sign).size(15.0).color(color));
    ui.label(RichText::new(lang.t(label)).color(color)).on_hover_text(lang.t(tip));
}

fn run_button(ui: &mut Ui, model: &Model, index: usize, title: &str, out: &mut Intents) {
    let tokens = theme::tokens(ui.ctx());
    let lang = model.lang();
    let run = UiCommand::Run;
    // Another design's errors don't matter here; another run does.
    let blocked = model.runs.active().and_then(|_| run.enabled(model).err());
    let words = RichText::new(lang.t(RUN)).color(tokens.on_accent);
    let button = Button::new((icon(run.about().icon).color(tokens.on_accent), words)).fill(tokens.accent);
    let response = ui.add_enabled(blocked.is_none(), button).accessible_name(lang.f(RUN_NAME, &[&title]));
    if response.clicked() {
        out.push(Intent::RunPreset(index));
    }
    match blocked {
        None => response.on_hover_text(lang.t(RUN_TIP)),
        Some(why) => response.on_disabled_hover_text(lang.t(why)),
    };
}
