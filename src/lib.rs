//! seckill-lab
pub mod engine;
pub mod metrics;
pub mod param;
pub mod report;
pub mod servers;
pub mod topology;
pub mod workload;
