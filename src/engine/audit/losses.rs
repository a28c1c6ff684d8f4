//! When the lost orders had been promised. Pure.

use super::super::order::Order;
use crate::report::audit::LostSpan;

/// Lost orders of which each was promised within this time of the one before it belong to one span, in nanoseconds.
const NEAR_NS: u64 = 500_000_000;

/// The spans in which lost orders were promised, in order. `start_ns` is the first arrival on the run's clock.
pub fn spans(acknowledged: &[Order], mut lost: Vec<Order>, start_ns: u64) -> Vec<LostSpan> {
    if lost.is_empty() {
        return Vec::new();
    }
    lost.sort_unstable_by_key(|order| order.accepted_ns);
    let is_near = |one: &Order, next: &Order| next.accepted_ns - one.accepted_ns <= NEAR_NS;
    let spans: Vec<&[Order]> = lost.chunk_by(is_near).collect();
    let ends = |orders: &[Order]| (orders[0].accepted_ns, orders[orders.len() - 1].accepted_ns);
    let mut told = vec![0; spans.len()];
    for order in acknowledged {
        // The only span that can have it is the last one that begins until then.
        let begun = spans.partition_point(|span| ends(span).0 <= order.accepted_ns);
        if let Some(last) = begun.checked_sub(1)
            && order.accepted_ns <= ends(spans[last]).1
        {
            told[last] += 1;
        }
    }
    let secs = |ns: u64| ns.saturating_sub(start_ns) as f64 / 1e9;
    let span = |(orders, acknowledged): (&[Order], u64)| {
        let (from, to) = ends(orders);
        LostSpan {
            from_secs: secs(from),
            to_secs: secs(to),
            orders: orders.len() as u64,
            units: orders.iter().map(|order| u64::from(order.units)).sum(),
            acknowledged,
        }
    };
    spans.into_iter().zip(told).map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(millis: &[u64]) -> Vec<Order> {
        let order = |(id, millis): (u64, &u64)| Order {
            id,
            item: 0,
            claimant: id,
            units: 2,
            accepted_ns: millis * 1_000_000,
        };
        (0..).zip(millis).map(order).collect()
    }

    #[test]
    fn lost_orders_near_each_other_are_one_span_and_say_how_many_were_kept_then() {
        let acknowledged = orders(&[1_000, 1_100, 1_150, 1_200, 1_300, 3_000, 3_001, 4_000]);
        // In no order, as they are found.
        let lost = vec![acknowledged[5], acknowledged[3], acknowledged[1]];
        let found = spans(&acknowledged, lost, 1_000_000_000);
        let expected = [(0.1, 0.2, 2, 4, 3), (2.0, 2.0, 1, 2, 1)];
        assert_eq!(found.len(), expected.len());
        for (span, (from, to, orders, units, acknowledged)) in found.iter().zip(expected) {
            assert!((span.from_secs - from).abs() < 1e-9 && (span.to_secs - to).abs() < 1e-9, "{span:?}");
            assert_eq!((span.orders, span.units, span.acknowledged), (orders, units, acknowledged));
        }
        assert_eq!(spans(&acknowledged, Vec::new(), 0), []);
    }
}
