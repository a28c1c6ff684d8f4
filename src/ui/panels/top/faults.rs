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
use super::super::super::widgets::command_button::{button, toggle};
use crate::metrics::{InstanceState, Role};
use crate::topology::Realness;

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

/// Room for the name of a process, whatever it says of its state.
const PROCESS_WIDTH: f32 = 206.0;
/// The same in a narrow window, and what is narrow: everything shall stand in one row at 1,024 points.
const NARROW_PROCESS_WIDTH: f32 = 152.0;
const NARROW: f32 = 1_130.0;

/// How faults are looked at.
#[derive(Debug)]
pub struct FaultsView {
    /// What "Slow link" adds, in milliseconds.
    pub delay_ms: u32,
}

impl Default for FaultsView {
    fn default() -> Self {
        Self { delay_ms: 50 }
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
        if run.instances.is_empty() {
            let has_redis =
                run.topology.stages.iter().any(|stage| stage.kind.realness() == Realness::RealProcess);
            ui.label(lang.t(if has_redis { NO_PROCESSES } else { NO_REDIS }));
            return;
        }
        process(ui, model, run, if is_narrow { NARROW_PROCESS_WIDTH } else { PROCESS_WIDTH }, out);
        ui.separator();
        for command in [UiCommand::Kill, UiCommand::Pause, UiCommand::Resume, UiCommand::Restart] {
            button(ui, model, command, out);
        }
        ui.separator();
        button(ui, model, UiCommand::CutLink, out);
        button(ui, model, UiCommand::SlowLink, out);
        let delay = DragValue::new(&mut view.delay_ms).range(1..=10_000).suffix(" ms");
        ui.add(delay).accessible_name(lang.t(DELAY)).on_hover_text(lang.t(DELAY_TIP));
        button(ui, model, UiCommand::MendLink, out);
        toggle(ui, model, UiCommand::ToggleBreakableLinks, model.settings.breakable_links, out);
    });
}

/// The list of all processes that run.
fn process(ui: &mut Ui, model: &Model, run: &Run, width: f32, out: &mut Intents) {
    let lang = model.lang();
    let selected = model.selected_process();
    let of = |state: &InstanceState| {
        let stage = run.topology.stages.get(state.stage).map_or("", |stage| stage.name.as_str());
        (stage.to_owned(), selected == Some((stage, state.name.as_str())))
    };
    let chosen = run.instances.iter().find(|state| of(state).1);
    let shown = chosen.map_or_else(
        || RichText::new(lang.t(CHOOSE)),
        |state| RichText::new(words(lang, &of(state).0, state)),
    );
    let list = ComboBox::from_id_salt("process")
        .width(width)
        .height(340.0)
        .truncate()
        .selected_text(shown)
        .show_ui(ui, |ui| {
            for state in &run.instances {
                let (stage, is_selected) = of(state);
                let words = words(lang, &stage, state);
                let row = ui.selectable_label(is_selected, (icon(signs::role(state.role)), words.as_str()));
                if row.accessible_name(&words).clicked()
                    && let Some(stage) = model.doc.topology().index_of(&stage)
                {
                    out.select(Selection::Instance { stage, name: state.name.clone() });
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
