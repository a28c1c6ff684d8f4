//! A number that is dragged, or typed exactly.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use egui::{DragValue, Response, RichText, Ui, vec2};

use super::super::text::{Lang, Text, text};
use super::super::theme::tokens;
use super::number::{self, NoSpan};

const NO_NUMBER: Text =
    text("“{}” is not a number; type one such as 20,000", "“{}”不是数字；请输入如 20,000");
const NO_UNIT: Text =
    text("“{}” has no unit; type one such as 250 ms or 2 s", "“{}”缺少单位；请输入如 250 ms 或 2 s");
const NO_SPAN: Text =
    text("“{}” is not a time; type one such as 250 ms or 2 s", "“{}”不是时长；请输入如 250 ms 或 2 s");

/// What is shown where several things with different values are edited together.
pub const SEVERAL: &str = "—";
/// No whole number goes beyond this, so that each fits every parameter; all ranges end below it.
const LARGEST_INT: f64 = u32::MAX as f64;

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A whole number.
    Int,
    /// A real number.
    Float,
    /// A share of 1, shown in percent.
    Share,
    /// Seconds, shown as a span of time.
    Span,
}

impl Form {
    /// The number in writing.
    pub fn write(self, x: f64) -> String {
        match self {
            Self::Int | Self::Float => number::number(x),
            Self::Share => number::percent(x),
            Self::Span => number::span_of_secs(x),
        }
    }

    fn read(self, typed: &str) -> Result<f64, Text> {
        match self {
            Self::Int => number::parse_number(typed).map(f64::round).ok_or(NO_NUMBER),
            Self::Float => number::parse_number(typed).ok_or(NO_NUMBER),
            Self::Share => number::parse_percent(typed).ok_or(NO_NUMBER),
            Self::Span => number::parse_span(typed).map(|span| span.as_secs_f64()).map_err(|why| match why {
                NoSpan::NoUnit => NO_UNIT,
                NoSpan::Unknown => NO_SPAN,
            }),
        }
    }

    /// What a point of dragging changes: little where the range is narrow, a hundredth of the number where it is wide.
    fn speed(self, value: f64, (low, high): (f64, f64)) -> f64 {
        match self {
            Self::Int if high - low <= 200.0 => 0.05,
            Self::Int => (value.abs() * 0.01).max(0.2),
            Self::Share => 0.003,
            Self::Float | Self::Span => (value.abs() * 0.01).max(((high - low) * 1e-6).clamp(1e-4, 0.01)),
        }
    }

    fn rounded(self, x: f64) -> f64 {
        match self {
            Self::Int if x < 1_000.0 => x.round(),
            Self::Share => (x * 1_000.0).round() / 1_000.0,
            Self::Int | Self::Float | Self::Span => number::three_digits(x),
        }
    }
}

/// What is edited.
#[derive(Debug, Clone, Copy)]
pub struct NumberEdit<'a> {
    /// What kind of number it is.
    pub form: Form,
    /// The number now.
    pub value: f64,
    /// Whether several things with different numbers are edited together; then `value` is where dragging starts.
    pub is_several: bool,
    /// Where dragging ends. What is typed may lie outside: the validator speaks of it.
    pub range: (f64, f64),
    /// The unit behind it, or nothing.
    pub unit: &'a str,
    /// How wide it is.
    pub width: f32,
}

impl NumberEdit<'_> {
    /// Draws it. Answers the new number, if it was changed; what was typed in vain is kept with the widget and shown
    /// by [`complaint`].
    pub fn show(self, ui: &mut Ui, lang: Lang) -> (Option<f64>, Response) {
        let Self { form, value, is_several, range, .. } = self;
        let written = if is_several { SEVERAL.to_owned() } else { form.write(value) };
        let entered = Cell::new(None);
        let is_typed = Cell::new(false);
        let refused = RefCell::new(None);
        let widget = DragValue::from_get_set(|new| {
            if new.is_some() {
                entered.set(new);
            }
            entered.get().unwrap_or(value)
        })
        .speed(form.speed(value, range))
        .update_while_editing(false)
        .clip_text(true)
        .min_size(vec2(self.width, ui.spacing().interact_size.y))
        .custom_formatter(|_, _| written.clone())
        .custom_parser(|typed| {
            if typed == written {
                // Untouched; reading what is shown would round the number.
                return None;
            }
            let read = form.read(typed);
            is_typed.set(read.is_ok());
            read.map_err(|why| refused.replace(Some(lang.f(why, &[&typed])))).ok()
        });
        let weak = tokens(ui.ctx()).weak;
        let widget = if self.unit.is_empty() || is_several {
            widget
        } else {
            widget.suffix(RichText::new(format!(" {}", self.unit)).color(weak).size(11.0))
        };
        let response = ui.add(widget);
        let id = response.id.with("refused");
        if let Some(refused) = refused.take() {
            ui.data_mut(|data| data.insert_temp(id, refused));
        } else if entered.get().is_some() || response.gained_focus() {
            ui.data_mut(|data| data.remove::<String>(id));
        }
        let is_down = ui.input(|input| input.pointer.any_down());
        let new = entered.get().map(|x| self.settled(x, is_typed.get(), is_down));
        (new.filter(|new| is_several || !same(*new, value)), response)
    }

    fn settled(&self, x: f64, is_typed: bool, is_dragged: bool) -> f64 {
        let &Self { form, value, range: (low, high), .. } = self;
        if is_typed {
            return if form == Form::Int { x.clamp(0.0, LARGEST_INT) } else { x };
        }
        // An arrow key moves a whole number by one at least.
        let x = if form == Form::Int && !is_dragged && same(form.rounded(x), value) {
            value + (x - value).signum()
        } else {
            form.rounded(x)
        };
        x.clamp(low, high)
    }
}

/// What was typed into a number in vain, in words.
pub fn complaint(ui: &Ui, number: &Response) -> Option<String> {
    ui.data(|data| data.get_temp(number.id.with("refused")))
}

/// A span of time to be dragged or typed.
pub fn span(value: Duration, range: (f64, f64), width: f32) -> NumberEdit<'static> {
    NumberEdit { form: Form::Span, value: value.as_secs_f64(), is_several: false, range, unit: "", width }
}

fn same(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_eq()
}
