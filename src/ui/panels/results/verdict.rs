//! The verdict: sign, colour and word; and the head of the results.

use egui::{Color32, Frame, Margin, RichText, Ui};
use lucide_icons::Icon;

use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::{Tokens, tokens};
use crate::report::sentence::{promise, sentence};
use crate::report::{Report, Verdict};

const VERDICT_TIP: Text = text(
    "Pass: all targets hold. Fail: one does not. Inconclusive: the run was disturbed or cut short and can't say",
    "通过：所有目标达成。未通过：有目标未达成。无定论：运行受到干扰或中断，无法判断",
);

/// Its sign, colour and word.
pub fn look(verdict: Verdict, tokens: &Tokens) -> (Icon, Color32, Text) {
    match verdict {
        Verdict::Pass => (Icon::CircleCheckBig, tokens.good, text("Pass", "通过")),
        Verdict::Fail => (Icon::CircleX, tokens.bad, text("Fail", "未通过")),
        Verdict::Inconclusive => (Icon::CircleHelp, tokens.warn, text("Inconclusive", "无定论")),
    }
}

/// The verdict as a chip.
pub fn chip(ui: &mut Ui, lang: Lang, verdict: Verdict) {
    let (sign, colour, word) = look(verdict, tokens(ui));
    let frame =
        Frame::new().fill(colour.gamma_multiply(0.16)).corner_radius(9).inner_margin(Margin::symmetric(8, 1));
    let chip = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(icon(sign).color(colour));
        ui.label(RichText::new(lang.t(word)).color(colour).strong());
    });
    chip.response.on_hover_text(lang.t(VERDICT_TIP));
}

/// Verdict, sentence, promise, and why it is no pass.
pub fn head(ui: &mut Ui, lang: Lang, report: &Report) {
    let tokens = tokens(ui);
    let (sign, colour, word) = look(report.verdict, tokens);
    ui.horizontal_top(|ui| {
        ui.label(icon(sign).size(34.0).color(colour)).on_hover_text(lang.t(VERDICT_TIP));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(lang.t(word)).size(20.0).strong().color(colour));
                if let Some(promise) = promise(report) {
                    ui.label(RichText::new(lang.t(promise)).color(tokens.weak));
                }
            });
            ui.label(RichText::new(sentence(lang, report)).size(15.0));
            for reason in &report.reasons {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = 5.0;
                    ui.spacing_mut().interact_size.y = 16.0;
                    ui.label(icon(Icon::CornerDownRight).color(tokens.weak));
                    ui.label(&*lang.of(reason));
                });
            }
        });
    });
}
