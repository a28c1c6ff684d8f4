//! Where reports go: one file a form, or a folder a form with one file a run.

use std::path::{Path, PathBuf};

use super::args::{FormArgs, Language};
use crate::files::{Export, FileError, Form, export, file_stem};
use crate::lang::Lang;
use crate::report::Report;
use crate::report::read::ReadReport;

/// The forms that were asked for, with where each goes.
fn asked(args: &FormArgs) -> impl Iterator<Item = (Form, &PathBuf)> {
    let asked = [
        (Form::Html, &args.html),
        (Form::Csv, &args.csv),
        (Form::Markdown, &args.markdown),
        (Form::Junit, &args.junit),
    ];
    asked.into_iter().filter_map(|(form, path)| Some((form, path.as_ref()?)))
}

/// Where the reports of a run go.
#[derive(Debug)]
pub(super) enum Outputs {
    /// One run: its files were found writable.
    One { exports: Vec<Export>, lang: Lang },
    /// Several: folders, with what the names in them begin with.
    Many { folders: Vec<(Form, PathBuf)>, prefix: String, lang: Lang },
}

impl Outputs {
    /// Makes sure that reports can be written later. `within`: the paths that were asked for are folders of many designs, and this is the name of
    /// one of them. `is_many`: there will be several runs.
    ///
    /// # Errors
    /// A file or a folder can't be written.
    pub fn reserve(args: &FormArgs, within: Option<&str>, is_many: bool) -> Result<Self, FileError> {
        let lang = match args.lang {
            Language::En => Lang::En,
            Language::Zh => Lang::Zh,
        };
        if is_many {
            let folders: Vec<(Form, PathBuf)> =
                asked(args).map(|(form, path)| (form, path.clone())).collect();
            folders.iter().try_for_each(|(_, folder)| export::make_folder(folder))?;
            let prefix = within.map_or_else(String::new, |name| format!("{name}-"));
            return Ok(Self::Many { folders, prefix, lang });
        }
        let reserve = |(form, path): (Form, &PathBuf)| match within {
            None => Export::reserve(form, path),
            Some(name) => {
                export::make_folder(path)?;
                Export::reserve(form, &in_folder(path, name, form))
            }
        };
        Ok(Self::One { exports: asked(args).map(reserve).collect::<Result<_, _>>()?, lang })
    }

    /// Writes the reports of the runs that there were; of one that ended without a report nothing is written.
    ///
    /// # Errors
    /// A file can't be written; older files are as they were.
    pub fn write(self, runs: &[ReadReport]) -> Result<(), FileError> {
        match self {
            Self::One { exports, lang } => {
                let Some(run) = runs.first() else { return Ok(()) };
                exports.into_iter().try_for_each(|export| export.write(&run.report, lang))
            }
            Self::Many { folders, prefix, lang } => {
                let named = names(runs);
                folders.iter().try_for_each(|(form, folder)| {
                    let each = named.iter().zip(runs);
                    each.map(|(name, run)| (format!("{prefix}{name}"), &run.report))
                        .try_for_each(|(name, report)| write_one(*form, folder, &name, report, lang))
                })
            }
        }
    }
}

fn in_folder(folder: &Path, name: &str, form: Form) -> PathBuf {
    // A name may have dots of its own.
    folder.join(format!("{name}.{}", form.extension()))
}

fn write_one(form: Form, folder: &Path, name: &str, report: &Report, lang: Lang) -> Result<(), FileError> {
    Export::reserve(form, &in_folder(folder, name, form))?.write(report, lang)
}

/// Names of files for runs: what each is called, with a number where two would have the same.
fn names(runs: &[ReadReport]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for run in runs {
        let stem = if run.name.is_empty() { "report".to_owned() } else { file_stem(&run.name) };
        let mut name = stem.clone();
        let mut number = 1;
        while names.contains(&name) {
            number += 1;
            name = format!("{stem}-{number}");
        }
        names.push(name);
    }
    names
}

/// Whether any form was asked for.
pub(super) fn any(args: &FormArgs) -> bool {
    asked(args).next().is_some()
}
