//! What a queue carries to the database: orders, and the records that people leave, each as a text of numbers. How many numbers
//! there are says what it is, so that one list holds them all in the order in which they came.

use std::fmt;

use super::order::Order;
use crate::topology::stage::Carried;
use crate::workload::{Operation, Request};

/// An event on a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The id of the append, unique in the run. The database inserts an id once, however often it is told to.
    pub id: u64,
    /// The stream.
    pub stream: u32,
    /// Who left it.
    pub claimant: u64,
    /// When it was sent to the stage that keeps it, or acknowledged, in nanoseconds on the run's clock. It says into which
    /// table of the database the event belongs.
    pub accepted_ns: u64,
}

/// One more on a counter, on its way through a queue. One that goes to Redis or the database itself has no need of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Increment {
    /// The id of the request: what is counted twice is found out by it.
    pub id: u64,
    /// The counter.
    pub counter: u32,
}

/// Entries of a queue, sorted by what they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries {
    /// Granted claims.
    pub orders: Vec<Order>,
    /// Product and id of granted claims whose orders are kept elsewhere.
    pub order_ids: Vec<(u32, u64)>,
    /// Events.
    pub events: Vec<Event>,
    /// Increments.
    pub increments: Vec<Increment>,
    /// How many could not be read.
    pub unreadable: u64,
}

impl Event {
    /// The event that an append becomes.
    pub fn of(request: &Request, accepted_ns: u64) -> Self {
        let Request { id, item: stream, claimant, .. } = *request;
        Self { id, stream, claimant, accepted_ns }
    }

    /// What its text says, in this order.
    pub fn fields(&self) -> [u64; 4] {
        [self.id, self.stream.into(), self.claimant, self.accepted_ns]
    }

    /// Reads the form that [`fmt::Display`] writes; none if it is another text.
    pub fn parse(text: &str) -> Option<Self> {
        let [id, stream, claimant, accepted_ns] = numbers(text)?;
        Some(Self { id, stream: stream.try_into().ok()?, claimant, accepted_ns })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [id, stream, claimant, accepted_ns] = self.fields();
        write!(f, "{id} {stream} {claimant} {accepted_ns}")
    }
}

impl Entries {
    /// Reads entries.
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut entries = Self::default();
        for text in texts {
            if let Some(order) = Order::parse(text) {
                entries.orders.push(order);
            } else if let Some(event) = Event::parse(text) {
                entries.events.push(event);
            } else if let Some([item, id, _units]) = numbers(text)
                && let Ok(item) = item.try_into()
            {
                entries.order_ids.push((item, id));
            } else if let Some([id, counter]) = numbers(text)
                && let Ok(counter) = counter.try_into()
            {
                entries.increments.push(Increment { id, counter });
            } else {
                entries.unreadable += 1;
            }
        }
        entries
    }
}

/// The text of the entry that a request becomes, as numbers with a blank between them: of an order what messages carry of it. A
/// read becomes none.
pub fn fields(request: &Request, now_ns: u64, carries: Carried) -> impl Iterator<Item = u64> + use<> {
    let mut fields = [0; 5];
    let count = match request.operation {
        Operation::Claim => {
            let message = Order::of(request, now_ns).message(carries);
            fields.iter_mut().zip(message).map(|(field, number)| *field = number).count()
        }
        Operation::Append => {
            fields[..4].copy_from_slice(&Event::of(request, now_ns).fields());
            4
        }
        Operation::Count => {
            fields[..2].copy_from_slice(&[request.id, request.item.into()]);
            2
        }
        Operation::Read => 0,
    };
    fields.into_iter().take(count)
}

/// So many numbers with a blank between them; none if it is another text.
fn numbers<const COUNT: usize>(text: &str) -> Option<[u64; COUNT]> {
    let mut numbers = [0; COUNT];
    let mut words = text.split(' ');
    for number in &mut numbers {
        *number = words.next()?.parse().ok()?;
    }
    words.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::super::stages::testing::request;
    use super::*;

    #[test]
    fn what_goes_into_a_queue_comes_out_of_it() {
        let all = [Operation::Claim, Operation::Append, Operation::Count, Operation::Read];
        let read = |carries| {
            let texts = all.map(|operation| {
                let entry = fields(&request(operation, 7, 3).request, 99, carries);
                entry.map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
            });
            Entries::read(texts.iter().map(String::as_str))
        };
        let by_id = read(Carried::OrderId);
        let read = read(Carried::Order);
        let by_id_alone = Entries { orders: Vec::new(), order_ids: vec![(3, 7)], ..read.clone() };
        assert_eq!(by_id, by_id_alone, "an id is taken for nothing else");
        let order = Order { id: 7, item: 3, claimant: 7, units: 1, accepted_ns: 99 };
        let event = Event { id: 7, stream: 3, claimant: 7, accepted_ns: 99 };
        assert_eq!((&read.orders[..], &read.events[..]), (&[order][..], &[event][..]));
        assert_eq!(read.increments, [Increment { id: 7, counter: 3 }]);
        assert_eq!(read.unreadable, 1, "a read is no entry");
        assert_eq!(Event::parse(&event.to_string()), Some(event));
        for text in ["", "1", "4294967296 2 3", "1 2 3 4 5 6", "1 4294967296", "x 1", "1  2"] {
            assert_eq!(Entries::read([text]).unreadable, 1, "{text}");
        }
    }
}
