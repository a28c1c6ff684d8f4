//! What was predicted beside what was measured, as bars on one scale; and figures of runs beside each other.

use egui::{
    Align2, Color32, FontId, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::super::text::Lang;
use super::super::theme::{room, tokens};
use super::panel::{Scale, card};
use super::{Open, words};
use crate::lesson::judge::Distance;
use crate::report::compare::figure::Figure;

/// A bar: what it is, the figure, how it looks.
struct Bar<'a> {
    label: &'a str,
    told: String,
    figure: Option<f64>,
    look: Look,
}

#[derive(Clone, Copy, PartialEq)]
enum Look {
    /// A frame: it is only thought.
    Predicted,
    /// It is a fact.
    Measured,
    /// It is a fact, and a bad one.
    Bad,
}

/// Draws each prediction beside its measurement, then the figures that are compared.
pub fn show(ui: &mut Ui, lang: Lang, open: &Open, figures: &[Figure], scale: Scale) {
    let at = open.taken.at();
    for (step, predict) in open.lesson.predictions_for(at) {
        let Some(run) = open.lesson.run_after(step).filter(|run| *run < at) else { continue };
        let unit = predict.figure.unit();
        let told =
            |figure: Option<f64>, none| figure.map_or(lang.t(none).to_owned(), |figure| unit.told(figure));
        let (predicted, measured) = (open.taken.prediction(step), open.taken.measured(run, predict.figure));
        card(ui, |ui| {
            ui.label(RichText::new(words::figure(lang, predict.figure)).size(scale.body()).strong());
            let bars = [
                Bar {
                    label: lang.t(words::PREDICTED),
                    told: told(predicted, words::NO_PREDICTION),
                    figure: predicted,
                    look: Look::Predicted,
                },
                Bar {
                    label: lang.t(words::MEASURED),
                    told: told(measured, words::NOT_MEASURED),
                    figure: measured,
                    look: look(predict.figure, measured),
                },
            ];
            draw(ui, &bars, scale);
            if let Some(judgement) = open.taken.judgement(&open.lesson, step, predict) {
                let is_near = matches!(judgement.distance, Distance::Same | Distance::Close);
                let colour = if is_near { tokens(ui).good } else { tokens(ui).text };
                let words = words::distance(lang, unit, &judgement);
                ui.label(RichText::new(words).size(scale.body()).color(colour));
            }
        });
        ui.add_space(room::ROW);
    }
    for &figure in figures {
        compared(ui, lang, open, figure, scale);
    }
}

/// A figure of all runs so far.
fn compared(ui: &mut Ui, lang: Lang, open: &Open, figure: Figure, scale: Scale) {
    let at = open.taken.at();
    let titles: Vec<(usize, String)> = open
        .lesson
        .runs()
        .filter(|(place, _)| *place < at && open.taken.has_run(*place))
        .map(|(place, exercise)| (place, exercise.titled(lang).title))
        .collect();
    let is_alone = titles.len() < 2;
    // One run's figure stands beside its prediction already.
    if is_alone && open.lesson.predictions_for(at).iter().any(|(_, predict)| predict.figure == figure) {
        return;
    }
    let bars: Vec<Bar<'_>> = titles
        .iter()
        .filter_map(|(place, title)| {
            let measured = open.taken.measured(*place, figure)?;
            let label = if is_alone { lang.t(words::MEASURED) } else { title };
            Some(Bar {
                label,
                told: figure.unit().told(measured),
                figure: Some(measured),
                look: look(figure, Some(measured)),
            })
        })
        .collect();
    if !bars.is_empty() {
        card(ui, |ui| {
            ui.label(RichText::new(words::figure(lang, figure)).size(scale.body()).strong());
            draw(ui, &bars, scale);
        });
        ui.add_space(room::ROW);
    }
}

/// What the audit finds wrong stands out.
fn look(figure: Figure, measured: Option<f64>) -> Look {
    let is_wrong = matches!(figure, Figure::Counted(fact) if fact.key != "sold");
    if is_wrong && measured.is_some_and(|measured| measured > 0.0) { Look::Bad } else { Look::Measured }
}

/// Bars on one scale: label above, figure behind the bar's end.
fn draw(ui: &mut Ui, bars: &[Bar<'_>], scale: Scale) {
    let tokens = tokens(ui);
    let most = bars.iter().filter_map(|bar| bar.figure).fold(0.0, f64::max);
    let (label, figure) =
        (FontId::proportional(scale.body() - 2.0), FontId::proportional(scale.body() + 2.0));
    let height = scale.body() + 8.0;
    for bar in bars {
        let size = vec2(ui.available_width(), height + label.size + 6.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{} {}", bar.label, bar.told)));
        let painter = ui.painter();
        painter.text(rect.left_top(), Align2::LEFT_TOP, bar.label, label.clone(), tokens.weak);
        let told = painter.layout_no_wrap(bar.told.clone(), figure.clone(), tokens.text);
        let room = (rect.width() - told.size().x - 10.0).max(20.0);
        let share = if most > 0.0 { bar.figure.unwrap_or(0.0) / most } else { 0.0 };
        #[allow(clippy::cast_possible_truncation, reason = "points")]
        let width = (share as f32 * room).max(2.0);
        let top = rect.top() + label.size + 5.0;
        let drawn = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.left() + width, top + height - 2.0));
        let (fill, edge) = match bar.look {
            Look::Predicted => (tokens.offered.gamma_multiply(0.22), tokens.offered),
            Look::Measured => (tokens.accent, Color32::TRANSPARENT),
            Look::Bad => (tokens.bad, Color32::TRANSPARENT),
        };
        painter.rect(drawn, 3.0, fill, Stroke::new(1.5, edge), StrokeKind::Inside);
        let at = pos2(drawn.right() + 8.0, drawn.center().y - told.size().y / 2.0);
        painter.galley(at, told, tokens.text);
    }
}
