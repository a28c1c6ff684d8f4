//! The state line: where the run is, how it goes, and how it ended; before it, what to do next.

use egui::{ProgressBar, RichText, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::keys;
use super::super::model::Model;
use super::super::run::pace::{Doubt, Pace};
use super::super::run::trials::UnderWay;
use super::super::run::{Ending, Run};
use super::super::text::{Text, text, trials};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::results::verdict;
use crate::engine::{FailureKind, RunFailure, RunPhase};
use crate::report::Report;
use crate::report::sentence::sentence;
use crate::report::text::grouped;
use crate::report::verdict::micros;
use crate::topology::Severity;

const EMPTY: Text = text(
    "Choose a preset to start with, or drag stages from the palette",
    "选择一个预设开始，或从左侧面板拖入阶段",
);
const READY: Text = text("Ready: press {} to run", "就绪：按 {} 运行");
const ERRORS: Text = text("{} errors keep the design from running", "{} 个错误使设计无法运行");
const ONE_ERROR: Text = text("1 error keeps the design from running", "1 个错误使设计无法运行");
const WARNINGS: Text = text("{} warnings", "{} 个警告");
const ONE_WARNING: Text = text("1 warning", "1 个警告");
const SEE_PROBLEMS: Text = text("See problems", "查看问题");
const SEE_RESULTS: Text = text("See results", "查看结果");
const REASON_FIRST: Text = text("{}. {}", "{}；{}");
const EDITED: Text = text("edited since start", "启动后已修改");
const EDITED_TIP: Text = text(
    "The run keeps the design as it was at its start; run again to see what the changes do",
    "运行使用启动时的设计；再次运行可看到更改的效果",
);
const MEASURING: Text = text("Measuring this machine: {}", "正在测试本机能力：{}");
const STOPPING: Text = text("stopping", "正在停止");
const PROGRESS: Text = text("Time of arrivals: {} of {} s", "到达时间：{} / {} 秒");
const BEHIND: Text = text("Generator behind", "发生器落后");
const BEHIND_TIP: Text = text(
    "The generator sends requests later than its schedule says (p99 {} in the last second, 25 ms over the run are allowed): this machine is too busy, and the run may end inconclusive",
    "发生器晚于计划发送请求（最近一秒 p99 {}，整个运行允许 25 ms）：本机太忙，运行可能无定论",
);
const DROPPED: Text = text("{} not sent", "{} 未能发送");
const DROPPED_TIP: Text = text(
    "Arrivals that could not be sent, because the first stage did not keep up: more than 1 in 1,000, so the run will be inconclusive",
    "因第一个阶段跟不上而无法发送的到达：超过千分之一，因此运行将无定论",
);

/// Room for a doubt and for the word that the design was edited.
const DOUBT_WIDTH: f32 = 150.0;
const EDITED_WIDTH: f32 = 150.0;

/// The phases of a run, in order, with what happens in each.
const PHASES: [(RunPhase, Text); 6] = [
    (RunPhase::StartingServers, text("Server processes start", "服务器进程启动")),
    (RunPhase::Preloading, text("Data control writes stock, gate and pages", "数据控制写入库存、闸门与页面")),
    (RunPhase::WarmingUp, text("Connections are opened", "建立连接")),
    (RunPhase::OnSale, text("Requests arrive", "请求到达")),
    (
        RunPhase::Draining,
        text(
            "No more arrivals; what is under way ends, the queue runs empty",
            "不再有到达；在途请求结束，队列清空",
        ),
    ),
    (
        RunPhase::Auditing,
        text(
            "The ledger is compared with Redis, the queue and the database",
            "将账本与 Redis、队列和数据库核对",
        ),
    ),
];

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, out: &mut Intents) {
    ui.horizontal(|ui| {
        ui.set_min_height(ui.spacing().interact_size.y);
        if let Some(what) = &model.machine.measuring {
            measuring(ui, model, what);
            return;
        }
        if let Some(under_way) = &model.trials.under_way {
            trying(ui, model, under_way);
            return;
        }
        match &model.runs.current {
            None => before(ui, model, out),
            Some(run) => match &run.ending {
                None => under_way(ui, model, run),
                Some(Ending::Report(report)) => ended(ui, model, run, report, out),
                Some(Ending::Failure(failure)) => failed(ui, model, failure, out),
            },
        }
    });
}

/// What of this machine is measured.
fn measuring(ui: &mut Ui, model: &Model, what: &str) {
    ui.label(icon(UiCommand::MeasureMachine.about().icon).color(tokens(ui).accent));
    ui.add(egui::Label::new(model.lang().f(MEASURING, &[&what])).truncate());
}

/// What is tried.
fn trying(ui: &mut Ui, model: &Model, under_way: &UnderWay) {
    let command = match under_way {
        UnderWay::Comparing(..) => UiCommand::Compare,
        UnderWay::Searching(_) => UiCommand::FindCapacity,
    };
    ui.label(icon(command.about().icon).color(tokens(ui).accent));
    ui.add(egui::Label::new(trials::under_way(model.lang(), under_way)).truncate());
}

/// What to do next.
fn before(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let (lang, tokens) = (model.lang(), tokens(ui));
    if model.doc.topology().stages.is_empty() {
        ui.label(icon(Icon::Lightbulb).color(tokens.accent));
        ui.label(lang.t(EMPTY));
    } else if !problems(ui, model, out) {
        let keys = UiCommand::Run.about().shortcut.map(|keys| keys::written(ui, &keys)).unwrap_or_default();
        ui.label(icon(Icon::CircleCheck).color(tokens.good));
        ui.label(lang.f(READY, &[&keys]));
    }
}

/// How many problems there are. Answers whether they keep the design from running.
fn problems(ui: &mut Ui, model: &Model, out: &mut Intents) -> bool {
    let (lang, tokens) = (model.lang(), tokens(ui));
    let count = |severity| model.doc.problems().iter().filter(|problem| problem.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors + warnings == 0 || (errors == 0 && model.runs.current.is_some()) {
        return false;
    }
    let (sign, colour, words) = match (errors, warnings) {
        (0, 1) => (Icon::TriangleAlert, tokens.warn, lang.t(ONE_WARNING).to_owned()),
        (0, warnings) => (Icon::TriangleAlert, tokens.warn, lang.f(WARNINGS, &[&warnings])),
        (1, _) => (Icon::OctagonAlert, tokens.bad, lang.t(ONE_ERROR).to_owned()),
        (errors, _) => (Icon::OctagonAlert, tokens.bad, lang.f(ERRORS, &[&errors])),
    };
    ui.label(icon(sign).color(colour));
    ui.label(words);
    if ui.link(lang.t(SEE_PROBLEMS)).clicked() {
        out.command(UiCommand::ShowProblems);
    }
    errors > 0
}

fn under_way(ui: &mut Ui, model: &Model, run: &Run) {
    let lang = model.lang();
    stepper(ui, model, run);
    progress(ui, model, run);
    if run.is_stopping {
        ui.label(RichText::new(lang.t(STOPPING)).color(tokens(ui).warn));
    }
    if run.series.is_empty() {
        if let Some(note) = &run.note {
            ui.add(egui::Label::new(RichText::new(lang.of(note)).color(tokens(ui).weak)).truncate());
        }
        return;
    }
    let now = Pace::of(&run.series);
    let doubt = run.doubt(&now);
    let is_edited = run.is_edited(model.doc.topology());
    // What is to be said stands at the right end, so that the figures keep their places.
    let said = [(doubt.is_some(), DOUBT_WIDTH), (is_edited, EDITED_WIDTH)];
    let reserved: f32 = said.iter().filter(|(is_said, _)| *is_said).map(|(_, width)| width).sum();
    figures(ui, model, &now, reserved);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if let Some(doubt) = doubt {
            doubt_ui(ui, model, doubt, &now);
        }
        if is_edited {
            edited(ui, model);
        }
    });
}

/// All phases as signs, the one under way in words.
fn stepper(ui: &mut Ui, model: &Model, run: &Run) {
    let (lang, tokens) = (model.lang(), tokens(ui));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (phase, tip) in PHASES {
            let name = lang.of(phase.label());
            let (sign, colour) = match phase.cmp(&run.phase) {
                std::cmp::Ordering::Less => (Icon::CircleCheck, tokens.good),
                std::cmp::Ordering::Equal => (Icon::CircleDot, tokens.accent),
                std::cmp::Ordering::Greater => (Icon::Circle, tokens.weak),
            };
            let hover = format!("{name}\n{}", lang.t(tip));
            ui.label(icon(sign).color(colour)).on_hover_text(&hover);
            if phase == run.phase {
                ui.label(RichText::new(&*name).strong()).on_hover_text(&hover);
            }
        }
    });
}

fn progress(ui: &mut Ui, model: &Model, run: &Run) {
    if run.duration.is_zero() {
        // It has no end to be near to.
        ui.label(format!("{:.1} s", run.series.end_secs()));
        return;
    }
    let (at, of) = (run.series.end_secs().min(run.duration.as_secs_f64()), run.duration.as_secs_f64());
    #[allow(clippy::cast_possible_truncation, reason = "a share")]
    let share = if of > 0.0 { (at / of) as f32 } else { 0.0 };
    let words = format!("{at:.1} / {of:.1} s");
    let tip = model.lang().f(PROGRESS, &[&format!("{at:.1}"), &format!("{of:.1}")]);
    let bar =
        ProgressBar::new(share).desired_width(110.0).corner_radius(3).text(RichText::new(words).size(11.5));
    ui.add(bar).on_hover_text(&tip).accessible_name(tip);
}

/// Says that the design is not what runs.
fn edited(ui: &mut Ui, model: &Model) {
    let lang = model.lang();
    said(ui, Icon::Pencil, lang.t(EDITED), lang.t(EDITED_TIP), tokens(ui).weak);
}

/// Says what makes the run say nothing about the design, as soon as it can be seen.
fn doubt_ui(ui: &mut Ui, model: &Model, doubt: Doubt, now: &Pace) {
    let lang = model.lang();
    let (words, tip) = match doubt {
        Doubt::Behind => (lang.t(BEHIND).to_owned(), lang.f(BEHIND_TIP, &[&micros(now.worst_lag_us)])),
        Doubt::Dropped(count) => (lang.f(DROPPED, &[&grouped(count)]), lang.t(DROPPED_TIP).to_owned()),
    };
    said(ui, Icon::TriangleAlert, &words, &tip, tokens(ui).warn);
}

/// A sign with words, in one piece.
fn said(ui: &mut Ui, sign: Icon, words: &str, tip: &str, colour: egui::Color32) {
    let content = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(icon(sign).color(tokens(ui).warn));
        ui.label(RichText::new(words).color(colour));
    };
    let size = egui::vec2(0.0, ui.spacing().interact_size.y);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(size, layout, content).response.on_hover_text(tip);
}

/// A figure of the line: its name, its definition, how much room it needs.
struct Figure {
    name: Text,
    tip: Text,
    value: String,
    width: f32,
}

fn figures(ui: &mut Ui, model: &Model, now: &Pace, reserved: f32) {
    for figure in all_figures(now) {
        if ui.available_width() - reserved < figure.width {
            return;
        }
        draw_figure(ui, model, &figure);
    }
}

/// The figures, the most important first: those at the end give way where there is little room.
fn all_figures(now: &Pace) -> [Figure; 6] {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, not negative")]
    let per_sec = |rate: f64| format!("{}/s", grouped(rate.max(0.0).round() as u64));
    let figure = |name, tip, value, width| Figure { name, tip, value, width };
    [
        figure(
            text("offered", "到达"),
            text(
                "Offered load: arrivals per second that the schedule called for in the last second",
                "所给负载：最近一秒内计划的每秒到达数",
            ),
            per_sec(now.offered_per_sec),
            116.0,
        ),
        figure(
            text("achieved", "达成"),
            text(
                "Achieved throughput: requests per second that got an answer in the last second, whatever it said",
                "达成吞吐：最近一秒内每秒得到答复的请求数，无论答复内容",
            ),
            per_sec(now.achieved_per_sec),
            124.0,
        ),
        figure(
            text("sold", "已售"),
            text("Claims granted since the start", "从开始到现在成功的购买数"),
            grouped(now.sold),
            88.0,
        ),
        figure(
            text("p99", "p99"),
            text(
                "Response time from the intended time: the highest p99 of the last ten tenths of a second",
                "从计划时间起算的响应时间：最近十个十分之一秒中最高的 p99",
            ),
            micros(now.worst_p99_us),
            88.0,
        ),
        figure(
            text("backlog", "积压"),
            text("Orders acknowledged and not yet in the database", "已确认但尚未写入数据库的订单"),
            grouped(now.backlog),
            100.0,
        ),
        figure(
            text("lag", "落后"),
            text(
                "How late the generator sent requests: the highest p99 of the last second",
                "发生器发送请求晚了多少：最近一秒内最高的 p99",
            ),
            micros(now.worst_lag_us),
            84.0,
        ),
    ]
}

fn draw_figure(ui: &mut Ui, model: &Model, figure: &Figure) {
    let (lang, tokens) = (model.lang(), tokens(ui));
    let size = egui::vec2(figure.width, ui.spacing().interact_size.y);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 4.0;
        let hover = format!("{}: {}\n{}", lang.t(figure.name), figure.value, lang.t(figure.tip));
        ui.label(RichText::new(lang.t(figure.name)).color(tokens.weak)).on_hover_text(&hover);
        ui.label(RichText::new(&figure.value).strong()).on_hover_text(hover);
    });
}

fn ended(ui: &mut Ui, model: &Model, run: &Run, report: &Report, out: &mut Intents) {
    let lang = model.lang();
    verdict::chip(ui, lang, report.verdict);
    if run.is_edited(model.doc.topology()) {
        edited(ui, model);
        problems(ui, model, out);
    }
    if ui.link(lang.t(SEE_RESULTS)).clicked() {
        out.command(UiCommand::ShowResults);
    }
    let mut words = sentence(lang, report);
    // A design may sell everything once and still miss a target: then the reason says more.
    if let Some(reason) = report.reasons.first().filter(|_| !report.audit.found_wrong()) {
        words = lang.f(REASON_FIRST, &[&lang.of(reason), &words]);
    }
    ui.add(egui::Label::new(&words).truncate()).on_hover_text(words);
}

fn failed(ui: &mut Ui, model: &Model, failure: &RunFailure, out: &mut Intents) {
    let (lang, tokens) = (model.lang(), tokens(ui));
    let (sign, colour) = match failure.kind {
        FailureKind::Stopped => (Icon::CircleStop, tokens.warn),
        FailureKind::Missing | FailureKind::Broken => (Icon::OctagonAlert, tokens.bad),
    };
    ui.label(icon(sign).color(colour));
    if ui.link(lang.t(SEE_RESULTS)).clicked() {
        out.command(UiCommand::ShowResults);
    }
    let words = lang.of(&failure.text);
    ui.add(egui::Label::new(&*words).truncate()).on_hover_text(&*words);
}
