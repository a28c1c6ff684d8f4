//! Orders, as they travel from the inventory to the database.

use std::fmt;

use crate::topology::stage::Carried;
use crate::workload::Request;

/// A granted claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The id of the claim, unique in the run. The database inserts an id once, however often it is told to.
    pub id: u64,
    /// The product.
    pub item: u32,
    /// The buyer.
    pub claimant: u64,
    /// Units.
    pub units: u32,
    /// When the buyer was told, or the claim was granted, in nanoseconds on the run's clock.
    pub accepted_ns: u64,
}

impl Order {
    /// The order that a granted claim becomes.
    pub fn of(request: &Request, accepted_ns: u64) -> Self {
        let Request { id, item, claimant, units, .. } = *request;
        Self { id, item, claimant, units, accepted_ns }
    }

    /// What its text says, in this order.
    pub fn fields(&self) -> [u64; 5] {
        [self.id, self.item.into(), self.claimant, self.units.into(), self.accepted_ns]
    }

    /// What a message of a queue says of it: all that its text says, or product, id and units.
    pub fn message(&self, carries: Carried) -> impl Iterator<Item = u64> + use<> {
        let (fields, count) = match carries {
            Carried::Order => (self.fields(), 5),
            Carried::OrderId => ([self.item.into(), self.id, self.units.into(), 0, 0], 3),
        };
        fields.into_iter().take(count)
    }

    /// Reads the form that [`fmt::Display`] writes; none if it is another text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split(' ').map(str::parse::<u64>);
        let mut next = || fields.next()?.ok();
        let order = Self {
            id: next()?,
            item: next()?.try_into().ok()?,
            claimant: next()?,
            units: next()?.try_into().ok()?,
            accepted_ns: next()?,
        };
        fields.next().is_none().then_some(order)
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [id, item, claimant, units, accepted_ns] = self.fields();
        write!(f, "{id} {item} {claimant} {units} {accepted_ns}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_its_text() {
        let order = Order { id: 7, item: 3, claimant: u64::MAX, units: 2, accepted_ns: 99 };
        assert_eq!(Order::parse(&order.to_string()), Some(order));
        for text in ["", "1 2 3 4", "1 2 3 4 5 6", "1 2 x 4 5", "1 4294967296 3 4 5"] {
            assert_eq!(Order::parse(text), None, "{text}");
        }
    }
}
