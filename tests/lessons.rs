//! Lessons: those that come with the program are whole, and what people get wrong in their own.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use seckill_lab::files::lessons::{LESSONS, OpenedLesson, read_if_lesson, read_lesson};
use seckill_lab::files::{is_lesson, parse_lesson, parse_topology, report_problems};
use seckill_lab::lang::catalog::knows;
use seckill_lab::lesson::quote::quotes;
use seckill_lab::lesson::{Entry, KEYS, Lesson, Step, Words};
use seckill_lab::report::compare::figure::Figure;
use seckill_lab::topology::RunPlan;

fn ron_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
    found.sort();
    assert!(!found.is_empty());
    found
}

fn report(opened: &OpenedLesson) -> String {
    report_problems("lesson", &opened.problems)
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Every text of a lesson that people read.
fn texts(lesson: &Lesson) -> Vec<&Words> {
    let mut found = vec![&lesson.title, &lesson.about];
    for step in &lesson.steps {
        match step {
            Step::Read(text) | Step::Explain(text) => found.push(text),
            Step::Predict(predict) => found.push(&predict.question),
            Step::Run(exercise) => found.extend([&exercise.title, &exercise.text]),
            Step::Compare(_) => {}
        }
    }
    found
}

#[test]
fn the_course_is_whole_and_in_both_languages() {
    let files: Vec<String> = ron_files("presets/lessons")
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let embedded: Vec<&str> = LESSONS.iter().map(|shipped| shipped.file).collect();
    assert_eq!(embedded, files);
    for (number, one) in (1..).zip(LESSONS) {
        let opened = parse_lesson(one.text);
        assert!(opened.problems.is_empty(), "{}: {}", one.file, report(&opened));
        let lesson = opened.lesson.unwrap();
        assert_eq!(lesson.number, number, "{}", one.file);
        for text in texts(&lesson) {
            assert!(!text.en.trim().is_empty() && !is_chinese(&text.en), "{}: {text:?}", one.file);
            assert!(is_chinese(&text.zh), "{}: {text:?}", one.file);
            assert_eq!(keys(&text.en), keys(&text.zh), "{}: other figures in the other language", one.file);
        }
        let words: Vec<&str> = lesson.steps.iter().map(Step::word).collect();
        assert!(Step::WORDS.iter().all(|word| words.contains(word)), "{}: {words:?}", one.file);
        assert!(matches!(lesson.steps.last(), Some(Step::Explain(_))), "{}", one.file);
        for (_, exercise) in lesson.runs() {
            assert!(RunPlan::new(exercise.topology.clone()).is_ok(), "{}", one.file);
            let secs = exercise.topology.workload.duration().as_secs();
            assert!((3..=8).contains(&secs), "{}: {secs} s", one.file);
            assert!(exercise.topology.outside().is_empty());
        }
    }
}

/// The figures that a text quotes, in the order of their names.
fn keys(text: &str) -> Vec<String> {
    let mut keys: Vec<String> =
        quotes(text).into_iter().map(|quote| format!("{}.{}", quote.run, quote.key)).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Each broken lesson begins with a comment for each of its problems: `// LINE:COLUMN | TEXT | REMEDY`, where the remedy is a fragment.
#[test]
fn broken_lessons_have_exactly_the_problems_that_they_promise() {
    for path in ron_files("tests/broken/lessons") {
        let text = fs::read_to_string(&path).unwrap();
        let opened = read_if_lesson(&path).unwrap().expect("it means to be a lesson");
        let promised: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("// ")).collect();
        let listed = format!("{}\n{}", path.display(), report(&opened));
        assert!(!promised.is_empty() && promised.len() == opened.problems.len(), "{listed}");
        for (promise, located) in promised.into_iter().zip(&opened.problems) {
            let parts: Vec<&str> = promise.split(" | ").collect();
            let [at, problem, remedy] = parts[..] else { panic!("{promise}\n{listed}") };
            assert_eq!(at, format!("{}:{}", located.line, located.column), "{promise}\n{listed}");
            assert_eq!(located.problem.text, problem, "{listed}");
            assert!(located.problem.remedy.contains(remedy), "{promise}\n{listed}");
            assert!(knows(&located.problem.text), "there is no Chinese for it: {}", located.problem.text);
            assert!(knows(&located.problem.remedy), "there is no Chinese for it: {}", located.problem.remedy);
        }
        assert!(opened.sound().is_none(), "{listed}");
    }
}

#[test]
fn a_lesson_is_told_from_a_topology() {
    for shipped in LESSONS {
        assert!(is_lesson(shipped.text));
        let opened = parse_topology(shipped.text);
        assert!(opened.topology.is_none());
        assert_eq!(opened.problems[0].problem.text, "this is a lesson, and no topology");
    }
    for path in ron_files("presets") {
        assert!(!is_lesson(&fs::read_to_string(&path).unwrap()), "{}", path.display());
        assert!(read_if_lesson(&path).unwrap().is_none());
    }
    assert!(is_lesson("( version: 1, title: \"one\", steps: [] )") && is_lesson("\u{feff}// mine\nLesson("));
    assert!(!is_lesson("") && !is_lesson("Lessons are long") && !is_lesson("(stages: [], steps: [])"));
}

#[test]
fn one_language_is_enough_and_a_design_may_be_changed() {
    let text = r#"Lesson(version: 1, title: "Mine", steps: [
        Predict(question: (zh: "多少？"), figure: "claims_p99_us", unit: Secs, choices: [0.5, 1]),
        Run(preset: "seckill-six-phases.ron", duration: "3s", rate: 500, stock: 50, buyers: 9_000, seed: 7,
            set: [(stage: "inventory", set: "decrement", to: LuaEval)]),
        Compare(),
    ])"#;
    let opened = parse_lesson(text);
    let lesson = opened.clone().sound().unwrap_or_else(|| panic!("{}", report(&opened)));
    let (_, exercise) = lesson.runs().next().unwrap();
    let workload = &exercise.topology.workload;
    assert_eq!((workload.duration(), workload.seed), (Duration::from_secs(3), 7));
    assert_eq!((workload.sale.stock, workload.audience.users), (50, 9_000));
    assert!((workload.mean_rate() - 500.0).abs() < 1.0);
    let inventory = exercise.topology.index_of("inventory").unwrap();
    let decrement = exercise.topology.stages[inventory].kind.params().get("decrement").unwrap();
    assert_eq!(decrement.to_string(), "LuaEval");
}

#[test]
fn damaged_lessons_never_cause_a_panic_and_problems_stay_within_the_text() {
    let original = LESSONS[4].text;
    let mut rng = Pcg64Mcg::seed_from_u64(2026);
    let mut refused = 0;
    for _ in 0..400 {
        let mut bytes = original.as_bytes().to_vec();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bytes.len());
            match rng.random_range(0..3) {
                0 => bytes[at] = rng.random(),
                1 => drop(bytes.drain(at..(at + rng.random_range(1..200)).min(bytes.len()))),
                _ => bytes.insert(at, b"()[]{},:\"\\"[rng.random_range(0..10)]),
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let opened = parse_lesson(&text);
        let lines = text.lines().count().max(1) + 1;
        for located in &opened.problems {
            assert!((1..=lines).contains(&located.line) && located.column >= 1, "{located}");
        }
        refused += usize::from(opened.sound().is_none());
    }
    assert!(refused > 200, "{refused}");
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lesson.ron");
    fs::write(&path, b"Lesson(\xff").unwrap();
    assert!(read_lesson(&path).unwrap_err().to_string().contains("not UTF-8"));
    assert!(read_lesson(&folder.path().join("none.ron")).is_err());
}

// ---------------------------------------------------------------- the page about them

#[test]
fn the_page_explains_every_key_and_its_example_is_sound() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lessons.md")).unwrap();
    let (_, example) = page.split_once("```ron\n").unwrap();
    let (example, _) = example.split_once("```\n").unwrap();
    let opened = parse_lesson(example);
    assert!(opened.problems.is_empty(), "{}", report(&opened));
    let (_, tables) = page.split_once("| key of a lesson |").unwrap();
    let words = Step::WORDS.into_iter().chain(Entry::ALL.iter().map(|entry| entry.word()));
    let keys =
        KEYS.iter().flat_map(|(_, keys)| *keys).copied().chain(["version", "number", "title", "about"]);
    for word in words.chain(keys).chain(Figure::all().map(Figure::key)) {
        assert!(tables.contains(&format!("`{word}`")), "docs/lessons.md does not explain `{word}`");
    }
    for one in LESSONS {
        let lesson = one.lesson().unwrap();
        let row = format!("| {} | {} |", lesson.number, lesson.title.en);
        assert!(page.contains(&row), "docs/lessons.md does not list {row}");
    }
}
