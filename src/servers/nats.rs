//! How a NATS server is configured, and seen to be ready.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::endpoint::Endpoint;
use super::launch::LOG_FILE;

/// A server that runs says what it is as soon as somebody connects.
const GREETING_WITHIN: Duration = Duration::from_secs(1);

/// Its configuration: on this machine only, with `JetStream`, whose files are in the server's own folder
/// (<https://docs.nats.io/running-a-nats-service/configuration>).
pub(crate) fn conf(port: u16, folder: &Path) -> String {
    let quoted = |path: &Path| format!("{:?}", path.to_string_lossy());
    format!(
        "listen: \"127.0.0.1:{port}\"\nserver_name: {}\nlog_file: {}\njetstream {{ store_dir: {} }}\n",
        quoted(folder),
        quoted(&folder.join(LOG_FILE)),
        quoted(&folder.join("jetstream"))
    )
}

/// Whether it is this server that greets whoever connects, and ready to keep streams: `INFO {"server_name":…,"jetstream":true,…}`
/// (<https://docs.nats.io/reference/reference-protocols/nats-protocol#info>).
///
/// # Errors
/// Nobody greets, in words.
pub(crate) async fn greets(endpoint: Endpoint, folder: &Path) -> Result<bool, String> {
    let greeting =
        timeout(GREETING_WITHIN, greeting(endpoint)).await.map_err(|_late| "no answer".to_owned())?;
    let greeting = greeting.map_err(|error| error.to_string())?;
    let info =
        greeting.strip_prefix("INFO ").and_then(|info| serde_json::from_str::<serde_json::Value>(info).ok());
    let info = info.ok_or("it is no NATS server")?;
    if info["jetstream"] != true {
        return Err("it keeps no streams".to_owned());
    }
    Ok(info["server_name"].as_str() == Some(&folder.to_string_lossy()))
}

async fn greeting(endpoint: Endpoint) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(TcpStream::connect(endpoint.socket_addr()).await?).read_line(&mut line).await?;
    Ok(line)
}
