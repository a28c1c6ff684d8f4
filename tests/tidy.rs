//! Reads the sources as text and says what is untidy, where, and the way out.
//!
//! What is untidy already stands on a ratchet, [`KNOWN`], with its count. A count may only fall; at zero the row goes.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use seckill_lab::files::read_topology;

/// Floors of the modules, lowest first; the order within floors 0 and 2 is spelt out. Modules of one floor don't know each other.
const FLOORS: [&[&str]; 10] = [
    &["lang"],
    &["param"],
    &["workload"],
    &["topology"],
    &["metrics"],
    &["servers", "report"],
    &["lesson"],
    &["engine", "files"],
    &["machine"],
    &["cli", "ui"],
];
/// Modules without files, sockets, processes, clocks and runtimes.
const PURE: [&str; 7] = ["lang", "param", "workload", "topology", "metrics", "report", "lesson"];
const IMPURE: [&str; 8] =
    ["std::fs", "std::net", "std::process", "Instant", "SystemTime", "tokio::", "redis::", "rusqlite"];
const LONGEST_SOURCE: usize = 500;
const LONG_SOURCE: usize = 400;
const LONGEST_TEST: usize = 700;
const LONGEST_FUNCTION: usize = 60;
const BEFORE_FN: [&str; 6] = ["", "pub", "pub(crate)", "pub(super)", "async", "const"];

/// The ratchet: file, the mark of a complaint, and how many of them are known.
const KNOWN: &[(&str, &str, usize)] = &[
    // Bounded waits that look again every few milliseconds; a helper program that waits to be killed.
    ("tests/servers.rs", "thread::sleep", 1),
    ("tests/common/program.rs", "thread::sleep", 1),
    ("tests/servers.rs", "time::sleep", 1),
    ("tests/servers.rs", "#[ignore", 1),
    ("src/topology/validate/tests.rs", "lines in a function", 2),
    ("src/topology/validate/tests.rs", "//!", 1),
    ("src/files/write/tests.rs", "//!", 1),
];

/// A source file: its path from the package's folder, and its text.
struct Source {
    path: String,
    text: String,
}

/// Something untidy: file, line, what it is (the ratchet's mark is part of it), and the way out.
struct Complaint {
    path: String,
    line: usize,
    what: String,
    way_out: &'static str,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.what, self.way_out)
    }
}

impl Source {
    fn complaint(&self, line: usize, what: impl Into<String>, way_out: &'static str) -> Complaint {
        Complaint { path: self.path.clone(), line, what: what.into(), way_out }
    }

    /// Lines of code with their numbers, comments left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The path of the module: `src/a/b.rs` and `src/a/b/mod.rs` are both `a`, `b`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.pop_if(|last| matches!(*last, "mod" | "lib" | "main"));
        parts
    }
}

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn sources(folder: &str, extension: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|found| found == extension) {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path: path.strip_prefix(root()).unwrap().display().to_string(), text });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn read(path: &str) -> Source {
    Source { path: path.to_owned(), text: fs::read_to_string(root().join(path)).unwrap() }
}

/// Fails with complaints that are not known, and with ratchets that could be lower. `marks` are those looked for.
fn expect_tidy(complaints: &[Complaint], marks: &[&str]) {
    let on = |complaint: &Complaint, row: &(&str, &str, usize)| {
        complaint.path == row.0 && complaint.what.contains(row.1)
    };
    let is_new = |complaint: &&Complaint| !KNOWN.iter().any(|row| on(complaint, row));
    let mut said: Vec<String> = complaints.iter().filter(is_new).map(Complaint::to_string).collect();
    for row in KNOWN.iter().filter(|row| marks.contains(&row.1)) {
        let found: Vec<String> =
            complaints.iter().filter(|complaint| on(complaint, row)).map(Complaint::to_string).collect();
        if found.len() > row.2 {
            said.extend(found);
        } else if found.len() < row.2 {
            said.push(format!(
                "{}: {} of {} are left: lower the ratchet in KNOWN",
                row.0,
                found.len(),
                row.1
            ));
        }
    }
    assert!(said.is_empty(), "untidy:\n{}", said.join("\n"));
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

/// The top modules that a line of code reaches by `crate::x` or by enough `super::`.
fn reached<'a>(source: &Source, line: &'a str, in_tests: bool) -> Vec<&'a str> {
    let word = |text: &'a str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
    let mut found: Vec<&str> = line.split("crate::").skip(1).map(word).collect();
    let depth = source.module().len() + usize::from(in_tests);
    if let Some(start) = line.find("super::") {
        let rest = line[start..].trim_start_matches("super::");
        let supers = (line.len() - start - rest.len()) / "super::".len();
        found.extend((supers >= depth).then(|| word(rest)));
    }
    found
}

#[test]
fn modules_import_only_from_floors_below_their_own() {
    let mut complaints = Vec::new();
    for source in sources("src", "rs") {
        let Some(&own) = source.module().first() else { continue };
        let own_floor = floor(own).unwrap_or_else(|| panic!("{own} has no floor: give it one in FLOORS"));
        let mut in_tests = false;
        for (number, line) in source.code() {
            in_tests = (in_tests || line.starts_with("mod tests {")) && line != "}";
            for reached in reached(&source, line, in_tests) {
                if reached != own && floor(reached).is_some_and(|floor| floor >= own_floor) {
                    let what = format!("{own} imports from {reached}, which is not below it");
                    complaints.push(source.complaint(number, what, "move what both need to a floor below"));
                }
            }
            if let Some(word) = IMPURE.iter().find(|word| PURE.contains(&own) && line.contains(**word)) {
                let what = format!("{own} is pure and uses {word}");
                complaints.push(source.complaint(number, what, "let the engine or files do it"));
            }
        }
    }
    expect_tidy(&complaints, &["imports from", "is pure"]);
}

#[test]
fn every_source_is_part_of_the_program() {
    let all = sources("src", "rs");
    let mut reached: BTreeSet<PathBuf> = BTreeSet::from(["src/lib.rs".into(), "src/main.rs".into()]);
    for source in &all {
        let folder = source.module().iter().fold(PathBuf::from("src"), |folder, part| folder.join(part));
        for (_, line) in source.code() {
            let declared = line.trim_start().trim_start_matches("pub ").strip_prefix("mod ");
            if let Some(name) = declared.and_then(|rest| rest.strip_suffix(';')) {
                reached.insert(folder.join(format!("{name}.rs")));
                reached.insert(folder.join(name).join("mod.rs"));
            }
        }
    }
    let orphan = |source: &Source| source.complaint(1, "an orphan", "declare it with mod, or remove it");
    let orphans = all.iter().filter(|source| !reached.contains(Path::new(&source.path)));
    let complaints: Vec<Complaint> = orphans.map(orphan).collect();
    expect_tidy(&complaints, &["orphan"]);
}

#[test]
#[allow(clippy::print_stderr, reason = "files near the limit are worth a word")]
fn files_and_functions_are_short() {
    let mut complaints = Vec::new();
    for (folder, longest) in [("src", LONGEST_SOURCE), ("tests", LONGEST_TEST)] {
        for source in sources(folder, "rs") {
            let lines = source.text.lines().count();
            if lines > longest {
                let what = format!("{lines} lines in a file, more than {longest}");
                complaints.push(source.complaint(lines, what, "it is two ideas: split it"));
            } else if folder == "src" && lines > LONG_SOURCE {
                eprintln!("{}: {lines} lines; at {longest} it has to be split", source.path);
            }
            let is_long = |length: &usize| folder == "src" && *length > LONGEST_FUNCTION;
            for (number, length) in functions(&source).filter(|(_, length)| is_long(length)) {
                let what = format!("{length} lines in a function, more than {LONGEST_FUNCTION}");
                complaints.push(source.complaint(number, what, "give its steps names of their own"));
            }
        }
    }
    expect_tidy(&complaints, &["lines in a file", "lines in a function"]);
}

/// Line and length of each function. Formatted code closes it at the indentation of its beginning.
fn functions(source: &Source) -> impl Iterator<Item = (usize, usize)> {
    let lines: Vec<&str> = source.text.lines().collect();
    (0..lines.len()).filter_map(move |start| {
        let words = lines[start].trim_start();
        let (before, _) = words.split_once("fn ")?;
        let is_function = before.split(' ').all(|word| BEFORE_FN.contains(&word));
        // A declaration ends with `;`, a function of one line with `}`.
        let heading = lines[start..].iter().find(|line| line.ends_with(['{', ';', '}']))?;
        let has_body = is_function && heading.ends_with('{');
        let last = format!("{}}}", &lines[start][..lines[start].len() - words.len()]);
        let length = lines[start..].iter().position(|line| has_body && *line == last)?;
        Some((start + 1, length + 1))
    })
}

#[test]
fn nothing_is_left_for_later_and_no_test_is_left_out_or_sleeps() {
    // Put together here, so that this file doesn't complain of itself.
    let later = ["todo", "unimplemented", "dbg"].map(|word| (format!("{word}!("), "finish it, or remove it"));
    let marks = [("#[", "ignore"), ("thread:", ":sleep"), ("time:", ":sleep")];
    let way_out = "wait for what is needed, in bounded time, and run always";
    let tests = marks.map(|(one, other)| (format!("{one}{other}"), way_out));
    let mut complaints = Vec::new();
    for source in sources("src", "rs").into_iter().chain(sources("tests", "rs")) {
        let marks = later
            .iter()
            .chain(tests.iter().filter(|_| source.path.starts_with("tests/") && source.path != file!()));
        for (mark, way_out) in marks {
            let lines = source.code().filter(|(_, line)| line.contains(mark));
            complaints.extend(lines.map(|(number, _)| source.complaint(number, mark, way_out)));
        }
    }
    expect_tidy(&complaints, &["#[ignore", "thread::sleep", "time::sleep"]);
}

#[test]
fn files_say_what_they_are_and_name_no_machine() {
    let mut complaints = Vec::new();
    let texts = [("src", "rs"), ("tests", "rs"), ("presets", "ron"), ("docs", "md")];
    let mut all: Vec<Source> = texts.iter().flat_map(|(folder, kind)| sources(folder, kind)).collect();
    all.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Cargo.toml", "check.sh"].map(read));
    for source in &all {
        let is_code = ["src/", "tests/"].iter().any(|folder| source.path.starts_with(folder));
        if is_code && !source.text.starts_with("//!") {
            let way_out = "say in a sentence what is in the file";
            complaints.push(source.complaint(1, "begins without a //! line", way_out));
        }
        for (index, line) in source.text.lines().enumerate() {
            if ["home", "root", "Users", "work"].iter().any(|folder| line.contains(&format!("/{folder}/"))) {
                complaints.push(source.complaint(
                    index + 1,
                    "a path of a machine",
                    "write a path from the package",
                ));
            }
        }
    }
    expect_tidy(&complaints, &["//!", "path of a machine"]);
}

#[test]
fn each_dependency_has_its_reason_and_each_preset_its_story() {
    let (manifest, architecture) = (read("Cargo.toml"), read("ARCHITECTURE.md"));
    let lines = manifest.text.lines().enumerate().skip_while(|(_, line)| *line != "[dependencies]").skip(1);
    let mut complaints = Vec::new();
    for (index, line) in lines.take_while(|(_, line)| !line.starts_with('[')) {
        let name = line.split([' ', '=']).next().unwrap_or("");
        if !name.is_empty() && !architecture.text.contains(&format!("| `{name}` |")) {
            let what = format!("the dependency {name} has no reason");
            complaints.push(manifest.complaint(index + 1, what, "add it to the table in ARCHITECTURE.md"));
        }
    }
    let is_lesson = |source: &Source| source.path.starts_with("presets/lessons/");
    for source in sources("presets", "ron").into_iter().filter(|source| !is_lesson(source)) {
        let preset = read_topology(&root().join(&source.path)).unwrap().topology.unwrap();
        let texts = [&preset.title, &preset.question, &preset.source];
        if texts.iter().any(|text| text.is_empty()) || preset.expected.is_none() {
            complaints.push(source.complaint(
                1,
                "a preset is incomplete",
                "say title, question, source, expected",
            ));
        }
    }
    expect_tidy(&complaints, &["dependency", "preset"]);
}

/// What shows or speaks a text. What is handed to it comes from a `Text`, in both languages.
const SHOWING: [&str; 33] = [
    "accessible_name",
    "button",
    "checkbox",
    "colored_label",
    "heading",
    "hint_text",
    "hyperlink_to",
    "label",
    "link",
    "menu_button",
    "monospace",
    "on_disabled_hover_text",
    "on_hover_text",
    "prefix",
    "radio",
    "radio_value",
    "selectable_label",
    "selectable_value",
    "selected_text",
    "shortcut_text",
    "small",
    "small_button",
    "strong",
    "suffix",
    "toggle_value",
    "weak",
    "with_title",
    "Button::new",
    "Checkbox::new",
    "CollapsingHeader::new",
    "Label::new",
    "RichText::new",
    "WidgetText::from",
];
/// Units are the same in both languages.
const UNITS: [&str; 9] = ["ms", "ns", "min", "KiB", "MiB", "GiB", "kB", "px", "MB"];
/// The name of a language is written in that language, whatever the window's; names of keys are as on the keys.
const SAME: [&str; 3] = ["English", "中文", "Tab"];

/// The code of a source without its comments and its tests, the places kept.
fn shown_code(source: &Source) -> String {
    let own = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let blank = |line: &str| if line.trim_start().starts_with("//") { "" } else { line }.to_owned() + "\n";
    own.lines().map(blank).collect()
}

/// The literal that a code begins with, and what follows it.
fn literal(code: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    let rest = code.strip_prefix('"')?;
    let end = rest.find(|c| {
        let is_end = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        is_end
    })?;
    Some((rest[..end].to_owned(), &rest[end + 1..]))
}

/// The words of a literal: letters that stand together, without what is filled in, escapes and units.
fn words(literal: &str) -> Vec<String> {
    let (mut depth, mut plain) = (0, String::new());
    for c in literal.replace("\\n", " ").chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let words = plain.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    words.filter(|word| !UNITS.contains(word)).map(str::to_owned).collect()
}

/// The literals that are handed to functions that show them, with their lines.
fn shown_literals(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices('(') {
        let name_of = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
        let name = code[..at].rsplit(|c| !name_of(c)).next().unwrap_or_default();
        let is_showing = |showing: &str| {
            name == showing || showing.contains("::") && name.ends_with(&format!("::{showing}"))
        };
        if !SHOWING.iter().any(|showing| is_showing(showing)) {
            continue;
        }
        let inner = |code: &'_ str| code.trim_start_matches([' ', '\n', '(', '&']).to_owned();
        let argument = inner(&inner(&code[at + 1..]).replacen("format!", "", 1));
        if let Some((literal, _)) = literal(&argument) {
            found.push((code[..at].lines().count(), literal));
        }
    }
    found
}

#[test]
fn what_the_window_says_is_said_in_both_languages() {
    let way_out = "make it a Text with both languages, shown by lang.t or lang.f";
    let mut complaints = Vec::new();
    for source in sources("src/ui", "rs") {
        if source.path.starts_with("src/ui/text/") {
            continue;
        }
        for (line, literal) in shown_literals(&shown_code(&source)) {
            let untold = words(&literal);
            if !untold.is_empty() {
                let what = format!("says {untold:?} in one language only");
                complaints.push(source.complaint(line, what, way_out));
            }
        }
    }
    expect_tidy(&complaints, &["in one language only"]);
}

#[test]
fn every_text_has_both_languages_and_the_same_gaps() {
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let (mut complaints, mut count) = (Vec::new(), 0);
    for source in sources("src/ui", "rs") {
        let code = shown_code(&source);
        for (at, _) in code.match_indices("text(") {
            let before = code[..at].chars().next_back().unwrap_or(' ');
            let Some((english, rest)) = literal(code[at + "text(".len()..].trim_start()) else { continue };
            let Some((chinese, _)) = literal(rest.trim_start_matches([',', ' ', '\n'])) else { continue };
            if before.is_alphanumeric() || matches!(before, '_' | '.') {
                continue;
            }
            count += 1;
            let gaps = |text: &str| text.matches("{}").count();
            let signs_only = words(&english).is_empty();
            let what = if english.trim().is_empty() || chinese.trim().is_empty() {
                "is empty in one language"
            } else if gaps(&english) != gaps(&chinese) {
                "has other gaps in the other language"
            } else if SAME.contains(&english.as_str()) || signs_only {
                continue;
            } else if !is_chinese(&chinese) {
                "is not Chinese in Chinese"
            } else {
                continue;
            };
            let line = code[..at].lines().count();
            complaints.push(source.complaint(
                line,
                format!("{english:?} {what}"),
                "say it in both languages",
            ));
        }
    }
    assert!(count > 100, "the texts are where they were: {count}");
    expect_tidy(&complaints, &["language", "Chinese"]);
}

#[test]
fn raw_colours_stand_in_the_theme_only() {
    let named = ["TRANSPARENT", "PLACEHOLDER"];
    let mut complaints = Vec::new();
    for source in sources("src/ui", "rs") {
        if source.path.starts_with("src/ui/theme/") {
            continue;
        }
        for (number, line) in source.code() {
            for rest in line.split("Color32::").skip(1) {
                let name: String = rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
                if name.len() > 1 && !named.contains(&name.as_str()) {
                    let what = format!("a raw colour: {name}");
                    complaints.push(source.complaint(number, what, "give it a role in theme::Tokens"));
                }
            }
        }
    }
    expect_tidy(&complaints, &["raw colour"]);
}
