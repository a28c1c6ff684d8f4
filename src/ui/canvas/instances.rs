//! The Redis processes of a stage, a row each: what they are, whether they answer, how far behind, how busy, how full.

use std::time::Duration;

use egui::{Align2, Color32, CornerRadius, Rect, Sense, Stroke, StrokeKind};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::document::layout::{BODY, HEAD, ROW, WIDTH};
use super::super::intent::Intents;
use super::super::run::Run;
use super::super::selection::Selection;
use super::super::text::{Lang, Text, figures, text};
use super::super::theme::signs;
use super::super::widgets::command_button::menu_row;
use super::face::{NEAR, running};
use super::pen::Pen;
use crate::metrics::{InstanceState, InstanceSummary, Role};
use crate::report::text::grouped;
use crate::topology::fault::{FaultAction, Part};
use crate::topology::validate::instances;
use crate::topology::{Stage, StageKind};

/// How long a row stays lit after a process changed its role, in seconds.
const FLASH_SECS: f64 = 1.5;
/// Time between the frames of that.
const FLASH_FRAME: Duration = Duration::from_millis(33);
/// Space at the left and right of a row.
const INSET: f32 = 6.0;

const NO_ANSWER: Text = text("no answer", "无响应");
const GONE: Text = text("no answer at the end", "结束时无响应");
const LINK_UP: Text = text("link up", "复制连接正常");
const LINK_DOWN: Text = text("link down", "复制连接断开");
const OUT: Text = text("gets no reads: {}", "不参与读取：{}");
const WAS_OUT: Text = text("got no reads for {} s in all", "共 {} 秒不参与读取");
const BEHIND: Text = text("{} behind", "落后 {}");
const WORST_BEHIND: Text = text("at worst {} behind", "最多落后 {}");
const OPS: Text = text("{} operations", "{} 次操作");
const SHORT_OPS: Text = text("{} ops", "{} 次");
const PEAK: Text = text("at most {}", "最多 {}");
const MISSED: Text = text("did not answer {} of {} looks", "{} 次无响应（共查看 {} 次）");
const NOT_RUN: Text = text("starts with the run", "运行时启动");
const DEFINITIONS: Text = text(
    "Behind: bytes of the replication stream that the master has written and this replica has not copied; in a read-write split also the age of the oldest heartbeat of the master that it has not copied. Operations: as Redis averages them itself, each second. Memory: what its data takes",
    "落后：主节点已写入而该从节点尚未复制的复制流字节数；在读写分离中还有它尚未复制的最早一次主节点心跳距今多久。操作：Redis 自己统计的每秒平均值。内存：数据占用的内存",
);
const WHOLE_RUN: Text = text("Over the whole run", "整个运行期间");
const CLICK: Text = text("Click to select it, right-click to break it", "单击选中，右键注入故障");

/// What a row shows.
#[derive(Debug, Clone, Default)]
struct Row {
    /// What the process is; before a run, what it starts as.
    role: Role,
    /// Whether anything was measured.
    is_known: bool,
    /// Whether it answered at the last look.
    is_reachable: bool,
    /// Whether it is about a whole run.
    is_total: bool,
    /// Of a replica under way: whether its link to the master is up.
    is_link_up: Option<bool>,
    /// How far behind its master, of a replica: in seconds where that is measured, and else in bytes; and whether at all.
    lag: Option<(String, bool)>,
    /// Commands: each second, or in all.
    ops: Option<String>,
    /// Memory of its data.
    memory: Option<u64>,
    /// What is wrong with a process that answers, as a sign in place of its role's.
    warning: Option<Icon>,
    /// All of it in words.
    words: Vec<String>,
}

/// Draws the processes of a stage below its body. One that is clicked is selected.
pub fn show(pen: &Pen<'_>, index: usize, stage: &Stage, out: &mut Intents) {
    let mut names = instances(&stage.kind);
    if names.is_empty() {
        return;
    }
    let drawn = names.len();
    names.extend(newcomers(pen, index, &names));
    if names.len() > drawn {
        // They have no place in the box, which is as large as the design says.
        let (top, height) = (HEAD + BODY + 6.0 + ROW * drawn as f32, ROW * (names.len() - drawn) as f32);
        let rect = pen.part(0.0, top, WIDTH, height);
        let (painter, round) = (pen.ui.painter(), CornerRadius::same(6));
        painter.rect_filled(rect, round, pen.tokens.card);
        painter.rect_stroke(rect, round, Stroke::new(1.0, pen.tokens.line), StrokeKind::Inside);
    }
    let rule = pen.part(INSET, HEAD + BODY, WIDTH - 2.0 * INSET, 0.0);
    pen.ui.painter().hline(rule.x_range(), rule.top(), Stroke::new(1.0, pen.tokens.line));
    let run = running(pen.model, index);
    for (number, name) in names.iter().enumerate() {
        let before = || planned(pen.lang, &stage.kind, name);
        let row = run.map_or_else(before, |(run, at)| row(pen.lang, run, at, name));
        let top = HEAD + BODY + 3.0 + ROW * number as f32;
        let rect = pen.part(INSET * 0.5, top, WIDTH - INSET, ROW);
        show_row(pen, index, name, rect, &row, out);
    }
}

/// The processes that came while the run went on, and are in no design.
fn newcomers(pen: &Pen<'_>, index: usize, drawn: &[String]) -> Vec<String> {
    let Some((run, at)) = running(pen.model, index) else { return Vec::new() };
    let of_stage = run.processes().iter().filter(|state| state.stage == at);
    let names = of_stage.map(|state| &state.name).filter(|name| !drawn.contains(name));
    names.cloned().collect()
}

/// A process that doesn't run yet.
fn planned(lang: Lang, kind: &StageKind, name: &str) -> Row {
    let role = match name.split(' ').next() {
        Some("master") => Role::Master,
        Some("replica") => Role::Replica,
        Some("sentinel") => Role::Sentinel,
        // The first nodes of a cluster are its masters.
        Some("node") => match (kind, name.rsplit(' ').next().and_then(|number| number.parse::<u32>().ok())) {
            (StageKind::RedisCluster(cluster), Some(number)) if number <= cluster.shards => Role::Master,
            _ => Role::Replica,
        },
        _ => Role::Unknown,
    };
    Row { role, words: vec![lang.t(NOT_RUN).to_owned()], ..Row::default() }
}

/// A process of a run: as it is now, or what it did.
fn row(lang: Lang, run: &Run, stage: usize, name: &str) -> Row {
    let kind = &run.topology.stages[stage].kind;
    if let Some(report) = run.report().filter(|_| run.playhead.is_none()) {
        let of_stage = &run.topology.stages[stage].name;
        let found = report.instances.iter().find(|one| one.stage == *of_stage && one.name == name);
        let last = run.instances.iter().find(|state| state.stage == stage && state.name == name);
        let is_gone = last.is_some_and(|state| !state.is_reachable);
        let Some(summary) = found else { return planned(lang, kind, name) };
        let mut row = ended(lang, summary, is_gone);
        let absences = report.absences.iter().filter(|one| one.stage == *of_stage && one.instance == name);
        let end = run.series.end_secs();
        let secs: f64 = absences.map(|one| one.to_secs.unwrap_or(end) - one.from_secs).sum();
        row.warning = run.why_out_of_reads(stage, name).map(|_| signs::OUT_OF_READS);
        row.words.extend((secs > 0.0).then(|| lang.f(WAS_OUT, &[&format!("{secs:.1}")])));
        return row;
    }
    let found = run.processes().iter().find(|state| state.stage == stage && state.name == name);
    // Before the first look, a process has not said what it is.
    let found = found.filter(|state| state.is_reachable || state.role != Role::Unknown);
    let Some(now) = found else { return planned(lang, kind, name) };
    let mut row = live(lang, now);
    if let Some(why) = run.why_out_as_shown(stage, name) {
        row.warning = Some(signs::OUT_OF_READS);
        row.words.push(lang.f(OUT, &[&lang.of(why)]));
    }
    row
}

fn live(lang: Lang, state: &InstanceState) -> Row {
    let mut row = Row {
        role: state.role,
        is_known: true,
        is_reachable: state.is_reachable,
        words: vec![lang.of(state.role.label()).into_owned()],
        ..Row::default()
    };
    if !state.is_reachable {
        row.words.push(lang.t(NO_ANSWER).to_owned());
        return row;
    }
    if state.role == Role::Replica {
        row.is_link_up = Some(state.is_link_up);
        row.lag = Some(lag(state.lag_bytes, state.lag_secs));
        row.words.push(lang.t(if state.is_link_up { LINK_UP } else { LINK_DOWN }).to_owned());
        row.words.push(lang.f(BEHIND, &[&behind(state.lag_bytes, state.lag_secs)]));
    }
    let ops = format!("{}/s", figures::compact(state.ops_per_sec));
    row.words.push(lang.f(OPS, &[&ops]));
    row.ops = Some(ops);
    row.memory = Some(state.memory_bytes).filter(|bytes| *bytes > 0);
    row.words.extend(row.memory.map(figures::bytes));
    row
}

/// What a process did over a run; `is_gone` where it didn't answer at the end.
fn ended(lang: Lang, summary: &InstanceSummary, is_gone: bool) -> Row {
    let mut row = Row {
        role: summary.role,
        is_known: true,
        is_reachable: !is_gone,
        is_total: true,
        ops: Some(lang.f(SHORT_OPS, &[&figures::compact(summary.commands)])),
        memory: Some(summary.peak_memory_bytes).filter(|bytes| *bytes > 0),
        words: vec![lang.of(summary.role.label()).into_owned()],
        ..Row::default()
    };
    if is_gone {
        row.words.push(lang.t(GONE).to_owned());
    }
    if summary.role == Role::Replica {
        let (bytes, secs) = (summary.worst_lag_bytes, summary.worst_lag_secs);
        row.lag = Some(lag(bytes, secs));
        row.words.push(lang.f(WORST_BEHIND, &[&behind(bytes, secs)]));
    }
    row.words.push(lang.f(OPS, &[&grouped(summary.commands)]));
    row.words.extend(row.memory.map(|bytes| lang.f(PEAK, &[&figures::bytes(bytes)])));
    if summary.missed_looks > 0 {
        row.words.push(lang.f(MISSED, &[&summary.missed_looks, &summary.looks]));
    }
    row
}

/// How far behind, in few letters, and whether at all.
fn lag(bytes: u64, secs: Option<f64>) -> (String, bool) {
    let words = secs.map_or_else(|| figures::bytes(bytes), figures::lag);
    (words, bytes > 0 || secs.is_some_and(|secs| secs > 0.0))
}

/// How far behind: bytes, and seconds where they are measured.
fn behind(bytes: u64, secs: Option<f64>) -> String {
    let bytes = figures::bytes(bytes);
    secs.map_or_else(|| bytes.clone(), |secs| format!("{bytes}, {}", figures::lag(secs)))
}

fn show_row(pen: &Pen<'_>, stage: usize, name: &str, rect: Rect, row: &Row, out: &mut Intents) {
    let (model, tokens) = (pen.model, pen.tokens);
    let selection = Selection::Instance { stage, name: name.to_owned() };
    let said = format!("{}, {}", pen.lang.of(name), row.words.join(", "));
    let response = pen.row_widget(rect, name, &said);
    let round = CornerRadius::same(4);
    let painter = pen.ui.painter();
    let is_selected = model.selection == selection;
    if is_selected {
        painter.rect_filled(rect, round, tokens.accent.gamma_multiply(0.3));
        painter.rect_stroke(rect, round, Stroke::new(1.0, tokens.accent), StrokeKind::Inside);
    } else if response.hovered() {
        painter.rect_filled(rect, round, tokens.card_head);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, round, Stroke::new(1.5, tokens.accent), StrokeKind::Inside);
    }
    flash(pen, name, rect, row);
    paint(pen, name, rect, row);
    if response.clicked() || (response.secondary_clicked() && !is_selected) {
        out.select(selection);
    }
    response.context_menu(|ui| {
        for action in Part::of(name).into_iter().flat_map(FaultAction::of_part) {
            menu_row(ui, model, UiCommand::Fault(action), out);
        }
    });
    let head = if row.is_total { format!("{}\n", pen.lang.t(WHOLE_RUN)) } else { String::new() };
    let tip = format!("{head}{said}\n\n{}\n{}", pen.lang.t(DEFINITIONS), pen.lang.t(CLICK));
    response.on_hover_text(tip);
}

/// Icon, name, link and figures, each in its column.
fn paint(pen: &Pen<'_>, name: &str, rect: Rect, row: &Row) {
    let tokens = pen.tokens;
    let column = |left: f32, width: f32| {
        let scale = rect.width() / (WIDTH - INSET);
        let min = rect.min + egui::vec2(left * scale, 0.0);
        Rect::from_min_size(min, egui::vec2(width * scale, rect.height()))
    };
    let is_down = row.is_known && !row.is_reachable;
    let (icon, color) = match row.warning {
        _ if is_down => (Icon::CircleX, tokens.bad),
        Some(sign) => (sign, tokens.warn),
        None => (signs::role(row.role), role_color(pen, row)),
    };
    pen.icon(column(3.0, 13.0), icon, 11.0, color);
    let text = if row.is_known { tokens.text } else { tokens.weak };
    let color = match row.warning {
        _ if is_down => tokens.bad,
        Some(_) => tokens.warn,
        None => text,
    };
    // From further away the least size of text asks for more room than its column has.
    let mut room = column(18.0, if row.is_known { 52.0 } else { 172.0 });
    room.min.x = room.min.x.max(rect.left() + pen.font(11.0).size * 1.5);
    if pen.zoom < NEAR {
        room.max.x = rect.right();
        let (at, _) = pen.text(room, Align2::LEFT_CENTER, &pen.lang.of(name), 10.0, color);
        room.min.x = at.right() + 3.0;
        let value = if is_down { Some(pen.lang.t(NO_ANSWER).to_owned()) } else { row.ops.clone() };
        let value = value.filter(|value| !row.is_total && pen.width(value, 10.0) <= room.width());
        pen.text(room, Align2::RIGHT_CENTER, &value.unwrap_or_default(), 10.0, color);
        return;
    }
    pen.text(room, Align2::LEFT_CENTER, &pen.lang.of(name), 10.0, color);
    if is_down && !row.is_total {
        let words = pen.lang.t(NO_ANSWER);
        pen.text(column(80.0, 110.0), Align2::RIGHT_CENTER, words, 10.0, tokens.bad);
        return;
    }
    match row.is_link_up {
        Some(true) => pen.icon(column(70.0, 12.0), Icon::Link2, 10.0, tokens.good),
        Some(false) => pen.icon(column(70.0, 12.0), Icon::Link2Off, 10.0, tokens.bad),
        None => {}
    }
    let is_behind = row.lag.as_ref().is_some_and(|(_, is_behind)| *is_behind);
    let lag_color = if is_behind || row.warning.is_some() { color } else { tokens.weak };
    // Counts of a whole run are longer than rates; there is no link by then.
    let (lag, ops) = if row.is_total { ((66.0, 38.0), (104.0, 46.0)) } else { ((80.0, 34.0), (114.0, 37.0)) };
    let cells = [
        (lag, row.lag.as_ref().map(|(words, _)| words.clone()), lag_color),
        (ops, row.ops.clone(), text),
        ((154.0, 37.0), row.memory.map(figures::bytes), tokens.weak),
    ];
    for ((left, width), value, color) in cells {
        if let Some(value) = value {
            pen.text(column(left, width), Align2::RIGHT_CENTER, &value, 10.0, color);
        }
    }
}

fn role_color(pen: &Pen<'_>, row: &Row) -> Color32 {
    match row.role {
        _ if !row.is_known => pen.tokens.weak.gamma_multiply(0.7),
        Role::Master => pen.tokens.warn,
        Role::Replica | Role::Sentinel | Role::Unknown => pen.tokens.weak,
    }
}

/// A run, what a process was in it when it was drawn last, and since when, on the window's clock.
type Kept = (u64, Role, f64);

/// Lights a row for a moment when its process has changed its role.
fn flash(pen: &Pen<'_>, name: &str, rect: Rect, row: &Row) {
    if !row.is_reachable || pen.model.runs.active().is_none() {
        return;
    }
    let run = pen.model.runs.current.as_ref().map_or(0, |run| run.id.0);
    let (now, id) = (pen.ui.input(|input| input.time), pen.id(("role", name)));
    let kept = pen.ui.data(|data| data.get_temp::<Kept>(id)).filter(|kept| kept.0 == run);
    let since = match kept {
        Some((_, role, since)) if role == row.role => since,
        Some(_) => now,
        None => f64::NEG_INFINITY,
    };
    pen.ui.data_mut(|data| data.insert_temp::<Kept>(id, (run, row.role, since)));
    let left = 1.0 - (now - since) / FLASH_SECS;
    if left > 0.0 {
        #[allow(clippy::cast_possible_truncation, reason = "from 0 to 1")]
        let light = pen.tokens.warn.gamma_multiply(0.6 * left as f32);
        pen.ui.painter().rect_filled(rect, CornerRadius::same(4), light);
        pen.ui.request_repaint_after(FLASH_FRAME);
    }
}

impl Pen<'_> {
    /// A row that can be clicked and reached by keyboard. Its name is the stage's and what is said of the process.
    fn row_widget(&self, rect: Rect, name: &str, said: &str) -> egui::Response {
        let response = self.ui.interact(rect, self.id(("process", name)), Sense::click());
        let label = format!("{}, {said}", self.name);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_shown_as_what_it_says_it_is_and_not_by_its_name() {
        let state = InstanceState {
            name: "replica 1".into(),
            is_reachable: true,
            role: Role::Master,
            ops_per_sec: 12_300,
            memory_bytes: 1_400_000,
            ..InstanceState::default()
        };
        let row = live(Lang::En, &state);
        assert_eq!((row.role, row.lag, row.is_link_up), (Role::Master, None, None));
        assert_eq!(row.words, ["master", "12.3k/s operations", "1.3 MiB"]);
        let gone = live(Lang::En, &InstanceState { is_reachable: false, ..state });
        assert_eq!(gone.words, ["master", "no answer"]);
        assert_eq!((gone.ops, gone.memory), (None, None));
        let summary = InstanceSummary { role: Role::Master, commands: 70, ..InstanceSummary::default() };
        assert_eq!(
            ended(Lang::En, &summary, true).words,
            ["master", "no answer at the end", "70 operations"]
        );
    }
}
