//! An outage as a bar over time: detection, promotion and the way back, with its steps.

use egui::{
    Align2, Color32, FontId, Rect, Response, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use lucide_icons::Icon;

use super::super::super::intent::{Intent, Intents};
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::{Tokens, tokens};
use super::tables;
use crate::metrics::failover::{Failover, Outcome};

const TITLE: Text = text("{}: {}", "{}：{}");
const NO_FAULT: Text = text("{}, no fault of this run", "{}，并非本次运行注入的故障");
const FROM_TO: Text = text("{} was master, {} is", "主节点由 {} 变为 {}");
const DETECTION: Text = text("detection", "发现");
const DETECTION_TIP: Text = text(
    "From the fault until the quorum of Sentinels believes the master down",
    "从故障到达到法定人数的哨兵认为主节点已下线",
);
const PROMOTION: Text = text("promotion", "提升");
const PROMOTION_TIP: Text = text(
    "From the quorum's belief until the first Sentinel tells of the switch",
    "从法定人数认定下线到首个哨兵通知切换",
);
const RECOVERY: Text = text("recovery", "恢复");
const RECOVERY_TIP: Text = text(
    "From the switch, or what was brought back, until a write is acknowledged again",
    "从切换（或进程恢复）到写入重新得到确认",
);
const UNAVAILABLE: Text = text("unavailable {}", "不可用 {}");
const UNAVAILABLE_TIP: Text = text(
    "Between two acknowledged writes of a client that writes all the time",
    "一个持续写入的客户端相邻两次确认写入之间的时间",
);
const NOT_BACK: Text = text("no acknowledged write until the end", "直到结束都没有确认的写入");
const TWO_MASTERS: Text = text("two masters for {}", "双主持续 {}");
const TWO_MASTERS_TIP: Text = text("Two processes both said that they are master", "有两个进程都自称主节点");
const ABORTED: Text = text("given up at {}: {}", "在 {} 放弃：{}");
const NAIVE: Text = text(
    "naive clients: the former master acknowledged their writes until {}",
    "固守首个地址的客户端：原主节点确认其写入直到 {}",
);
const STEP: Text = text("step", "步骤");
const AT: Text = text("at", "时刻");
const AFTER: Text = text("after the fault", "距故障");
const BAR: Text = text("Time bar of the outage: {}", "中断的时间条：{}");

const BAR_HEIGHT: f32 = 22.0;

/// A phase of an outage.
struct Phase {
    name: Text,
    tip: Text,
    from: f64,
    to: f64,
    colour: Color32,
}

/// Draws it.
pub fn show(ui: &mut Ui, lang: Lang, outage: &Failover, out: &mut Intents) {
    let colours = tokens(ui);
    let cause = outage
        .cause
        .as_deref()
        .map_or_else(|| lang.f(NO_FAULT, &[&outage.stage]), |cause| lang.of(cause).into_owned());
    ui.horizontal_wrapped(|ui| {
        let is_back = outage.outcome != Outcome::NotOver;
        let (sign, colour) = if is_back { (Icon::Zap, colours.fault) } else { (Icon::CircleX, colours.bad) };
        ui.label(icon(sign).color(colour));
        ui.label(RichText::new(lang.f(TITLE, &[&cause, &lang.of(outage.outcome.label())])).strong());
        if outage.outcome == Outcome::Failover {
            let names = [lang.of(&outage.master_before), lang.of(&outage.master_after)];
            ui.label(RichText::new(lang.f(FROM_TO, &[&names[0], &names[1]])).color(colours.weak));
        }
    });
    bar(ui, lang, outage);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        facts(ui, lang, outage);
    });
    let start = beginning(outage);
    tables::table(ui, &format!("outage {start}"), lang, &[(STEP, None), (AT, None), (AFTER, None)], |ui| {
        for (name, at) in outage.steps() {
            ui.label(&*lang.of(name));
            if ui.link(secs(at)).clicked() {
                out.push(Intent::ShowMoment(at));
            }
            ui.label(format!("{:+.3} s", at - start));
            ui.end_row();
        }
    });
}

/// What is said of the outage as a whole.
fn facts(ui: &mut Ui, lang: Lang, outage: &Failover) {
    let colours = tokens(ui);
    match outage.unavailable_secs {
        Some(span) => ui.label(lang.f(UNAVAILABLE, &[&secs(span)])),
        None => ui.label(RichText::new(lang.t(NOT_BACK)).color(colours.bad)),
    }
    .on_hover_text(lang.t(UNAVAILABLE_TIP));
    if outage.two_masters_secs > 0.0 {
        let words = lang.f(TWO_MASTERS, &[&format!("{:.1} s", outage.two_masters_secs)]);
        ui.label(RichText::new(words).color(colours.warn)).on_hover_text(lang.t(TWO_MASTERS_TIP));
    }
    for abort in &outage.aborted {
        let words = lang.f(ABORTED, &[&secs(abort.at_secs), &lang.of(&abort.reason)]);
        ui.label(RichText::new(words).color(colours.warn));
    }
    if let Some(last) = outage.naive.and_then(|naive| naive.last_write_to_former_secs) {
        ui.label(RichText::new(lang.f(NAIVE, &[&secs(last)])).color(colours.bad));
    }
}

/// The moment from which times are counted.
fn beginning(outage: &Failover) -> f64 {
    outage.fault_secs.or(outage.last_write_secs).or(outage.first_error_secs).unwrap_or_default()
}

/// Detection, promotion and recovery, as far as they were seen.
fn phases(outage: &Failover, colours: &Tokens) -> Vec<Phase> {
    let start = beginning(outage);
    let believed = outage.odown_secs.or(outage.sdown_secs);
    let moved = outage.switched_secs.or(outage.brought_back_secs);
    let back = outage.first_write_secs.or_else(|| Some(outage.last_write_secs? + outage.unavailable_secs?));
    let mut phases = Vec::new();
    let mut from = start;
    for (name, tip, to, colour) in [
        (DETECTION, DETECTION_TIP, believed, colours.failed),
        (PROMOTION, PROMOTION_TIP, moved.filter(|_| believed.is_some()), colours.warn),
        (RECOVERY, RECOVERY_TIP, back, colours.achieved),
    ] {
        if let Some(to) = to.filter(|to| *to > from) {
            phases.push(Phase { name, tip, from, to, colour });
            from = to;
        }
    }
    phases
}

#[allow(clippy::cast_possible_truncation, reason = "a place on the screen")]
fn bar(ui: &mut Ui, lang: Lang, outage: &Failover) {
    let colours = tokens(ui);
    let phases = phases(outage, colours);
    let (Some(first), Some(last)) = (phases.first(), phases.last()) else { return };
    let (from, span) = (first.from, last.to - first.from);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), BAR_HEIGHT), Sense::hover());
    let x = |at: f64| rect.left() + rect.width() * (((at - from) / span) as f32).clamp(0.0, 1.0);
    let of = |phase: &Phase| format!("{} {}", lang.t(phase.name), secs(phase.to - phase.from));
    let whole: Vec<String> = phases.iter().map(of).collect();
    for (index, phase) in phases.iter().enumerate() {
        let part = Rect::from_min_max(pos2(x(phase.from), rect.top()), pos2(x(phase.to), rect.bottom()));
        ui.painter().rect_filled(part, 2, phase.colour.gamma_multiply(0.55));
        let galley = ui.painter().layout_no_wrap(of(phase), FontId::proportional(11.0), colours.text);
        if galley.size().x + 8.0 < part.width() {
            ui.painter().text(
                part.center(),
                Align2::CENTER_CENTER,
                of(phase),
                FontId::proportional(11.0),
                colours.text,
            );
        }
        let response: Response =
            ui.interact(part, ui.scope_id().with(("phase", from.to_bits(), index)), Sense::hover());
        response.on_hover_text(format!("{}\n{}", of(phase), lang.t(phase.tip)));
    }
    for (_, at) in outage.steps().into_iter().filter(|(_, at)| (from..=from + span).contains(at)) {
        ui.painter().vline(x(at), rect.y_range(), Stroke::new(1.0, colours.text));
    }
    let name = lang.f(BAR, &[&whole.join(", ")]);
    let response = ui.interact(rect, ui.scope_id().with(("outage bar", from.to_bits())), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
}

fn secs(secs: f64) -> String {
    format!("{secs:.3} s")
}
