//! The names of the inventory's keys: plain on one master, and with a hash tag on a cluster, so that all keys of a product
//! lie in one slot and one script can use them.

use super::super::keys;
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
    pub fn goods(self, item: u32) -> String {
        self.name("goods", item, keys::goods)
    }

    /// The hash from buyer to units of a product.
    pub fn buyers(self, item: u32) -> String {
        self.name("buyers", item, keys::buyers)
    }

    /// The hash from id to text of the orders of a product.
    pub fn orders(self, item: u32) -> String {
        self.name("orders", item, keys::orders)
    }

    /// The page of a product.
    pub fn page(self, item: u32) -> String {
        self.name("page", item, keys::page)
    }

    /// Ids of the orders whose units were returned; of all products together where the names are plain.
    pub fn returned(self, item: u32) -> String {
        self.name(keys::RETURNED, item, |_| keys::RETURNED.to_owned())
    }

    fn name(self, what: &str, item: u32, plain: fn(u32) -> String) -> String {
        match self {
            Self::Plain => plain(item),
            Self::Tagged => format!("{what}:{{{item}}}"),
        }
    }
}

/// The slot in which the keys of a product lie.
pub fn slot_of_item(item: u32) -> u16 {
    slot_of(&Names::Tagged.goods(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_of_a_product_lie_in_one_slot() {
        for item in [0, 3, 1_000_000] {
            let names = Names::Tagged;
            let keys = [names.goods(item), names.buyers(item), names.orders(item), names.page(item)];
            for key in keys.into_iter().chain([names.returned(item)]) {
                assert_eq!(slot_of(&key), slot_of_item(item), "{key}");
            }
        }
        assert_eq!(Names::Tagged.goods(3), "goods:{3}");
        assert_eq!((Names::Plain.goods(3), Names::Plain.returned(3)), (keys::goods(3), "returned".into()));
    }
}
