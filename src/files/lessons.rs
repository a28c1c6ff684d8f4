//! Lessons: those that come with the program, and those that somebody wrote.

use std::path::Path;
use std::sync::LazyLock;

use super::read::{is_lesson, parse_lesson};
use super::{FileError, Located, read_source};
use crate::lesson::Lesson;
use crate::topology::Severity;

/// A lesson that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// Its file in `presets/lessons/`.
    pub file: &'static str,
    /// The text of that file.
    pub text: &'static str,
}

macro_rules! lessons {
    ($($file:literal),* $(,)?) => {
        &[$(Shipped { file: $file, text: include_str!(concat!("../../presets/lessons/", $file)) }),*]
    };
}

/// All of them, in the order of the course.
pub const LESSONS: &[Shipped] = lessons![
    "01-database-alone.ron",
    "02-cdn.ron",
    "03-gate.ron",
    "04-naive-decrement.ron",
    "05-lua.ron",
    "06-queue.ron",
    "07-kill-the-master.ron",
    "08-lost-order.ron",
    "09-wait.ron",
    "10-a-million-buyers.ron",
];

impl Shipped {
    /// The lesson, read once.
    pub fn lesson(&self) -> Option<&'static Lesson> {
        static READ: LazyLock<Vec<Option<Lesson>>> =
            LazyLock::new(|| LESSONS.iter().map(|shipped| parse_lesson(shipped.text).lesson).collect());
        let index = LESSONS.iter().position(|shipped| shipped.file == self.file)?;
        READ[index].as_ref()
    }
}

/// A lesson after reading.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedLesson {
    /// What could be read; none where the text has no lesson's outer shape.
    pub lesson: Option<Lesson>,
    /// Everything that is wrong, in the order of the text.
    pub problems: Vec<Located>,
}

impl OpenedLesson {
    /// The lesson, if nothing keeps it from being taken.
    pub fn sound(self) -> Option<Lesson> {
        let is_error = |located: &Located| located.problem.severity == Severity::Error;
        self.lesson.filter(|_| !self.problems.iter().any(is_error))
    }
}

/// Reads a file that may be a lesson; none where it is something else, such as a topology.
///
/// # Errors
/// As [`read_topology`](super::read_topology).
pub fn read_if_lesson(path: &Path) -> Result<Option<OpenedLesson>, FileError> {
    let source = read_source(path)?;
    Ok((!source.is_carried && is_lesson(&source.text)).then(|| parse_lesson(&source.text)))
}

/// Reads a file that is to be a lesson.
///
/// # Errors
/// As [`read_topology`](super::read_topology).
pub fn read_lesson(path: &Path) -> Result<OpenedLesson, FileError> {
    Ok(parse_lesson(&read_source(path)?.text))
}
