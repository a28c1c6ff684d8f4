//! Where the master is.

use std::sync::Arc;
use std::time::Duration;

use redis::{ErrorKind, RedisError, RedisResult};

use super::settings::LinkSettings;
use crate::servers::Endpoint;

/// How long a Sentinel may take to answer.
const SENTINEL_TIMEOUT: Duration = Duration::from_millis(300);

/// A fixed address, or what the Sentinels say.
#[derive(Debug, Clone)]
pub enum Resolver {
    /// Always this server.
    Fixed(Endpoint),
    /// The master that the Sentinels name at the moment of asking.
    Sentinels {
        /// Where the Sentinels listen; they are asked in this order.
        sentinels: Arc<[Endpoint]>,
        /// The name under which they know the master.
        master_name: Arc<str>,
    },
}

impl Resolver {
    /// The server's address now.
    ///
    /// # Errors
    /// No Sentinel answers.
    pub async fn resolve(&self) -> RedisResult<Endpoint> {
        let (sentinels, master_name) = match self {
            Self::Fixed(endpoint) => return Ok(*endpoint),
            Self::Sentinels { sentinels, master_name } => (sentinels, master_name),
        };
        let mut last = RedisError::from((ErrorKind::InvalidClientConfig, "there are no Sentinels to ask"));
        for &sentinel in sentinels.iter() {
            match ask(sentinel, master_name).await {
                Ok(endpoint) => return Ok(endpoint),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// `SENTINEL GET-MASTER-ADDR-BY-NAME` answers `[host, port]`, or nil for an unknown name
/// (<https://redis.io/docs/latest/develop/reference/sentinel-clients/>).
async fn ask(sentinel: Endpoint, master_name: &str) -> RedisResult<Endpoint> {
    let mut line = LinkSettings::new(SENTINEL_TIMEOUT).connect(sentinel).await?;
    let (_host, port): (String, u16) =
        redis::cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(master_name).query_async(&mut line).await?;
    Ok(Endpoint::local(port))
}
