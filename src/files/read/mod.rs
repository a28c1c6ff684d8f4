//! From text to topology and problems.
//!
//! Each part of a file is read for itself; what is wrong with one keeps nothing of the others from being read.
//!
//! - `syntax`: what is wrong where the text is not RON at all.
//! - `group`: the fields of `( … )`, and complaints about unknown, repeated and missing ones.
//! - `value`: single values, by the kinds of parameters.
//! - `stage`: stages and links.
//! - `workload`: what arrives.
//! - `target`: faults, rules and targets. `variant`: variants.
//! - `lesson`: lessons, and `exercise`: the designs in them.
//! - `suggest`: what a misspelt word was probably meant to be.

mod exercise;
mod group;
mod lesson;
mod stage;
mod suggest;
mod syntax;
mod target;
mod value;
mod variant;
mod workload;

use std::collections::{HashMap, HashSet};

use self::group::Group;
pub use self::lesson::{is_lesson, parse_lesson};
use super::Opened;
use super::located::locate;
use super::raw::Raw;
use crate::topology::validate::{Unread, validate_read};
use crate::topology::{FORMAT_VERSION, Place, Problem, Topology};

/// The fields of a file.
const FIELDS: &[&str] = &[
    "version", "title", "question", "source", "expected", "stages", "links", "workload", "faults", "rules",
    "targets", "variants",
];

/// The place of what belongs to no part of the design; it is shown by line and column alone.
const NO_PART: Place = Place::Text { line: 0, column: 0 };

/// Reads the text of a topology file and lists everything that is wrong, with places: what can't be read and what is
/// wrong with the design. Pure.
pub fn parse_topology(text: &str) -> Opened {
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::default();
    let topology = match syntax::check(text) {
        Ok(root) => read_root(root, &mut reader),
        Err((offset, (text, remedy))) => {
            reader.error(offset, &NO_PART, text, remedy);
            None
        }
    };
    if let Some(topology) = &topology {
        reader.add_problems_of(topology);
    }
    Opened { topology, problems: locate(text, reader.found) }
}

/// What is gathered while reading.
#[derive(Default)]
struct Reader {
    /// Problems and the bytes before them.
    found: Vec<(usize, Problem)>,
    /// Where each place and each of its fields stands in the text; the place itself has an empty field.
    spots: HashMap<(Place, &'static str), usize>,
    /// Fields that could not be read, and so have a default that the file didn't ask for.
    broken: HashSet<(Place, &'static str)>,
    /// What is missing from the topology.
    unread: Unread,
    /// For each target of the topology, its number in the file: those that could not be read are left out.
    target_numbers: Vec<usize>,
}

impl Reader {
    /// Notes an error.
    fn error(&mut self, offset: usize, place: &Place, text: impl Into<String>, remedy: impl Into<String>) {
        self.found.push((offset, Problem::error(place.clone(), text, remedy)));
    }

    /// Notes an error in a field, so that nothing else is said about the default that it gets.
    fn field_error(
        &mut self,
        offset: usize,
        place: &Place,
        field: &'static str,
        (text, remedy): (String, String),
    ) {
        self.broken.insert((place.clone(), field));
        self.error(offset, place, text, remedy);
    }

    /// Adds what is wrong with the design, except what follows from fields that could not be read.
    fn add_problems_of(&mut self, topology: &Topology) {
        for mut problem in validate_read(topology, &self.unread) {
            if let Place::Target(number) = &mut problem.place {
                *number = self.target_numbers.get(*number - 1).copied().unwrap_or(*number);
            }
            let is_broken = |&field: &&'static str| self.broken.contains(&(problem.place.clone(), field));
            if problem.fields.iter().any(is_broken) {
                continue;
            }
            let spot = |field| self.spots.get(&(problem.place.clone(), field)).copied();
            let offset = problem.fields.iter().find_map(|&field| spot(field)).or_else(|| spot(""));
            self.found.push((offset.unwrap_or(0), problem));
        }
    }
}

fn read_root(root: Raw, reader: &mut Reader) -> Option<Topology> {
    let place = Place::Design;
    if root.word().0 == Some(crate::lesson::WORD) {
        let remedy = "take it with seckill-lab lesson FILE, or open it in the window";
        reader.error(root.offset, &place, "this is a lesson, and no topology", remedy);
        return None;
    }
    let Some(fields) = root.word().1.fields() else {
        reader.error(
            root.offset,
            &place,
            format!("expected a topology, found {}", root.description()),
            "write ( version: 1, title: \"…\", stages: [ … ], links: [ … ], workload: ( … ) )",
        );
        return None;
    };
    let version = fields.iter().find(|field| field.key == "version").map(|field| field.value);
    if let Some(version) = version
        && let Some(number) = version.to::<u64>()
        && number > FORMAT_VERSION
    {
        // Whatever else a newer file says would be misunderstood.
        reader.error(
            version.offset,
            &place,
            format!("the file has format version {number}, and this program reads up to {FORMAT_VERSION}"),
            "update the program",
        );
        return None;
    }
    let group = Group::open(root, "a topology", place, FIELDS, reader)?;
    check_version(&group, reader);
    let stages = stage::read_stages(&group, reader);
    let variants = variant::read_variants(&group, &stages, reader);
    Some(Topology {
        title: group.field("title", reader).unwrap_or_else(|| "Untitled".into()),
        question: group.field("question", reader).unwrap_or_default(),
        source: group.field("source", reader).unwrap_or_default(),
        expected: group.field("expected", reader).unwrap_or_default(),
        stages,
        links: stage::read_links(&group, reader),
        workload: workload::read_workload(&group, reader),
        faults: target::read_faults(&group, reader),
        rules: target::read_rules(&group, reader),
        targets: target::read_targets(&group, reader),
        variants,
    })
}

fn check_version(root: &Group, reader: &mut Reader) {
    let Some(raw) = root.require("version", "version: 1", reader) else { return };
    if raw.to::<u64>().is_none_or(|version| version == 0) {
        let text = format!("there is no format version {}", raw.description());
        reader.error(raw.offset, &root.place, text, format!("write version: {FORMAT_VERSION}"));
    }
}
