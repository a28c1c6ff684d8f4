//! Problems with their line and column, and how they are printed.

use std::fmt;

use crate::topology::{Place, Problem, Severity};

/// More problems than this are counted, not printed.
const MOST_PRINTED: usize = 100;

/// A problem and where in the text it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The problem; its place says which part of the design it concerns.
    pub problem: Problem,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, problem } = self;
        match &problem.place {
            Place::Text { .. } => {
                write!(f, "{line}:{column}: {}: {}; {}", problem.severity, problem.text, problem.remedy)
            }
            _ => write!(f, "{line}:{column}: {problem}"),
        }
    }
}

/// The problems as lines of text, `FILE:LINE:COLUMN: …`, the first hundred at most, and their count.
pub fn report_problems(file_label: &str, problems: &[Located]) -> String {
    let mut lines: Vec<String> =
        problems.iter().take(MOST_PRINTED).map(|located| format!("{file_label}:{located}\n")).collect();
    if problems.len() > MOST_PRINTED {
        lines.push(format!("and {} more\n", problems.len() - MOST_PRINTED));
    }
    let errors = problems.iter().filter(|located| located.problem.severity == Severity::Error).count();
    let counts = [(errors, "error"), (problems.len() - errors, "warning")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| count(number, what))
        .collect();
    if !counts.is_empty() {
        lines.push(counts.join(", ") + "\n");
    }
    lines.concat()
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Turns byte offsets into lines and columns and sorts the problems by them.
pub(super) fn locate(text: &str, mut found: Vec<(usize, Problem)>) -> Vec<Located> {
    found.sort_by_key(|(offset, _)| *offset);
    let (mut line, mut column, mut at) = (1, 1, 0);
    let mut located = Vec::with_capacity(found.len());
    for (offset, mut problem) in found {
        let offset = text.floor_char_boundary(offset);
        for character in text[at..offset].chars() {
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        at = offset;
        if let Place::Text { .. } = problem.place {
            problem.place = Place::Text { line, column };
        }
        located.push(Located { line, column, problem });
    }
    located
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Problem {
        Problem::error(Place::Text { line: 0, column: 0 }, text, "mend it")
    }

    #[test]
    fn columns_count_characters_and_problems_come_in_the_order_of_the_text() {
        let text = "ab\r\n秒杀x\n";
        let offset = |needle| text.find(needle).unwrap();
        let located = locate(
            text,
            vec![(text.len(), problem("end")), (offset('x'), problem("x")), (offset('b'), problem("b"))],
        );
        let places: Vec<(usize, usize)> = located.iter().map(|found| (found.line, found.column)).collect();
        assert_eq!(places, [(1, 2), (2, 3), (3, 1)]);
        assert_eq!(located[1].problem.place, Place::Text { line: 2, column: 3 });
    }

    #[test]
    fn a_report_prints_a_hundred_problems_and_counts_the_rest() {
        let located = locate("x", (0..103).map(|_| (0, problem("bad"))).collect());
        let report = report_problems("a.ron", &located);
        assert_eq!(report.lines().count(), 102);
        assert!(report.starts_with("a.ron:1:1: error: bad; mend it\n"), "{report}");
        assert!(report.ends_with("and 3 more\n103 errors\n"), "{report}");
        assert_eq!(report_problems("a.ron", &[]), "");
    }
}
