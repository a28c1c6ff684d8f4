//! Lessons: their steps, and what is wrong with them. Designs within are read like files of their own.

use std::collections::BTreeSet;

use super::super::lessons::OpenedLesson;
use super::super::located::locate;
use super::super::raw::Raw;
use super::exercise::read_exercise;
use super::group::{Group, read_kind};
use super::{NO_PART, Reader, suggest, syntax};
use crate::lesson::quote::{Quote, quotes};
use crate::lesson::{
    Entry, Exercise, KEYS, LESSON_VERSION, LONGEST_TEXT, Lesson, MOST_STEPS, Predict, Step, WORD, Words,
};
use crate::report::compare::figure::Figure;

/// The fields of a file.
const FIELDS: &[&str] = &["version", "number", "title", "about", "steps"];

/// Whether a text is a lesson, or means to be one: it begins with the word, or has steps and no stages.
pub fn is_lesson(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let content = &text[syntax::content_start(text)..];
    let begins = content.strip_prefix(WORD).is_some_and(|rest| rest.trim_start().starts_with(['(', '/']));
    let has = |fields: &[super::super::raw::Field<'_>], key| fields.iter().any(|field| field.key == key);
    let is_like_one = || {
        let fields = Raw { text: content.trim_end(), offset: 0 }.word().1.fields();
        fields.is_some_and(|fields| has(&fields, "steps") && !has(&fields, "stages"))
    };
    begins || is_like_one()
}

/// Reads the text of a lesson and lists everything that is wrong, with places. Pure.
pub fn parse_lesson(text: &str) -> OpenedLesson {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::default();
    let lesson = match syntax::check(text) {
        Ok(root) => read_root(root, &mut reader),
        Err((offset, (text, remedy))) => {
            let of_lesson = |words: String| words.replace("topology", "lesson");
            reader.error(offset, &NO_PART, of_lesson(text), of_lesson(remedy));
            None
        }
    };
    OpenedLesson { lesson, problems: locate(text, reader.found) }
}

fn read_root(root: Raw, reader: &mut Reader) -> Option<Lesson> {
    let Some(fields) = root.word().1.fields() else {
        let text = format!("expected a lesson, found {}", root.description());
        reader.error(root.offset, &NO_PART, text, "write Lesson( version: 1, title: \"…\", steps: [ … ] )");
        return None;
    };
    let version = fields.iter().find(|field| field.key == "version").map(|field| field.value);
    if let Some(version) = version
        && version.to::<u64>().is_some_and(|number| number > LESSON_VERSION)
    {
        let number = version.description();
        let text =
            format!("the file has format version {number}, and this program reads up to {LESSON_VERSION}");
        reader.error(version.offset, &NO_PART, text, "update the program");
        return None;
    }
    let group = Group::open(root, "a lesson", NO_PART, FIELDS, reader)?;
    super::check_version(&group, reader);
    let title = required_words(&group, "title", reader);
    let number = group.field("number", reader);
    let about = words(&group, "about", reader);
    group.require("steps", "steps: [ Read(text: \"…\"), … ]", reader);
    let items = group.items("steps", reader)?;
    if items.is_empty() {
        reader.error(root.offset, &NO_PART, "the lesson has no steps", "add steps such as Read(text: \"…\")");
    } else if items.len() > MOST_STEPS {
        let text = format!("there are {} steps, and {MOST_STEPS} are the most", items.len());
        reader.error(items[MOST_STEPS].offset, &NO_PART, text, "make two lessons of it");
        return None;
    }
    let problems = reader.found.len();
    let mut offsets = Vec::new();
    let mut steps = Vec::new();
    for raw in items {
        // What is wrong in one step keeps nothing of the others from being read.
        let mut inner = Reader::default();
        if let Some(step) = read_step(raw, &mut inner) {
            steps.push(step);
            offsets.push(raw.offset);
        }
        reader.found.append(&mut inner.found);
    }
    let lesson = Lesson { number: number.unwrap_or(0), title, about, steps };
    // Of a lesson that lacks steps, nothing can be said as a whole.
    if reader.found.len() == problems {
        check_order(&lesson, &offsets, reader);
    }
    Some(lesson)
}

fn read_step(raw: Raw, reader: &mut Reader) -> Option<Step> {
    let word = |word: &str| Step::WORDS.iter().copied().find(|known| *known == word);
    let kind = read_kind(raw, ("steps", "step"), &Step::WORDS, word, &NO_PART, reader)?;
    let known = KEYS.iter().find(|(word, _)| *word == kind).map_or(&[][..], |(_, keys)| *keys);
    let group = Group::open(raw, &format!("a {kind} step"), NO_PART, known, reader)?;
    Some(match kind {
        "Predict" => Step::Predict(read_predict(&group, reader)?),
        "Run" => {
            let (title, text) = (words(&group, "title", reader), words(&group, "text", reader));
            let (name, topology) = read_exercise(&group, raw, reader)?;
            Step::Run(Box::new(Exercise { name, title, text, topology }))
        }
        "Compare" => Step::Compare(read_figures(&group, reader)),
        "Read" => Step::Read(required_words(&group, "text", reader)),
        _ => Step::Explain(required_words(&group, "text", reader)),
    })
}

fn read_predict(group: &Group, reader: &mut Reader) -> Option<Predict> {
    let question = required_words(group, "question", reader);
    let raw = group.require("figure", "figure: \"…\", the figure that is predicted", reader)?;
    let key: String = group.field("figure", reader)?;
    let figure = find_figure(&key, raw, reader)?;
    let unit = figure.unit();
    let entry = group.field("unit", reader).unwrap_or(Entry::usual(unit));
    if !entry.fits(unit) {
        let offset = group.get("unit").map_or(group.offset, |raw| raw.offset);
        let text = format!("{key} is not predicted in {}", entry.word());
        reader.error(offset, &NO_PART, text, format!("choose from {}", Entry::of(unit).join(", ")));
    }
    let items = group.items("choices", reader).unwrap_or_default();
    let numbers: Vec<Option<f64>> = items
        .iter()
        .map(|raw| raw.to().filter(|number: &f64| number.is_finite() && *number >= 0.0))
        .collect();
    for (raw, _) in items.iter().zip(&numbers).filter(|(_, number)| number.is_none()) {
        let text = format!("choices: expected a number from 0, found {}", raw.description());
        reader.error(raw.offset, &NO_PART, text, "write numbers in the unit of the prediction: [0, 10, 100]");
    }
    if items.len() == 1 {
        reader.error(items[0].offset, &NO_PART, "one choice is none", "add another one, or remove choices");
    }
    Some(Predict { question, figure, entry, choices: numbers.into_iter().flatten().collect() })
}

fn read_figures(group: &Group, reader: &mut Reader) -> Vec<Figure> {
    let items = group.items("figures", reader).unwrap_or_default();
    let mut figures = Vec::new();
    for raw in items {
        let Some(key) = raw.to::<String>() else {
            let text = format!("figures: expected text in quotes, found {}", raw.description());
            reader.error(raw.offset, &NO_PART, text, "put it in quotes: \"…\"");
            continue;
        };
        figures.extend(find_figure(&key, raw, reader));
    }
    figures
}

fn find_figure(key: &str, raw: Raw, reader: &mut Reader) -> Option<Figure> {
    let found = Figure::find(key);
    if found.is_none() {
        reader.error(raw.offset, &NO_PART, format!("there is no figure {key:?}"), figures_remedy(key));
    }
    found
}

fn figures_remedy(key: &str) -> String {
    let known: Vec<&str> = Figure::all().map(Figure::key).collect();
    suggest::remedy(key, &known)
}

/// A text that may not be missing.
fn required_words(group: &Group, key: &'static str, reader: &mut Reader) -> Words {
    let found = words(group, key, reader);
    if group.require(key, &format!("{key}: \"…\", or (en: \"…\", zh: \"…\")"), reader).is_some()
        && found.is_empty()
        && !group.is_broken(key, reader)
    {
        let offset = group.get(key).map_or(group.offset, |raw| raw.offset);
        reader.error(offset, &NO_PART, format!("{key} says nothing"), "write it, in one language at least");
    }
    found
}

/// A text in quotes, or a group of both languages.
fn words(group: &Group, key: &'static str, reader: &mut Reader) -> Words {
    let Some(raw) = group.get(key) else { return Words::default() };
    let found = if let Some(text) = raw.to::<String>() {
        Words { en: text, zh: String::new() }
    } else if raw.fields().is_some() {
        let mut inner = Reader::default();
        let languages = Group::open(raw, "a text", NO_PART, &["en", "zh"], &mut inner);
        let mut language = |key| languages.as_ref().and_then(|group| group.field(key, &mut inner));
        let found = Words { en: language("en").unwrap_or_default(), zh: language("zh").unwrap_or_default() };
        if !inner.found.is_empty() {
            reader.broken.insert((NO_PART, key));
        }
        reader.found.append(&mut inner.found);
        found
    } else {
        let text = format!("{key}: expected text, found {}", raw.description());
        let remedy = "write \"…\" in quotes, or (en: \"…\", zh: \"…\")".to_owned();
        reader.field_error(raw.offset, &NO_PART, key, (text, remedy));
        Words::default()
    };
    let longest = found.each().map(|text| text.chars().count()).max().unwrap_or(0);
    if longest > LONGEST_TEXT {
        let text = format!("{key} has {longest} characters, and {LONGEST_TEXT} are the most");
        reader.error(raw.offset, &NO_PART, text, "make it shorter, or several steps of it");
    }
    found
}

/// What is wrong with the order of the steps: predictions without a run, comparisons of nothing, quotes of what comes later.
fn check_order(lesson: &Lesson, offsets: &[usize], reader: &mut Reader) {
    let mut names = BTreeSet::new();
    for (at, (step, &offset)) in lesson.steps.iter().zip(offsets).enumerate() {
        let mut error = |text: String, remedy: &str| reader.error(offset, &NO_PART, text, remedy);
        match step {
            Step::Predict(_) if lesson.run_after(at).is_none() => {
                error("no run follows this prediction".into(), "add a Run step behind it");
            }
            Step::Compare(figures) => {
                let asked = lesson.predictions_for(at);
                let has_predictions =
                    asked.iter().any(|(from, _)| lesson.run_after(*from).is_some_and(|run| run < at));
                if lesson.run_before(at).is_none() || figures.is_empty() && !has_predictions {
                    error(
                        "there is nothing to compare here".into(),
                        "put Predict and Run steps before it, or name figures",
                    );
                }
            }
            Step::Run(exercise) if !exercise.name.is_empty() && !names.insert(&exercise.name) => {
                error(format!("two runs are called {:?}", exercise.name), "give one of them another name");
            }
            _ => {}
        }
        for quote in texts(step).flat_map(quotes) {
            check_quote(lesson, at, offset, &quote, reader);
        }
    }
}

fn texts(step: &Step) -> impl Iterator<Item = &str> {
    let words = match step {
        Step::Read(text) | Step::Explain(text) => Some(text),
        Step::Predict(predict) => Some(&predict.question),
        Step::Run(exercise) => Some(&exercise.text),
        Step::Compare(_) => None,
    };
    words.into_iter().flat_map(Words::each)
}

fn check_quote(lesson: &Lesson, at: usize, offset: usize, quote: &Quote, reader: &mut Reader) {
    let whole = if quote.run.is_empty() { quote.key.clone() } else { format!("{}.{}", quote.run, quote.key) };
    if Figure::find(&quote.key).is_none() {
        let text = format!("the text quotes {whole:?}, which is no figure");
        reader.error(offset, &NO_PART, text, figures_remedy(&quote.key));
    } else if quote.run_in(lesson, at).is_none() {
        let text = format!("the text quotes {whole:?}, and no run before it measures that");
        reader.error(offset, &NO_PART, text, "put it behind the run, or correct the name of the run");
    }
}
