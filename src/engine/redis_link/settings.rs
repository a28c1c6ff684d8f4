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
    /// How long an answer may take.
    pub response_timeout: Duration,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
}

impl LinkSettings {
    /// Settings with a given time for answers.
    pub fn new(response_timeout: Duration) -> Self {
        Self { response_timeout, connect_timeout: Duration::from_secs(1) }
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
            .set_response_timeout(Some(self.response_timeout))
            .set_connection_timeout(Some(self.connect_timeout))
            .set_pipeline_buffer_size(PIPELINE_BUFFER)
    }
}
