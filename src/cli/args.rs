//! What can be said on the command line.
//!
//! - [`serve`]: to `serve`.

pub mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use super::allow::AllowArgs;
use super::design::DesignArgs;
use super::metrics::Metrics;
use crate::engine::HttpOptions;
use crate::files::history::OFF_VARIABLE;
use crate::metrics::histogram::LONGEST;
use crate::servers::binary::SERVER_VARIABLE;
use crate::topology::validate::LONGEST_RUN;

/// Wire a flash sale, run it on real Redis, break it, and prove whether anything was oversold or lost.
#[derive(Debug, Parser)]
#[command(
    name = "seckill-lab",
    version,
    about,
    args_conflicts_with_subcommands = true,
    after_help = "Without a command the window opens, with FILE or with a choice of presets. Where there is no display, \
                  it says so and runs FILE, or the first preset, in the terminal."
)]
pub struct Args {
    /// What to do; nothing: open the window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The topology file that the window opens
    pub file: Option<PathBuf>,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a topology on real servers and audit it
    Run(RunArgs),
    /// Serve a topology over HTTP, so that a load generator of yours drives it, and audit it
    Serve(serve::ServeArgs),
    /// List everything that is wrong with topology files
    Validate(ValidateArgs),
    /// Write a design as a docker compose file: each server in a container, and this program, which drives it
    Compose(ComposeArgs),
    /// Print a design as a text that is short enough for a chat
    Share(ShareArgs),
    /// Show a report that was saved as JSON, or write it in other forms
    Report(ReportArgs),
    /// List the lessons, show one, or measure on this machine what it asks for
    Lesson(LessonArgs),
    /// List, show, note, pin, delete and export the runs that were kept
    History(HistoryArgs),
    /// Say what was found on this machine and what is missing
    Doctor(ServerArgs),
    /// Measure how many orders and arrivals a second this machine carries, in a minute and a half
    Bench(BenchArgs),
    /// Run designs in turn on the same arrivals and say what differs between them, with confidence intervals
    Compare(CompareArgs),
    /// Search for the largest rate at which a design meets its targets, and say what was full there
    Capacity(CapacityArgs),
}

/// Which server program to use.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct ServerArgs {
    /// The valkey-server or redis-server program to use; without it, one is found or provided
    #[arg(long, value_name = "PATH", env = SERVER_VARIABLE)]
    pub redis_server: Option<PathBuf>,
}

/// `run`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Exit code: 0 pass, 1 fail, 2 inconclusive, 64 usage or a broken file, 69 something is missing. With \
                  --repeat, that of the worst run: a fail is worse than an inconclusive run. Of a folder: 0 if every design \
                  came out as it promises, else that of the worst."
)]
pub struct RunArgs {
    /// The topology file; or a folder, whose topology files are run one after the other
    pub file: PathBuf,
    /// How.
    #[command(flatten)]
    pub how: HowArgs,
}

/// What of a workload is overridden.
#[derive(Debug, Default, ClapArgs)]
pub struct LoadArgs {
    /// Let arrivals come for this long, such as 10s; all phases and the opening keep their proportions
    #[arg(long, value_parser = parse_duration)]
    pub duration: Option<Duration>,
    /// Mean arrival rate over the run, per second; the shape stays
    #[arg(long, value_name = "PER_SECOND", value_parser = parse_rate)]
    pub rate: Option<f64>,
    /// Units on sale in all
    #[arg(long, value_name = "UNITS")]
    pub stock: Option<u64>,
    /// Seed of every lot that is drawn
    #[arg(long)]
    pub seed: Option<u64>,
}

/// How a topology is run.
#[derive(Debug, Default, ClapArgs)]
pub struct HowArgs {
    /// The design.
    #[command(flatten)]
    pub design: DesignArgs,
    /// Add faults by lot to those of the file, each with what mends it; the same seed gives the same faults
    #[arg(long, value_name = "SEED")]
    pub chaos: Option<u64>,
    /// Write the report to this file as JSON; of a folder: the reports into this folder
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// In which other forms.
    #[command(flatten)]
    pub forms: FormArgs,
    /// Run it so many times, one after the other, with the same seed, and say what their failovers have in common
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub repeat: Option<u32>,
    /// Serve what is counted while it runs as OpenMetrics, for Prometheus, at /metrics of this address on this machine
    #[arg(long, value_name = "127.0.0.1:PORT", value_parser = parse_loopback)]
    pub metrics: Option<SocketAddr>,
    /// Who serves that.
    #[arg(skip)]
    pub served: Option<Metrics>,
    /// Where requests come in over HTTP, if they do.
    #[arg(skip)]
    pub http: Option<HttpOptions>,
    /// Print the verdict only
    #[arg(long)]
    pub quiet: bool,
    /// Whether it is kept.
    #[command(flatten)]
    pub keeping: KeepArgs,
    /// Keep the run's files (server logs, the database) and say where they are
    #[arg(long)]
    pub keep_data: bool,
}

impl HowArgs {
    /// Serves what is counted, if that was asked for.
    ///
    /// # Errors
    /// The address can't be had; in words.
    pub(super) fn serve_metrics(&mut self) -> Result<(), String> {
        self.served = self.metrics.map(Metrics::serve).transpose()?;
        Ok(())
    }
}

/// Whether runs are kept.
#[derive(Debug, Default, ClapArgs)]
pub struct KeepArgs {
    /// Do not keep the run in the history
    #[arg(long, env = OFF_VARIABLE, value_parser = FalseyValueParser::new())]
    pub no_history: bool,
}

/// In which forms a report is written besides JSON.
#[derive(Debug, Default, ClapArgs)]
pub struct FormArgs {
    /// Write the report to this file as one HTML page that needs no network; of several runs: into this folder, a file a run
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write the series to this file as CSV, and the summary beside it as FILE-summary.csv; of several runs: into this folder
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Write a summary for a pull request to this file as Markdown; of several runs: into this folder
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Write verdict, targets and audit to this file as JUnit XML for CI; of several runs: into this folder
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// The language of the HTML page and of the Markdown
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    pub lang: Language,
}

/// A language of reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    #[default]
    En,
    /// Simplified Chinese
    Zh,
}

/// `report`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Without a form it prints the report as the run did. Exit code: 0, 64 if the file is no report, 74 if \
                        a file can't be written."
)]
pub struct ReportArgs {
    /// A file that --json wrote
    pub file: PathBuf,
    /// In which forms.
    #[command(flatten)]
    pub forms: FormArgs,
}

/// `history`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "RUN is the beginning of a run's name, as list shows it, or last. Exit code: 0, 64 if there is no such run, \
                        74 if a file can't be read or written."
)]
pub struct HistoryArgs {
    /// What to do
    #[command(subcommand)]
    pub command: HistoryCommand,
}

/// What can be done with the history.
#[derive(Debug, Subcommand)]
pub enum HistoryCommand {
    /// List the runs, the latest first
    List {
        /// Only those with all of these words in title, verdict, sentence, note, time or name
        words: Vec<String>,
    },
    /// Print the report of a run
    Show {
        /// The run
        run: String,
    },
    /// Write a note to a run; without words, take it away
    Note {
        /// The run
        run: String,
        /// The note
        words: Vec<String>,
    },
    /// Keep a run for good
    Pin {
        /// The run
        run: String,
    },
    /// Let a run go when it is among the oldest
    Unpin {
        /// The run
        run: String,
    },
    /// Delete runs
    Delete {
        /// The runs
        #[arg(required = true)]
        runs: Vec<String>,
    },
    /// Write the report of a run to files
    Export {
        /// The run
        run: String,
        /// Write it to this file as JSON
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// In which other forms.
        #[command(flatten)]
        forms: FormArgs,
    },
}

/// `lesson`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "The window takes lessons: Help, Lessons. Exit code: 0, 1 a figure that the lesson asks for was not measured, 2 \
                  stopped, 64 usage or a broken file, 69 something is missing."
)]
pub struct LessonArgs {
    /// The lesson: a file, or the number of one that comes with the program; without it, those are listed
    pub lesson: Option<String>,
    /// Run its designs and print each figure that it asks for, as it is measured on this machine
    #[arg(long, requires = "lesson")]
    pub run: bool,
    /// The language of its texts
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    pub lang: Language,
    /// What its designs may use.
    #[command(flatten)]
    pub allow: AllowArgs,
    /// Which server program.
    #[command(flatten)]
    pub server: ServerArgs,
}

/// `validate`.
#[derive(Debug, ClapArgs)]
pub struct ValidateArgs {
    /// Topology files; lessons too
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// `compose`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "The folder gets compose.yaml and design.ron; what is there is never replaced. Exit code: 0 written, 64 usage, a \
                  broken file, or a design that can't run so; 74 the folder can't be written."
)]
pub struct ComposeArgs {
    /// The topology file
    pub file: PathBuf,
    /// The folder, which is made if need be
    pub folder: PathBuf,
}

/// `share`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Wherever a topology file is named, a file with such a text will do, and a picture of the canvas. Exit code: 0 \
                  printed, 64 usage or no design."
)]
pub struct ShareArgs {
    /// A topology file, a file with a shared text, or a picture that the canvas saved; - is standard input
    pub file: PathBuf,
    /// Print the topology file instead
    #[arg(long)]
    pub ron: bool,
}

/// `bench`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "What was measured is kept; run and the window warn of designs that ask for more. Leave the machine alone \
                  meanwhile. Exit code: 0 measured, 2 stopped, 64 usage or a broken file, 69 something is missing."
)]
pub struct BenchArgs {
    /// A topology file to compare with what this machine carries
    pub file: Option<PathBuf>,
    /// Write the figures to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Which server program.
    #[command(flatten)]
    pub server: ServerArgs,
}

/// `compare`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "The first design is the one that the others are held against. Exit code: 0 compared, whatever came out; 2 stopped, \
                  or too few undisturbed rounds to compare; 64 usage, a broken file or other arrivals; 69 something is missing."
)]
pub struct CompareArgs {
    /// Topology files; of one alone, its variants are compared
    #[arg(required = true, num_args = 1..=8)]
    pub files: Vec<PathBuf>,
    /// How many rounds; in each round every design runs once
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub repeat: u32,
    /// Give all designs the arrivals of the first one, if they have others
    #[arg(long)]
    pub same_arrivals: bool,
    /// All of them.
    #[command(flatten)]
    pub design: DesignArgs,
    /// Write the comparison with all reports to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Whether the runs are kept.
    #[command(flatten)]
    pub keeping: KeepArgs,
    /// Print what came of it only
    #[arg(long)]
    pub quiet: bool,
}

/// `capacity`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Each rate is a run of the design, audited; nothing may be oversold. Leave the machine alone meanwhile. Ctrl-C gives \
                  what was found so far. Exit code: 0 found, 1 not even the lowest rate met the targets, 2 stopped or no run could \
                  say, 64 usage or a broken file, 69 something is missing."
)]
pub struct CapacityArgs {
    /// The topology file
    pub file: PathBuf,
    /// Ask for this p99 of all requests besides the targets of the file, such as 20ms
    #[arg(long, value_name = "DURATION", value_parser = parse_time)]
    pub p99: Option<Duration>,
    /// No run begins after so many
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub runs: u32,
    /// No run begins after so long
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = parse_duration)]
    pub within: Duration,
    /// The design; the rate is the first one that is tried.
    #[command(flatten)]
    pub design: DesignArgs,
    /// Write what was found to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Whether the runs are kept.
    #[command(flatten)]
    pub keeping: KeepArgs,
    /// Print what came of it only
    #[arg(long)]
    pub quiet: bool,
}

fn parse_time(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("an answer takes some time; say for example 20ms".into()),
        Ok(time) if time > LONGEST => Err(format!("times beyond {LONGEST:?} are not told apart")),
        Ok(time) => Ok(time),
        Err(error) => Err(format!("{error}; say for example 20ms")),
    }
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("a run takes some time; say for example 10s".into()),
        Ok(duration) if duration > LONGEST_RUN => Err("a run takes 24 hours at most".into()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(format!("{error}; say for example 10s or 2m 30s")),
    }
}

fn parse_loopback(text: &str) -> Result<SocketAddr, String> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(_) => Err("only this machine is served; say for example 127.0.0.1:9100".into()),
        Err(error) => Err(format!("{error}; say for example 127.0.0.1:9100")),
    }
}

fn parse_rate(text: &str) -> Result<f64, String> {
    match text.replace('_', "").parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        Ok(_) => Err("the rate must be above 0".into()),
        Err(error) => Err(format!("{error}; say for example 10000")),
    }
}
