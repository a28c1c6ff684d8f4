//! Connections to Redis, with every default that would distort a measurement set explicitly.
//!
//! - [`settings`]: timeouts and buffers, listed in the report.
//! - [`resolver`]: where the server is: a fixed address, or what the Sentinels say.
//! - [`connection`]: one connection that is made anew after an error.

pub mod connection;
pub mod resolver;
pub mod settings;

pub use connection::Connection;
pub use resolver::Resolver;
pub use settings::LinkSettings;
