//! The stages, one file a kind, all of one shape.
//!
//! A stage takes a batch and never blocks. In process it answers what it can at once and hands the rest on; before a
//! real server it lets requests wait in lanes, whose workers send them as pipelines and sort the answers.
//!
//! - [`core`]: what every stage has: its book, the way on, and who hears of its answers.
//! - [`lanes`], [`pipeline`]: the connections of a stage to one server, and one exchange on them.
//! - [`cdn`], [`balancer`], [`service`]: in process. [`parting`]: where operations go ways of their own.
//! - [`read_write_split`], [`queue`], [`consumer`]: before real Redis. [`broker`]: the queue before NATS or RabbitMQ.
//! - [`master_replica`], [`stepped`]: the inventory before real Redis; [`decrement`]: the strategies by which it takes stock.
//! - [`record`]: events and counters at Redis master-replica, before its inventory.
//! - [`cluster`]: before a real Redis Cluster. [`command`]: what a request becomes there and at a master-replica stage.
//! - [`database`]: before embedded SQLite. [`fill`]: writes readers' pages that it answered to the cache.

pub mod balancer;
pub mod broker;
pub mod cdn;
pub mod clients;
pub mod cluster;
pub mod command;
pub mod consumer;
pub mod core;
pub mod database;
pub mod decrement;
pub mod fill;
pub mod lanes;
pub mod master_replica;
pub mod parting;
pub mod pipeline;
pub mod queue;
pub mod read_write_split;
pub mod record;
pub mod service;
pub mod sessions;
pub mod stepped;
#[cfg(test)]
pub mod testing;
