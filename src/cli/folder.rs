//! `run FOLDER`: every topology file of a folder, one after the other, and whether each keeps its promise.

use std::path::Path;
use std::{fs, io};

use crossbeam_channel::Receiver;

use super::args::HowArgs;
use super::repeat::worse;
use super::run::{plan, run_to};
use super::{exit, out};
use crate::files::{folder, read_topology};
use crate::topology::Expected;

/// The extension of topology files.
const EXTENSION: &str = "ron";

/// A file that was run, or could not be.
struct Row {
    name: String,
    /// What it promises; a file without a promise is held to a pass.
    promised: Expected,
    code: u8,
}

impl Row {
    /// The exit code that it adds: that of a promise which was kept is a pass.
    fn counts_as(&self) -> u8 {
        match (self.promised, self.code) {
            (Expected::Fail, exit::FAIL) => exit::PASS,
            (Expected::Fail, exit::PASS) => exit::FAIL,
            (_, code) => code,
        }
    }
}

/// Runs them; the exit code is 0 if each kept its promise, and that of the worst else. With `--json` and the other forms the reports go into
/// folders, which are made if need be, each under the name of its file. A signal ends the run under way as usual, and no other begins.
pub(super) fn run(path: &Path, args: &HowArgs, signals: &Receiver<()>) -> u8 {
    let names = match topologies(path) {
        Ok(names) if names.is_empty() => {
            out::note(format_args!("{} has no topology files (*.{EXTENSION})", path.display()));
            return exit::USAGE;
        }
        Ok(names) => names,
        Err(error) => {
            out::note(format_args!("{} can't be read: {error}", path.display()));
            return exit::USAGE;
        }
    };
    if let Some(json) = &args.json
        && let Err(error) = fs::create_dir_all(json)
    {
        out::note(format_args!("{} can't be made: {error}", json.display()));
        return exit::IO;
    }
    let mut rows: Vec<Row> = Vec::new();
    for name in names {
        let (row, is_stopped) = one(path, name, args, signals);
        rows.push(row);
        if is_stopped {
            break;
        }
    }
    print(&rows);
    rows.iter().map(Row::counts_as).fold(exit::PASS, worse)
}

/// The files, by name.
fn topologies(path: &Path) -> io::Result<Vec<String>> {
    let entries = folder::list(path, EXTENSION)?;
    Ok(entries.into_iter().filter(|entry| !entry.is_folder).map(|entry| entry.name).collect())
}

/// Runs one, and says whether somebody asked to stop.
fn one(path: &Path, name: String, args: &HowArgs, signals: &Receiver<()>) -> (Row, bool) {
    let file = path.join(&name);
    out::line(format_args!("\n{}", file.display()));
    let broken = |name| (Row { name, promised: Expected::Pass, code: exit::USAGE }, false);
    let opened = match read_topology(&file) {
        Ok(opened) => opened,
        Err(error) => {
            out::note(error);
            return broken(name);
        }
    };
    let Some(plan) = plan(&file.display().to_string(), opened, args) else {
        return broken(name);
    };
    let promised = plan.topology.expected.unwrap_or(Expected::Pass);
    let stem = file.file_stem().map_or_else(|| name.clone(), |stem| stem.to_string_lossy().into_owned());
    let json = args.json.as_deref().map(|json| json.join(&name).with_extension("json"));
    let (code, is_stopped) = run_to(json.as_deref(), Some(&stem), &plan, args, signals);
    (Row { name, promised, code }, is_stopped)
}

fn print(rows: &[Row]) {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    out::line(format_args!("\n  {:<width$}  promised  came out", "file"));
    for row in rows {
        let promised = if row.promised == Expected::Pass { "pass" } else { "fail" };
        let came_out = match row.code {
            exit::PASS => "pass",
            exit::FAIL => "fail",
            exit::INCONCLUSIVE => "inconclusive",
            _ => "no report",
        };
        let mark = if row.counts_as() == exit::PASS { "" } else { "   <- not as promised" };
        out::line(format_args!("  {:<width$}  {promised:<8}  {came_out}{mark}", row.name));
    }
    let kept = rows.iter().filter(|row| row.counts_as() == exit::PASS).count();
    out::line(format_args!("\n{kept} of {} designs came out as promised", rows.len()));
}
