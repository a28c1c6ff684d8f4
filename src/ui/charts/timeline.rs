//! The timeline above the charts, beside the names of the tabs: the moment of the run that the canvas shows. Dragged, moved by keys, or played on.

use egui::{
    Align2, Button, CornerRadius, EventFilter, FontId, Key, Modifiers, Rect, Response, Role, Sense, Stroke,
    Ui, WidgetInfo, pos2, vec2,
};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::Run;
use super::super::run::playhead::{Seek, Speed};
use super::super::text::{Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::format::moment;

/// Its height.
const HEIGHT: f32 = 24.0;
/// In less room it would say nothing.
const NARROWEST: f32 = 240.0;
/// Height of the line that is dragged on.
const LINE: f32 = 5.0;
/// Room for the time at its end.
const TIME: f32 = 112.0;

const NAME: Text = text("Moment of the run", "运行的时刻");
const HOW: Text = text(
    "Drag, or click, to see a moment of the run on the canvas. Arrow keys: a tenth of a second, with Shift a second; Home, End; Space plays",
    "拖动或点击，在画布上查看运行的某一时刻。方向键：0.1 秒，按住 Shift 为 1 秒；Home、End；空格播放",
);
const PLAY: Text = text("Play", "播放");
const PAUSE: Text = text("Pause", "暂停");
const SPEED: Text = text("Five times as fast", "五倍速度");
const NOW: Text = text("now", "现在");
const WHOLE: Text = text("whole run", "整个运行");

/// Draws it into the rest of a row, where there is a run with measurements.
pub fn show(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let Some(run) = model.runs.current.as_ref().filter(|run| !run.series.is_empty()) else { return };
    if ui.available_width() < NARROWEST {
        return;
    }
    let lang = model.lang();
    let playhead = run.playhead.as_ref();
    ui.add_space(8.0);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let is_playing = playhead.is_some_and(|playhead| playhead.is_playing);
        let (sign, name) = if is_playing { (Icon::Pause, PAUSE) } else { (Icon::Play, PLAY) };
        let play = ui.add(Button::new(icon(sign).size(13.0))).accessible_name(lang.t(name));
        if play.on_hover_text(lang.t(UiCommand::PlayMoments.about().tip)).clicked() {
            out.command(UiCommand::PlayMoments);
        }
        let speed = playhead.map_or(Speed::One, |playhead| playhead.speed);
        let words = format!("{}×", speed.factor());
        let fast = ui.add_enabled(
            playhead.is_some(),
            Button::selectable(speed == Speed::Five, words).frame_when_inactive(true),
        );
        if fast.accessible_name(lang.t(SPEED)).on_hover_text(lang.t(SPEED)).clicked() {
            out.push(Intent::Seek(Seek::Pace(speed.other())));
        }
        let width = (ui.available_width() - TIME).max(60.0);
        line(ui, model, run, width, out);
        let end = run.series.end_secs();
        let at = playhead.map_or_else(
            || lang.t(if run.is_active() { NOW } else { WHOLE }).to_owned(),
            |playhead| moment(playhead.at, 0.1),
        );
        let (rect, _) = ui.allocate_exact_size(vec2(TIME - 12.0, HEIGHT), Sense::hover());
        let (words, tokens) = (format!("{at} / {}", moment(end, 0.1)), tokens(ui.ctx()));
        let color = if playhead.is_some() { tokens.text } else { tokens.weak };
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, words, FontId::proportional(12.0), color);
    });
}

/// The line with its handle, and what happened on it.
fn line(ui: &mut Ui, model: &Model, run: &Run, width: f32, out: &mut Intents) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT - 2.0), Sense::click_and_drag());
    let end = run.series.end_secs();
    let at = run.playhead.as_ref().map_or(end, |playhead| playhead.at);
    response.widget_info(|| WidgetInfo {
        value: Some(at),
        ..WidgetInfo::labeled(Role::Slider, true, model.lang().t(NAME))
    });
    paint(ui, run, rect.shrink2(vec2(6.0, 0.0)), at, &response);
    if let Some(seek) = read(ui, rect.shrink2(vec2(6.0, 0.0)), end, &response) {
        out.push(Intent::Seek(seek));
        // Space, Home and End answer as the buttons do.
    } else if response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Space)) {
        out.command(UiCommand::PlayMoments);
    }
    response.on_hover_text(model.lang().t(HOW));
}

/// What the pointer and the keys ask for.
fn read(ui: &Ui, rect: Rect, end: f64, response: &Response) -> Option<Seek> {
    if response.clicked() || response.dragged() {
        response.request_focus();
        let pointer = response.interact_pointer_pos()?;
        let share = ((pointer.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
        return Some(Seek::To(f64::from(share) * end));
    }
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let table = [
        (Modifiers::SHIFT, Key::ArrowLeft, Seek::Step(-10)),
        (Modifiers::SHIFT, Key::ArrowRight, Seek::Step(10)),
        (Modifiers::NONE, Key::ArrowLeft, Seek::Step(-1)),
        (Modifiers::NONE, Key::ArrowRight, Seek::Step(1)),
        (Modifiers::NONE, Key::Home, Seek::To(0.0)),
        (Modifiers::NONE, Key::End, Seek::End),
    ];
    ui.input_mut(|input| {
        let pressed = table.into_iter().find(|(modifiers, key, _)| input.consume_key(*modifiers, *key));
        pressed.map(|(_, _, seek)| seek)
    })
}

#[allow(clippy::cast_possible_truncation, reason = "places on a screen")]
fn paint(ui: &Ui, run: &Run, rect: Rect, at: f64, response: &Response) {
    let (painter, tokens) = (ui.painter(), tokens(ui.ctx()));
    let end = run.series.end_secs().max(0.001);
    let x = |secs: f64| rect.left() + rect.width() * ((secs / end).clamp(0.0, 1.0) as f32);
    let stretch = |from: f32, to: f32| {
        Rect::from_min_max(pos2(from, rect.center().y - LINE / 2.0), pos2(to, rect.center().y + LINE / 2.0))
    };
    let round = CornerRadius::same(2);
    painter.rect_filled(stretch(rect.left(), rect.right()), round, tokens.line);
    let is_chosen = run.playhead.is_some();
    let passed = if is_chosen { tokens.accent } else { tokens.weak.gamma_multiply(0.6) };
    painter.rect_filled(stretch(rect.left(), x(at)), round, passed);
    for band in &run.log.bands {
        let to = band.to.map_or(end, |to| to.as_secs_f64());
        painter.rect_filled(
            stretch(x(band.from.as_secs_f64()), x(to)).expand2(vec2(0.0, 2.0)),
            round,
            tokens.failover,
        );
    }
    for mark in run.log.marks().filter(|mark| mark.at.as_secs_f64() <= end) {
        let x = x(mark.at.as_secs_f64());
        let tick = Stroke::new(2.0, tokens.mark(mark.mark));
        painter.vline(x, rect.center().y - 8.0..=rect.center().y - 3.0, tick);
    }
    let handle = pos2(x(at), rect.center().y);
    let radius = if response.hovered() || response.dragged() { 7.0 } else { 6.0 };
    painter.circle(handle, radius, tokens.card, Stroke::new(2.0, passed));
    if response.has_focus() {
        painter.circle_stroke(handle, radius + 3.0, Stroke::new(1.5, tokens.accent));
    }
}
