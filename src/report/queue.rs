//! The queue between the sale and the database, and its consumers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What became of orders in the hands of consumers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueReport {
    /// The stage.
    pub stage: String,
    /// What the queue is made of, as in files.
    pub form: Cow<'static, str>,
    /// Consumers that died, by faults.
    pub consumer_deaths: u64,
    /// Orders in their hands then, taken and not yet written.
    pub died_unwritten_orders: u64,
    /// Orders in their hands then, written and not yet acknowledged to the queue.
    pub died_unacknowledged_orders: u64,
    /// Deliveries of orders that the queue had handed to a consumer before.
    pub redelivered_orders: u64,
    /// Inserts that changed nothing, because the database had the order already.
    pub ignored_inserts: u64,
    /// Messages that carried an id under which the inventory no longer had an order.
    pub missing_orders: u64,
}

impl QueueReport {
    /// Whether anything happened that is not every day's work.
    pub fn is_eventful(&self) -> bool {
        self.consumer_deaths + self.redelivered_orders + self.ignored_inserts + self.missing_orders > 0
    }
}
