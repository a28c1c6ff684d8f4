//! The sheet of shortcuts: every key of the commands, and what the mouse does.

use egui::{Context, Frame, KeyboardShortcut, Margin, RichText, ScrollArea, Stroke, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::command::group::Group;
use super::super::keys;
use super::super::model::Model;
use super::super::text::common::CLOSE;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::{room, size, tokens};
use super::frame;

const HEADING: Text = text("Keyboard and mouse", "键盘与鼠标");
const ON_CANVAS: Text = text("Mouse on the canvas", "画布上的鼠标");
const ON_CHARTS: Text = text("Mouse on the charts", "图表上的鼠标");
const MORE: Text = text("More keys", "更多按键");

const WIDTH: f32 = 1180.0;
/// The least room for a column.
const COLUMN: f32 = 260.0;

/// What is done by the mouse, and what it does.
type Gesture = (Text, Text);

const CANVAS: [Gesture; 10] = [
    (text("Drag a stage", "拖动阶段"), text("Move it; with Alt without snapping", "移动；按住 Alt 不吸附")),
    (text("Drag from port to port", "从端口拖到端口"), text("Wire two stages", "连接两个阶段")),
    (
        text("Drag a port into the open", "从端口拖到空白处"),
        text("Offers the stages that fit", "列出可连接的阶段"),
    ),
    (text("Drag on the open canvas", "在空白处拖动"), text("Select by a rectangle", "框选")),
    (text("Ctrl or Shift and click", "Ctrl 或 Shift 加单击"), text("Select more, or less", "增减选择")),
    (text("Double-click a head", "双击阶段标题"), text("Rename", "重命名")),
    (text("Double-click the canvas", "双击空白处"), text("Add a stage", "添加阶段")),
    (
        text("Wheel", "滚轮"),
        text("Zoom to the pointer; with Shift sideways", "以指针为中心缩放；加 Shift 横移"),
    ),
    (
        text("Drag by the right button", "右键拖动"),
        text("Move the view; also Space and drag", "平移视图；也可按空格拖动"),
    ),
    (text("Right-click", "右键单击"), text("What can be done there", "显示可用操作")),
];
const CHARTS: [Gesture; 6] = [
    (text("Drag", "拖动"), text("Move in time", "沿时间移动")),
    (text("Shift and drag", "Shift 加拖动"), text("Show just this stretch", "只显示这一段")),
    (text("Wheel", "滚轮"), text("Zoom in time", "缩放时间轴")),
    (text("Double-click", "双击"), text("Follow again", "恢复跟随")),
    (text("Click a legend", "单击图例"), text("Hide or show it", "隐藏或显示")),
    (text("Double-click a legend", "双击图例"), text("Show it alone", "只显示它")),
];
const MORE_KEYS: [Gesture; 3] = [
    (
        text("Arrows", "方向键"),
        text("Move the selected stages; with Shift finely", "移动所选阶段；加 Shift 微移"),
    ),
    (text("Tab", "Tab"), text("To the next thing that can be used", "到下一个可用的控件")),
    (text("Space or Enter", "空格或 Enter"), text("Use what has the focus", "使用当前控件")),
];

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model) -> bool {
    let lang = model.lang();
    let mut closes = false;
    let outside = frame::show(ctx, "shortcuts", WIDTH, |ui| {
        frame::heading(ui, Icon::Keyboard, lang.t(HEADING));
        let height = (ui.content_rect().height() - 150.0).max(160.0);
        ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .show(ui, |ui| columns(ui, lang));
        frame::buttons(ui, |ui| closes = ui.button(lang.t(CLOSE)).clicked());
    });
    closes || outside
}

enum Card {
    Commands(Group, Vec<UiCommand>),
    Gestures(Text, &'static [Gesture]),
}

impl Card {
    fn rows(&self) -> usize {
        match self {
            Self::Commands(_, commands) => commands.len(),
            Self::Gestures(_, gestures) => gestures.len(),
        }
    }
}

/// The groups in columns of about equal height, in order.
fn columns(ui: &mut Ui, lang: Lang) {
    let cards = cards();
    let all: usize = cards.iter().map(|card| card.rows() + 2).sum();
    let count =
        [4, 3, 2].into_iter().find(|count| ui.available_width() >= COLUMN * *count as f32).unwrap_or(1);
    let mut before = 0;
    ui.spacing_mut().item_spacing = egui::vec2(room::DIALOG, 1.0);
    ui.columns(count, |columns| {
        for card in &cards {
            let column = before * count / all;
            before += card.rows() + 2;
            draw(&mut columns[column.min(count - 1)], lang, card);
        }
    });
}

fn cards() -> Vec<Card> {
    let commands = Group::ALL.into_iter().map(|group| {
        let mut own: Vec<UiCommand> =
            keys::bindings().map(|(command, _)| command).filter(|command| command.group() == group).collect();
        own.sort_by_key(|command| UiCommand::all().position(|one| one == *command));
        own.dedup();
        Card::Commands(group, own)
    });
    let gestures = [(MORE, &MORE_KEYS[..]), (ON_CANVAS, &CANVAS[..]), (ON_CHARTS, &CHARTS[..])];
    let gestures = gestures.into_iter().map(|(heading, rows)| Card::Gestures(heading, rows));
    commands.chain(gestures).filter(|card| card.rows() > 0).collect()
}

fn draw(ui: &mut Ui, lang: Lang, card: &Card) {
    let heading = match card {
        Card::Commands(group, _) => group.label(),
        Card::Gestures(heading, _) => *heading,
    };
    ui.spacing_mut().item_spacing.x = room::ROW;
    ui.spacing_mut().interact_size.y = 20.0;
    ui.label(RichText::new(lang.t(heading)).strong().color(tokens(ui).accent));
    match card {
        Card::Commands(_, commands) => {
            for &command in commands {
                command_row(ui, lang, command);
            }
        }
        Card::Gestures(_, rows) => {
            for (gesture, does) in *rows {
                ui.horizontal_wrapped(|ui| {
                    ui.label(RichText::new(lang.t(*gesture)).color(tokens(ui).weak));
                    ui.label(lang.t(*does));
                });
            }
        }
    }
    ui.add_space(room::GROUP);
}

fn command_row(ui: &mut Ui, lang: Lang, command: UiCommand) {
    let about = command.about();
    ui.horizontal(|ui| {
        ui.label(icon(about.icon).color(tokens(ui).weak));
        ui.label(lang.t(about.label)).on_hover_text(lang.t(about.tip));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let own: Vec<KeyboardShortcut> =
                keys::bindings().filter(|(one, _)| *one == command).map(|(_, keys)| keys).collect();
            // The layout goes from the right, so the last one is drawn first.
            for keys in own.iter().rev() {
                key_cap(ui, *keys);
            }
        });
    });
}

fn key_cap(ui: &mut Ui, keys: KeyboardShortcut) {
    let tokens = tokens(ui);
    Frame::new()
        .fill(tokens.card_head)
        .stroke(Stroke::new(1.0, tokens.line))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(5, 1))
        .show(ui, |ui| ui.label(RichText::new(keys::written(ui, &keys)).size(size::SMALL)));
}
