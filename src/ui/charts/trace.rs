//! What a chart draws: a column, its name, its colour, how it looks.

use egui::Color32;
use lucide_icons::Icon;

use super::super::run::Run;
use super::super::run::column::{Bytes, Column, Counted, Micros, Secs, Signed};
use super::super::run::series::{InstanceSeries, Series};
use super::super::text::{Lang, Text, terms};
use super::super::theme::{Tokens, signs};
use super::kind::Chart;
use super::sample::Cells;
use super::words::{
    ACHIEVED, ARRIVALS, AT_STAGE, BACKLOG, BACKLOG_AT, DROPPED, EVICTED, GENERATOR_LAG, INTERCEPTED, LAG,
    LAG_SECS, MEMORY, MEMORY_LIMIT, OFFERED, REFUSED, RESPONSE, SERVICE, SHARD, SOLD, STALE, STALE_AGE,
    STOCK,
};
use crate::metrics::Reason;

/// Names a trace over all charts and runs: what is hidden stays hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Offered load.
    Offered,
    /// Achieved throughput.
    Achieved,
    /// Arrivals that could not be sent.
    Dropped,
    /// Arrivals at a stage.
    Arrivals(usize),
    /// Intercepted by a stage, or by all, for a reason.
    Intercepted(Option<usize>, Reason),
    /// A quantile of response time, by its place.
    Response(usize),
    /// A quantile of service time, by its place.
    Service(usize),
    /// p99 of the time at a stage.
    AtStage(usize),
    /// Stale answers of a stage.
    Stale(usize),
    /// The age of the oldest of them.
    StaleAge(usize),
    /// How far the generator was behind.
    GeneratorLag,
    /// Units still on sale.
    StockLeft,
    /// Claims granted so far.
    Sold,
    /// Orders on their way to the database.
    Backlog,
    /// What of that waits at a stage, where there are several.
    BacklogAt(usize),
    /// A process, by its place: in every chart of processes.
    Process(usize),
    /// The most memory that a process may take, by its place.
    MemoryLimit(usize),
    /// Keys that a process threw away, by its place.
    Evicted(usize),
    /// Commands that a process refused for want of memory, by its place.
    Refused(usize),
    /// What a shard of a cluster did, by its place: answered, redirected, failed.
    Shard(usize, usize),
}

/// How a trace looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A line over a filled area.
    Area,
    /// A line.
    Line,
    /// A thinner line.
    Thin,
    /// A thin broken line.
    Dashed,
    /// An area on top of those before it.
    Stacked,
}

/// Where its values are.
#[derive(Debug, Clone, Copy)]
pub enum Data<'a> {
    /// Counts, shown as rates.
    Rate(&'a Column<Counted>),
    /// Counts.
    Count(&'a Column<Counted>),
    /// Counts that may be negative.
    Signed(&'a Column<Signed>),
    /// Times.
    Micros(&'a Column<Micros>),
    /// Sizes.
    Bytes(&'a Column<Bytes>),
    /// Times, in seconds.
    Secs(&'a Column<Secs>),
}

/// One line or area of a chart.
#[derive(Debug, Clone)]
pub struct Trace<'a> {
    /// Its name to the program.
    pub key: Key,
    /// Its name to people.
    pub name: String,
    /// Its definition.
    pub about: Text,
    /// Its colour.
    pub color: Color32,
    /// Its second sign beside the colour, where it has one.
    pub sign: Option<Icon>,
    /// How it looks.
    pub look: Look,
    /// Its values.
    pub data: Data<'a>,
    /// Whether it shows unless the reader says otherwise.
    pub is_usual: bool,
}

impl Data<'_> {
    /// The value of a bucket.
    pub fn value(&self, series: &Series, index: usize) -> Option<f64> {
        match self {
            Self::Rate(column) => Some(series.rate(column, index..index + 1)),
            Self::Count(column) => column.get(index).map(f64::from),
            Self::Signed(column) => column.get(index).map(f64::from),
            Self::Micros(column) => column.get(index).filter(|micros| *micros > 0).map(f64::from),
            Self::Bytes(column) => column.get(index).filter(|bytes| !bytes.is_nan()).map(f64::from),
            Self::Secs(column) => column.get(index).filter(|secs| !secs.is_nan()).map(f64::from),
        }
    }

    /// The smallest and largest value of each cell.
    pub fn extremes(&self, cells: &Cells) -> Vec<Option<(f64, f64)>> {
        match self {
            Self::Rate(column) => cells.rate_extremes(column),
            Self::Count(column) => cells.extremes(column),
            Self::Signed(column) => cells.extremes(column),
            Self::Micros(column) => cells.extremes(column),
            Self::Bytes(column) => cells.extremes(column),
            Self::Secs(column) => cells.extremes(column),
        }
    }

    /// The value that stands for each cell of an area: the mean of rates, the highest of the rest.
    pub fn tops(&self, cells: &Cells) -> Vec<f64> {
        match self {
            Self::Rate(column) => cells.rates(column),
            _ => self.extremes(cells).iter().map(|ends| ends.map_or(0.0, |(_, max)| max)).collect(),
        }
    }
}

/// Pairs of stage and reason up to which each has an area of its own.
const PAIRS: usize = 12;
/// Processes up to which all show at first.
const PROCESSES: usize = 16;
/// Quantiles in the order of the columns.
const QUANTILES: [&str; 4] = ["p50", "p95", "p99", "p99.9"];

/// Makes the traces of charts.
#[derive(Debug, Clone, Copy)]
pub struct Traces<'a> {
    /// Of this run.
    pub run: &'a Run,
    /// The stages to look at; none: the whole.
    pub scope: Option<&'a [usize]>,
    /// In this language.
    pub lang: Lang,
    /// In these colours.
    pub tokens: &'a Tokens,
}

impl<'a> Traces<'a> {
    /// The traces of a chart, in the order of its legend.
    pub fn of(self, chart: Chart) -> Vec<Trace<'a>> {
        match chart {
            Chart::Throughput => self.throughput(),
            Chart::Shards => self.shards(),
            Chart::Intercepted => self.intercepted(),
            Chart::Response => self.response(),
            Chart::Stock => self.stock(),
            Chart::Lag => self.lag(),
            Chart::LagSecs => self.lag_secs(),
            Chart::Memory => self.memory(),
            Chart::Pressure => self.pressure(),
        }
    }

    fn trace(self, key: Key, name: Text, about: Text, color: Color32, data: Data<'a>) -> Trace<'a> {
        let name = self.lang.t(name).to_owned();
        Trace { key, name, about, color, sign: None, look: Look::Line, data, is_usual: true }
    }

    fn stage_name(self, stage: usize) -> &'a str {
        self.run.topology.stages.get(stage).map_or("?", |stage| &stage.name)
    }

    fn throughput(self) -> Vec<Trace<'a>> {
        let series = &self.run.series;
        let rate = Data::Rate;
        let achieved = Trace {
            look: Look::Area,
            ..self.trace(Key::Achieved, ACHIEVED.0, ACHIEVED.1, self.tokens.achieved, rate(&series.achieved))
        };
        let offered = Trace {
            look: Look::Thin,
            ..self.trace(Key::Offered, OFFERED.0, OFFERED.1, self.tokens.offered, rate(&series.offered))
        };
        let mut traces = vec![achieved, offered];
        if !series.dropped.is_blank() {
            let dropped = rate(&series.dropped);
            traces.push(self.trace(Key::Dropped, DROPPED.0, DROPPED.1, self.tokens.failed, dropped));
        }
        let shown = |stage: usize| self.scope.is_none_or(|scope| scope.contains(&stage));
        for (stage, columns) in series.stages.iter().enumerate() {
            if !columns.stale.is_blank() && shown(stage) {
                let stale = self.trace(
                    Key::Stale(stage),
                    STALE.0,
                    STALE.1,
                    self.tokens.warn,
                    Data::Rate(&columns.stale),
                );
                traces.push(Trace { name: self.lang.f(STALE.0, &[&self.stage_name(stage)]), ..stale });
            }
            let is_chosen = self.scope.is_some_and(|scope| scope.contains(&stage));
            if columns.arrivals.is_blank() || (self.scope.is_some() && !is_chosen) {
                continue;
            }
            let arrivals = Data::Rate(&columns.arrivals);
            let color = self.tokens.stage(&self.run.topology, stage);
            traces.push(Trace {
                name: self.lang.f(ARRIVALS.0, &[&self.stage_name(stage)]),
                look: Look::Thin,
                is_usual: is_chosen,
                ..self.trace(Key::Arrivals(stage), ARRIVALS.0, ARRIVALS.1, color, arrivals)
            });
        }
        traces
    }

    /// The shards of the clusters to look at, of all where none is chosen: first what they answered, then what they sent
    /// elsewhere, then what failed, where there was any.
    fn shards(self) -> Vec<Trace<'a>> {
        let all = || self.run.series.shards.iter().enumerate();
        let is_chosen = |stage: usize| self.scope.is_some_and(|scope| scope.contains(&stage));
        let narrows = all().any(|(_, one)| is_chosen(one.stage));
        let is_one_stage = self.run.series.shards.windows(2).all(|pair| pair[0].stage == pair[1].stage);
        let signs = [None, Some(Icon::CornerUpRight), Some(Icon::CircleX)];
        let looks = [Look::Line, Look::Dashed, Look::Area];
        let mut traces = Vec::new();
        for (part, (name, about)) in SHARD.into_iter().enumerate() {
            for (place, one) in all().filter(|(_, one)| !narrows || is_chosen(one.stage)) {
                let column = [&one.answered, &one.redirected, &one.failed][part];
                if part > 0 && column.is_blank() {
                    continue;
                }
                let (key, color) = (Key::Shard(place, part), self.tokens.nth(place));
                let trace = self.trace(key, name, about, color, Data::Rate(column));
                let name = self.lang.f(name, &[&one.shard]);
                let name = if is_one_stage { name } else { format!("{} {name}", self.stage_name(one.stage)) };
                traces.push(Trace { name, sign: signs[part], look: looks[part], ..trace });
            }
        }
        traces
    }

    fn intercepted(self) -> Vec<Trace<'a>> {
        let series = &self.run.series;
        let stages = series.stages.iter().enumerate();
        let chosen = stages.filter(|(stage, _)| self.scope.is_none_or(|scope| scope.contains(stage)));
        let pairs: Vec<_> = chosen
            .flat_map(|(stage, columns)| {
                Reason::ALL
                    .into_iter()
                    .zip(&columns.intercepted)
                    .map(move |(why, column)| (stage, why, column))
            })
            .filter(|(_, _, column)| !column.is_blank())
            .collect();
        let stacked = |stage: Option<usize>, why: Reason, column| {
            let word = terms::reason(self.lang, why);
            let name = stage.map_or(word.clone(), |stage| format!("{} {word}", self.stage_name(stage)));
            let key = Key::Intercepted(stage, why);
            let trace =
                self.trace(key, INTERCEPTED, INTERCEPTED, self.tokens.reason(why), Data::Rate(column));
            Trace { name, sign: Some(signs::reason(why)), look: Look::Stacked, ..trace }
        };
        if pairs.len() <= PAIRS || self.scope.is_some() {
            return pairs.into_iter().map(|(stage, why, column)| stacked(Some(stage), why, column)).collect();
        }
        let totals = Reason::ALL.into_iter().zip(&series.intercepted);
        totals
            .filter(|(_, column)| !column.is_blank())
            .map(|(why, column)| stacked(None, why, column))
            .collect()
    }

    fn response(self) -> Vec<Trace<'a>> {
        let series = &self.run.series;
        let colors =
            [self.tokens.series[2], self.tokens.series[0], self.tokens.series[1], self.tokens.series[3]];
        let mut traces = Vec::new();
        for (place, column) in series.response_us.iter().enumerate() {
            let trace =
                self.trace(Key::Response(place), RESPONSE, RESPONSE, colors[place], Data::Micros(column));
            let look = if place == 2 { Look::Line } else { Look::Thin };
            traces.push(Trace { name: QUANTILES[place].to_owned(), look, ..trace });
        }
        for (place, column) in series.service_us.iter().enumerate().filter(|(_, column)| !column.is_blank()) {
            let name = self.lang.f(SERVICE.0, &[&QUANTILES[place]]);
            let key = Key::Service(place);
            let trace = self.trace(key, SERVICE.0, SERVICE.1, colors[place], Data::Micros(column));
            traces.push(Trace { name, look: Look::Dashed, is_usual: matches!(place, 0 | 2), ..trace });
        }
        for &stage in self.scope.into_iter().flatten() {
            let Some(columns) = series.stages.get(stage).filter(|stage| !stage.p99_us.is_blank()) else {
                continue;
            };
            let (key, color) = (Key::AtStage(stage), self.tokens.stage(&self.run.topology, stage));
            let trace = self.trace(key, AT_STAGE.0, AT_STAGE.1, color, Data::Micros(&columns.p99_us));
            traces.push(Trace { name: self.lang.f(AT_STAGE.0, &[&self.stage_name(stage)]), ..trace });
        }
        for (stage, columns) in series.stages.iter().enumerate() {
            if columns.stale_age_us.is_blank() || self.scope.is_some_and(|scope| !scope.contains(&stage)) {
                continue;
            }
            let (key, data) = (Key::StaleAge(stage), Data::Micros(&columns.stale_age_us));
            let trace = self.trace(key, STALE_AGE.0, STALE_AGE.1, self.tokens.warn, data);
            let name = self.lang.f(STALE_AGE.0, &[&self.stage_name(stage)]);
            traces.push(Trace { name, look: Look::Dashed, ..trace });
        }
        let lag = Data::Micros(&series.lag_us);
        let (color, (name, about)) = (self.tokens.weak, GENERATOR_LAG);
        traces.push(Trace {
            look: Look::Thin,
            is_usual: false,
            ..self.trace(Key::GeneratorLag, name, about, color, lag)
        });
        traces
    }

    fn stock(self) -> Vec<Trace<'a>> {
        let series = &self.run.series;
        let left = Data::Signed(&series.stock_left);
        let mut traces = vec![
            Trace {
                look: Look::Area,
                ..self.trace(Key::StockLeft, STOCK.0, STOCK.1, self.tokens.achieved, left)
            },
            self.trace(Key::Sold, SOLD.0, SOLD.1, self.tokens.sold, Data::Count(&series.sold_in_all)),
        ];
        if series.waits_at.len() > 1 {
            traces.extend(series.waits_at.iter().enumerate().filter_map(|(nth, &stage)| {
                let column = Data::Count(&series.stages.get(stage)?.backlog);
                let look = if nth == 0 { Look::Line } else { Look::Dashed };
                let name = self.lang.f(BACKLOG_AT, &[&self.stage_name(stage)]);
                let trace = self.trace(Key::BacklogAt(stage), BACKLOG.0, BACKLOG.1, self.tokens.warn, column);
                Some(Trace { name, look, ..trace })
            }));
        } else {
            let column = Data::Count(&series.backlog);
            traces.push(self.trace(Key::Backlog, BACKLOG.0, BACKLOG.1, self.tokens.warn, column));
        }
        traces.retain(|trace| trace.key != Key::StockLeft || !series.stock_left.is_empty());
        traces
    }

    fn lag(self) -> Vec<Trace<'a>> {
        self.processes(LAG, |one| {
            let ever = one.lag_bytes.fold(0..one.lag_bytes.len()).is_some_and(|cell| cell.max > 0.0);
            (ever || one.name.starts_with("replica")).then_some(Data::Bytes(&one.lag_bytes))
        })
    }

    fn lag_secs(self) -> Vec<Trace<'a>> {
        self.processes(LAG_SECS, |one| (!one.lag_secs.is_blank()).then_some(Data::Secs(&one.lag_secs)))
    }

    fn memory(self) -> Vec<Trace<'a>> {
        let mut traces = self.processes(MEMORY, |one| {
            let ever = one.memory_bytes.fold(0..one.memory_bytes.len()).is_some_and(|cell| cell.max > 0.0);
            ever.then_some(Data::Bytes(&one.memory_bytes))
        });
        let limits = self.processes(MEMORY_LIMIT.1, |one| {
            (!one.memory_limit_bytes.is_blank()).then_some(Data::Bytes(&one.memory_limit_bytes))
        });
        traces.extend(self.renamed(limits, MEMORY_LIMIT.0, Key::MemoryLimit, Look::Dashed));
        traces
    }

    fn pressure(self) -> Vec<Trace<'a>> {
        let evicted =
            self.processes(EVICTED.1, |one| (!one.evicted.is_blank()).then_some(Data::Rate(&one.evicted)));
        let refused =
            self.processes(REFUSED.1, |one| (!one.refused.is_blank()).then_some(Data::Rate(&one.refused)));
        let evicted = self.renamed(evicted, EVICTED.0, Key::Evicted, Look::Line);
        evicted.chain(self.renamed(refused, REFUSED.0, Key::Refused, Look::Dashed)).collect()
    }

    /// The traces of processes under other names and keys, so that each can be hidden by itself.
    fn renamed(
        self,
        traces: Vec<Trace<'a>>,
        name: Text,
        key: fn(usize) -> Key,
        look: Look,
    ) -> impl Iterator<Item = Trace<'a>> {
        traces.into_iter().map(move |trace| {
            let key = if let Key::Process(place) = trace.key { key(place) } else { trace.key };
            Trace { key, name: self.lang.f(name, &[&trace.name]), look, ..trace }
        })
    }

    /// The processes of the stages to look at; all of them where those have none.
    fn processes(self, about: Text, data: impl Fn(&'a InstanceSeries) -> Option<Data<'a>>) -> Vec<Trace<'a>> {
        let all = self.run.series.instances.iter().enumerate();
        let all: Vec<_> = all.filter_map(|(place, one)| Some((place, one, data(one)?))).collect();
        let is_chosen = |stage: usize| self.scope.is_some_and(|scope| scope.contains(&stage));
        let narrows = all.iter().any(|(_, one, _)| is_chosen(one.stage));
        let shown: Vec<_> = all.into_iter().filter(|(_, one, _)| !narrows || is_chosen(one.stage)).collect();
        let is_one_stage = shown.windows(2).all(|pair| pair[0].1.stage == pair[1].1.stage);
        let traces = shown.into_iter().enumerate().map(|(nth, (place, one, data))| {
            let color = self.tokens.nth(place);
            let look = if place < self.tokens.series.len() { Look::Line } else { Look::Dashed };
            let trace = self.trace(Key::Process(place), about, about, color, data);
            let name = self.lang.of(&one.name);
            let name = if is_one_stage {
                name.into_owned()
            } else {
                format!("{} {name}", self.stage_name(one.stage))
            };
            Trace { name, look, is_usual: nth < PROCESSES, ..trace }
        });
        traces.collect()
    }
}
