//! Timeouts and buffers of a connection.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisResult};

use crate::servers::Endpoint;

/// Pipelines that may wait inside a connection of the library.
const PIPELINE_BUFFER: usize = 256;

/// What would otherwise be chosen by a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkSettings {
    /// How long an answer may take, in milliseconds.
    pub response_timeout_ms: u64,
    /// How long making a connection may take, in milliseconds.
    pub connect_timeout_ms: u64,
}

impl LinkSettings {
    /// Settings with a given time for answers.
    pub fn new(response_timeout: Duration) -> Self {
        Self {
            response_timeout_ms: u64::try_from(response_timeout.as_millis()).unwrap_or(u64::MAX),
            connect_timeout_ms: 1_000,
        }
    }

    /// Connects to a server.
    ///
    /// # Errors
    /// It doesn't answer within the connect timeout.
    pub async fn connect(self, endpoint: Endpoint) -> RedisResult<MultiplexedConnection> {
        let client = Client::open((endpoint.ip.to_string(), endpoint.port))?;
        client.get_multiplexed_async_connection_with_config(&self.config()).await
    }

    fn config(self) -> AsyncConnectionConfig {
        AsyncConnectionConfig::new()
            .set_response_timeout(Some(Duration::from_millis(self.response_timeout_ms)))
            .set_connection_timeout(Some(Duration::from_millis(self.connect_timeout_ms)))
            .set_pipeline_buffer_size(PIPELINE_BUFFER)
    }
}
