//! The legend of a chart: one chip a trace. A click hides or shows it; with Alt or Shift, or twice, it shows alone.

use std::collections::BTreeMap;

use egui::{Align2, FontId, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::super::text::{Lang, Text, text};
use super::super::theme::Tokens;
use super::trace::{Key, Look, Trace};

/// Height of a chip.
pub const HEIGHT: f32 = 16.0;
const SWATCH: f32 = 9.0;
const GAP: f32 = 4.0;
const BETWEEN: f32 = 8.0;
const FONT: f32 = 11.0;
/// Room for the button behind which the rest is.
const MENU: f32 = 36.0;

const HOW: Text = text(
    "Click: hide or show. Alt+click, Shift+click or double click: show alone",
    "单击：隐藏或显示；Alt+单击、Shift+单击或双击：单独显示",
);
const MORE: Text = text("{} more", "另有 {} 项");

/// What of all traces is shown, as far as the reader said something about it.
#[derive(Debug, Clone, Default)]
pub struct Shown(BTreeMap<Key, bool>);

impl Shown {
    /// Whether a trace shows.
    pub fn is_on(&self, trace: &Trace<'_>) -> bool {
        self.0.get(&trace.key).copied().unwrap_or(trace.is_usual)
    }

    /// Hides a trace that shows, shows one that is hidden.
    pub fn toggle(&mut self, trace: &Trace<'_>) {
        let on = !self.is_on(trace);
        self.set(trace, on);
    }

    /// Shows one of a chart's traces alone; all of them as usual if it was alone already.
    pub fn solo(&mut self, key: Key, traces: &[Trace<'_>]) {
        let is_alone = traces.iter().all(|trace| self.is_on(trace) == (trace.key == key));
        for trace in traces {
            self.set(trace, if is_alone { trace.is_usual } else { trace.key == key });
        }
    }

    fn set(&mut self, trace: &Trace<'_>, on: bool) {
        if on == trace.is_usual {
            self.0.remove(&trace.key);
        } else {
            self.0.insert(trace.key, on);
        }
    }
}

/// What was done with a legend.
#[derive(Debug, Default)]
pub struct Touched {
    /// This trace is to be hidden or shown.
    pub toggled: Option<Key>,
    /// This trace is to be shown alone.
    pub alone: Option<Key>,
    /// The pointer is over this one.
    pub over: Option<Key>,
}

/// A legend.
pub struct Legend<'a> {
    /// The name of the chart.
    pub chart: &'static str,
    /// Its traces.
    pub traces: &'a [Trace<'a>],
    /// The values under the cursor, to stand beside the names.
    pub values: Option<Vec<String>>,
    /// What is shown.
    pub shown: &'a Shown,
    /// Language.
    pub lang: Lang,
    /// Colours.
    pub tokens: &'a Tokens,
}

impl Legend<'_> {
    /// Draws it in one row, so wide; what doesn't fit, and what is out of the usual, is behind "+3".
    pub fn show(&self, ui: &mut Ui, width: f32) -> Touched {
        let mut touched = Touched::default();
        let (usual, unusual): (Vec<usize>, Vec<usize>) = (0..self.traces.len())
            .partition(|place| self.traces[*place].is_usual || self.shown.is_on(&self.traces[*place]));
        let (texts, fitting) = self.fitting(ui, &usual, width, !unusual.is_empty());
        ui.spacing_mut().item_spacing.x = BETWEEN;
        for (place, words) in usual.iter().zip(&texts).take(fitting) {
            self.chip(ui, &self.traces[*place], words, &mut touched);
        }
        let hidden: Vec<usize> = usual[fitting..].iter().chain(&unusual).copied().collect();
        if !hidden.is_empty() {
            let rest = hidden.len();
            let more = egui::Button::new(egui::RichText::new(format!("+{rest}")).size(FONT)).small();
            let label = format!("{}: {}", self.chart, self.lang.f(MORE, &[&rest]));
            let config = egui::containers::menu::MenuConfig::new()
                .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
            let (button, _) =
                egui::containers::menu::MenuButton::from_button(more).config(config).ui(ui, |ui| {
                    egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                        for place in hidden {
                            let trace = &self.traces[place];
                            self.chip(ui, trace, &trace.name, &mut touched);
                        }
                    });
                });
            button.accessible_name(label);
        }
        touched
    }

    /// The words of the chips of some traces, and how many of them fit, beside the menu if there is one in any case.
    fn fitting(&self, ui: &Ui, places: &[usize], width: f32, has_menu: bool) -> (Vec<String>, usize) {
        let traces = || places.iter().map(|place| &self.traces[*place]);
        let measure = |texts: &[String]| -> Vec<f32> {
            let size = |words: &String| {
                ui.painter()
                    .layout_no_wrap(words.clone(), FontId::proportional(FONT), self.tokens.text)
                    .size()
                    .x
            };
            texts.iter().map(|words| size(words) + SWATCH + GAP + BETWEEN).collect()
        };
        let fits = |widths: &[f32]| {
            let has_room = !has_menu && widths.iter().sum::<f32>() <= width;
            let room = if has_room { width } else { width - MENU };
            let ends = widths.iter().scan(0.0, |sum, width| {
                *sum += width;
                Some(*sum)
            });
            ends.take_while(|end| *end <= room).count()
        };
        let texts: Vec<String> = match &self.values {
            None => traces().map(|trace| trace.name.clone()).collect(),
            Some(values) => {
                let spoken = |alone: bool| -> Vec<String> {
                    let words = |(trace, value): (&Trace<'_>, &String)| match self.shown.is_on(trace) {
                        false => trace.name.clone(),
                        true if alone => value.clone(),
                        true => format!("{} {value}", trace.name),
                    };
                    traces().zip(places.iter().map(|place| &values[*place])).map(words).collect()
                };
                let both = spoken(false);
                if fits(&measure(&both)) == both.len() { both } else { spoken(true) }
            }
        };
        let fitting = fits(&measure(&texts));
        (texts, fitting)
    }

    fn chip(&self, ui: &mut Ui, trace: &Trace<'_>, words: &str, touched: &mut Touched) {
        let is_on = self.shown.is_on(trace);
        let color = if is_on { self.tokens.text } else { self.tokens.weak };
        let galley = ui.painter().layout_no_wrap(words.to_owned(), FontId::proportional(FONT), color);
        let size = vec2(SWATCH + GAP + galley.size().x, HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let label = format!("{}: {}", self.chart, trace.name);
        response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, is_on, &label));
        let swatch =
            Rect::from_center_size(pos2(rect.left() + SWATCH / 2.0, rect.center().y), vec2(SWATCH, SWATCH));
        self.swatch(ui, swatch, trace, is_on);
        let text = pos2(rect.left() + SWATCH + GAP, rect.center().y - galley.size().y / 2.0);
        let end = pos2(text.x + galley.size().x, rect.center().y);
        ui.painter().galley(text, galley, color);
        if !is_on {
            ui.painter().hline(text.x..=end.x, end.y, Stroke::new(1.0, self.tokens.weak));
        }
        self.answer(ui, rect, response, trace, touched);
    }

    /// The sign of a trace: filled for areas, a line for lines; an outline while it is hidden.
    fn swatch(&self, ui: &Ui, rect: Rect, trace: &Trace<'_>, is_on: bool) {
        let painter = ui.painter();
        let color = trace.color;
        if !is_on {
            painter.rect_stroke(rect.shrink(1.0), 2, Stroke::new(1.0, self.tokens.weak), StrokeKind::Inside);
            return;
        }
        if let Some(sign) = trace.sign {
            let sign = char::from(sign).to_string();
            painter.text(rect.center(), Align2::CENTER_CENTER, sign, FontId::proportional(FONT), color);
            return;
        }
        let line = |from: f32, to: f32, width: f32| {
            let x = |share: f32| rect.left() + rect.width() * share;
            painter.hline(x(from)..=x(to), rect.center().y, Stroke::new(width, color));
        };
        match trace.look {
            Look::Stacked => drop(painter.rect_filled(rect, 2, color)),
            Look::Area => {
                painter.rect_filled(rect, 2, color.gamma_multiply(0.35));
                painter.hline(rect.x_range(), rect.top() + 1.0, Stroke::new(2.0, color));
            }
            Look::Line => line(0.0, 1.0, 3.0),
            Look::Thin => line(0.0, 1.0, 1.5),
            Look::Dashed => {
                line(0.0, 0.4, 1.5);
                line(0.6, 1.0, 1.5);
            }
        }
    }

    fn answer(&self, ui: &Ui, rect: Rect, response: Response, trace: &Trace<'_>, touched: &mut Touched) {
        if response.has_focus() {
            ui.painter().rect_stroke(
                rect.expand(2.0),
                3,
                Stroke::new(1.0, self.tokens.accent),
                StrokeKind::Outside,
            );
        }
        if response.hovered() || response.has_focus() {
            touched.over = Some(trace.key);
        }
        let alone = ui.input(|input| input.modifiers.alt || input.modifiers.shift);
        if response.double_clicked() || (response.clicked() && alone) {
            touched.alone = Some(trace.key);
        } else if response.clicked() {
            touched.toggled = Some(trace.key);
        }
        response.on_hover_text(format!("{}\n{}", self.lang.t(trace.about), self.lang.t(HOW)));
    }
}
