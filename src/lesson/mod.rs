//! Lessons: read, predict a figure, run, compare, explain. Pure.
//!
//! A lesson is a row of steps. A prediction is about the next run after it; a comparison holds what was predicted against what was
//! measured; a text may quote measured figures.
//!
//! - [`words`]: texts in one language or in two. [`quote`]: figures that a text quotes.
//! - [`entry`]: the units in which figures are predicted. [`judge`]: how far a prediction is from what was measured.
//! - [`taken`]: how far somebody is with a lesson.

pub mod entry;
pub mod judge;
pub mod quote;
pub mod taken;
pub mod words;

pub use entry::Entry;
pub use taken::Taken;
pub use words::Words;

use crate::lang::Lang;
use crate::report::compare::figure::Figure;
use crate::topology::Topology;

/// The version of the file format that this program reads.
pub const LESSON_VERSION: u64 = 1;
/// The keys of each kind of step.
pub const KEYS: [(&str, &[&str]); 5] = [
    ("Read", &["text"]),
    ("Predict", &["question", "figure", "unit", "choices"]),
    (
        "Run",
        &["name", "title", "text", "preset", "design", "set", "duration", "rate", "stock", "buyers", "seed"],
    ),
    ("Compare", &["figures"]),
    ("Explain", &["text"]),
];
/// The word that a lesson's file may begin with.
pub const WORD: &str = "Lesson";
/// More steps than this make no lesson.
pub const MOST_STEPS: usize = 60;
/// The longest text of a step, in characters.
pub const LONGEST_TEXT: usize = 8_000;

/// A lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// Its place in a course; lessons can be taken in any order.
    pub number: u32,
    /// Its name.
    pub title: Words,
    /// What it is about, in a sentence.
    pub about: Words,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// A step of a lesson.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A text is read.
    Read(Words),
    /// A figure of the next run is predicted.
    Predict(Predict),
    /// A design is run.
    Run(Box<Exercise>),
    /// What was predicted stands beside what was measured.
    Compare(Vec<Figure>),
    /// What was measured is explained.
    Explain(Words),
}

/// A question for a figure of the next run.
#[derive(Debug, Clone, PartialEq)]
pub struct Predict {
    /// The question.
    pub question: Words,
    /// The figure.
    pub figure: Figure,
    /// The unit in which it is predicted.
    pub entry: Entry,
    /// Predictions to choose from, in that unit; none: any number may be given.
    pub choices: Vec<f64>,
}

/// A design that is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Exercise {
    /// What texts call the run; empty where none has to.
    pub name: String,
    /// What it is called for people; where it says nothing, as the design is.
    pub title: Words,
    /// What to look at.
    pub text: Words,
    /// What runs.
    pub topology: Topology,
}

impl Step {
    /// The words in files.
    pub const WORDS: [&'static str; 5] = ["Read", "Predict", "Run", "Compare", "Explain"];

    /// Its word in files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Read(_) => Self::WORDS[0],
            Self::Predict(_) => Self::WORDS[1],
            Self::Run(_) => Self::WORDS[2],
            Self::Compare(_) => Self::WORDS[3],
            Self::Explain(_) => Self::WORDS[4],
        }
    }

    /// What it runs.
    pub fn exercise(&self) -> Option<&Exercise> {
        match self {
            Self::Run(exercise) => Some(exercise),
            _ => None,
        }
    }
}

impl Exercise {
    /// The design, titled in a language.
    pub fn titled(&self, lang: Lang) -> Topology {
        let title = self.title.of(lang);
        let title = if title.trim().is_empty() { &self.topology.title } else { title };
        Topology { title: title.to_owned(), ..self.topology.clone() }
    }
}

impl Lesson {
    /// Its runs, each with the place of its step.
    pub fn runs(&self) -> impl Iterator<Item = (usize, &Exercise)> {
        self.steps.iter().enumerate().filter_map(|(at, step)| Some((at, step.exercise()?)))
    }

    /// The place of the first run after a step: the one that a prediction there is about.
    pub fn run_after(&self, step: usize) -> Option<usize> {
        self.runs().map(|(at, _)| at).find(|&at| at > step)
    }

    /// The place of the last run before a step: the one that a text there quotes.
    pub fn run_before(&self, step: usize) -> Option<usize> {
        self.runs().map(|(at, _)| at).take_while(|&at| at < step).last()
    }

    /// The place of the run with a name.
    pub fn run_named(&self, name: &str) -> Option<usize> {
        self.runs().find(|(_, exercise)| exercise.name == name).map(|(at, _)| at)
    }

    /// The predictions that a comparison is about: those since the comparison before it, each with the place of its step.
    pub fn predictions_for(&self, step: usize) -> Vec<(usize, &Predict)> {
        let before = &self.steps[..step.min(self.steps.len())];
        let last = before.iter().rposition(|step| matches!(step, Step::Compare(_))).map_or(0, |at| at + 1);
        let steps = before.iter().enumerate().skip(last);
        steps
            .filter_map(|(at, step)| match step {
                Step::Predict(predict) => Some((at, predict)),
                _ => None,
            })
            .collect()
    }

    /// The figures that it asks for of a run: predicted, compared and quoted.
    pub fn figures_of(&self, run: usize) -> Vec<Figure> {
        let mut found: Vec<Figure> = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let asked: Vec<Figure> = match step {
                Step::Predict(predict) if self.run_after(at) == Some(run) => vec![predict.figure],
                Step::Compare(figures) if at > run => figures.clone(),
                Step::Read(text) | Step::Explain(text) => {
                    let quotes = text.each().flat_map(quote::quotes);
                    let is_of = |quote: &quote::Quote| quote.run_in(self, at) == Some(run);
                    quotes.filter(is_of).filter_map(|quote| Figure::find(&quote.key)).collect()
                }
                _ => Vec::new(),
            };
            for figure in asked {
                if !found.contains(&figure) {
                    found.push(figure);
                }
            }
        }
        found
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::report::testing::topology;

    /// A lesson with two runs: predict, run, compare, explain, and once more.
    pub fn lesson() -> Lesson {
        let predict = |key: &str| {
            let figure = Figure::find(key).unwrap();
            let question = Words::both("How many?", "多少？");
            Step::Predict(Predict {
                question,
                figure,
                entry: Entry::usual(figure.unit()),
                choices: Vec::new(),
            })
        };
        let run = |name: &str| {
            Step::Run(Box::new(Exercise {
                name: name.into(),
                topology: topology(),
                title: Words::default(),
                text: Words::default(),
            }))
        };
        let text = Words::both("It oversold {oversold}, {first.sold} before.", "超卖了 {oversold} 件。");
        Lesson {
            number: 1,
            title: Words::both("A lesson", "一课"),
            about: Words::default(),
            steps: vec![
                Step::Read(Words::both("Read.", "读。")),
                predict("oversold"),
                run("first"),
                Step::Compare(Vec::new()),
                predict("claims_p99_us"),
                run("second"),
                Step::Compare(vec![Figure::find("achieved").unwrap()]),
                Step::Explain(text),
            ],
        }
    }

    #[test]
    fn a_prediction_is_about_the_next_run_and_a_text_about_the_last() {
        let lesson = lesson();
        assert_eq!((lesson.run_after(1), lesson.run_after(4), lesson.run_after(5)), (Some(2), Some(5), None));
        assert_eq!(
            (lesson.run_before(2), lesson.run_before(3), lesson.run_before(7)),
            (None, Some(2), Some(5))
        );
        let about = |step| lesson.predictions_for(step).iter().map(|(at, _)| *at).collect::<Vec<_>>();
        assert_eq!((about(3), about(6)), (vec![1], vec![4]));
        let keys = |run| lesson.figures_of(run).iter().map(|figure| figure.key()).collect::<Vec<_>>();
        assert_eq!(keys(2), ["oversold", "achieved", "sold"]);
        assert_eq!(keys(5), ["claims_p99_us", "achieved", "oversold"]);
    }
}
