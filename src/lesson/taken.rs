//! How far somebody is with a lesson: the step, what was predicted, what was measured.

use std::collections::BTreeMap;

use super::judge::Judgement;
use super::quote::fill;
use super::{Lesson, Predict, Step};
use crate::lang::Lang;
use crate::report::Report;
use crate::report::compare::figure::Figure;

/// What stands for a figure that nobody measured yet.
const UNKNOWN: &str = "–";

/// How far somebody is with a lesson.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taken {
    /// The place of the step that is open.
    at: usize,
    /// Predictions by the places of their steps, in the units of their figures.
    predictions: BTreeMap<usize, f64>,
    /// What runs measured, by the places of their steps and the keys of the figures.
    measured: BTreeMap<usize, BTreeMap<&'static str, f64>>,
}

impl Taken {
    /// The place of the step that is open.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Goes to the next step, or to the one before. Answers whether there was one.
    pub fn turn(&mut self, lesson: &Lesson, is_forward: bool) -> bool {
        let to = if is_forward { self.at.checked_add(1) } else { self.at.checked_sub(1) };
        let to = to.filter(|&to| to < lesson.steps.len());
        self.at = to.unwrap_or(self.at);
        to.is_some()
    }

    /// Whether the step that is open is the last one.
    pub fn is_at_end(&self, lesson: &Lesson) -> bool {
        self.at + 1 >= lesson.steps.len()
    }

    /// The prediction of a step, in the unit of its figure.
    pub fn prediction(&self, step: usize) -> Option<f64> {
        self.predictions.get(&step).copied()
    }

    /// Something is predicted, or nothing any more.
    pub fn predict(&mut self, step: usize, figure: Option<f64>) {
        match figure.filter(|figure| figure.is_finite() && *figure >= 0.0) {
            Some(figure) => drop(self.predictions.insert(step, figure)),
            None => drop(self.predictions.remove(&step)),
        }
    }

    /// The run of a step came to its report.
    pub fn ran(&mut self, step: usize, report: &Report) {
        let figures = Figure::all().filter_map(|figure| Some((figure.key(), figure.of(report)?)));
        self.measured.insert(step, figures.collect());
    }

    /// Whether the run of a step came to its report.
    pub fn has_run(&self, step: usize) -> bool {
        self.measured.contains_key(&step)
    }

    /// What the run of a step measured.
    pub fn measured(&self, run: usize, figure: Figure) -> Option<f64> {
        self.measured.get(&run)?.get(figure.key()).copied()
    }

    /// The prediction of a step beside what was measured, once there are both.
    pub fn judgement(&self, lesson: &Lesson, step: usize, predict: &Predict) -> Option<Judgement> {
        let measured = self.measured(lesson.run_after(step)?, predict.figure)?;
        Some(Judgement::new(self.prediction(step)?, measured, predict.figure.unit()))
    }

    /// A text of a step, with what was measured in the places of its quotes.
    pub fn filled(&self, lesson: &Lesson, step: usize, text: &str) -> String {
        fill(text, |quote| {
            let figure = Figure::find(&quote.key);
            let run = quote.run_in(lesson, step);
            let told = figure.zip(run).and_then(|(figure, run)| {
                self.measured(run, figure).map(|measured| figure.unit().told(measured))
            });
            told.unwrap_or_else(|| UNKNOWN.to_owned())
        })
    }

    /// The text of the step that is open, where it has one.
    pub fn text(&self, lesson: &Lesson, lang: Lang) -> Option<String> {
        let text = match lesson.steps.get(self.at)? {
            Step::Read(text) | Step::Explain(text) => text,
            Step::Predict(predict) => &predict.question,
            Step::Run(exercise) => &exercise.text,
            Step::Compare(_) => return None,
        };
        Some(self.filled(lesson, self.at, text.of(lang)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::Distance;
    use super::super::tests::lesson;
    use super::*;
    use crate::report::testing::report;

    #[test]
    fn a_lesson_is_taken_step_by_step_and_ends_at_its_last_one() {
        let lesson = lesson();
        let mut taken = Taken::default();
        assert!(!taken.turn(&lesson, false));
        while taken.turn(&lesson, true) {}
        assert_eq!((taken.at(), taken.is_at_end(&lesson)), (7, true));
        assert!(taken.turn(&lesson, false) && !taken.is_at_end(&lesson));
    }

    #[test]
    fn predictions_stand_beside_what_their_run_measured_and_texts_quote_it() {
        let lesson = lesson();
        let mut taken = Taken::default();
        let (step, predict) = lesson.predictions_for(6)[0];
        taken.predict(step, Some(2_000.0));
        assert_eq!(taken.judgement(&lesson, step, predict), None, "nothing ran yet");
        assert_eq!(taken.filled(&lesson, 7, "{oversold} and {first.sold}"), "– and –");
        let report = report(1_000, 310, 2_500);
        taken.ran(5, &report);
        let judgement = taken.judgement(&lesson, step, predict).unwrap();
        assert_eq!(judgement.distance, Distance::Below(500.0));
        assert!(taken.has_run(5) && !taken.has_run(2));
        let told = format!("{} and –", report.audit.oversold);
        assert_eq!(taken.filled(&lesson, 7, "{oversold} and {first.sold}"), told);
        taken.predict(step, Some(f64::NAN));
        assert_eq!(taken.prediction(step), None);
    }
}
