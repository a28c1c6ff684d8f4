//! `lesson`: lists the lessons, shows one, and measures what it asks for.

use std::path::Path;

use super::args::{HowArgs, KeepArgs, Language, LessonArgs};
use super::design::{DesignArgs, sound, tell_external};
use super::run::{signals, tell_failure, turns, worst};
use super::{exit, out};
use crate::files::lessons::{LESSONS, OpenedLesson, Shipped, read_lesson};
use crate::files::{parse_lesson, report_problems};
use crate::lang::Lang;
use crate::lesson::words::{in_a_line, paragraphs};
use crate::lesson::{Exercise, Lesson, Step, Taken};
use crate::topology::RunPlan;

/// How wide a text is printed, in characters.
const WIDTH: usize = 100;

/// Does it and answers the exit code.
pub(super) fn main(args: &LessonArgs) -> u8 {
    let lang = match args.lang {
        Language::En => Lang::En,
        Language::Zh => Lang::Zh,
    };
    let Some(name) = &args.lesson else {
        list(lang);
        return exit::PASS;
    };
    let opened = match open(name) {
        Ok(opened) => opened,
        Err(error) => {
            out::note(error);
            return exit::USAGE;
        }
    };
    if !opened.problems.is_empty() {
        out::note(report_problems(name, &opened.problems).trim_end());
    }
    let Some(lesson) = opened.sound() else { return exit::USAGE };
    if args.run {
        return measure(name, &lesson, args, lang);
    }
    show(&lesson, lang);
    exit::PASS
}

/// A file, or a lesson of the program by its number.
fn open(name: &str) -> Result<OpenedLesson, String> {
    let number: Option<u32> = name.parse().ok().filter(|_| !Path::new(name).exists());
    let Some(number) = number else {
        return read_lesson(Path::new(name)).map_err(|error| error.to_string());
    };
    let is_it = |lesson: Option<&Lesson>| lesson.is_some_and(|lesson| lesson.number == number);
    let shipped = LESSONS.iter().find(|shipped| is_it(shipped.lesson()));
    let numbers = || LESSONS.iter().filter_map(|shipped| Some(shipped.lesson()?.number.to_string()));
    shipped.map(|shipped| parse_lesson(shipped.text)).ok_or_else(|| {
        let numbers: Vec<String> = numbers().collect();
        format!("there is no lesson {number}; choose from {}, or name a file", numbers.join(", "))
    })
}

fn list(lang: Lang) {
    for lesson in LESSONS.iter().filter_map(Shipped::lesson) {
        out::line(format_args!("{:>3}  {}", lesson.number, lesson.title.of(lang)));
        out::line(format_args!("     {}", in_a_line(lesson.about.of(lang))));
    }
}

/// Prints a lesson as a teacher wants to see it: every step, with what it asks for.
fn show(lesson: &Lesson, lang: Lang) {
    out::line(format_args!("{}  {}", lesson.number, lesson.title.of(lang)));
    if !lesson.about.is_empty() {
        print_text(lesson.about.of(lang), "");
    }
    for (at, step) in lesson.steps.iter().enumerate() {
        out::line(format_args!("\n{}. {}", at + 1, step.word()));
        match step {
            Step::Read(text) | Step::Explain(text) => print_text(text.of(lang), "   "),
            Step::Predict(predict) => {
                print_text(predict.question.of(lang), "   ");
                let sign = predict.entry.sign();
                let choices: Vec<String> = predict
                    .choices
                    .iter()
                    .map(|choice| format!("{choice} {sign}").trim().to_owned())
                    .collect();
                let of = if choices.is_empty() { String::new() } else { format!(": {}", choices.join(", ")) };
                out::line(format_args!("   -> {} ({}){of}", predict.figure.key(), predict.entry.word()));
            }
            Step::Run(exercise) => {
                print_text(exercise.text.of(lang), "   ");
                out::line(format_args!("   -> {}", described(exercise, lang)));
            }
            Step::Compare(figures) => {
                let predicted =
                    lesson.predictions_for(at).into_iter().map(|(_, predict)| predict.figure.key());
                let mut keys: Vec<&str> = Vec::new();
                for key in predicted.chain(figures.iter().map(|figure| figure.key())) {
                    if !keys.contains(&key) {
                        keys.push(key);
                    }
                }
                out::line(format_args!("   -> {}", keys.join(", ")));
            }
        }
    }
}

fn print_text(text: &str, margin: &str) {
    for paragraph in paragraphs(text) {
        let mut line = margin.to_owned();
        for word in paragraph.split(' ') {
            if line.chars().count() + word.chars().count() >= WIDTH && line.trim() != "" {
                out::line(line.trim_end());
                margin.clone_into(&mut line);
            }
            line.push_str(word);
            line.push(' ');
        }
        out::line(line.trim_end());
    }
}

fn described(exercise: &Exercise, lang: Lang) -> String {
    let workload = &exercise.topology.workload;
    let name = if exercise.name.is_empty() { String::new() } else { format!("{}: ", exercise.name) };
    let (secs, rate) = (workload.duration().as_secs_f64(), workload.mean_rate());
    format!("{name}{}, {secs:.1} s at {rate:.0} arrivals a second", exercise.titled(lang).title)
}

/// Runs the designs of a lesson and prints the figures that it asks for.
fn measure(name: &str, lesson: &Lesson, args: &LessonArgs, lang: Lang) -> u8 {
    let mut plans: Vec<(usize, RunPlan)> = Vec::new();
    for (step, exercise) in lesson.runs() {
        if !args.allow.covers(name, &exercise.topology) {
            return exit::USAGE;
        }
        let Some(plan) = sound(name, exercise.topology.clone()) else { return exit::USAGE };
        tell_external(&plan);
        plans.push((step, plan));
    }
    let design = DesignArgs { server: args.server.clone(), ..DesignArgs::default() };
    let keeping = KeepArgs { no_history: true };
    let how = HowArgs { design, keeping, quiet: true, ..HowArgs::default() };
    let signals = signals();
    let mut taken = Taken::default();
    let mut code = exit::PASS;
    out::line(format_args!("{}  {}", lesson.number, lesson.title.of(lang)));
    for (step, plan) in plans {
        let Some(exercise) = lesson.steps[step].exercise() else { continue };
        out::line(format_args!("\n  step {}, {}", step + 1, described(exercise, lang)));
        let rounds = turns(std::slice::from_ref(&plan), Vec::new(), 1, &how, &signals, &mut ());
        let Some((_, trial)) = rounds.trials.first() else {
            tell_failure(&rounds);
            return worst(&rounds);
        };
        taken.ran(step, &trial.report);
        for figure in lesson.figures_of(step) {
            let measured = taken.measured(step, figure);
            let told = measured.map_or("not measured".to_owned(), |measured| figure.unit().told(measured));
            out::line(format_args!("    {:<34} {told:>12}   {}", figure.label(), figure.key()));
            if measured.is_none() {
                code = exit::FAIL;
            }
        }
        for reason in crate::report::verdict::disturbances(&trial.report) {
            out::line(format_args!("    disturbed: {reason}"));
        }
        if rounds.is_stopped {
            return exit::INCONCLUSIVE;
        }
    }
    code
}
