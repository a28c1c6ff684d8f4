//! Small bounded questions to a server, to see whether it is ready.

use std::collections::BTreeMap;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ConnectionAddr, FromRedisValue, Pipeline, RedisResult};

use super::endpoint::Endpoint;

/// On the loopback a connection is made at once, or something is wrong.
const CONNECT_WITHIN: Duration = Duration::from_millis(500);
/// A server that is loading or stopped answers late or never.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// A connection that is made when first needed and again after an error.
#[derive(Debug)]
pub(crate) struct Probe {
    endpoint: Endpoint,
    answer_within: Duration,
    connection: Option<MultiplexedConnection>,
}

impl Probe {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self::patient(endpoint, ANSWER_WITHIN)
    }

    /// One that waits for an answer as long as is said.
    pub(crate) fn patient(endpoint: Endpoint, answer_within: Duration) -> Self {
        Self { endpoint, answer_within, connection: None }
    }

    /// Sends one command and waits at most about half a second more than its patience, 1 s as a rule.
    ///
    /// # Errors
    /// Whatever went wrong; the next question uses a new connection.
    pub(crate) async fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> RedisResult<T> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(self.endpoint, self.answer_within).await?,
        };
        let answer = command.query_async(&mut connection).await?;
        self.connection = Some(connection);
        Ok(answer)
    }

    /// Sends some commands together; their answers, in order.
    ///
    /// # Errors
    /// As [`Self::ask`]; also where one of them is refused.
    pub(crate) async fn ask_all<T: FromRedisValue>(&mut self, commands: &Pipeline) -> RedisResult<Vec<T>> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(self.endpoint, self.answer_within).await?,
        };
        let answers = commands.query_async(&mut connection).await?;
        self.connection = Some(connection);
        Ok(answers)
    }

    /// `INFO section` as a map of its fields.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(crate) async fn info(&mut self, section: &str) -> RedisResult<BTreeMap<String, String>> {
        let text: String = self.ask(redis::cmd("INFO").arg(section)).await?;
        Ok(parse_info(&text))
    }
}

async fn connect(endpoint: Endpoint, answer_within: Duration) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_WITHIN))
        .set_response_timeout(Some(answer_within));
    Client::open(ConnectionAddr::Tcp(endpoint.ip.to_string(), endpoint.port))?
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// The `key:value` lines of an INFO reply.
fn parse_info(text: &str) -> BTreeMap<String, String> {
    let fields = text.lines().filter_map(|line| line.trim_end().split_once(':'));
    fields.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_fields_keep_colons_in_their_values() {
        let info = parse_info("# Server\r\nprocess_id:77\r\nexecutable:/a:b\r\n\r\n");
        assert_eq!(info.get("process_id").map(String::as_str), Some("77"));
        assert_eq!(info.get("executable").map(String::as_str), Some("/a:b"));
        assert_eq!(info.len(), 2);
    }
}
