//! What is in a record, and reading it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use zip::ZipArchive;
use zip::result::ZipError;

use super::HistoryError;
use crate::metrics::{Bucket, InstanceState};
use crate::report::read::from_json;
use crate::report::text::sentence;
use crate::report::{Report, Verdict};

/// The parts of a record, in the order in which they are written.
pub(super) const SERIES: &str = "series.jsonl";
/// The report, as `--json` writes it.
pub(super) const REPORT: &str = "report.json";
/// What a list shows.
pub(super) const SUMMARY: &str = "summary.json";
/// What is read of a part at the most, unpacked: a record may have been swapped for something else.
const LARGEST_REPORT: u64 = 256 * 1024 * 1024;
const LARGEST_SUMMARY: u64 = 64 * 1024;
/// The longest series that is written and read, unpacked: that of hours.
pub(super) const LARGEST_SERIES: u64 = 512 * 1024 * 1024;

/// Why several runs were done in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Designs were compared.
    Compare,
    /// The largest rate of a design was looked for.
    Capacity,
}

impl Purpose {
    /// Its word: that of the command.
    pub fn label(self) -> &'static str {
        match self {
            Self::Compare => "compare",
            Self::Capacity => "capacity",
        }
    }
}

/// Which run of several in turn a record is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What they were done for.
    pub purpose: Purpose,
    /// The name that all of them share: the purpose, when it began, and the program's process.
    pub name: String,
    /// The round of a comparison, or the number of the try; from 1.
    pub round: u32,
}

/// What a record says about its run besides the report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// Which variant of a design, or which design of several; empty for one alone.
    pub variant: String,
    /// Which of several runs in turn.
    pub part: Option<Part>,
}

/// What a list shows of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The title of the design.
    pub title: String,
    /// Which variant of it; empty for the design as drawn, or the only one.
    #[serde(default)]
    pub variant: String,
    /// When the arrivals began, as in the report.
    pub started_at: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The outcome in a sentence.
    pub sentence: String,
    /// How long arrivals came, in seconds.
    pub duration_secs: f64,
    /// Requests that the schedule called for.
    pub arrivals: u64,
    /// Whether the series lacks something: it was too long, or the disk too slow.
    #[serde(default)]
    pub is_cut: bool,
    /// Which of several runs in turn it is; none: it stands for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

impl Summary {
    /// Of a report.
    pub fn of(report: &Report, label: &Label, is_cut: bool) -> Self {
        Self {
            title: report.topology.title.clone(),
            variant: label.variant.clone(),
            part: label.part.clone(),
            started_at: report.started_at.clone(),
            verdict: report.verdict,
            sentence: sentence(report),
            duration_secs: report.generator.duration_secs,
            arrivals: report.totals.arrivals,
            is_cut,
        }
    }
}

/// A tenth of a second of a run, as the window was shown it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moment {
    /// What happened in it.
    pub bucket: Bucket,
    /// Every Redis process at its end.
    pub instances: Vec<InstanceState>,
}

/// A run that was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What a list shows.
    pub summary: Summary,
    /// Its report.
    pub report: Report,
    /// Its series, in the order of time.
    pub moments: Vec<Moment>,
}

/// Reads what a list shows.
pub(super) fn summary(path: &Path) -> Result<Summary, HistoryError> {
    let text = part(&mut open(path)?, path, SUMMARY, LARGEST_SUMMARY)?;
    serde_json::from_str(&text).map_err(|error| broken(path, &error))
}

/// Reads all of it.
pub(super) fn read(path: &Path) -> Result<Record, HistoryError> {
    let mut archive = open(path)?;
    let text = part(&mut archive, path, SUMMARY, LARGEST_SUMMARY)?;
    let summary = serde_json::from_str(&text).map_err(|error| broken(path, &error))?;
    let text = part(&mut archive, path, REPORT, LARGEST_REPORT)?;
    let mut reports = from_json(&text).map_err(|error| broken(path, &error))?;
    let report = reports.pop().ok_or_else(|| broken(path, &"there is no report in it"))?.report;
    let series = archive.by_name(SERIES).map_err(|error| broken(path, &error))?;
    let mut moments = Vec::new();
    for line in BufReader::new(series.take(LARGEST_SERIES)).lines() {
        let line = line.map_err(|error| broken(path, &error))?;
        let mut moment: Moment = serde_json::from_str(&line).map_err(|error| broken(path, &error))?;
        // Whatever a file says, a bucket has the stages of the design.
        moment.bucket.stages.resize_with(report.topology.stages.len(), Default::default);
        moments.push(moment);
    }
    Ok(Record { summary, report, moments })
}

fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>, HistoryError> {
    let file = File::open(path).map_err(|source| HistoryError::Io { path: path.into(), source })?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| of_zip(path, error))
}

fn part(
    archive: &mut ZipArchive<BufReader<File>>,
    path: &Path,
    name: &str,
    largest: u64,
) -> Result<String, HistoryError> {
    let part = archive.by_name(name).map_err(|error| of_zip(path, error))?;
    let mut text = String::new();
    part.take(largest).read_to_string(&mut text).map_err(|error| broken(path, &error))?;
    Ok(text)
}

fn of_zip(path: &Path, error: ZipError) -> HistoryError {
    match error {
        ZipError::Io(source) => HistoryError::Io { path: path.into(), source },
        error => broken(path, &error),
    }
}

pub(super) fn broken(path: &Path, why: &dyn std::fmt::Display) -> HistoryError {
    HistoryError::Broken { path: path.into(), why: why.to_string() }
}
