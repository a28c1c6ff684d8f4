//! What a design asks of a machine, and whether that is too much. Pure: a topology and measured figures in, an estimate out.
//!
//! The estimate reckons in shares of the machine. An order costs 1/W of it, where W are the orders a second that the whole path carried. An arrival
//! that stops early (at the CDN, or as a click on what is sold out) costs what the funnel's rate F leaves beside its orders: nine tenths
//! of F cost 1 − F/10 · 1/W; at least a tenth of all, however cheap its orders came out. A read that no CDN keeps from Redis counts as half
//! an order, which is a guess, and so does an event or an increment. Claims count as orders only as far as the stock goes, and not before the sale opens.

use std::time::Duration;

use super::capacity::{Capacity, whole, words};
use super::search::Carried;
use crate::report::text::grouped;
use crate::topology::graph::Graph;
use crate::topology::{StageKind, Topology};
use crate::workload::Phase;

/// A design is said to be too much from this share of the machine on.
const WARN_FROM: f64 = 0.9;
/// The share of the funnel's arrivals that become orders.
const FUNNEL_ORDERS: f64 = 0.1;
/// The share of the funnel's work that its other arrivals are held to cost at least.
const LEAST_EARLY: f64 = 0.1;
/// What a read that reaches Redis costs, in orders.
const READ_IN_ORDERS: f64 = 0.5;

/// What a design asks for in its heaviest moment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Demand {
    /// Arrivals a second.
    pub arrivals_per_sec: f64,
    /// Those of them that may become orders: claims, as far as the stock goes within a second.
    pub orders_per_sec: f64,
    /// Those of them that are reads which no CDN keeps from Redis, or events and increments.
    pub deep_reads_per_sec: f64,
}

/// What a design asks for, and what that is to a machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// What it asks for.
    pub demand: Demand,
    /// The share of the machine that this takes, estimated; 1 is all of it.
    pub share: f64,
    /// Orders a second that the machine carried through the whole path.
    pub whole_path: Carried,
    /// Arrivals a second that it carried where nine in ten stop at the CDN.
    pub funnel: Carried,
}

impl Demand {
    /// What each phase asks for at its peak.
    pub fn of_phases(topology: &Topology) -> Vec<Self> {
        let (workload, has_cdn) = (&topology.workload, has_cdn(topology));
        let mut from = Duration::ZERO;
        let ask = |phase: &Phase| {
            let arrivals = phase.shape.peak(phase.span);
            let weights = phase.mix.sum();
            let share = |weight: f64| if weights > 0.0 { arrivals * weight / weights } else { 0.0 };
            let claims = share(phase.mix.claim);
            let records = share(phase.mix.append + phase.mix.count);
            from = from.saturating_add(phase.span);
            let is_on_sale = from > workload.sale.opens_at;
            let stock = workload.sale.stock as f64 / f64::from(workload.sale.units_per_claim.max(1));
            Self {
                arrivals_per_sec: arrivals,
                orders_per_sec: if is_on_sale { claims.min(stock) } else { 0.0 },
                deep_reads_per_sec: if has_cdn { records } else { arrivals - claims },
            }
        };
        workload.phases.iter().map(ask).collect()
    }
}

impl std::fmt::Display for Demand {
    /// "50,000 orders a second", or the arrivals with the orders among them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (arrivals, orders) = (whole(self.arrivals_per_sec), whole(self.orders_per_sec));
        if orders == arrivals {
            write!(f, "{} orders a second", grouped(orders))
        } else {
            write!(f, "{} arrivals a second, {} of them orders", grouped(arrivals), grouped(orders))
        }
    }
}

/// Whether pages are cached before they reach Redis: a CDN stands on the way.
fn has_cdn(topology: &Topology) -> bool {
    let graph = Graph::of_traffic(topology);
    let stages = topology.stages.iter().zip(&graph.previous);
    stages
        .into_iter()
        .any(|(stage, previous)| matches!(stage.kind, StageKind::Cdn(_)) && !previous.is_empty())
}

/// Shares of the machine that a thing takes if it happens once a second.
#[derive(Debug, Clone, Copy)]
struct Costs {
    order: f64,
    early: f64,
}

impl Costs {
    /// None where nothing was measured.
    fn of(capacity: &Capacity) -> Option<Self> {
        let (orders, arrivals) = (capacity.whole_path.reckoned()?, capacity.funnel.reckoned()?);
        let order = 1.0 / orders;
        let left = (1.0 - arrivals * FUNNEL_ORDERS * order).max(LEAST_EARLY);
        Some(Self { order, early: left / (arrivals * (1.0 - FUNNEL_ORDERS)) })
    }

    fn share(self, demand: Demand) -> f64 {
        let Demand { arrivals_per_sec, orders_per_sec, deep_reads_per_sec } = demand;
        let early = (arrivals_per_sec - orders_per_sec - deep_reads_per_sec).max(0.0);
        self.order * (orders_per_sec + READ_IN_ORDERS * deep_reads_per_sec) + self.early * early
    }
}

impl Capacity {
    /// What the heaviest phase of a design is to this machine; none where it has no phases, or nothing was measured.
    pub fn weigh(&self, topology: &Topology) -> Option<Load> {
        let costs = Costs::of(self)?;
        let loads = Demand::of_phases(topology).into_iter().map(|demand| Load {
            demand,
            share: costs.share(demand),
            whole_path: self.whole_path,
            funnel: self.funnel,
        });
        loads.max_by(|one, other| one.share.total_cmp(&other.share))
    }

    /// The same, if it is more than this machine is likely to carry.
    pub fn judge(&self, topology: &Topology) -> Option<Load> {
        self.weigh(topology).filter(Load::is_too_much)
    }
}

impl Load {
    /// Whether it is more than the machine is likely to carry.
    pub fn is_too_much(&self) -> bool {
        self.share > WARN_FROM
    }

    /// What is asked for and what was carried, in a sentence without a full stop.
    pub fn sentence(&self) -> String {
        format!(
            "The design asks for up to {}; this machine carried {} orders a second through the whole path, {} arrivals a second where \
             nine in ten stop at the CDN",
            self.demand,
            words(self.whole_path),
            words(self.funnel)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::path::Way;
    use super::super::store::tests::capacity;
    use super::*;
    use crate::files::presets::PRESETS;

    const SPAN: Duration = Duration::from_secs(2);

    fn preset(file: &str) -> Topology {
        PRESETS.iter().find(|preset| preset.file == file).unwrap().topology().unwrap().clone()
    }

    fn share(capacity: &Capacity, topology: &Topology) -> f64 {
        capacity.weigh(topology).unwrap().share
    }

    #[test]
    fn both_ways_at_the_rates_that_were_carried_take_the_whole_machine() {
        let capacity = capacity(90_000.0, 500_000.0);
        for (way, rate) in [(Way::WholePath, 90_000.0), (Way::Funnel, 500_000.0)] {
            let share = share(&capacity, &way.design(rate, SPAN));
            assert!((share - 1.0).abs() < 1e-6, "{way:?}: {share}");
            assert!(capacity.judge(&way.design(rate, SPAN)).is_some());
            assert!(capacity.judge(&way.design(rate * 0.8, SPAN)).is_none());
        }
    }

    #[test]
    fn orders_that_were_cheaper_in_the_funnel_leave_something_for_the_rest() {
        let capacity = capacity(90_000.0, 2_000_000.0);
        let mut reads = Way::Funnel.design(30_000_000.0, SPAN);
        reads.workload.phases[0].mix.claim = 0.0;
        assert!(share(&capacity, &reads) > 1.0);
    }

    #[test]
    fn claims_count_as_orders_as_far_as_the_stock_goes_and_once_the_sale_is_open() {
        let mut topology = Way::WholePath.design(200_000.0, SPAN);
        let asked = |topology: &Topology| Demand::of_phases(topology)[0];
        assert!((asked(&topology).orders_per_sec - 200_000.0).abs() < 1.0);
        topology.workload.sale.stock = 1_000;
        topology.workload.sale.units_per_claim = 2;
        assert!((asked(&topology).orders_per_sec - 500.0).abs() < 1e-6);
        assert!((asked(&topology).arrivals_per_sec - 200_000.0).abs() < 1.0);
        topology.workload.sale.opens_at = SPAN;
        assert!(asked(&topology).orders_per_sec.abs() < 1e-6);
    }

    #[test]
    fn reads_without_a_cdn_weigh_half_an_order() {
        let capacity = capacity(90_000.0, 500_000.0);
        let mut topology = Way::Funnel.design(100_000.0, SPAN);
        let cached = share(&capacity, &topology);
        topology.links.retain(|link| link.to != "cdn");
        assert!((Demand::of_phases(&topology)[0].deep_reads_per_sec - 90_000.0).abs() < 1.0);
        let bare = share(&capacity, &topology);
        assert!((bare - (10_000.0 + 45_000.0) / 90_000.0).abs() < 1e-6 && bare > cached, "{cached} {bare}");
    }

    #[test]
    fn the_heaviest_phase_counts() {
        let topology = preset("seckill-six-phases.ron");
        let demands = Demand::of_phases(&topology);
        assert_eq!(demands.len(), topology.workload.phases.len());
        let load = capacity(20_000.0, 100_000.0).weigh(&topology).unwrap();
        let most = demands.iter().map(|demand| demand.orders_per_sec).fold(0.0, f64::max);
        assert!(load.demand.orders_per_sec > 0.0 && most <= 1_000.0, "{load:?}");
    }

    #[test]
    fn a_machine_that_carried_nothing_is_reckoned_by_what_it_failed_at() {
        let mut capacity = capacity(90_000.0, 500_000.0);
        capacity.whole_path = Carried { per_sec: None, failed_at: Some(10_000.0) };
        capacity.funnel = Carried { per_sec: None, failed_at: Some(50_000.0) };
        assert!(capacity.judge(&preset("whole-path.ron")).is_some());
        assert!(capacity.judge(&Way::WholePath.design(1_000.0, SPAN)).is_none());
        capacity.funnel = Carried::default();
        assert!(capacity.judge(&preset("whole-path.ron")).is_none(), "nothing is known");
    }

    #[test]
    fn what_is_too_much_is_said_with_both_sides() {
        let load = capacity(40_000.0, 300_000.0).judge(&preset("whole-path.ron")).unwrap();
        let said = load.sentence();
        assert!(said.starts_with("The design asks for up to 50,000 orders a second; this machine"), "{said}");
        assert!(
            said.contains("carried up to about 40,000 orders") && said.contains("300,000 arrivals"),
            "{said}"
        );
        let demand = Demand { arrivals_per_sec: 21_374.6, orders_per_sec: 1_000.0, deep_reads_per_sec: 0.0 };
        assert_eq!(demand.to_string(), "21,375 arrivals a second, 1,000 of them orders");
    }

    #[test]
    fn a_design_without_phases_asks_for_nothing() {
        let mut topology = preset("whole-path.ron");
        topology.workload.phases.clear();
        assert_eq!(capacity(90_000.0, 500_000.0).judge(&topology), None);
    }
}
