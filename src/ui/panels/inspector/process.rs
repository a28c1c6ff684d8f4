//! A process of a stage: how it is, what can be done to it, and its stage.

use egui::{Button, RichText, Ui};
use lucide_icons::Icon;

use super::super::super::command::UiCommand;
use super::super::super::document::{Edit, phases};
use super::super::super::intent::Intent;
use super::super::super::selection::Selection;
use super::super::super::text::{Text, figures, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::tokens;
use super::super::super::widgets::number;
use super::super::super::widgets::problem;
use super::{Page, parts, stages};
use crate::metrics::InstanceState;
use crate::report::text::bytes;
use crate::topology::Fault;
use crate::topology::fault::{FaultAction, Part};

const PROCESS_OF: Text = text("process of {}", "属于 {}");
const PART_OF: Text = text("part of {}", "{} 的一部分");
const NOT_RUNNING: Text = text("It starts with the next run", "下次运行时启动");
const NO_ANSWER: Text = text("It does not answer", "没有响应");
const OUT: Text = text("It gets no reads: {}", "不参与读取：{}");
const STATE: Text = text("State", "状态");
const NOW: Text = text("Now", "立即执行");
const ON: Text = text("{} {}", "{} {}");
const SCRIPT: Text = text("Script a fault for it", "为其编排故障");
const SCRIPT_TIP: Text =
    text("Add a fault that every run of this design brings about", "添加一个每次运行都会发生的故障");
const ROLE: Text = text("Role", "角色");
const OPS: Text = text("Operations", "操作");
const OPS_TIP: Text =
    text("Commands per second, as the process averages them itself", "每秒命令数，由进程自己平均");
const MEMORY: Text = text("Memory", "内存");
const MEMORY_LIMIT: Text = text("memory limit", "内存上限");
const FORK: Text = text("last fork", "最近一次 fork");
const EVICTED: Text = text("keys evicted", "已淘汰的键");
const REFUSED: Text = text("refused for memory", "因内存拒绝");
const MEMORY_TIP: Text = text("Memory that its data takes", "数据占用的内存");
const LAG: Text = text("Lag", "复制延迟");
const LAG_TIP: Text = text(
    "Bytes of the replication stream by which it is behind its master; in a read-write split also the age of the oldest heartbeat that it has not copied",
    "落后主节点的复制流字节数；在读写分离中还有它尚未复制的最早一次心跳距今多久",
);
const CPU: Text = text("Processor time", "处理器时间");
const CPU_TIP: Text = text("Used since it started", "启动以来的用量");
const PER_SEC: Text = text("{}/s", "{}/秒");

/// Draws it.
pub fn show(ui: &mut Ui, page: &mut Page<'_>, stage: usize, name: &str) {
    let lang = page.lang();
    let Some(drawn) = page.topology().stages.get(stage) else { return };
    let tokens = tokens(ui.ctx());
    let is_process = Part::of(name).is_none_or(Part::is_process);
    let sign = if is_process { Icon::Server } else { Icon::Component };
    ui.horizontal(|ui| {
        ui.label(icon(sign).size(18.0).color(tokens.accent));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            parts::title(ui, problem::capital(&lang.of(name)), 14.0);
            parts::note(ui, lang.f(if is_process { PROCESS_OF } else { PART_OF }, &[&drawn.name]));
        });
    });
    if is_process {
        parts::heading(ui, lang.t(STATE));
        match state_of(page, stage, name) {
            None => drop(parts::note(ui, lang.t(NOT_RUNNING))),
            Some(process) if !process.is_reachable => {
                ui.label(RichText::new(lang.t(NO_ANSWER)).color(tokens.bad));
            }
            Some(process) => {
                if let Some(why) =
                    page.model.runs.active().and_then(|run| run.why_out_of_reads(process.stage, name))
                {
                    ui.label(RichText::new(lang.f(OUT, &[&lang.of(why)])).color(tokens.warn));
                }
                state_ui(ui, page, process);
            }
        }
    }
    actions(ui, page, stage, name);
    ui.add_space(6.0);
    ui.separator();
    stages::one(ui, page, stage);
}

fn state_of<'a>(page: &Page<'a>, stage: usize, name: &str) -> Option<&'a InstanceState> {
    let run = page.model.runs.active()?;
    let running = run.stage_of(page.topology(), stage)?;
    run.instances.iter().find(|instance| instance.stage == running && instance.name == name)
}

fn state_ui(ui: &mut Ui, page: &Page<'_>, state: &InstanceState) {
    let lang = page.lang();
    let per_sec = |n: u64| lang.f(PER_SEC, &[&number::number(n as f64)]);
    let cpu = number::span_of_secs((state.cpu_secs * 100.0).round() / 100.0);
    let behind = state.lag_secs.map_or_else(
        || bytes(state.lag_bytes),
        |secs| format!("{}, {}", bytes(state.lag_bytes), figures::lag(secs)),
    );
    let rows = [
        (ROLE, lang.of(state.role.label()).into_owned(), None),
        (OPS, per_sec(state.ops_per_sec), Some(OPS_TIP)),
        (MEMORY, bytes(state.memory_bytes), Some(MEMORY_TIP)),
        (LAG, behind, Some(LAG_TIP)),
        (CPU, cpu, Some(CPU_TIP)),
    ];
    let limit = state.memory_limit_bytes;
    let fork = number::span_of_secs(state.fork_us as f64 / 1e6);
    let pressed = [
        (FORK, fork, state.fork_us),
        (MEMORY_LIMIT, bytes(limit), limit),
        (EVICTED, number::number(state.evicted_keys as f64), state.evicted_keys),
        (REFUSED, number::number(state.refused_for_memory as f64), state.refused_for_memory),
    ];
    let pressed = pressed.into_iter().filter(|(_, _, count)| *count > 0);
    let rows = rows.into_iter().chain(pressed.map(|(label, value, _)| (label, value, None)));
    let weak = tokens(ui.ctx()).weak;
    egui::Grid::new("state").num_columns(2).spacing([16.0, 2.0]).show(ui, |ui| {
        for (label, value, tip) in rows {
            let label = ui.label(RichText::new(lang.t(label)).color(weak));
            if let Some(tip) = tip {
                label.on_hover_text(lang.t(tip));
            }
            ui.label(RichText::new(value).monospace());
            ui.end_row();
        }
    });
}

fn actions(ui: &mut Ui, page: &mut Page<'_>, stage: usize, name: &str) {
    let lang = page.lang();
    parts::heading(ui, lang.t(NOW));
    ui.horizontal_wrapped(|ui| {
        let part = Part::of(name).unwrap_or(Part::Data);
        for command in FaultAction::of_part(part).map(UiCommand::Fault) {
            let about = command.about();
            let enabled = command.enabled(page.model);
            let button = Button::new((icon(about.icon), lang.t(about.label)));
            let response = ui.add_enabled(enabled.is_ok(), button);
            let response = response.accessible_name(lang.f(ON, &[&lang.t(about.label), &name]));
            if response.clicked() {
                page.out.command(command);
            }
            match enabled {
                Ok(()) => response.on_hover_text(lang.t(about.tip)),
                Err(why) => {
                    response.on_disabled_hover_text(format!("{}\n{}", lang.t(about.tip), lang.t(why)))
                }
            };
        }
    });
    if parts::button(ui, Icon::Plus, lang.t(SCRIPT)).on_hover_text(lang.t(SCRIPT_TIP)).clicked() {
        let topology = page.topology();
        let at = phases::usual_moment(topology);
        let stage = &topology.stages[stage];
        let action = FaultAction::possible(topology, stage, name).next().unwrap_or(FaultAction::Kill);
        let (stage, instance) = (stage.name.clone(), name.to_owned());
        let fault = Fault { at, action, stage, instance, ..Fault::default() };
        let place = topology.faults.len();
        let edit = Edit::new(SCRIPT, move |topology| topology.faults.push(fault));
        page.out.push(Intent::EditAndSelect(edit, Selection::Fault(place)));
    }
}
