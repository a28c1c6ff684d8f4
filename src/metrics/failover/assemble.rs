//! From what was seen of a stage to its outages.
//!
//! An outage begins with a fault that takes the master away, with an error of the probe, or with Sentinels that believe the
//! master down or replace it. Everything belongs to it until writes are acknowledged again and a next one begins: old
//! masters are often made replicas seconds later.

use std::collections::BTreeMap;

use super::anatomy::{Abort, Failover, NaiveClients, Outcome};
use super::sight::{PROBE, SentinelEvent, Sight, What};
use crate::topology::ClientKind;

/// How long before an outage an error of a client may lie and still belong to it: requests and the probe take turns.
const LOOK_BACK_NS: u64 = 1_000_000_000;

/// What has to be known beside what was seen.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The stage's name.
    pub stage: &'a str,
    /// Its data processes: name within the stage, and the port that each announces. The first one begins as master.
    pub processes: &'a [(String, u16)],
    /// Whether some of its clients are naive.
    pub has_naive: bool,
    /// The first arrival, in nanoseconds on the run's clock.
    pub start_ns: u64,
}

/// The outages in what was seen.
pub fn assemble(facts: &Facts<'_>, seen: &[Sight]) -> Vec<Failover> {
    let mut seen: Vec<&Sight> = seen.iter().collect();
    seen.sort_by_key(|sight| sight.at_ns);
    let master = facts.processes.first().map_or(0, |(_, port)| *port);
    let mut story = Story { master, outages: Vec::new(), last_error: None, masters: (0, 1) };
    for sight in seen {
        story.add(sight);
    }
    story.outages.iter().filter(|outage| outage.is_felt()).map(|outage| outage.told(facts)).collect()
}

/// What was seen so far.
struct Story {
    /// The master's port, as the Sentinels have it.
    master: u16,
    outages: Vec<Outage>,
    /// The last error of a client that follows failovers, outside of outages.
    last_error: Option<u64>,
    /// How many said that they are master, and since when.
    masters: (u64, usize),
}

/// One outage; moments in nanoseconds on the run's clock.
#[derive(Debug, Default)]
struct Outage {
    opened: u64,
    cause: Option<(u64, String)>,
    before: u16,
    after: u16,
    first_error: Option<u64>,
    sdown: Option<u64>,
    odown: Option<u64>,
    /// When a failover was begun last: agreed upon, asked for, or tried again.
    begun: Option<u64>,
    elected: Option<u64>,
    promoted: Option<u64>,
    switched: Option<u64>,
    first_write: Option<u64>,
    /// Clients that had an error, and when each wrote again.
    clients: BTreeMap<u32, Option<u64>>,
    demoted: Option<u64>,
    brought_back: Option<u64>,
    aborted: Vec<(u64, String)>,
    two_masters: u64,
    /// The longest gap of the probe that follows failovers, from and to.
    gap: Option<(u64, u64)>,
    /// Since when that probe has had no answer, if it had none by the end.
    silent_since: Option<u64>,
    naive: Naive,
}

#[derive(Debug, Default)]
struct Naive {
    first_error: Option<u64>,
    last_write: Option<u64>,
    gap: Option<(u64, u64)>,
}

impl Story {
    fn add(&mut self, sight: &Sight) {
        let at = sight.at_ns;
        let is_fault = matches!(sight.what, What::Fault { .. });
        if is_fault && self.opens(&sight.what) {
            // What nobody felt for so long is not why the next fault is felt.
            self.outages.pop_if(|last| !last.is_felt() && last.opened + LOOK_BACK_NS < at);
        }
        if self.opens(&sight.what) && self.outages.last().is_none_or(Outage::is_over) {
            let first_error = self.last_error.take().filter(|&error| error + LOOK_BACK_NS > at);
            let (before, after) = (self.master, self.master);
            self.outages.push(Outage { opened: at, before, after, first_error, ..Outage::default() });
        }
        self.count_masters(at, &sight.what);
        let is_over = self.outages.last().is_none_or(Outage::is_over);
        if let (true, What::Error { clients: ClientKind::SentinelAware, .. }) = (is_over, &sight.what) {
            self.last_error = Some(at);
        }
        let master = self.master;
        if let Some(outage) = self.outage_of(&sight.what) {
            outage.add(at, &sight.what, master);
        }
        if let What::Sentinel(event) = &sight.what
            && let Some(to) = event.to
        {
            self.master = to;
        }
    }

    /// The outage that something belongs to: the last one, unless that is over and this is what a switch leaves behind for
    /// seconds, such as two masters; then the last one that ended in a switch.
    fn outage_of(&mut self, what: &What) -> Option<&mut Outage> {
        let is_left_behind = match what {
            What::Masters(_) => true,
            What::Error { clients, .. } | What::Gap { clients, .. } | What::LastWrite { clients, .. } => {
                *clients == ClientKind::Naive
            }
            What::Sentinel(event) => event.channel == "+convert-to-slave",
            _ => false,
        };
        let of_switch = || self.outages.iter().rposition(|outage| outage.switched.is_some());
        let is_over = self.outages.last().is_some_and(Outage::is_over);
        let found = if is_left_behind && is_over { of_switch() } else { None };
        let last = self.outages.len().checked_sub(1)?;
        self.outages.get_mut(found.unwrap_or(last))
    }

    /// Whether an outage begins with this, if none is under way.
    fn opens(&self, what: &What) -> bool {
        match what {
            What::Fault { port, takes_away, .. } => {
                *takes_away && port.is_none_or(|port| port == self.master)
            }
            What::Error { clients, client } => *clients == ClientKind::SentinelAware && *client == PROBE,
            What::Sentinel(event) => {
                let is_of_failover = matches!(
                    event.channel.as_str(),
                    "+sdown" | "+odown" | "+try-failover" | "+switch-master"
                );
                is_of_failover && event.is_master && event.port == Some(self.master)
            }
            _ => false,
        }
    }

    fn count_masters(&mut self, at: u64, what: &What) {
        if let What::Masters(count) = what {
            let (since, before) = std::mem::replace(&mut self.masters, (at, *count));
            if let (Some(outage), true) = (self.outage_of(what), before > 1) {
                outage.two_masters += at - since;
            }
        } else if let What::LastWrite { .. } = what
            && self.masters.1 > 1
        {
            let since = std::mem::replace(&mut self.masters.0, at);
            if let Some(outage) = self.outage_of(&What::Masters(0)) {
                outage.two_masters += at - since;
            }
        }
    }
}

impl Outage {
    /// Whether writes are acknowledged again, so that what begins now is another one.
    fn is_over(&self) -> bool {
        self.gap.is_some() && (self.switched.is_some() || !self.is_switching())
    }

    /// Whether the Sentinels are about to replace the master: they agreed, or were told to, and did not give up since.
    fn is_switching(&self) -> bool {
        self.begun.is_some_and(|begun| self.aborted.iter().all(|(at, _)| *at < begun))
            && self.brought_back.is_none()
    }

    /// Whether anybody felt anything.
    fn is_felt(&self) -> bool {
        self.first_error.is_some() || self.gap.is_some() || self.sdown.is_some() || self.switched.is_some()
    }

    fn add(&mut self, at: u64, what: &What, master: u16) {
        match what {
            What::Fault { what, port, takes_away, brings_back } => {
                if *takes_away && self.cause.is_none() && at == self.opened {
                    self.cause = Some((at, what.clone()));
                    // An action on the stage as a whole asks the Sentinels for a failover.
                    self.begun = port.is_none().then_some(at);
                } else if *brings_back && port.is_some_and(|port| port == self.before) {
                    self.brought_back.get_or_insert(at);
                }
            }
            What::Restarted { port } if *port == self.before => {
                self.brought_back.get_or_insert(at);
            }
            What::Error { clients: ClientKind::SentinelAware, client } if !self.is_over() => {
                self.first_error.get_or_insert(at);
                self.clients.entry(*client).or_insert(None);
            }
            What::Write { clients: ClientKind::SentinelAware, client } => self.write(at, *client),
            What::Gap { clients: ClientKind::SentinelAware, from_ns }
                if at > self.opened && !self.is_over() =>
            {
                self.gap = Some(longest(self.gap, (*from_ns, at)));
            }
            What::LastWrite { clients: ClientKind::SentinelAware, from_ns, is_failing: true }
                if !self.is_over() =>
            {
                self.silent_since = Some(*from_ns);
            }
            What::Error { clients: ClientKind::Naive, .. } => {
                self.naive.first_error.get_or_insert(at);
            }
            What::Gap { clients: ClientKind::Naive, from_ns } => {
                self.naive.wrote(*from_ns, self.switched);
                self.naive.gap = Some(longest(self.naive.gap, (*from_ns, at)));
            }
            What::LastWrite { clients: ClientKind::Naive, from_ns, .. } => {
                self.naive.wrote(*from_ns, self.switched);
            }
            What::Sentinel(event) => self.sentinel(at, event, master),
            _ => {}
        }
    }

    /// A client wrote for the first time after an error, or on a new connection.
    fn write(&mut self, at: u64, client: u32) {
        let has_moved = self.switched.is_some() || self.clients.get(&client) == Some(&None);
        if at <= self.opened || !has_moved {
            return;
        }
        self.first_write.get_or_insert(at);
        self.clients.entry(client).or_insert(None).get_or_insert(at);
    }

    fn sentinel(&mut self, at: u64, event: &SentinelEvent, master: u16) {
        let is_of_master = event.is_master && event.port == Some(self.before);
        match event.channel.as_str() {
            "+sdown" if is_of_master && self.switched.is_none() => {
                self.sdown.get_or_insert(at);
            }
            "+odown" if is_of_master && self.switched.is_none() => {
                self.odown.get_or_insert(at);
                self.begun = Some(at);
            }
            "+try-failover" if self.switched.is_none() => self.begun = Some(at),
            // Elected again after an abort: the one that led to the switch counts.
            "+elected-leader" if self.switched.is_none() => self.elected = Some(at),
            "+promoted-slave" => {
                self.promoted.get_or_insert(at);
            }
            "+switch-master" if event.port == Some(master) && event.to != Some(master) => {
                self.switched.get_or_insert(at);
                self.after = event.to.unwrap_or(self.after);
            }
            "+convert-to-slave" if event.port == Some(self.before) => {
                self.demoted.get_or_insert(at);
            }
            _ => self.aborted.extend(event.abort_reason().map(|reason| (at, reason))),
        }
    }

    fn told(&self, facts: &Facts<'_>) -> Failover {
        let secs = |at: u64| (at as f64 - facts.start_ns as f64) / 1e9;
        let moment = |at: Option<u64>| at.map(secs);
        let span = |from: Option<u64>, to: Option<u64>| Some((to? as f64 - from? as f64) / 1e9);
        let length = |(from, to): (u64, u64)| (to - from) as f64 / 1e9;
        let name = |port: u16| {
            let found = facts.processes.iter().find(|(_, of)| *of == port);
            found.map_or_else(|| format!("port {port}"), |(name, _)| name.clone())
        };
        let fault = self.cause.as_ref().map(|(at, _)| *at);
        let moved = self.clients.values().copied().collect::<Option<Vec<u64>>>();
        Failover {
            stage: facts.stage.to_owned(),
            outcome: self.outcome(),
            cause: self.cause.as_ref().map(|(_, what)| what.clone()),
            master_before: name(self.before),
            master_after: name(self.after),
            fault_secs: moment(fault),
            last_write_secs: moment(self.gap.map(|(from, _)| from).or(self.silent_since)),
            first_error_secs: moment(self.first_error),
            sdown_secs: moment(self.sdown),
            odown_secs: moment(self.odown),
            elected_secs: moment(self.elected),
            promoted_secs: moment(self.promoted),
            switched_secs: moment(self.switched),
            first_write_secs: moment(self.first_write),
            last_moved_secs: moment(moved.and_then(|moved| moved.into_iter().max())),
            demoted_secs: moment(self.demoted),
            brought_back_secs: moment(self.brought_back),
            detection_secs: span(fault, self.odown.or(self.sdown)),
            promotion_secs: span(self.odown, self.switched),
            unavailable_secs: self.gap.filter(|_| self.silent_since.is_none()).map(length),
            two_masters_secs: self.two_masters as f64 / 1e9,
            aborted: self
                .aborted
                .iter()
                .map(|(at, reason)| Abort { at_secs: secs(*at), reason: reason.clone() })
                .collect(),
            naive: facts.has_naive.then(|| NaiveClients {
                first_error_secs: moment(self.naive.first_error),
                last_write_to_former_secs: moment(self.naive.last_write),
                unavailable_secs: self.naive.gap.map(length),
            }),
        }
    }

    fn outcome(&self) -> Outcome {
        if self.gap.is_none() || self.silent_since.is_some() {
            Outcome::NotOver
        } else if self.switched.is_some() {
            Outcome::Failover
        } else if self.brought_back.is_some() {
            Outcome::InPlace
        } else {
            Outcome::Recovered
        }
    }
}

impl Naive {
    /// A write of theirs was acknowledged by the process that they know: by the former master, if that was after the switch.
    fn wrote(&mut self, at: u64, switched: Option<u64>) {
        if switched.is_some_and(|switched| at > switched) {
            self.last_write = self.last_write.max(Some(at));
        }
    }
}

/// The longer one of two gaps, from and to.
fn longest(one: Option<(u64, u64)>, other: (u64, u64)) -> (u64, u64) {
    let length = |(from, to): (u64, u64)| to - from;
    one.filter(|&one| length(one) >= length(other)).unwrap_or(other)
}

#[cfg(test)]
mod tests;
