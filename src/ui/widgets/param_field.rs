//! One parameter as a field: its name, an editor that fits its kind, reset, explanation, and what is wrong with it.

use std::borrow::Cow;

use egui::{Button, Checkbox, ComboBox, Label, Response, RichText, Slider, TextEdit, Ui};
use lucide_icons::Icon;

use super::super::text::params;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::columns::{BUTTON, Columns, NOTE, cell};
use super::number;
use super::number_edit::{Form, NumberEdit, SEVERAL, complaint};
use crate::param::{ParamKind, ParamSpec, ParamValue};

const RESET: Text = text("Reset {}", "重置 {}");
const RESET_TIP: Text = text("Back to the default: {}", "恢复默认值：{}");
const ABOUT: Text = text("About {}", "关于 {}");
const SWITCH: Text = text("Use {}", "启用 {}");
const SLIDER: Text = text("{} slider", "{} 滑块");
const RANGE: Text = text("Range: {}", "范围：{}");
const DEFAULT: Text = text("Default: {}", "默认：{}");
const UNIT: Text = text("Unit: {}", "单位：{}");
const IN_FILES: Text = text("In files: {}", "文件中：{}");
const LIVE: Text = text("Takes effect at once, also during the run", "立即生效，运行中也是");
const NEXT_RUN: Text = text("Takes effect at the next run", "下次运行时生效");
const NOTHING_TO_CHOOSE: Text = text("There is none to choose", "没有可选项");

/// How high a list of choices may be.
const LIST: f32 = 460.0;
/// How far texts below a field are set in.
const INDENT: f32 = 8.0;

/// When a change of a field takes effect while a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// At once.
    Live,
    /// When the next run starts.
    NextRun {
        /// Whether the running value is another one already.
        differs: bool,
    },
}

/// A parameter to show.
#[derive(Debug)]
pub struct Field<'a> {
    /// All there is to know about it.
    pub spec: &'a ParamSpec,
    /// Its name.
    pub label: &'a str,
    /// What it means.
    pub help: Cow<'a, str>,
    /// Its value; none where several things with different values are edited together.
    pub value: Option<ParamValue>,
    /// Its default, where it has one.
    pub usual: Option<ParamValue>,
    /// For a text: what may be chosen.
    pub offers: Option<Vec<String>>,
    /// For a choice: words that can't be chosen now, and why, in English; those without a reason are not offered at all.
    pub unfit: Vec<(&'static str, Option<&'static str>)>,
    /// What is wrong with it, in words.
    pub problems: Vec<String>,
    /// Whether a problem that is told elsewhere has to do with it.
    pub is_marked: bool,
    /// While a run goes on: when a change takes effect.
    pub effect: Option<Effect>,
}

/// What was done to a field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Done {
    /// The new value, if there is one.
    pub value: Option<ParamValue>,
    /// Whether more may follow before the gesture ends: the pointer is down, or a text is being typed.
    pub in_gesture: bool,
    /// Whether the gesture is over with this.
    pub ends: bool,
}

/// Draws a field. Answers what was done to it.
pub fn show(ui: &mut Ui, lang: Lang, field: &Field<'_>) -> Done {
    ui.push_id(field.spec.key, |ui| {
        let mut done = Done::default();
        let mut refused = None;
        let columns = Columns::allocate(ui);
        let is_free_text = field.spec.kind == ParamKind::Text && field.offers.is_none();
        let columns = if is_free_text && field.usual.is_none() { columns.without_reset() } else { columns };
        let label = label(&mut cell(ui, columns.label, "label"), lang, field);
        let (mut edited, mut responses) = editor(&mut columns.editor_ui(ui), lang, field);
        let wanted_usual = reset(&mut cell(ui, columns.reset, "reset"), lang, field);
        let is_open = about(&mut cell(ui, columns.about, "about"), lang, field);
        if has_line_of_its_own(field) {
            let width = ui.available_width();
            let (typed, more) = text_editor(ui, lang, field, width);
            edited = edited.or(typed);
            responses.extend(more);
        }
        done.value = edited;
        for response in responses {
            refused = refused.take().or(complaint(ui, &response));
            done.in_gesture |= response.dragged() || response.drag_stopped() || response.has_focus();
            done.ends |= response.drag_stopped() || response.lost_focus();
            let name = ui.data(|data| data.get_temp::<String>(response.id.with("name")));
            let named = match name {
                Some(name) => response.accessible_name(name),
                None => response.labelled_by(label.id),
            };
            named.on_hover_ui(|ui| explain(ui, lang, field));
        }
        if let Some(usual) = wanted_usual {
            done = Done { value: Some(usual), ..Done::default() };
        }
        below(ui, lang, field, refused.as_ref(), is_open);
        done
    })
    .inner
}

fn label(ui: &mut Ui, lang: Lang, field: &Field<'_>) -> Response {
    let tokens = tokens(ui.ctx());
    if field.is_marked || !field.problems.is_empty() {
        ui.label(icon(Icon::CircleAlert).color(tokens.bad).size(NOTE));
    }
    match field.effect {
        Some(Effect::Live) => {
            ui.label(icon(Icon::Zap).color(tokens.accent).size(NOTE)).on_hover_text(lang.t(LIVE));
        }
        Some(Effect::NextRun { .. }) => {
            ui.label(icon(Icon::Clock).color(tokens.weak).size(NOTE)).on_hover_text(lang.t(NEXT_RUN));
        }
        None => {}
    }
    let text = RichText::new(field.label).color(tokens.weak);
    ui.add(Label::new(text).truncate()).on_hover_ui(|ui| explain(ui, lang, field))
}

/// The editor that fits the value. Answers what was entered, and the widgets that carry the field's name.
fn editor(ui: &mut Ui, lang: Lang, field: &Field<'_>) -> (Option<ParamValue>, Vec<Response>) {
    let spec = field.spec;
    if !spec.optional {
        return plain_editor(ui, lang, field);
    }
    let is_on = field.value.as_ref().is_some_and(|value| *value != ParamValue::Off);
    let mut switched = is_on;
    let switch = Checkbox::without_text(&mut switched).indeterminate(field.value.is_none());
    let switch = ui.add(switch).accessible_name(lang.f(SWITCH, &[&field.label]));
    if switch.on_hover_ui(|ui| explain(ui, lang, field)).changed() {
        let on = || first_value(field);
        let entered = if switched { on() } else { Some(ParamValue::Off) };
        return (entered, Vec::new());
    }
    if has_line_of_its_own(field) {
        return (None, Vec::new());
    }
    if is_on || field.value.is_none() {
        return plain_editor(ui, lang, field);
    }
    let off = RichText::new(params::off(lang, spec.key)).color(tokens(ui.ctx()).weak);
    ui.add(Label::new(off).truncate());
    (None, Vec::new())
}

/// Whether the text is one that may be left out and is there: an address is longer than the column beside the switch.
fn has_line_of_its_own(field: &Field<'_>) -> bool {
    let is_free_text = field.spec.kind == ParamKind::Text && field.offers.is_none();
    is_free_text && field.spec.optional && field.value != Some(ParamValue::Off)
}

/// What an optional parameter becomes when it is switched on.
fn first_value(field: &Field<'_>) -> Option<ParamValue> {
    /// Where nothing better is known, a number to start from.
    const START: u64 = 10_000;
    let usual = field.usual.clone().filter(|usual| *usual != ParamValue::Off);
    usual.or_else(|| match field.spec.kind {
        ParamKind::Int => Some(ParamValue::Int(START)),
        ParamKind::Float => Some(ParamValue::Float(field.spec.range?.0)),
        ParamKind::Duration => Some(ParamValue::Duration(number::from_secs(field.spec.range?.0))),
        ParamKind::Bool => Some(ParamValue::Bool(true)),
        ParamKind::Choice(words) => words.first().map(|word| ParamValue::Choice(word)),
        ParamKind::Text => {
            let offered =
                field.offers.as_ref().map_or_else(|| Some(String::new()), |all| all.first().cloned());
            offered.map(ParamValue::Text)
        }
    })
}

fn plain_editor(ui: &mut Ui, lang: Lang, field: &Field<'_>) -> (Option<ParamValue>, Vec<Response>) {
    let width = ui.available_width();
    match field.spec.kind {
        ParamKind::Int => {
            let (new, response) = number_editor(ui, lang, field, Form::Int, width);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 32 bits")]
            (new.map(|x| ParamValue::Int(x as u64)), vec![response])
        }
        ParamKind::Float if params::is_share(field.spec) => share_editor(ui, lang, field, width),
        ParamKind::Float => {
            let (new, response) = number_editor(ui, lang, field, Form::Float, width);
            (new.map(ParamValue::Float), vec![response])
        }
        ParamKind::Duration => {
            let (new, response) = number_editor(ui, lang, field, Form::Span, width);
            (new.map(|secs| ParamValue::Duration(number::from_secs(secs))), vec![response])
        }
        ParamKind::Bool => {
            let mut is_on = matches!(field.value, Some(ParamValue::Bool(true)));
            let check = Checkbox::without_text(&mut is_on).indeterminate(field.value.is_none());
            let response = ui.add(check);
            (response.changed().then_some(ParamValue::Bool(is_on)), vec![response])
        }
        ParamKind::Choice(words) => choice_editor(ui, lang, field, words, width),
        ParamKind::Text => text_editor(ui, lang, field, width),
    }
}

fn number_editor(
    ui: &mut Ui,
    lang: Lang,
    field: &Field<'_>,
    form: Form,
    width: f32,
) -> (Option<f64>, Response) {
    let as_number = |value: &ParamValue| match value {
        ParamValue::Int(n) => Some(*n as f64),
        ParamValue::Float(x) => Some(*x),
        ParamValue::Duration(span) => Some(span.as_secs_f64()),
        _ => None,
    };
    let range = field.spec.range.unwrap_or((0.0, f64::from(u32::MAX)));
    let value = field.value.as_ref().or(field.usual.as_ref()).and_then(as_number).unwrap_or(range.0);
    let unit = lang.of(field.spec.unit);
    NumberEdit { form, value, is_several: field.value.is_none(), range, unit: &unit, width }.show(ui, lang)
}

/// A slider, and the number beside it for what a slider can't aim at.
fn share_editor(
    ui: &mut Ui,
    lang: Lang,
    field: &Field<'_>,
    width: f32,
) -> (Option<ParamValue>, Vec<Response>) {
    const NUMBER: f32 = 56.0;
    let now = match field.value {
        Some(ParamValue::Float(x)) => x,
        _ => 0.0,
    };
    let mut slid = now;
    ui.spacing_mut().slider_width = width - NUMBER - ui.spacing().item_spacing.x;
    let slider = ui.add(Slider::new(&mut slid, 0.0..=1.0).show_value(false));
    let name = lang.f(SLIDER, &[&field.label]);
    ui.data_mut(|data| data.insert_temp(slider.id.with("name"), name));
    let (typed, number) = number_editor(ui, lang, field, Form::Share, NUMBER);
    let slid = slider.changed().then(|| (slid * 1_000.0).round() / 1_000.0);
    (typed.or(slid).map(ParamValue::Float), vec![slider, number])
}

fn choice_editor(
    ui: &mut Ui,
    lang: Lang,
    field: &Field<'_>,
    words: &[&'static str],
    width: f32,
) -> (Option<ParamValue>, Vec<Response>) {
    let now = match field.value {
        Some(ParamValue::Choice(word)) => Some(word),
        _ => None,
    };
    let mut chosen = None;
    let shown = now.map_or(SEVERAL, |word| params::word(lang, word));
    let combo = ComboBox::from_id_salt("choice").selected_text(shown).width(width).height(LIST).truncate();
    let shown = combo.show_ui(ui, |ui| {
        for word in words.iter().copied() {
            let why_not = match field.unfit.iter().find(|(unfit, _)| *unfit == word) {
                Some((_, None)) => continue,
                Some((_, why)) => *why,
                None => None,
            };
            let row = Button::selectable(now == Some(word), params::word(lang, word));
            let row = ui.add_enabled(why_not.is_none(), row);
            let row = row.on_hover_text(params::word_help(lang, word));
            let row = match why_not {
                Some(why) => row.on_disabled_hover_text(lang.of(why)),
                None => row,
            };
            if row.clicked() {
                chosen = Some(ParamValue::Choice(word));
            }
        }
    });
    (chosen, vec![shown.response])
}

fn text_editor(
    ui: &mut Ui,
    lang: Lang,
    field: &Field<'_>,
    width: f32,
) -> (Option<ParamValue>, Vec<Response>) {
    let now = match &field.value {
        Some(ParamValue::Text(text)) => text.as_str(),
        _ => "",
    };
    let Some(offers) = &field.offers else {
        let mut typed = now.to_owned();
        let hint = if field.value.is_none() { SEVERAL } else { "" };
        let response = ui.add(TextEdit::singleline(&mut typed).desired_width(width - 8.0).hint_text(hint));
        return (response.changed().then_some(ParamValue::Text(typed)), vec![response]);
    };
    let mut chosen = None;
    let shown = if field.value.is_none() { SEVERAL } else { now };
    let is_unknown = field.value.is_some() && !offers.iter().any(|offer| offer == now);
    let color = if is_unknown { tokens(ui.ctx()).bad } else { ui.visuals().text_color() };
    let combo = ComboBox::from_id_salt("offers").selected_text(RichText::new(shown).color(color));
    let shown = combo.width(width).truncate().show_ui(ui, |ui| {
        if offers.is_empty() {
            ui.weak(lang.t(NOTHING_TO_CHOOSE));
        }
        for offer in offers {
            if ui.selectable_label(offer == now, offer).clicked() {
                chosen = Some(ParamValue::Text(offer.clone()));
            }
        }
    });
    (chosen, vec![shown.response])
}

/// The button back to the default, where there is another value.
fn reset(ui: &mut Ui, lang: Lang, field: &Field<'_>) -> Option<ParamValue> {
    let usual = field.usual.as_ref().filter(|usual| field.value.as_ref() != Some(usual));
    let usual = usual?;
    let button = Button::new(icon(Icon::RotateCcw).color(tokens(ui.ctx()).weak)).frame(false);
    let tip = lang.f(RESET_TIP, &[&params::value(lang, field.spec, usual)]);
    let response = ui.add_sized([BUTTON, ui.spacing().interact_size.y], button);
    let response = response.accessible_name(lang.f(RESET, &[&field.label])).on_hover_text(tip);
    response.clicked().then(|| usual.clone())
}

/// The button that unfolds the explanation. Answers whether it is unfolded.
fn about(ui: &mut Ui, lang: Lang, field: &Field<'_>) -> bool {
    let id = ui.make_persistent_id("about");
    let mut is_open = ui.data(|data| data.get_temp::<bool>(id).unwrap_or(false));
    let tokens = tokens(ui.ctx());
    let sign = icon(Icon::Info).color(if is_open { tokens.accent } else { tokens.weak });
    let response = ui.add_sized([BUTTON, ui.spacing().interact_size.y], Button::new(sign).frame(false));
    let response = response.accessible_name(lang.f(ABOUT, &[&field.label]));
    if response.on_hover_ui(|ui| explain(ui, lang, field)).clicked() {
        is_open = !is_open;
        ui.data_mut(|data| data.insert_temp(id, is_open));
    }
    is_open
}

/// What the parameter means, its unit, range, default and name in files.
fn explain(ui: &mut Ui, lang: Lang, field: &Field<'_>) {
    let spec = field.spec;
    ui.set_max_width(280.0);
    ui.label(field.help.as_ref());
    let weak = tokens(ui.ctx()).weak;
    let unit = params::unit_of(lang, spec);
    let lines = [
        (!unit.is_empty()).then(|| lang.f(UNIT, &[&unit])),
        params::range(lang, spec).map(|range| lang.f(RANGE, &[&range])),
        field.usual.as_ref().map(|usual| lang.f(DEFAULT, &[&params::value(lang, spec, usual)])),
        Some(lang.f(IN_FILES, &[&spec.key])),
    ];
    for line in lines.into_iter().flatten() {
        ui.label(RichText::new(line).color(weak).size(NOTE));
    }
}

/// What stands below the row: a refused entry, problems, the time of effect, the explanation.
fn below(ui: &mut Ui, lang: Lang, field: &Field<'_>, refused: Option<&String>, is_open: bool) {
    let tokens = tokens(ui.ctx());
    for problem in refused.into_iter().chain(&field.problems) {
        indented(ui, |ui| ui.label(RichText::new(problem).color(tokens.bad).size(NOTE)));
    }
    if field.effect == Some(Effect::NextRun { differs: true }) {
        indented(ui, |ui| ui.label(RichText::new(lang.t(NEXT_RUN)).color(tokens.warn).size(NOTE)));
    }
    if is_open {
        indented(ui, |ui| explain(ui, lang, field));
    }
}

fn indented<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) {
    ui.horizontal(|ui| {
        ui.add_space(INDENT);
        ui.vertical(add);
    });
}
