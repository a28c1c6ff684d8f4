//! Results: verdict, funnel, targets, audit, and everything else that a report says.
//!
//! - [`verdict`]: its sign, and the head of the results.
//! - [`funnel`]: what became of the requests, stage by stage.
//! - [`failovers`]: outages, step by step. [`shards`]: the shards of a cluster.
//! - [`figures`]: targets and audit. [`losses`]: when lost orders had been promised. [`hands`]: what consumers died with.
//! - [`backup`]: backups of the database. [`claimed`]: what texts claim of managed products. [`tables`]: orders, times, processes, faults. [`variants`]: a design and its variants side by side.

pub mod backup;
mod beside;
pub mod claimed;
pub mod failovers;
pub mod figures;
pub mod funnel;
pub mod hands;
pub mod losses;
pub mod records;
pub mod shards;
pub mod tables;
pub mod variants;
pub mod verdict;

use egui::{Frame, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::notice::Notice;
use super::super::run::Ending;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::super::widgets::command_button::{button, menu_row};
use super::empty_state;
use crate::engine::{FailureKind, RunFailure};
use crate::report::Report;
use crate::report::text::grouped;

const NO_RUN: Text = text("No results yet", "还没有结果");
const NO_RUN_TIP: Text = text(
    "After a run, funnel, targets and audit stand here, with a verdict",
    "运行结束后，漏斗、目标与审计会连同结论列在这里",
);
const UNDER_WAY: Text = text("The run is under way", "运行正在进行");
const UNDER_WAY_TIP: Text = text(
    "The verdict comes after the audit; Stop ends the arrivals and audits what happened so far",
    "结论在审计之后给出；停止会结束到达并审计已发生的内容",
);
const NO_REPORT: Text = text("The run ended without a report", "运行结束，但没有报告");
const STOPPED: Text = text("The run was stopped before the first arrival", "运行在首个到达之前被停止");
const MISSING: Text = text("Something is missing on this machine", "本机缺少所需内容");

const OTHER_FORMS: Text = text("Other forms", "其他格式");
const OTHER_FORMS_TIP: Text = text("For sheets, for pull requests, for CI", "用于表格、合并请求与 CI");

const FUNNEL: Text = text("Funnel", "漏斗");
const TARGETS: Text = text("Targets", "目标");
const AUDIT: Text = text("Audit", "审计");
const LOSSES: Text = text("Lost orders", "丢失的订单");
const OFFENCES: Text = text("Offending orders", "违规订单");
const OUTAGE: Text = text("Outage", "中断");
const SHARDS: Text = text("Shards, as clients saw them", "客户端所见的分片");
const HANDS: Text = text("Orders in consumers' hands", "消费者手中的订单");
const TIMES: Text = text("Response and service time", "响应时间与服务时间");
const PROCESSES: Text = text("Processes", "进程");
const CLAIMED: Text = text("Claimed of managed products, and measured here", "托管产品的宣称与此处的测量");
const DEEDS: Text = text("Faults, changes, alerts and absences", "故障、更改、告警与退出轮询");
const TROUBLES: Text = text("Troubles on the way", "途中的问题");
const GENERATOR: Text = text("Generator and servers", "发生器与服务器");
const BESIDE: Text = text("Two runs beside each other", "两次运行并列");
const VARIANTS: Text = text("Variants, on the same arrivals", "变体，以相同的到达运行");
const BACKUP: Text = text("Backup and restore", "备份与恢复");
const RECORDS: Text = text("Events and counters", "事件与计数");
const OFFERED: Text =
    text("Offered {}/s, achieved {}/s over {} s; seed {}", "到达 {}/s，达成 {}/s，历时 {} 秒；随机种子 {}");
const STOPPED_EARLY: Text = text("stopped before the end of the schedule", "在计划结束之前停止");

/// From this width on, two columns stand side by side.
const TWO_COLUMNS: f32 = 660.0;

/// How it is looked at.
#[derive(Debug, Default)]
pub struct ResultsView {
    /// What was said when the last run ended; it goes when the next one starts.
    pub told: Option<Notice>,
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, _view: &mut ResultsView, out: &mut Intents) {
    let lang = model.lang();
    match model.runs.current.as_ref().map(|run| &run.ending) {
        None => empty_state(ui, Icon::ClipboardCheck, lang.t(NO_RUN), lang.t(NO_RUN_TIP), |ui| {
            button(ui, model, UiCommand::Run, out);
            button(ui, model, UiCommand::ShowHistory, out);
        }),
        Some(None) => empty_state(ui, Icon::Hourglass, lang.t(UNDER_WAY), lang.t(UNDER_WAY_TIP), |ui| {
            button(ui, model, UiCommand::Stop, out);
        }),
        Some(Some(Ending::Failure(failure))) => failure_ui(ui, model, failure, out),
        Some(Some(Ending::Report(report))) => {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                // The scroll bar stands over what is at the edge.
                ui.set_max_width(ui.available_width() - 10.0);
                report_ui(ui, model, report, out);
            });
        }
    }
}

/// Why there is no report, and what to do about it.
fn failure_ui(ui: &mut Ui, model: &Model, failure: &RunFailure, out: &mut Intents) {
    let (lang, tokens) = (model.lang(), tokens(ui));
    let (sign, colour, title) = match failure.kind {
        FailureKind::Stopped => (Icon::CircleStop, tokens.warn, STOPPED),
        FailureKind::Missing => (Icon::PackageSearch, tokens.bad, MISSING),
        FailureKind::Broken => (Icon::OctagonAlert, tokens.bad, NO_REPORT),
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(icon(sign).size(26.0).color(colour));
            ui.label(RichText::new(lang.t(title)).size(17.0).strong());
        });
        if failure.kind != FailureKind::Stopped {
            ui.add(egui::Label::new(&*lang.of(&failure.text)).selectable(true).wrap());
        }
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            button(ui, model, UiCommand::Run, out);
            button(ui, model, UiCommand::ShowEvents, out);
        });
    });
}

fn report_ui(ui: &mut Ui, model: &Model, report: &Report, out: &mut Intents) {
    let lang = model.lang();
    verdict::head(ui, lang, report);
    saving(ui, model, out);
    if let Some((run, over)) = model.runs.current.as_ref().zip(model.runs.overlay.as_ref()) {
        card(ui, lang, BESIDE, |ui| beside::show(ui, lang, run, report, over));
    }
    let compared = &model.runs.turns.done;
    if compared.len() > 1 {
        card(ui, lang, VARIANTS, |ui| variants::show(ui, lang, compared));
    }
    if !report.audit.lost_spans.is_empty() {
        card(ui, lang, LOSSES, |ui| losses::show(ui, lang, &report.audit.lost_spans));
    }
    if !report.audit.offending.is_empty() {
        card(ui, lang, OFFENCES, |ui| tables::offences(ui, lang, &report.audit.offending, out));
    }
    let left = |ui: &mut Ui| card(ui, lang, FUNNEL, |ui| funnel::show(ui, lang, report));
    let right = |ui: &mut Ui| {
        card(ui, lang, TARGETS, |ui| figures::targets(ui, lang, &report.targets));
        if !report.is_about_records_only() {
            card(ui, lang, AUDIT, |ui| figures::audit(ui, lang, report));
        }
    };
    side_by_side(ui, left, right);
    if report.audit.events.is_some() || report.audit.counts.is_some() {
        card(ui, lang, RECORDS, |ui| records::show(ui, lang, &report.audit));
    }
    for outage in &report.failovers {
        card(ui, lang, OUTAGE, |ui| failovers::show(ui, lang, outage, out));
    }
    if !report.shards.is_empty() {
        card(ui, lang, SHARDS, |ui| shards::show(ui, lang, report, out));
    }
    for queue in report.eventful_queues() {
        card(ui, lang, HANDS, |ui| hands::show(ui, lang, queue));
    }
    card(ui, lang, TIMES, |ui| tables::times(ui, lang, report));
    if !report.instances.is_empty() {
        card(ui, lang, PROCESSES, |ui| tables::processes(ui, lang, &report.instances));
    }
    if !report.claimed.is_empty() {
        card(ui, lang, CLAIMED, |ui| claimed::show(ui, lang, &report.claimed));
    }
    if is_eventful(report) {
        card(ui, lang, DEEDS, |ui| tables::deeds(ui, lang, report, out));
    }
    if let Some(backup) = &report.backup {
        card(ui, lang, BACKUP, |ui| backup::show(ui, lang, backup));
    }
    if !report.troubles.is_empty() {
        card(ui, lang, TROUBLES, |ui| {
            for trouble in &report.troubles {
                ui.label(&*lang.of(trouble));
            }
        });
    }
    card(ui, lang, GENERATOR, |ui| generator(ui, lang, report));
}

/// What can be done with a report: copied, and saved in many forms.
fn saving(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    ui.horizontal_wrapped(|ui| {
        button(ui, model, UiCommand::CopyReport, out);
        button(ui, model, UiCommand::SavePage, out);
        button(ui, model, UiCommand::SaveReport, out);
        let other = ui.menu_button(lang.t(OTHER_FORMS), |ui| {
            for command in [UiCommand::SaveSheets, UiCommand::SaveMarkdown, UiCommand::SaveJunit] {
                menu_row(ui, model, command, out);
            }
        });
        other.response.on_hover_text(lang.t(OTHER_FORMS_TIP));
    });
}

/// Whether something was broken, changed or told on the way.
fn is_eventful(report: &Report) -> bool {
    let counts = [
        report.faults.len(),
        report.changes.len(),
        report.absences.len(),
        report.breakers.len(),
        report.alerts.len(),
    ];
    counts.iter().any(|&count| count > 0)
}

fn generator(ui: &mut Ui, lang: Lang, report: &Report) {
    let generator = &report.generator;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate, rounded")]
    let whole = |figure: f64| grouped(figure.round().max(0.0) as u64);
    let mut words = lang.f(
        OFFERED,
        &[
            &whole(generator.offered_per_sec),
            &whole(generator.achieved_per_sec),
            &format!("{:.1}", generator.duration_secs),
            &report.seed,
        ],
    );
    if generator.stopped_early {
        words = format!("{words}; {}", lang.t(STOPPED_EARLY));
    }
    ui.label(words);
    for line in crate::report::http::lines(lang, report) {
        ui.label(line);
    }
    for server in &report.servers {
        let words = format!("{} {}", server.kind, server.version);
        ui.label(RichText::new(words).color(tokens(ui).weak)).on_hover_text(&server.path);
    }
}

/// Two columns where there is room, one below the other where there is none.
fn side_by_side(ui: &mut Ui, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui)) {
    let width = ui.available_width();
    if width < TWO_COLUMNS {
        left(ui);
        right(ui);
        return;
    }
    let gap = ui.spacing().item_spacing.x;
    ui.horizontal_top(|ui| {
        let first = (width - gap) * 0.5;
        for (part, content) in [(first, Side::Left(left)), (width - gap - first, Side::Right(right))] {
            ui.vertical(|ui| {
                ui.set_width(part);
                match content {
                    Side::Left(content) => content(ui),
                    Side::Right(content) => content(ui),
                }
            });
        }
    });
}

/// The content of a column.
enum Side<L, R> {
    Left(L),
    Right(R),
}

/// A part of the results with its title.
pub(super) fn card(ui: &mut Ui, lang: Lang, title: Text, content: impl FnOnce(&mut Ui)) {
    let tokens = tokens(ui);
    let frame = Frame::new()
        .fill(tokens.card)
        .stroke(egui::Stroke::new(1.0, tokens.line))
        .corner_radius(6)
        .inner_margin(10);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(lang.t(title)).strong());
        ui.add_space(2.0);
        content(ui);
    });
}
