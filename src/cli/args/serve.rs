//! What can be said to `serve`: what `run` takes, but for what is about its own arrivals.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

use super::super::allow::AllowArgs;
use super::super::design::DesignArgs;
use super::{FormArgs, HowArgs, KeepArgs, LoadArgs, ServerArgs, parse_duration, parse_loopback};
use crate::engine::HttpOptions;

/// `serve`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "It starts the servers, opens the sale, and takes in what comes over HTTP: GET / says what there is. Ctrl-C ends it as \
                  --for does: then it drains, audits and reports. Exit code: as of run; 69 also if the address can't be had. A target \
                  of the offered load can't be shown to hold, because only the load generator knows what it offered."
)]
pub struct ServeArgs {
    /// The topology file
    pub file: PathBuf,
    /// Take requests in at this address on this machine; port 0 takes a free one, which is said at the start
    #[arg(long, value_name = "127.0.0.1:PORT", default_value = "127.0.0.1:8080", value_parser = parse_loopback)]
    pub http: SocketAddr,
    /// Take requests in for this long, such as 30s; without it, until Ctrl-C
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    pub lasts: Option<Duration>,
    /// Units on sale in all
    #[arg(long, value_name = "UNITS")]
    pub stock: Option<u64>,
    /// Seed of every lot that is drawn
    #[arg(long)]
    pub seed: Option<u64>,
    /// Add faults by lot to those of the file, each with what mends it; the same seed gives the same faults
    #[arg(long, value_name = "SEED")]
    pub chaos: Option<u64>,
    /// Write the report to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// In which other forms.
    #[command(flatten)]
    pub forms: FormArgs,
    /// What it may use.
    #[command(flatten)]
    pub allow: AllowArgs,
    /// Serve what is counted while it runs as OpenMetrics, for Prometheus, at /metrics of this address on this machine
    #[arg(long, value_name = "127.0.0.1:PORT", value_parser = parse_loopback)]
    pub metrics: Option<SocketAddr>,
    /// Print the verdict only
    #[arg(long)]
    pub quiet: bool,
    /// Whether it is kept.
    #[command(flatten)]
    pub keeping: KeepArgs,
    /// Keep the run's files (server logs, the database) and say where they are
    #[arg(long)]
    pub keep_data: bool,
    /// Which server program.
    #[command(flatten)]
    pub server: ServerArgs,
}

impl ServeArgs {
    /// The file, and the same as for `run`.
    pub fn into_how(self) -> (PathBuf, HowArgs) {
        let how = HowArgs {
            design: DesignArgs {
                load: LoadArgs { stock: self.stock, seed: self.seed, ..LoadArgs::default() },
                allow: self.allow,
                server: self.server,
            },
            chaos: self.chaos,
            json: self.json,
            forms: self.forms,
            repeat: None,
            metrics: self.metrics,
            served: None,
            http: Some(HttpOptions { at: self.http, lasts: self.lasts }),
            quiet: self.quiet,
            keeping: self.keeping,
            keep_data: self.keep_data,
        };
        (self.file, how)
    }
}
