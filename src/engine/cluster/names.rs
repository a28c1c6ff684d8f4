//! The names of the inventory's keys: plain on one master, and with a hash tag on a cluster, so that all keys of a product
//! lie in one slot and one script can use them.

use super::super::keys;
use super::super::wire::Key;
use super::slot::slot_of;

/// How keys are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// As in [`keys`].
    Plain,
    /// With the product's number as the hash tag: `goods:{3}`.
    Tagged,
}

impl Names {
    /// The hash `{Total, Booked}` of a product.
    pub fn goods(self) -> Key {
        self.name(keys::GOODS, "goods:{")
    }

    /// The hash from buyer to units of a product.
    pub fn buyers(self) -> Key {
        self.name(keys::BUYERS, "buyers:{")
    }

    /// The hash from id to text of the orders of a product.
    pub fn orders(self) -> Key {
        self.name(keys::ORDERS, "orders:{")
    }

    /// The list of the events of a stream.
    pub fn stream(self) -> Key {
        self.name(keys::STREAM, "stream:{")
    }

    /// A counter.
    pub fn counter(self) -> Key {
        self.name(keys::COUNTER, "counter:{")
    }

    /// The flush of a counter that is not confirmed.
    pub fn flushing(self) -> Key {
        self.name(keys::FLUSHING, "flushing:{")
    }

    /// The page of a product.
    pub fn page(self) -> Key {
        self.name(keys::PAGE, "page:{")
    }

    /// Ids of the orders whose units were returned; of all products together where the names are plain.
    pub fn returned(self, item: u32) -> String {
        match self {
            Self::Plain => keys::RETURNED.to_owned(),
            Self::Tagged => Key { before: "returned:{", behind: "}" }.of(item),
        }
    }

    fn name(self, plain: Key, before: &'static str) -> Key {
        match self {
            Self::Plain => plain,
            Self::Tagged => Key { before, behind: "}" },
        }
    }
}

/// The slot in which the keys of a product lie, and those of the stream and the counter with the same number.
pub fn slot_of_item(item: u32) -> u16 {
    slot_of(&Names::Tagged.goods().of(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_of_a_product_lie_in_one_slot() {
        for item in [0, 3, 1_000_000] {
            let names = Names::Tagged;
            let of_sale = [names.goods(), names.buyers(), names.orders(), names.page()];
            let of_records = [names.stream(), names.counter(), names.flushing()];
            let keys = of_sale.into_iter().chain(of_records);
            for key in keys.map(|key| key.of(item)).chain([names.returned(item)]) {
                assert_eq!(slot_of(&key), slot_of_item(item), "{key}");
            }
        }
        assert_eq!(Names::Tagged.goods().of(3), "goods:{3}");
        assert_eq!(
            (Names::Plain.goods().of(3), Names::Plain.returned(3)),
            ("goods:3".into(), "returned".into())
        );
    }
}
