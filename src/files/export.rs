//! Reports in other forms, on disk: a page, sheets, Markdown, JUnit's XML; and reports read back.

use std::fs;
use std::path::{Path, PathBuf};

use super::result::ResultFile;
use super::{FileError, read_text_of, to_ron};
use crate::lang::Lang;
use crate::report::html::{self, Repeat};
use crate::report::read::{ReadReport, from_json};
use crate::report::{Report, csv, junit, markdown, to_json};

/// The longest file name that is made of a title, in characters.
const LONGEST_NAME: usize = 60;
/// Files of reports larger than this are not read: the longest run takes a tenth of it.
pub const LARGEST_REPORT_BYTES: u64 = 256 * 1024 * 1024;

/// A form in which a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Everything, for programs.
    Json,
    /// A page that needs no network.
    Html,
    /// The series, and beside it the summary.
    Csv,
    /// A summary for a pull request.
    Markdown,
    /// Test cases for CI.
    Junit,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Html, Self::Json, Self::Csv, Self::Markdown, Self::Junit];

    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Junit => "xml",
        }
    }

    /// The form that a path asks for by its extension.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        Self::ALL.into_iter().find(|form| extension.eq_ignore_ascii_case(form.extension()))
    }
}

/// A report to be written in one form: its files were found writable before the run began.
#[derive(Debug)]
pub struct Export {
    form: Form,
    file: ResultFile,
    /// The summary beside a series.
    beside: Option<ResultFile>,
}

impl Export {
    /// Makes sure that a report can be written there later.
    ///
    /// # Errors
    /// The folder is missing or not writable, or the path is a directory.
    pub fn reserve(form: Form, path: &Path) -> Result<Self, FileError> {
        let beside = (form == Form::Csv).then(|| ResultFile::reserve(&summary_path(path))).transpose()?;
        Ok(Self { form, file: ResultFile::reserve(path)?, beside })
    }

    /// Writes it. Pages and Markdown are in a language; the other forms are for programs.
    ///
    /// # Errors
    /// The disk is full, or a file can't be put there; then an older file is as it was.
    pub fn write(self, report: &Report, lang: Lang) -> Result<(), FileError> {
        let text = match self.form {
            Form::Json => to_json(report),
            Form::Html => to_html(report, lang),
            Form::Csv => csv::series(report),
            Form::Markdown => markdown::render(report, lang),
            Form::Junit => junit::render(report),
        };
        self.file.write(&text)?;
        self.beside.map_or(Ok(()), |beside| beside.write(&csv::summary(report)))
    }
}

/// The report as a page, with the design that repeats it.
pub fn to_html(report: &Report, lang: Lang) -> String {
    let file = format!("{}.ron", file_stem(&report.topology.title));
    html::render(report, lang, &Repeat { file: &file, design: &to_ron(&report.topology) })
}

/// Where the summary of a series goes: `sale.csv` has `sale-summary.csv` beside it.
pub fn summary_path(path: &Path) -> PathBuf {
    let stem = path.file_stem().map_or_else(|| "report".into(), |stem| stem.to_string_lossy().into_owned());
    path.with_file_name(format!("{stem}-summary")).with_extension("csv")
}

/// Reads a file that `--json` wrote.
///
/// # Errors
/// There is no such file, or it holds no report.
pub fn read_reports(path: &Path) -> Result<Vec<ReadReport>, FileError> {
    let text = read_text_of(path, LARGEST_REPORT_BYTES)?;
    from_json(&text).map_err(|source| FileError::NoReport { path: path.into(), source })
}

/// Makes a folder for several reports, if need be.
///
/// # Errors
/// It can't be made.
pub fn make_folder(path: &Path) -> Result<(), FileError> {
    fs::create_dir_all(path).map_err(|source| FileError::Unwritable { path: path.into(), source })
}

/// Letters and digits of a title, with hyphens between the words: a file name, whatever the title is.
pub fn file_stem(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let stem: String =
        words.collect::<Vec<_>>().join("-").to_lowercase().chars().take(LONGEST_NAME).collect();
    if stem.is_empty() { "design".into() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_file_names() {
        assert_eq!(file_stem("Six phases: the sale!"), "six-phases-the-sale");
        assert_eq!(file_stem("秒杀 六阶段"), "秒杀-六阶段");
        assert_eq!(file_stem("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_stem(" … "), "design");
        assert_eq!(file_stem(&"long ".repeat(100)).chars().count(), LONGEST_NAME);
    }

    #[test]
    fn a_path_says_its_form_and_a_series_has_its_summary_beside_it() {
        assert_eq!(Form::of(Path::new("a/B.HTML")), Some(Form::Html));
        assert_eq!(Form::of(Path::new("report.xml")), Some(Form::Junit));
        assert_eq!((Form::of(Path::new("html")), Form::of(Path::new("a.txt"))), (None, None));
        assert_eq!(summary_path(Path::new("x/sale.csv")), Path::new("x/sale-summary.csv"));
    }

    #[test]
    fn a_file_that_holds_no_report_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "{}").unwrap();
        assert!(matches!(read_reports(&path), Err(FileError::NoReport { .. })));
        assert!(matches!(read_reports(&folder.path().join("b.json")), Err(FileError::NotFound { .. })));
        assert!(matches!(read_reports(folder.path()), Err(FileError::Directory { .. })));
    }
}
