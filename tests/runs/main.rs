//! Designs that run on real servers, from the first request to the audit; a file a subject.
//!
//! One program for all of them: it is linked once, and while one test waits for a long run of its own subject another goes on.

#[path = "../common/mod.rs"]
mod common;

mod capacity;
mod changes;
mod cluster;
mod compare;
mod databases;
mod designs;
mod domains;
mod external;
mod external_databases;
mod external_queues;
mod failover;
mod failover_presets;
mod faults;
mod harm;
mod instances;
mod lessons;
mod links;
mod machine;
mod museum;
mod operation_presets;
mod operations;
mod orders;
mod presets;
mod queues;
mod serve;
mod split;
mod stores;
mod strategies;
mod variants;
