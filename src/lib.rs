//! seckill-lab
pub mod servers;
