//! Trials: designs compared, and the curve of capacity.
//!
//! - `comparison`: what differs, what was measured, what can be claimed. `curve`: rate against p99, and what was full.

mod comparison;
mod curve;

use egui::{RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::text::{Text, text, trials as words};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::super::widgets::command_button::button;
use super::empty_state;
use super::results::card;

const NOTHING: Text = text("Nothing was tried yet", "还没有进行对比试验");
const NOTHING_TIP: Text = text(
    "Compare this design with others on the same arrivals, or find the largest rate that it carries",
    "让此设计与其他设计在相同到达下比较，或寻找它能承载的最大速率",
);
const COMPARISON: Text = text("Designs compared, on the same arrivals", "设计比较，到达相同");
const CURVE: Text = text("Rate against p99, each point a run", "速率与 p99，每点是一次运行");

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let (lang, trials) = (model.lang(), &model.trials);
    if !trials.is_worth_a_look() {
        empty_state(ui, Icon::GitCompare, lang.t(NOTHING), lang.t(NOTHING_TIP), |ui| {
            button(ui, model, UiCommand::Compare, out);
            button(ui, model, UiCommand::FindCapacity, out);
        });
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        // The scroll bar stands over what is at the edge.
        ui.set_max_width(ui.available_width() - 10.0);
        ui.horizontal_wrapped(|ui| {
            if let Some(under_way) = &trials.under_way {
                ui.label(icon(Icon::Hourglass).color(tokens(ui).accent));
                ui.label(RichText::new(words::under_way(lang, under_way)).strong());
                button(ui, model, UiCommand::Stop, out);
            } else {
                button(ui, model, UiCommand::Compare, out);
                button(ui, model, UiCommand::FindCapacity, out);
            }
            for (command, is_there) in [
                (UiCommand::SaveComparison, trials.comparison.is_some()),
                (UiCommand::SaveCapacity, trials.knee.is_some()),
            ] {
                if is_there {
                    button(ui, model, command, out);
                }
            }
        });
        if let Some(failure) = &trials.failure {
            let bad = tokens(ui).bad;
            ui.label(RichText::new(&*lang.of(&failure.text)).color(bad));
        }
        let curve = |ui: &mut Ui| {
            if !trials.points.is_empty() {
                card(ui, lang, CURVE, |ui| curve::show(ui, lang, &trials.points, trials.knee.as_ref()));
            }
        };
        // What goes on stands first.
        let is_searching = trials.comparison.is_none() || trials.under_way.as_ref().is_some_and(is_search);
        if is_searching {
            curve(ui);
        }
        if let Some(comparison) = &trials.comparison {
            card(ui, lang, COMPARISON, |ui| comparison::show(ui, lang, comparison));
        }
        if !is_searching {
            curve(ui);
        }
    });
}

fn is_search(under_way: &super::super::run::trials::UnderWay) -> bool {
    matches!(under_way, super::super::run::trials::UnderWay::Searching(_))
}
