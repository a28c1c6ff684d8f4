//! Writes a record while a run goes on, on a thread of its own: a slow disk holds nobody up, and a full one fails no run.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use tempfile::NamedTempFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::record::{LARGEST_SERIES, REPORT, SERIES, SUMMARY};
use super::{History, HistoryError, Label, Moment, Summary, UNFINISHED};
use crate::metrics::{Bucket, InstanceState};
use crate::report::{Report, to_json};

/// Moments that wait for the disk; beyond, they are left out: those of a minute.
const MOST_WAITING: usize = 600;

enum Message {
    Moment(Box<Moment>),
    Finish { report: Box<Report>, label: Label, is_cut: bool },
}

/// Keeps one run. Dropped before it is finished, it leaves nothing.
#[derive(Debug)]
pub struct Recorder {
    sender: Sender<Message>,
    thread: JoinHandle<Result<String, HistoryError>>,
    is_cut: bool,
}

/// A record that is being finished.
#[derive(Debug)]
pub struct Keeping(JoinHandle<Result<String, HistoryError>>);

impl Recorder {
    /// Begins a record. Whether it can be written shows when it is finished.
    ///
    /// # Errors
    /// The system has no thread for it.
    pub fn begin(history: &History) -> io::Result<Self> {
        let (sender, receiver) = bounded(MOST_WAITING);
        let history = history.clone();
        let thread =
            thread::Builder::new().name("recorder".into()).spawn(move || work(&history, &receiver))?;
        Ok(Self { sender, thread, is_cut: false })
    }

    /// Adds what happened since the last time. Never waits.
    pub fn add(&mut self, buckets: &[Bucket], instances: &[InstanceState]) {
        for bucket in buckets {
            let moment = Moment { bucket: bucket.clone(), instances: instances.to_vec() };
            self.is_cut |= self.sender.try_send(Message::Moment(Box::new(moment))).is_err();
        }
    }

    /// Ends it without a report, and waits until nothing of it is left.
    ///
    /// # Errors
    /// Always: there is no record.
    #[cfg(test)]
    pub fn give_up(self) -> Result<String, HistoryError> {
        drop(self.sender);
        Keeping(self.thread).wait()
    }

    /// Ends the record with its report.
    pub fn finish(self, report: &Report, label: Label) -> Keeping {
        let message = Message::Finish { report: Box::new(report.clone()), label, is_cut: self.is_cut };
        // If the thread is gone, its result says so.
        drop(self.sender.send(message));
        Keeping(self.thread)
    }
}

impl Keeping {
    /// Whether it is done, so that [`Self::wait`] will not wait.
    pub fn is_done(&self) -> bool {
        self.0.is_finished()
    }

    /// Waits for it. Answers the name of the record.
    ///
    /// # Errors
    /// The record could not be written; there is none then.
    pub fn wait(self) -> Result<String, HistoryError> {
        self.0.join().unwrap_or(Err(HistoryError::Gone))
    }
}

/// Takes in moments until the end. After an error it goes on taking them, so that nobody waits for room.
fn work(history: &History, receiver: &Receiver<Message>) -> Result<String, HistoryError> {
    let mut page = Page::new(history);
    for message in receiver {
        match message {
            Message::Moment(moment) => {
                if let Ok(open) = &mut page
                    && let Err(error) = open.add(&moment)
                {
                    page = Err(error);
                }
            }
            Message::Finish { report, label, is_cut } => {
                let id = page.and_then(|page| page.finish(&report, &label, is_cut))?;
                history.tidy();
                return Ok(id);
            }
        }
    }
    Err(HistoryError::Gone)
}

/// The file while it is written.
struct Page<'a> {
    history: &'a History,
    file: NamedTempFile,
    zip: ZipWriter<BufWriter<File>>,
    written: u64,
    is_cut: bool,
}

impl<'a> Page<'a> {
    fn new(history: &'a History) -> Result<Self, HistoryError> {
        let make = || {
            fs::create_dir_all(&history.folder)?;
            let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&history.folder)?;
            // Who sweeps sees by it that this program lives.
            file.as_file().try_lock()?;
            let zip = ZipWriter::new(BufWriter::new(file.reopen()?));
            Ok((file, zip))
        };
        let (file, mut zip) = make().map_err(|source: io::Error| io_error(&history.folder, source))?;
        let begun = zip.start_file(SERIES, options());
        begun.map_err(|error| io_error(&history.folder, error.into()))?;
        Ok(Self { history, file, zip, written: 0, is_cut: false })
    }

    fn add(&mut self, moment: &Moment) -> Result<(), HistoryError> {
        let mut line = serde_json::to_vec(moment)
            .unwrap_or_else(|error| unreachable!("a moment has text keys and finite numbers: {error}"));
        line.push(b'\n');
        self.is_cut |= self.written + line.len() as u64 > LARGEST_SERIES;
        if self.is_cut {
            return Ok(());
        }
        self.written += line.len() as u64;
        self.zip.write_all(&line).map_err(|source| io_error(self.file.path(), source))
    }

    fn finish(self, report: &Report, label: &Label, is_cut: bool) -> Result<String, HistoryError> {
        let Self { history, file, mut zip, is_cut: is_long, .. } = self;
        let summary = Summary::of(report, label, is_cut || is_long);
        let summary =
            serde_json::to_string(&summary).unwrap_or_else(|error| unreachable!("text keys: {error}"));
        let write = || -> io::Result<()> {
            for (name, text) in [(REPORT, to_json(report)), (SUMMARY, summary)] {
                zip.start_file(name, options())?;
                zip.write_all(text.as_bytes())?;
            }
            zip.finish()?.into_inner()?.sync_all()
        };
        write().map_err(|source| io_error(file.path(), source))?;
        let id = id(report, file.path());
        let path = history.path(&id);
        file.persist_noclobber(&path).map_err(|error| io_error(&path, error.error))?;
        Ok(id)
    }
}

/// A name that sorts by time: the digits of the beginning, and some signs by lot.
fn id(report: &Report, written: &std::path::Path) -> String {
    let digits: String = report.started_at.chars().filter(char::is_ascii_digit).take(14).collect();
    let digits = if digits.len() == 14 { digits } else { "00000000000000".to_owned() };
    let name = written.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (day, time) = digits.split_at(8);
    format!("{day}-{time}-{}", name.trim_start_matches(UNFINISHED).to_lowercase())
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(3))
}

fn io_error(path: impl Into<PathBuf>, source: io::Error) -> HistoryError {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match source.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => HistoryError::Full { path: path.into(), source },
        _ => HistoryError::Io { path: path.into(), source },
    }
}
