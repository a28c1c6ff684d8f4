//! Files that are dragged over the window, and dropped on it.

use egui::{Align2, FontId, Id, LayerId, Order, Stroke, StrokeKind, Ui};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::notice::Notice;
use super::super::text::{Text, text};
use super::super::theme;

const DROP: Text = text("Drop to open", "松开以打开");
const ONE_OF_MANY: Text =
    text("{} files were dropped; the first one is opened", "拖入了 {} 个文件；已打开第一个");

/// Shows that a file can be dropped, and opens what was dropped.
pub fn show(ui: &Ui, model: &Model, out: &mut Intents) {
    let (hovers, dropped) =
        ui.input(|input| (!input.raw.hovered_files.is_empty(), input.raw.dropped_files.clone()));
    if hovers {
        overlay(ui, model.lang().t(DROP));
    }
    let paths: Vec<_> = dropped.iter().map(|file| file.path().to_owned()).collect();
    if paths.len() > 1 {
        out.push(Intent::Notice(Notice::warning(model.lang().f(ONE_OF_MANY, &[&paths.len()]))));
    }
    if let Some(path) = paths.into_iter().next() {
        out.push(Intent::OpenFile(path));
    }
}

fn overlay(ui: &Ui, label: &str) {
    let tokens = theme::tokens(ui.ctx());
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("drop")));
    let rect = ui.ctx().content_rect();
    painter.rect_filled(rect, 0.0, tokens.canvas.gamma_multiply(0.8));
    let inner = rect.shrink(16.0);
    painter.rect_stroke(inner, 12.0, Stroke::new(3.0, tokens.accent), StrokeKind::Inside);
    let sign = char::from(Icon::FileDown).to_string();
    let center = inner.center();
    painter.text(
        center - egui::vec2(0.0, 8.0),
        Align2::CENTER_BOTTOM,
        sign,
        FontId::proportional(44.0),
        tokens.accent,
    );
    painter.text(
        center + egui::vec2(0.0, 8.0),
        Align2::CENTER_TOP,
        label,
        FontId::proportional(22.0),
        tokens.text,
    );
}
