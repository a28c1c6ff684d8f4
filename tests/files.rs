//! Topology files: what people get wrong in them, and that nothing else goes wrong then.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use seckill_lab::files::{
    FileError, LARGEST_FILE_BYTES, Located, Opened, parse_topology, read_topology, report_problems,
    save_topology, to_ron,
};

fn ron_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
    found.sort();
    assert!(!found.is_empty());
    found
}

fn preset() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("presets/seckill-six-phases.ron")).unwrap()
}

fn report(opened: &Opened) -> String {
    report_problems("file", &opened.problems)
}

#[test]
fn presets_are_read_without_errors_and_survive_the_writer() {
    for path in ron_files("presets") {
        let opened = read_topology(&path).unwrap();
        assert!(opened.may_run() && opened.problems.is_empty(), "{}", report(&opened));
        let topology = opened.topology.unwrap();
        let again = parse_topology(&to_ron(&topology));
        assert_eq!(again.topology, Some(topology), "{}", report(&again));
    }
}

/// Each broken file begins with a comment for each of its problems:
/// `// LINE:COLUMN | PLACE: SEVERITY: TEXT | REMEDY`, where the remedy is a fragment.
#[test]
fn broken_files_have_exactly_the_problems_that_they_promise() {
    for path in ron_files("tests/broken") {
        let text = fs::read_to_string(&path).unwrap();
        let opened = parse_topology(&text);
        let promised: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("// ")).collect();
        let listed = format!("{}\n{}", path.display(), report(&opened));
        assert!(!promised.is_empty() && promised.len() == opened.problems.len(), "{listed}");
        for (promise, located) in promised.into_iter().zip(&opened.problems) {
            let parts: Vec<&str> = promise.split(" | ").collect();
            let [at, problem, remedy] = parts[..] else { panic!("{promise}\n{listed}") };
            assert_eq!(at, format!("{}:{}", located.line, located.column), "{promise}\n{listed}");
            assert!(located.to_string().contains(&format!(" {problem}; ")), "{promise}\n{listed}");
            assert!(located.problem.remedy.contains(remedy), "{promise}\n{listed}");
        }
        assert!(!opened.may_run(), "{listed}");
    }
}

#[test]
fn reading_never_changes_a_file() {
    for path in ron_files("tests/broken").into_iter().chain(ron_files("presets")) {
        let state = || (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
        let before = state();
        read_topology(&path).unwrap();
        assert_eq!(state(), before, "{}", path.display());
    }
}

#[test]
fn texts_that_are_no_topology_are_refused_in_plain_words() {
    let deep = format!("(title: {}", "[".repeat(5_000));
    let nested = format!("(stages: {}{})", "(a: ".repeat(60), "1".to_owned() + &")".repeat(60));
    for (text, place, problem) in [
        ("", (1, 1), "the file is empty"),
        ("\u{feff} \r\n\t", (1, 1), "the file is empty"),
        ("// only a comment", (1, 1), "the file is empty"),
        ("/* only /* nested */ */ // comments", (1, 1), "the file is empty"),
        ("hello", (1, 1), "expected a topology, found hello"),
        ("[1, 2]", (1, 1), "expected a topology, found a list"),
        ("(1, 2)", (1, 1), "expected a topology, found a group"),
        ("// a comment\n { \"version\": null }", (2, 2), "looks like JSON"),
        ("(version: 1", (1, 1), "the file ends before this ( is closed"),
        ("(version: 1]", (1, 12), "] comes before the ( of line 1 is closed"),
        ("(version: 1))", (1, 13), "more behind the end"),
        ("\0\u{1}\u{2}", (1, 1), "a topology begins with ("),
        ("---\nversion: 1\n", (1, 1), "a topology begins with ("),
        ("version: 1, title: \"x\"", (1, 1), "a topology begins with ("),
        ("# a comment\n(version: 1)", (1, 1), "# can't stand here"),
        ("(version: \"1\")", (1, 11), "there is no format version \"1\""),
        ("(version: 1, at: 1.5.5)", (1, 18), "this number can't be read"),
        ("(version: $)", (1, 11), "$ can't stand here"),
        ("(title: \"秒杀\" \"x\")", (1, 14), "no comma before \\\""),
        ("()", (1, 1), "the field version is missing"),
        (&deep, (1, 73), "nested too deeply"),
        (&nested, (1, 1), "the field version is missing"),
    ] {
        let opened = parse_topology(text);
        let is_it =
            |found: &Located| (found.line, found.column) == place && found.problem.text.contains(problem);
        assert!(opened.problems.iter().any(is_it), "{problem}\n{text:.80}\n{}", report(&opened));
        assert!(!opened.may_run());
    }
}

#[test]
fn line_ends_tabs_comments_and_a_byte_order_mark_make_no_difference() {
    let text = preset();
    let topology = parse_topology(&text).topology;
    for variant in [
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        text.replace("    ", "\t"),
        text.replace(",\n", ", // a comment\n /* and /* another */ */\n"),
        text.replace("(name", "Stage (name").replace("(from: \"", "Link(from: \""),
        format!("{text}// no line end"),
        text.replace(": (", " : ( ").replace("version:", "\n\nversion  : "),
    ] {
        let opened = parse_topology(&variant);
        assert!(opened.problems.is_empty(), "{}\n{variant}", report(&opened));
        assert_eq!(opened.topology, topology);
    }
}

#[test]
fn a_file_that_is_cut_anywhere_has_one_problem_within_its_text() {
    let text = preset();
    for end in (0..text.trim_end().len()).filter(|&end| text.is_char_boundary(end)) {
        let opened = parse_topology(&text[..end]);
        assert_eq!(opened.problems.len(), 1, "cut at {end}: {}", report(&opened));
        assert_within(&text[..end], &opened.problems);
    }
}

#[test]
fn damaged_files_never_cause_a_panic_and_problems_stay_within_the_text() {
    let original = preset();
    let mut rng = Pcg64Mcg::seed_from_u64(2026);
    let mut refused = 0;
    for _ in 0..3_000 {
        let mut bytes = original.clone().into_bytes();
        for _ in 0..rng.random_range(1..4) {
            damage(&mut bytes, &mut rng);
        }
        let text = String::from_utf8_lossy(&bytes);
        let opened = parse_topology(&text);
        assert_within(&text, &opened.problems);
        refused += usize::from(!opened.may_run());
        if let Some(topology) = opened.topology.filter(|topology| topology.stages.len() < 12) {
            // What could be read can be written, and read again.
            assert!(parse_topology(&to_ron(&topology)).topology.is_some());
        }
    }
    assert!(refused > 1_500, "only {refused} damaged files were refused");
}

const MARKS: &[u8] = b"()[]{},:\"'\\/*-.0 9aZ_\n\x00\xff#=~";

/// Cuts out a piece, repeats one, puts one elsewhere, or changes a character.
fn damage(bytes: &mut Vec<u8>, rng: &mut Pcg64Mcg) {
    let from = rng.random_range(0..bytes.len());
    let to = (from + rng.random_range(1..60)).min(bytes.len());
    let piece = bytes[from..to].to_vec();
    match rng.random_range(0..4) {
        0 => drop(bytes.drain(from..to)),
        1 => drop(bytes.splice(to..to, piece)),
        2 => {
            let place = rng.random_range(0..bytes.len());
            drop(bytes.splice(place..place, piece));
        }
        _ => bytes[from] = MARKS[rng.random_range(0..MARKS.len())],
    }
}

fn assert_within(text: &str, problems: &[Located]) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<&str> = text.split('\n').collect();
    for located in problems {
        let length = lines.get(located.line - 1).map(|line| line.chars().count());
        assert!(length.is_some_and(|length| located.column <= length + 1), "{located}");
    }
    assert!(problems.is_sorted_by_key(|located| (located.line, located.column)));
}

#[test]
fn huge_files_within_the_limit_are_read_in_seconds() {
    let stages = "(name: \"x\", kind: Cdn(tll: 5)),".repeat(20_000);
    let links = "(from: \"x\", to: \"y\"),".repeat(20_000);
    let started = std::time::Instant::now();
    for text in [
        format!("(version: 1, stages: [{stages}])"),
        format!("(version: 1, stages: [], links: [{links}])"),
        format!("(version: 1, {})", "a: 1, ".repeat(100_000)),
        "(".repeat(500_000),
        format!("(title: \"{}", "\\".repeat(500_000)),
        "/*".repeat(250_000),
    ] {
        let opened = parse_topology(&text);
        assert!(!opened.problems.is_empty() && !opened.may_run());
        assert!(report(&opened).lines().count() <= 102);
    }
    assert!(started.elapsed().as_secs() < 60, "took {:?}", started.elapsed());
}

#[test]
fn files_that_can_not_be_opened_say_why_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("binary.ron"), b"(\n  title: \"\xff\xfe\"\n)").unwrap();
    fs::create_dir(path("folder.ron")).unwrap();
    File::create(path("huge.ron")).unwrap().set_len(100 * 1024 * 1024).unwrap();
    File::create(path("just-too-large.ron")).unwrap().set_len(LARGEST_FILE_BYTES + 1).unwrap();
    for (path, message) in [
        (path("none.ron"), "none.ron: there is no such file; check the name"),
        (path("folder.ron"), "folder.ron: this is a directory; name a topology file in it"),
        (path("binary.ron"), "binary.ron:2: the file is not UTF-8 text (byte 12); save it as UTF-8"),
        (path("huge.ron"), "huge.ron: the file has 104857600 bytes, and topology files have 1048576 at most"),
        (path("just-too-large.ron"), "just-too-large.ron: the file has 1048577 bytes"),
        (path("binary.ron/inside.ron"), "inside.ron: the file can't be read: "),
        ("/dev/null".into(), "/dev/null: this is not a regular file; name a topology file"),
    ] {
        let error = read_topology(&path).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn saving_replaces_a_file_as_a_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("design.ron");
    let topology = parse_topology(&preset()).topology.unwrap();
    let leftovers = || fs::read_dir(folder.path()).unwrap().count();

    save_topology(&path, &topology).unwrap();
    assert_eq!(read_topology(&path).unwrap().topology.as_ref(), Some(&topology));
    fs::write(&path, "old").unwrap();
    save_topology(&path, &topology).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), to_ron(&topology));
    assert_eq!(leftovers(), 1);

    fs::write(&path, "old").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = save_topology(&path, &topology).unwrap_err();
    assert!(matches!(error, FileError::Protected { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(leftovers(), 1);

    let nowhere = folder.path().join("missing/design.ron");
    let error = save_topology(&nowhere, &topology).unwrap_err();
    assert!(matches!(error, FileError::Unwritable { .. }), "{error}");
    let error = save_topology(folder.path(), &topology).unwrap_err();
    assert!(matches!(error, FileError::Directory { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn saving_through_a_link_keeps_the_link_and_the_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file.ron"), folder.path().join("link.ron"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&file, &link).unwrap();
    let topology = parse_topology(&preset()).topology.unwrap();
    save_topology(&link, &topology).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), to_ron(&topology));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}
