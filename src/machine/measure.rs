//! The short bench: what this machine carries, in a minute and a half.

use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, TryRecvError};

use super::beside::Beside;
use super::capacity::{CAPACITY_VERSION, Capacity, ExchangeRow, IS_OPTIMISED, LagRow, RunRow};
use super::path::{Way, run};
use super::search::{Carried, search};
use super::store::{cores, named};
use crate::engine::bench::{Exchange, Rig, schedule};
use crate::engine::trial::stopped;
use crate::engine::{FailureKind, RunFailure};
use crate::servers::ServerBinary;
use crate::workload::Operation;

/// Connections of the exchanges.
const CONNECTIONS: u32 = 50;
/// Exchanges that are measured: what, its name, how many in a pipeline, how many in all. Each takes about half a second.
const EXCHANGES: [(Operation, &str, u32, u64); 4] = [
    (Operation::Read, "GET", 16, 800_000),
    (Operation::Read, "GET", 1, 50_000),
    (Operation::Claim, "claim script", 16, 200_000),
    (Operation::Claim, "claim script", 1, 50_000),
];
/// How often each is measured, in turn with the other load generator …
const ROUNDS: usize = 3;
/// … unless that takes longer.
const EXCHANGE_WITHIN: Duration = Duration::from_secs(3);
/// Arrivals a second at which the generator alone is measured, and for how long.
pub const SCHEDULES: [f64; 4] = [1_000.0, 10_000.0, 100_000.0, 500_000.0];
const SCHEDULE_SPAN: Duration = Duration::from_secs(1);
/// How long arrivals come in a run.
const RUN_SPAN: Duration = Duration::from_secs(2);
/// After so long no further run of a way begins.
const WAY_WITHIN: Duration = Duration::from_secs(32);

/// A part of the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Exchanges with one server; the name of the other load generator, if there is one.
    Exchanges(Option<&'static str>),
    /// The generator alone.
    Schedule,
    /// Runs of a way.
    Way(Way),
}

/// What is told on the way.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A part begins.
    Part(Part),
    /// Exchanges were measured.
    Exchange(ExchangeRow),
    /// The generator was.
    Lag(LagRow),
    /// A rate is tried: arrivals a second.
    Trying(Way, f64),
    /// It was.
    Run(RunRow),
}

/// Somebody listens, and may want it to end.
struct Bench<'a> {
    server: &'a ServerBinary,
    stop: &'a Receiver<()>,
    tell: &'a mut dyn FnMut(Told),
}

/// Measures. A message on `stop`, or the end of whoever could send one, ends it; no server is left then.
///
/// # Errors
/// Something did not work, or it was stopped.
pub fn measure(
    server: &ServerBinary,
    stop: &Receiver<()>,
    tell: &mut dyn FnMut(Told),
) -> Result<Capacity, RunFailure> {
    let mut bench = Bench { server, stop, tell };
    let exchanges = bench.exchanges()?;
    let schedule = bench.schedule()?;
    let mut runs = Vec::new();
    let whole_path = bench.way(Way::WholePath, 10_000.0, &mut runs)?;
    let funnel = bench.way(Way::Funnel, 50_000.0, &mut runs)?;
    Ok(Capacity {
        capacity_version: CAPACITY_VERSION,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        is_optimised: IS_OPTIMISED,
        measured_at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        cores: cores(),
        server: named(server),
        whole_path,
        funnel,
        exchanges,
        schedule,
        runs,
    })
}

fn broken(error: &dyn std::fmt::Display) -> RunFailure {
    RunFailure::new(FailureKind::Broken, error)
}

impl Bench<'_> {
    fn tell(&mut self, told: Told) {
        (self.tell)(told);
    }

    fn go_on(&self) -> Result<(), RunFailure> {
        match self.stop.try_recv() {
            Err(TryRecvError::Empty) => Ok(()),
            Ok(()) | Err(TryRecvError::Disconnected) => Err(stopped()),
        }
    }

    fn exchanges(&mut self) -> Result<Vec<ExchangeRow>, RunFailure> {
        let beside = Beside::find();
        self.tell(Told::Part(Part::Exchanges(beside.as_ref().map(|beside| beside.name))));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| broken(&error))?;
        let rig = runtime.block_on(Rig::start(self.server)).map_err(|error| broken(&error))?;
        let mut rows = Vec::new();
        for (operation, command, depth, requests) in EXCHANGES {
            let exchange = Exchange { operation, connections: CONNECTIONS, depth, requests };
            let (mut ours, mut others, begun) = (Vec::new(), Vec::new(), Instant::now());
            for round in 0..ROUNDS {
                if round > 0 && begun.elapsed() > EXCHANGE_WITHIN {
                    break;
                }
                self.go_on()?;
                ours.push(runtime.block_on(rig.measure(exchange)).map_err(|error| broken(&error))?);
                self.go_on()?;
                others.extend(beside.as_ref().and_then(|beside| beside.measure(&rig, exchange)));
            }
            let row = ExchangeRow {
                command: command.to_owned(),
                connections: CONNECTIONS,
                depth,
                per_sec: median(&mut ours).unwrap_or_default(),
                beside_per_sec: median(&mut others),
            };
            self.tell(Told::Exchange(row.clone()));
            rows.push(row);
        }
        Ok(rows)
    }

    fn schedule(&mut self) -> Result<Vec<LagRow>, RunFailure> {
        self.tell(Told::Part(Part::Schedule));
        let mut rows = Vec::new();
        for per_sec in SCHEDULES {
            self.go_on()?;
            let kept = schedule(per_sec, SCHEDULE_SPAN).map_err(|error| broken(&error))?;
            let (lag, dropped) = (kept.lag_us, kept.dropped);
            let row = LagRow { per_sec, p50_us: lag.p50, p99_us: lag.p99, dropped };
            self.tell(Told::Lag(row));
            rows.push(row);
        }
        Ok(rows)
    }

    /// Looks for the highest rate that a way carries, from `first` arrivals a second on.
    fn way(&mut self, way: Way, first: f64, rows: &mut Vec<RunRow>) -> Result<Carried, RunFailure> {
        self.tell(Told::Part(Part::Way(way)));
        let begun = Instant::now();
        let is_carried = |rate| {
            self.go_on()?;
            self.tell(Told::Trying(way, rate));
            let row = RunRow::new(way, &run(way.design(rate, RUN_SPAN), Some(&self.server.path), self.stop)?);
            let is_carried = row.failed.is_none();
            self.tell(Told::Run(row.clone()));
            rows.push(row);
            Ok(is_carried)
        };
        search(first, is_carried, || begun.elapsed() > WAY_WITHIN)
    }
}

/// The middle one of some values; none of none.
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
