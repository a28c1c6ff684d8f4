//! Above the charts: which of them show, of which stages, how much time, freezing and following.

use egui::{Align, Button, ComboBox, Layout, RichText, Ui};

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::run::Run;
use super::super::text::{Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::kind::Chart;
use super::window::Length;
use super::{ChartsView, Scope};

/// Narrower than this, the charts' chips have no words.
const WORDS_FROM: f32 = 1_150.0;

const SHOW: Text = text("Show {}", "显示 {}");
const CHIP_TIP: Text = text(
    "Click: show or hide. Alt+click or double click: show alone",
    "单击：显示或隐藏；Alt+单击或双击：单独显示",
);
const LENGTH: Text = text("How much time the charts show", "图表显示的时间长度");
const STAGES: Text = text("Stages on the charts", "图表中的阶段");
const STAGES_TIP: Text = text(
    "Which stages arrivals, interceptions, times and processes are shown of",
    "显示哪些阶段的到达、拦截、时间和进程",
);
const AS_SELECTED: Text = text("As selected on the canvas", "跟随画布上的选择");
const ALL_STAGES: Text = text("All stages", "所有阶段");
const SEVERAL: Text = text("{} stages", "{} 个阶段");
const FREEZE: Text = text("Freeze", "冻结");
const FROZEN: Text = text("Frozen at {}", "冻结于 {}");

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, run: &Run, view: &mut ChartsView, out: &mut Intents) {
    let has_words = ui.available_width() >= WORDS_FROM;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for chart in Chart::of(&run.topology) {
            chip(ui, model, view, chart, has_words);
        }
        ui.add_space(6.0);
        stages(ui, model, run, view);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            freeze(ui, model, view, out);
            length(ui, model, view);
            if !view.window.follows() {
                follow(ui, model, out);
            }
        });
    });
}

fn chip(ui: &mut Ui, model: &Model, view: &mut ChartsView, chart: Chart, has_words: bool) {
    let title = model.lang().t(chart.title());
    let picture = icon(chart.icon()).size(14.0);
    let button = if has_words { Button::new((picture, title)) } else { Button::new(picture) };
    let response = ui
        .add(button.selected(view.shows(chart)))
        .accessible_name(model.lang().f(SHOW, &[&title]))
        .on_hover_text(format!(
            "{title}: {}\n{}",
            model.lang().t(chart.definition()),
            model.lang().t(CHIP_TIP)
        ));
    let alone = ui.input(|input| input.modifiers.alt || input.modifiers.shift);
    if response.double_clicked() || (response.clicked() && alone) {
        view.solo(chart);
    } else if response.clicked() {
        view.toggle(chart);
    }
}

fn stages(ui: &mut Ui, model: &Model, run: &Run, view: &mut ChartsView) {
    let lang = model.lang();
    let name = |stage: usize| run.topology.stages.get(stage).map_or("?", |stage| stage.name.as_str());
    let chosen = match view.stages(model, run).as_deref() {
        None => lang.t(ALL_STAGES).to_owned(),
        Some([stage]) => name(*stage).to_owned(),
        Some(stages) => lang.f(SEVERAL, &[&stages.len()]),
    };
    let answer = ComboBox::from_id_salt("stages").width(130.0).selected_text(chosen).show_ui(ui, |ui| {
        ui.selectable_value(&mut view.scope, Scope::Selection, lang.t(AS_SELECTED));
        ui.selectable_value(&mut view.scope, Scope::All, lang.t(ALL_STAGES));
        ui.separator();
        for stage in 0..run.topology.stages.len() {
            ui.selectable_value(&mut view.scope, Scope::Stage(stage), name(stage));
        }
    });
    answer.response.accessible_name(lang.t(STAGES)).on_hover_text(lang.t(STAGES_TIP));
}

fn length(ui: &mut Ui, model: &Model, view: &mut ChartsView) {
    let lang = model.lang();
    let chosen = lang.t(view.window.length.label());
    let answer = ComboBox::from_id_salt("length").width(84.0).selected_text(chosen).show_ui(ui, |ui| {
        for length in Length::ALL {
            let is_chosen = view.window.length == length && view.window.follows();
            if ui.selectable_label(is_chosen, lang.t(length.label())).clicked() {
                view.window.set_length(length);
            }
        }
    });
    answer.response.accessible_name(lang.t(LENGTH)).on_hover_text(lang.t(LENGTH));
}

fn freeze(ui: &mut Ui, model: &Model, view: &ChartsView, out: &mut Intents) {
    let about = UiCommand::FreezeCharts.about();
    let lang = model.lang();
    let words = match view.frozen_at() {
        None => lang.t(FREEZE).to_owned(),
        Some(secs) => lang.f(FROZEN, &[&super::format::moment(secs, 0.1)]),
    };
    let button = Button::new((icon(about.icon), words)).selected(view.frozen_at().is_some());
    let response = ui.add(button).accessible_name(lang.t(about.label));
    if response.on_hover_text(format!("{} (Z)", lang.t(about.tip))).clicked() {
        out.command(UiCommand::FreezeCharts);
    }
}

fn follow(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let about = UiCommand::FollowCharts.about();
    let tokens = tokens(ui.ctx());
    let words = RichText::new(model.lang().t(about.label)).color(tokens.on_accent);
    let button = Button::new((icon(about.icon).color(tokens.on_accent), words)).fill(tokens.accent);
    let response = ui.add(button).accessible_name(model.lang().t(about.label));
    if response.on_hover_text(format!("{} (F)", model.lang().t(about.tip))).clicked() {
        out.command(UiCommand::FollowCharts);
    }
}
