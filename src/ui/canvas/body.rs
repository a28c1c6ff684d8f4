//! The body of a face: what the stage does now, or what it is set to where nothing was run.

use egui::{Align2, CornerRadius, Rect, Stroke, StrokeKind, pos2, vec2};
use lucide_icons::Icon;

use super::super::document::layout::{BODY, HEAD, WIDTH};
use super::super::run::Run;
use super::super::run::now::{self, Figures, Scope, Trail};
use super::super::text::{Text, figures, terms, text};
use super::super::theme::signs;
use super::super::widgets::sparkline;
use super::face::{NEAR, PAD, running};
use super::gist;
use super::pen::Pen;
use crate::report::text::grouped;
use crate::report::verdict::{micros, percent};
use crate::topology::{Stage, StageKind};

const REQUESTS: Text = text("{} requests", "{} 个请求");
const RATE: Text = text("rate in {}", "流入速率 {}");
const RATE_TIP: Text =
    text("Requests that came in each second, over the last second", "最近一秒内每秒流入的请求数");
const OFFERED_TIP: Text = text(
    "Offered load: arrivals each second that the schedule called for, over the last second",
    "负载：最近一秒内计划要求的每秒到达数",
);
const TOTAL: Text = text("{} requests in all", "共 {} 个请求");
const TOTAL_TIP: Text = text("Requests that came in over the whole run", "整个运行期间流入的请求数");
const OFFERED_LOAD: Text = text("offered load", "负载");
const NOT_SENT: Text = text("{} not sent", "{} 未发出");
const NOT_SENT_TIP: Text =
    text("Arrivals that could not be sent, as a share of the schedule", "未能发出的到达占计划的比例");
const P99: Text = text("p99 {}", "p99 {}");
const WORST_P99: Text = text("worst p99 {}", "最差 p99 {}");
const P99_TIP: Text = text(
    "99 of 100 requests spent no more than this time at the stage, over the whole run",
    "整个运行期间，100 个请求中有 99 个在该阶段停留不超过此时间",
);
const WORST_P99_TIP: Text = text(
    "The highest p99 of the last second's tenths; in each, 99 of 100 requests spent no more than its p99 at the stage",
    "最近一秒各个 0.1 秒中最高的 p99；每 0.1 秒内 100 个请求中有 99 个停留不超过其 p99",
);
const RESPONSE_TIP: Text = text(
    "Response time, from the intended time of each request to its answer",
    "响应时间：从每个请求的计划时间到得到回答",
);
const IN_FLIGHT: Text = text("{} in flight", "{} 处理中");
const IN_FLIGHT_TIP: Text =
    text("Requests waiting or under way at the stage now", "此刻在该阶段等待或处理中的请求数");
const NONE_INTERCEPTED: Text = text("none intercepted", "无拦截");
const NOTHING_CAME: Text = text("nothing came in", "无流入");
const INTERCEPTED: Text = text("{} intercepted", "拦截 {}");
const INTERCEPTED_TIP: Text = text(
    "Answered here, before the stage that owns the data, as a share of what came in",
    "在此阶段、到达数据所属阶段之前就得到回答的请求占流入的比例",
);
const FAILED: Text = text("{} failed", "{} 失败");
const FAILED_TIP: Text = text(
    "Ended in an error or without an answer, as a share of what came in",
    "出错或没有得到回答的请求占流入的比例",
);
const WHOLE_RUN: Text = text("whole run", "整个运行");
const UNTIL_FAILURE: Text = text("until it failed", "直到失败");
const TRAIL_TIP: Text = text(
    "Rate in, by what became of it: passed, intercepted, failed; {} across, {} at the highest",
    "流入速率，按结果分层：通过、拦截、失败；宽 {}，最高 {}",
);
const TRAIL: Text = text("rate in over time", "流入速率曲线");
const BACKLOG: Text = text("{} orders waiting", "{} 单积压");
const BACKLOG_TIP: Text =
    text("Backlog: orders acknowledged and not yet in the database", "积压：已确认但尚未写入数据库的订单");
const WAITING: Text = text("{} waiting", "{} 积压");
const WRITTEN: Text = text("{} orders written", "写入 {} 单");
const SHORT_WRITTEN: Text = text("{} written", "写入 {}");
const WRITTEN_TIP: Text = text(
    "Orders written each second, over the last second; after the run: in all",
    "最近一秒内每秒写入的订单数；运行结束后为总数",
);
const SOLD: Text = text("{} claims granted", "{} 次抢购成功");
const GRANTED: Text = text("{} granted", "{} 成功");
const SOLD_TIP: Text = text(
    "Claims whose buyers were told that they got their units; units of cancelled orders are sold again",
    "买家已被告知抢购成功的请求数；取消的订单的库存会再次出售",
);
const SERVICE_INSTANCES: Text = text("{} instances", "{} 个实例");
const QUEUE_CONSUMERS: Text = text("{} consumers", "{} 个消费者");
/// More marks than this are written as a number.
const MARKS: u32 = 8;

/// Draws the body of a stage's box.
pub fn show(pen: &Pen<'_>, index: usize, stage: &Stage) {
    let run = running(pen.model, index);
    let live = run.and_then(|(run, at)| Some((run, at, now::stage(run, at)?)));
    if let Some((run, at, figures)) = &live {
        first_row(pen, stage, figures);
        second_row(pen, stage, figures);
        trail(pen, run, *at, figures);
    } else {
        settings(pen, stage);
    }
    if pen.zoom >= NEAR {
        badge(pen, stage);
        extra(pen, stage, live.as_ref().map(|(run, _, figures)| (*run, figures)));
    }
}

/// A row of the body.
fn row(pen: &Pen<'_>, top: f32, height: f32) -> Rect {
    pen.part(PAD, HEAD + top, WIDTH - 2.0 * PAD, height)
}

/// Kind and settings, where nothing was run.
fn settings(pen: &Pen<'_>, stage: &Stage) {
    let kind = pen.lang.of(stage.kind.label());
    pen.text(row(pen, 6.0, 15.0), Align2::LEFT_CENTER, &kind, 11.0, pen.tokens.weak);
    let lines = gist::lines(pen.lang, pen.model.doc.topology(), &stage.kind);
    for (line, top) in lines.iter().zip([24.0, 41.0]) {
        let room = row(pen, top, 16.0);
        let (at, is_cut) = pen.text(room, Align2::LEFT_CENTER, line, 12.0, pen.tokens.text);
        pen.figure(at, &format!("setting {top}"), line, if is_cut { line } else { "" });
    }
}

/// Rate in at the left, p99 at the right.
fn first_row(pen: &Pen<'_>, stage: &Stage, now: &Figures) {
    let (lang, room) = (pen.lang, row(pen, 5.0, 17.0));
    let is_users = matches!(stage.kind, StageKind::Users(_));
    let (short, value, tip) = if now.scope.is_second() {
        let rate = figures::per_sec(now.rate());
        let value = lang.f(RATE, &[&rate]);
        (rate, value, if is_users { OFFERED_TIP } else { RATE_TIP })
    } else {
        let count = grouped(now.arrivals);
        (lang.f(REQUESTS, &[&count]), lang.f(TOTAL, &[&count]), TOTAL_TIP)
    };
    let (at, _) = pen.text(room, Align2::LEFT_CENTER, &short, 14.0, pen.tokens.text);
    pen.figure(at, "rate", &value, lang.t(tip));
    let Some(p99) = now.p99_us else { return };
    let (words, tip) = if now.scope == Scope::WholeRun { (P99, P99_TIP) } else { (WORST_P99, WORST_P99_TIP) };
    let text = lang.f(words, &[&micros(p99)]);
    let tip =
        if is_users { format!("{}\n{}", lang.t(RESPONSE_TIP), lang.t(tip)) } else { lang.t(tip).into() };
    if pen.width(&text, 11.0) > room.right() - at.right() - 4.0 {
        // From further away there is room for the rate only.
        return;
    }
    let (at, _) = pen.text(room, Align2::RIGHT_CENTER, &text, 11.0, pen.tokens.weak);
    pen.figure(at, "p99", &text, &tip);
}

/// The intercepted share with its main reason at the left; failures or what is in flight at the right.
fn second_row(pen: &Pen<'_>, stage: &Stage, now: &Figures) {
    let (lang, room) = (pen.lang, row(pen, 23.0, 15.0));
    let is_users = matches!(stage.kind, StageKind::Users(_));
    let right = failed_or_in_flight(pen, now, room, is_users);
    let room = Rect::from_min_max(room.min, pos2(right - 4.0, room.bottom()));
    if is_users {
        pen.text(room, Align2::LEFT_CENTER, lang.t(OFFERED_LOAD), 11.0, pen.tokens.weak);
        return;
    }
    let Some(((reason, _), share)) = now.main_reason().zip(now.intercepted_share()) else {
        let words = lang.t(if now.arrivals == 0 { NOTHING_CAME } else { NONE_INTERCEPTED });
        let (at, _) = pen.text(room, Align2::LEFT_CENTER, words, 11.0, pen.tokens.weak);
        pen.figure(at, "intercepted", words, lang.t(INTERCEPTED_TIP));
        return;
    };
    let word = terms::reason(lang, reason);
    let text = format!("{} {word}", percent(share));
    // Not every reason's colour can be read as text; its icon has it.
    let colors = [pen.tokens.reason(reason), pen.tokens.text];
    let at = pen.two_signs(room, false, (signs::reason(reason), &text), 11.0, colors);
    let name = format!("{}, {word}", lang.f(INTERCEPTED, &[&percent(share)]));
    let mut tip = vec![lang.t(INTERCEPTED_TIP).to_owned()];
    tip.extend(now.intercepted.iter().map(|(reason, count)| {
        let (word, why) = (terms::reason(lang, reason), lang.t(terms::reason_tip(reason)));
        format!("{word}: {} ({why})", grouped(count))
    }));
    pen.figure(at, "intercepted", &name, &tip.join("\n"));
}

/// Answers the left edge of what was drawn.
fn failed_or_in_flight(pen: &Pen<'_>, now: &Figures, room: Rect, is_users: bool) -> f32 {
    let lang = pen.lang;
    if let Some(share) = now.failed_share().filter(|_| now.failed > 0) {
        let (words, tip) = if is_users {
            (lang.f(NOT_SENT, &[&percent(share)]), NOT_SENT_TIP)
        } else {
            (lang.f(FAILED, &[&percent(share)]), FAILED_TIP)
        };
        let at = pen.sign(room, true, (Icon::CircleX, &words), 11.0, pen.tokens.failed);
        pen.figure(at, "failed", &words, &format!("{}: {}", lang.t(tip), grouped(now.failed)));
        return at.left();
    }
    let Some(count) = now.in_flight.filter(|_| now.scope.is_second()) else { return room.right() };
    let short = figures::compact(count);
    let at = pen.sign(room, true, (Icon::Hourglass, &short), 11.0, pen.tokens.weak);
    pen.figure(at, "in flight", &lang.f(IN_FLIGHT, &[&grouped(count)]), lang.t(IN_FLIGHT_TIP));
    at.left()
}

/// The rate in over time, as a sparkline; what it is about, where that is not the last half minute.
fn trail(pen: &Pen<'_>, run: &Run, at: usize, now: &Figures) {
    let (lang, tokens) = (pen.lang, pen.tokens);
    let height = if pen.zoom < NEAR { BODY - 44.0 } else { 24.0 };
    let room = row(pen, 40.0, height);
    let trail = kept_trail(pen, run, at);
    let colors = [tokens.achieved, tokens.intercepted, tokens.failed]
        .map(|color| color.gamma_multiply(if tokens.is_dark { 0.75 } else { 0.85 }));
    pen.ui.painter().hline(room.x_range(), room.bottom(), Stroke::new(1.0, tokens.line));
    let highest = sparkline::show(pen.ui.painter(), room, &trail.bins, trail.room, colors);
    let whole = match now.scope {
        // What moment it is stands over the canvas.
        Scope::LastSecond | Scope::Moment => None,
        Scope::WholeRun => Some(lang.t(WHOLE_RUN)),
        Scope::UntilFailure => Some(lang.t(UNTIL_FAILURE)),
    };
    if let Some(words) = whole {
        let back =
            Rect::from_min_size(room.min, vec2(pen.width(words, 10.0) + 8.0, pen.font(10.0).size * 1.3));
        let back = back.translate(vec2(room.width() - back.width(), 0.0));
        pen.ui.painter().rect_filled(back, CornerRadius::same(3), tokens.card.gamma_multiply(0.85));
        pen.text(back, Align2::CENTER_CENTER, words, 10.0, tokens.weak);
        pen.figure(back, "scope", words, lang.t(TOTAL_TIP));
    }
    let tip = lang.f(TRAIL_TIP, &[&format!("{:.0} s", trail.secs), &figures::per_sec(highest.into())]);
    pen.figure(room, "trail", lang.t(TRAIL), &tip);
}

/// The trail of a stage; it is only added up again when the run has gone on.
fn kept_trail(pen: &Pen<'_>, run: &Run, at: usize) -> std::sync::Arc<Trail> {
    type Kept = (u64, usize, bool, std::sync::Arc<Trail>);
    let id = pen.id("kept trail");
    let kept = pen.ui.data(|data| data.get_temp::<Kept>(id));
    let is_same = |kept: &Kept| (kept.0, kept.1, kept.2) == (run.id.0, run.shown_len(), run.is_active());
    if let Some(kept) = kept.filter(is_same) {
        return kept.3;
    }
    let trail = std::sync::Arc::new(now::trail(run, at));
    let fresh: Kept = (run.id.0, run.shown_len(), run.is_active(), trail.clone());
    pen.ui.data_mut(|data| data.insert_temp(id, fresh));
    trail
}

/// How real the stage is.
fn badge(pen: &Pen<'_>, stage: &Stage) {
    let realness = pen.model.doc.topology().realness(stage);
    let words = pen.lang.of(realness.label());
    let sign = (signs::realness(realness), &*words);
    let at = pen.sign(row(pen, 67.0, 14.0), false, sign, 10.0, pen.tokens.realness(realness));
    pen.figure(at, "badge", &words, pen.lang.t(terms::realness_tip(realness)));
}

/// What only this kind of stage has to say, at the right of the badge.
fn extra(pen: &Pen<'_>, stage: &Stage, live: Option<(&Run, &Figures)>) {
    let (lang, mut room) = (pen.lang, row(pen, 67.0, 14.0));
    let said = match (&stage.kind, live) {
        (StageKind::Service(service), _) => {
            marks(pen, room, service.instances, SERVICE_INSTANCES);
            None
        }
        (StageKind::Queue(queue), live) => {
            room.max.x = marks(pen, room, queue.consumers, QUEUE_CONSUMERS) - 6.0 * pen.zoom;
            let backlog = live.and_then(|(run, _)| backlog(run, stage));
            backlog.map(|count| (Icon::Inbox, u64::from(count), [WAITING, BACKLOG, BACKLOG_TIP]))
        }
        (StageKind::Users(_), Some((run, _))) => {
            let sold = run.series.sold_in_all.get(run.shown_len().wrapping_sub(1));
            sold.map(|count| (Icon::ShoppingCart, u64::from(count), [GRANTED, SOLD, SOLD_TIP]))
        }
        _ => None,
    };
    if let Some((icon, count, [short, words, tip])) = said {
        let short = lang.f(short, &[&figures::compact(count)]);
        let at = pen.sign(room, true, (icon, &short), 10.0, pen.tokens.text);
        pen.figure(at, "extra", &lang.f(words, &[&grouped(count)]), lang.t(tip));
    }
    if let (StageKind::Database(_), Some((run, now))) = (&stage.kind, live)
        && writes_orders_only(run, stage)
    {
        let count = if now.scope.is_second() {
            figures::per_sec(now.passed as f64 / now.secs)
        } else {
            figures::compact(now.passed)
        };
        let short = lang.f(SHORT_WRITTEN, &[&count]);
        let at = pen.sign(room, true, (Icon::PenLine, &short), 10.0, pen.tokens.text);
        pen.figure(at, "extra", &lang.f(WRITTEN, &[&count]), lang.t(WRITTEN_TIP));
    }
}

/// What waits at a queue now: all that waits, where it isn't told by stage.
fn backlog(run: &Run, stage: &Stage) -> Option<u32> {
    let at = run.topology.index_of(&stage.name)?;
    let told = run.series.waits_at.contains(&at);
    let column = if told { &run.series.stages.get(at)?.backlog } else { &run.series.backlog };
    column.get(run.shown_len().wrapping_sub(1))
}

/// Whether all that reaches a database comes out of a queue.
fn writes_orders_only(run: &Run, stage: &Stage) -> bool {
    let topology = &run.topology;
    let entries = topology.index_of(&stage.name).and_then(|at| run.graph.previous.get(at));
    entries.is_some_and(|entries| {
        !entries.is_empty()
            && entries.iter().all(|&entry| matches!(topology.stages[entry].kind, StageKind::Queue(_)))
    })
}

/// One small box for each of a stage's workers, from the right edge. Answers the left edge.
fn marks(pen: &Pen<'_>, room: Rect, count: u32, words: Text) -> f32 {
    let (size, step) = (6.0 * pen.zoom, 9.0 * pen.zoom);
    let name = pen.lang.f(words, &[&count]);
    let at = if count > MARKS {
        pen.text(room, Align2::RIGHT_CENTER, &format!("× {count}"), 11.0, pen.tokens.weak).0
    } else {
        let wide = step * count as f32;
        let at = Rect::from_min_max(pos2(room.right() - wide, room.top()), room.max);
        for mark in 0..count {
            let middle =
                pos2(at.left() + step * (mark as f32 + 0.5) + step * 0.5 - size * 0.5, at.center().y);
            let small = Rect::from_center_size(middle, egui::Vec2::splat(size));
            let edge = Stroke::new(1.0, pen.tokens.weak);
            pen.ui.painter().rect_stroke(small, CornerRadius::same(1), edge, StrokeKind::Inside);
        }
        at
    };
    pen.figure(at, "workers", &name, &name);
    at.left()
}
