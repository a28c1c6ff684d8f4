//! Whether each variant can run, and can be told from the others.

use super::super::{Place, Problem, Severity, Topology};
use super::{Unread, validate_read};

/// More variants than this are not a table that anyone reads.
const MOST_VARIANTS: usize = 20;

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    let variants = &topology.variants;
    let mut error = |text: String, remedy: String| {
        problems.push(Problem::error(Place::Design, text, remedy).about(&["variants"]));
    };
    if variants.len() > MOST_VARIANTS {
        let text = format!("there are {} variants", variants.len());
        return error(text, format!("at most {MOST_VARIANTS} are possible"));
    }
    // What is wrong with the design as drawn is said of it.
    let plain = Topology { variants: Vec::new(), ..topology.clone() };
    let known = if variants.is_empty() { Vec::new() } else { validate_read(&plain, unread) };
    for (index, variant) in variants.iter().enumerate() {
        if variants[..index].iter().any(|other| other.name == variant.name) {
            error(format!("two variants are called {:?}", variant.name), "rename one of them".into());
        }
        if !unread.knows(topology, &variant.stage) {
            let text = format!("there is no stage {:?}", variant.stage);
            error(text, "add the stage, or correct the name".into());
            continue;
        }
        let varied = validate_read(&topology.varied(variant), unread);
        let new = varied.into_iter().find(|problem| {
            problem.severity == Severity::Error && !known.iter().any(|old| old.text == problem.text)
        });
        if let Some(problem) = new {
            error(format!("the variant {:?} can't run: {}", variant.name, problem.text), problem.remedy);
        }
    }
}
