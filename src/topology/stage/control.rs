//! Data control, which works beside the traffic.

use std::time::Duration;

use crate::param::{choices, params};

choices! {
    /// How a sweep reads the orders that the inventory keeps.
    pub enum SweepForm {
        /// All orders by one script, which goes through every key that has some.
        AtOnce,
        /// Product by product, some hundred orders at a time (HSCAN).
        InPieces,
    }
}

params! {
    /// The data-control module: preloads, opens the sale, expires unpaid orders, and reconciles database, inventory and gate.
    pub struct DataControl {
        /// How often it computes from the database and writes back.
        interval: Duration = Duration::from_millis(250), in 0.01..3600.0;
        /// Share of orders whose buyers never pay.
        unpaid_ratio: f64 = 0.0, in 0.0..1.0;
        /// How long after its insert an unpaid order is cancelled and its units go back on sale.
        pay_within: Duration = Duration::from_secs(2), in 0.01..86400.0;
        /// Whether it writes the inventory's stock anew at its interval, as the database counts it: a mistake, for orders in the queue are not in the database yet.
        reload_stock: bool = false;
        /// How often what counters in Redis have is added to the database and taken from Redis; None: never.
        flush_counters: Option<Duration> = Some(Duration::from_secs(1)), in 0.01..3600.0;
        /// How often the orders that the inventory keeps are read, and the new ones of them written to the database; None: a granted claim goes on to the database at once.
        sweep_orders: Option<Duration> = None, in 0.01..3600.0;
        /// How a sweep reads the orders that the inventory keeps.
        sweep: SweepForm = SweepForm::InPieces;
    }
}
