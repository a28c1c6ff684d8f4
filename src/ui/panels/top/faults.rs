//! What can be broken while a run goes on: a process is chosen, here or on the canvas, then what is done to it.

use egui::{ComboBox, DragValue, RichText, Ui};
use lucide_icons::Icon;

use super::super::super::command::UiCommand;
use super::super::super::intent::Intents;
use super::super::super::model::Model;
use super::super::super::run::Run;
use super::super::super::selection::Selection;
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::{signs, tokens};
use super::super::super::widgets::command_button::{button, menu_row, toggle};
use crate::metrics::{InstanceState, Role};
use crate::topology::Realness;
use crate::topology::fault::FaultAction;
use crate::topology::fault::table::{Part, all_targets};

const BREAK: Text = text("Break something", "注入故障");
const PROCESS: Text = text("Process to break", "要注入故障的进程");
const CHOOSE: Text = text("choose a process", "选择一个进程");
const NO_PROCESSES: Text = text("No process has started yet", "还没有进程启动");
const NO_REDIS: Text =
    text("This design runs no Redis process that could break", "此设计没有可出故障的 Redis 进程");
const SILENT: Text = text("no answer", "无响应");
const DELAY: Text = text("Delay of a slowed link", "链路延迟");
const DELAY_TIP: Text =
    text("What \"Slow link\" adds to each direction, in milliseconds", "“放慢链路”在每个方向增加的毫秒数");

const MORE: Text = text("More faults", "更多故障");
const RATE: Text = text("Rate of a throttled link", "限速链路的速率");
const RATE_TIP: Text = text(
    "What \"Throttle link\" leaves in each direction, in thousands of bytes per second",
    "“限速链路”在每个方向保留的速率，单位为千字节每秒",
);
const AMOUNT: Text = text("Amount", "数量");
const AMOUNT_TIP: Text = text("How much more is loaded", "再载入多少数据");
const LASTS: Text = text("Time of a slow script", "慢脚本的时长");
const LASTS_TIP: Text =
    text("How long \"Slow script\" keeps the process busy, in milliseconds", "“慢脚本”占住进程的毫秒数");

/// What is done most, to a process and to its link.
const PROCESS_ROW: [FaultAction; 4] =
    [FaultAction::Kill, FaultAction::Pause, FaultAction::Resume, FaultAction::Restart];
const LINK_ROW: [FaultAction; 3] = [FaultAction::CutLink, FaultAction::SlowLink, FaultAction::MendLink];

/// Room for the name of a process, whatever it says of its state.
const PROCESS_WIDTH: f32 = 206.0;
/// The same in a narrow window, and what is narrow: everything shall stand in one row at 1,024 points.
const NARROW_PROCESS_WIDTH: f32 = 152.0;
const NARROW: f32 = 1_130.0;

/// How strong faults are that have a strength.
#[derive(Debug)]
pub struct FaultsView {
    /// What "Slow link" adds, in milliseconds.
    pub delay_ms: u32,
    /// What "Throttle link" leaves, in thousands of bytes per second.
    pub rate_kb: u32,
    /// How long "Slow script" takes, in milliseconds.
    pub lasts_ms: u32,
    /// How much "Grow data" loads, in MiB.
    pub amount_mib: u32,
}

impl Default for FaultsView {
    fn default() -> Self {
        Self { delay_ms: 50, rate_kb: 100, lasts_ms: 500, amount_mib: 100 }
    }
}

/// Draws them.
pub fn show(ui: &mut Ui, model: &Model, view: &mut FaultsView, out: &mut Intents) {
    let Some(run) = model.runs.active() else { return };
    let lang = model.lang();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(icon(Icon::Bomb).color(tokens(ui).fault)).on_hover_text(lang.t(BREAK));
        let is_narrow = ui.available_width() < NARROW;
        if !is_narrow {
            ui.label(RichText::new(lang.t(BREAK)).color(tokens(ui).weak));
        }
        if run.instances.is_empty() && others(run).next().is_none() {
            let has_redis =
                run.topology.stages.iter().any(|stage| stage.kind.realness() == Realness::RealProcess);
            ui.label(lang.t(if has_redis { NO_PROCESSES } else { NO_REDIS }));
            return;
        }
        choice(ui, model, run, if is_narrow { NARROW_PROCESS_WIDTH } else { PROCESS_WIDTH }, out);
        ui.separator();
        let part = model.selected_process().and_then(|(_, instance)| Part::of(instance));
        match part.unwrap_or(Part::Data) {
            Part::Data => data(ui, model, view, out),
            part => {
                for action in FaultAction::of_part(part) {
                    button(ui, model, UiCommand::Fault(action), out);
                }
            }
        }
        toggle(ui, model, UiCommand::ToggleBreakableLinks, model.settings.breakable_links, out);
    });
}

/// What can be done to a data process: what is done most stands in the row, the rest in a menu.
fn data(ui: &mut Ui, model: &Model, view: &mut FaultsView, out: &mut Intents) {
    let lang = model.lang();
    for action in PROCESS_ROW {
        button(ui, model, UiCommand::Fault(action), out);
    }
    ui.separator();
    for action in LINK_ROW {
        button(ui, model, UiCommand::Fault(action), out);
        if action == FaultAction::SlowLink {
            let delay = DragValue::new(&mut view.delay_ms).range(1..=10_000).suffix(" ms");
            ui.add(delay).accessible_name(lang.t(DELAY)).on_hover_text(lang.t(DELAY_TIP));
        }
    }
    let more = ui.menu_button(icon(Icon::Ellipsis), |ui| {
        let is_in_row = |action: &FaultAction| PROCESS_ROW.contains(action) || LINK_ROW.contains(action);
        for action in FaultAction::of_part(Part::Data).filter(|action| !is_in_row(action)) {
            menu_row(ui, model, UiCommand::Fault(action), out);
            if action.rule().param.is_some() {
                ui.indent(action, |ui| strength(ui, lang, view, action));
            }
        }
    });
    more.response.accessible_name(lang.t(MORE)).on_hover_text(lang.t(MORE));
}

/// How strong a fault of the menu is.
fn strength(ui: &mut Ui, lang: Lang, view: &mut FaultsView, action: FaultAction) {
    let (value, name, tip) = if action == FaultAction::GrowData {
        (DragValue::new(&mut view.amount_mib).range(1..=100_000).suffix(" MiB"), AMOUNT, AMOUNT_TIP)
    } else if action == FaultAction::ThrottleLink {
        (DragValue::new(&mut view.rate_kb).range(1..=1_000_000).suffix(" kB/s"), RATE, RATE_TIP)
    } else {
        (DragValue::new(&mut view.lasts_ms).range(1..=60_000).suffix(" ms"), LASTS, LASTS_TIP)
    };
    ui.add(value).accessible_name(lang.t(name)).on_hover_text(lang.t(tip));
}

/// What of a run can break besides processes: the names of its stage and of itself.
fn others(run: &Run) -> impl Iterator<Item = (&str, String)> {
    let all = all_targets(&run.topology);
    let others = all.filter(|(_, target)| Part::of(target).is_some_and(|part| !part.is_process()));
    others.map(|(stage, target)| (run.topology.stages[stage].name.as_str(), target))
}

/// The list of all processes that run, and of what else can break.
fn choice(ui: &mut Ui, model: &Model, run: &Run, width: f32, out: &mut Intents) {
    let lang = model.lang();
    let selected = model.selected_process();
    let stage_of = |index: usize| run.topology.stages.get(index).map_or("", |stage| stage.name.as_str());
    let processes = run.instances.iter().map(|state| {
        let stage = stage_of(state.stage);
        (stage, state.name.clone(), signs::role(state.role), words(lang, stage, state))
    });
    let others = others(run).map(|(stage, name)| {
        let words = format!("{stage}, {}", lang.of(&name));
        (stage, name, Icon::Component, words)
    });
    let rows: Vec<_> = processes.chain(others).collect();
    let chosen = rows.iter().find(|(stage, name, ..)| selected == Some((stage, name.as_str())));
    let shown = chosen.map_or(lang.t(CHOOSE), |(.., words)| words.as_str());
    let list = ComboBox::from_id_salt("process")
        .width(width)
        .height(480.0)
        .truncate()
        .selected_text(RichText::new(shown))
        .show_ui(ui, |ui| {
            for (stage, name, sign, words) in &rows {
                let is_selected = selected == Some((stage, name.as_str()));
                let row = ui.selectable_label(is_selected, (icon(*sign), words.as_str()));
                if row.accessible_name(words).clicked()
                    && let Some(stage) = model.doc.topology().index_of(stage)
                {
                    out.select(Selection::Instance { stage, name: name.clone() });
                }
            }
        });
    list.response.accessible_name(lang.t(PROCESS)).on_hover_text(lang.t(PROCESS));
}

/// "inventory, replica 1"; with its role where that is another than its name says, and whether it is silent.
fn words(lang: Lang, stage: &str, process: &InstanceState) -> String {
    let name = format!("{stage}, {}", lang.of(&process.name));
    let role = process.role.label();
    if !process.is_reachable {
        format!("{name} ({})", lang.t(SILENT))
    } else if process.role != Role::Unknown && !process.name.starts_with(role) {
        format!("{name} ({})", lang.of(role))
    } else {
        name
    }
}
