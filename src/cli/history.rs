//! `history`: the runs that were kept.

use super::args::{HistoryArgs, HistoryCommand};
use super::outputs::Outputs;
use super::{exit, out};
use crate::files::history::{Entry, History, HistoryError, Meta, groups, of_user};
use crate::files::{Export, FileError, Form};
use crate::lang::Lang;
use crate::report::read::ReadReport;
use crate::report::text;

/// The longest title, and the longest note, of a list.
const WIDTH: usize = 44;

/// Does it and answers the exit code.
pub(super) fn main(args: &HistoryArgs) -> u8 {
    let Some(history) = of_user() else {
        out::note("there is no data folder: set HOME, or SECKILL_LAB_DATA_DIR");
        return exit::IO;
    };
    match carry_out(&history, &args.command) {
        Ok(()) => exit::PASS,
        Err(Trouble::History(error)) => {
            out::note(&error);
            match error {
                HistoryError::Unknown(_) | HistoryError::Ambiguous(_) => exit::USAGE,
                _ => exit::IO,
            }
        }
        Err(Trouble::File(error)) => {
            out::note(error);
            exit::IO
        }
    }
}

/// What can go wrong.
enum Trouble {
    History(HistoryError),
    File(FileError),
}

impl From<HistoryError> for Trouble {
    fn from(error: HistoryError) -> Self {
        Self::History(error)
    }
}

impl From<FileError> for Trouble {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

fn carry_out(history: &History, command: &HistoryCommand) -> Result<(), Trouble> {
    match command {
        HistoryCommand::List { words } => list(history, &words.join(" ")),
        HistoryCommand::Show { run } => {
            let record = history.read(&history.find(run)?)?;
            out::line(text::render(&record.report).trim_end());
        }
        HistoryCommand::Note { run, words } => {
            let note = words.join(" ");
            change(history, run, |meta| meta.note = note)?;
        }
        HistoryCommand::Pin { run } => change(history, run, |meta| meta.is_pinned = true)?,
        HistoryCommand::Unpin { run } => change(history, run, |meta| meta.is_pinned = false)?,
        HistoryCommand::Delete { runs } => {
            // All are looked for before any goes: then "last" is the same one throughout.
            let found: Result<Vec<String>, HistoryError> = runs.iter().map(|run| history.find(run)).collect();
            for id in found? {
                history.delete(&id)?;
                out::line(format_args!("deleted {id}"));
            }
        }
        HistoryCommand::Export { run, json, forms } => {
            let json = json.as_deref().map(|path| Export::reserve(Form::Json, path)).transpose()?;
            let outputs = Outputs::reserve(forms, None, false)?;
            let record = history.read(&history.find(run)?)?;
            if let Some(json) = json {
                json.write(&record.report, Lang::En)?;
            }
            outputs.write(&[ReadReport { name: String::new(), report: record.report }])?;
        }
    }
    Ok(())
}

fn change(history: &History, run: &str, change: impl FnOnce(&mut Meta)) -> Result<(), HistoryError> {
    let id = history.find(run)?;
    let mut meta = history.meta(&id);
    change(&mut meta);
    history.set_meta(&id, &meta)
}

fn list(history: &History, search: &str) {
    let (entries, errors) = history.list();
    if entries.is_empty() {
        out::line(format_args!("no runs are kept in {}", history.folder().display()));
    }
    let fitting: Vec<Entry> = entries.into_iter().filter(|entry| entry.fits(search)).collect();
    if !fitting.is_empty() {
        out::line(format_args!(
            "  {:<22}  {:<12}  {:>7}  {:<WIDTH$}  note",
            "run", "verdict", "took", "title"
        ));
    }
    for group in groups(&fitting) {
        // Runs of one comparison would push all others out of sight; a search shows them one by one.
        if let [first, _, ..] = &group[..]
            && search.trim().is_empty()
            && let Some(part) = &first.summary.part
        {
            let runs = format!("{} runs", group.len());
            out::line(format_args!(
                "  {:<22}  {runs:<12}  {:>7}  {}",
                part.name,
                "",
                cut(&first.summary.title)
            ));
            continue;
        }
        group.into_iter().for_each(row);
    }
    for error in errors {
        out::note(format_args!("warning: {error}"));
    }
}

fn row(entry: &Entry) {
    let Entry { id, summary, meta, .. } = entry;
    let title = match summary.variant.as_str() {
        "" => summary.title.clone(),
        variant => format!("{} · {variant}", summary.title),
    };
    let pin = if meta.is_pinned { "*" } else { " " };
    out::line(format_args!(
        "{pin} {id:<22}  {:<12}  {:>5.1} s  {:<WIDTH$}  {}",
        summary.verdict.label(),
        summary.duration_secs,
        cut(&title),
        cut(&meta.note),
    ));
}

/// A text in one line that is not too long; signs that a terminal would obey are left out.
fn cut(text: &str) -> String {
    let plain: String = text.chars().filter(|sign| !sign.is_control()).collect();
    if plain.chars().count() <= WIDTH {
        return plain;
    }
    plain.chars().take(WIDTH - 1).chain(['…']).collect()
}
