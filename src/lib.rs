//! seckill-lab
pub mod files;
pub mod param;
pub mod servers;
pub mod topology;
pub mod workload;
