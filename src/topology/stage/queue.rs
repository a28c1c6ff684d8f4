//! The queue between the sale and the database.

use std::time::Duration;

use crate::param::{choices, params};

choices! {
    /// What a queue is made of, and so what becomes of the orders of a consumer that dies.
    pub enum QueueForm {
        /// A Redis list from which orders are popped without acknowledgement: what a dead consumer had in its hands is lost.
        List,
        /// A Redis list with a processing list for each consumer, which an order leaves once it is written.
        ProcessingList,
        /// A Redis stream with a consumer group: an order is handed to another consumer if it isn't acknowledged in time.
        Stream,
        /// A stream of NATS, a server of its own: an order is handed out again if it isn't acknowledged in time.
        JetStream,
        /// A durable queue of RabbitMQ, a server of its own: an order is handed out again as soon as the connection of its consumer is gone.
        RabbitMq,
    }

    /// Where NATS keeps the messages of a stream.
    pub enum StreamStorage {
        /// In files, which a killed server finds again.
        Files,
        /// In memory: a server that ends forgets every message, and the stream.
        Memory,
    }

    /// What a message of a queue carries.
    pub enum Carried {
        /// The whole order.
        Order,
        /// The product and the id of the order; the inventory keeps the order itself, and the consumer reads it there.
        OrderId,
    }
}

params! {
    /// The queue between the sale and the database, from which consumers take orders to have them written.
    pub struct Queue {
        /// What it is made of, and so what becomes of the orders of a consumer that dies.
        form: QueueForm = QueueForm::ProcessingList;
        /// The address of a server that runs elsewhere and fits the form, used instead of a process of its own: `redis://`, `rediss://`, `redis-sentinel://`; `nats://`, or `tls://` for it with TLS; `amqp://` or `amqps://`; user and password only as `${NAME}`, a variable of the environment. None: a process of its own.
        url: Option<String> = None;
        /// Where a stream of NATS keeps its messages. After a restart of the lab's own server a stream that was in memory is made anew, empty.
        storage: StreamStorage = StreamStorage::Files;
        /// What a message of it carries: the whole order, or only where the inventory keeps it.
        carries: Carried = Carried::Order;
        /// The Redis stage whose master holds it; None: a process of its own.
        on: Option<String> = None;
        /// Consumers that take orders and have them written.
        consumers: u32 = 2, in 1..64, "consumers";
        /// The most orders a consumer takes at a time; they become one transaction.
        batch: u32 = 500, in 1..5_000, "orders";
        /// How long nothing may be heard of a consumer before another one takes over what it had in its hands; None: nobody does. A popped order can't be taken over; RabbitMQ hands out again what went over a connection as soon as it is gone, whatever stands here.
        claim_after: Option<Duration> = Some(Duration::from_secs(2)), in 0.01..3600.0;
        /// Connections that carry orders to it.
        connections: u32 = 2, in 1..64, "connections";
        /// Pipelines under way on a connection before the next one waits.
        window: u32 = 4, in 1..64, "pipelines";
        /// Requests waiting or under way before more are answered `shed`.
        max_waiting: u32 = 50_000, in 1..10_000_000, "requests";
        /// How long an answer may take before the order counts as indefinite.
        timeout: Duration = Duration::from_secs(1), in 0.01..60.0;
    }
}

impl QueueForm {
    /// Whether a Redis process keeps it; otherwise a broker of its own.
    pub fn is_in_redis(self) -> bool {
        !matches!(self, Self::JetStream | Self::RabbitMq)
    }
}
