//! The memory of data processes is full, or a script keeps one busy.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisResult};
use tokio::task::JoinHandle;

use super::super::redis_link::LinkSettings;
use super::super::trouble::Troubles;
use super::settings;
use crate::servers::{Endpoint, RedisNode};
use crate::topology::Fault;
use crate::topology::fault::FaultAction;

/// Runs for a time, in microseconds, and writes nothing, so that it can be killed. TIME is read anew at each call
/// (`timeCommand` in `server.c`), also within a script.
const BUSY_SCRIPT: &str = r"
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local over = now() + tonumber(ARGV[1])
while now() < over do end
return 1";
/// How long a script keeps a server from answering at all: after that it answers BUSY, and SCRIPT KILL
/// (`busy-reply-threshold`, 5 s by default).
const DEAF: Duration = Duration::from_secs(5);

/// A process: the place of its stage, and its name within it.
pub type Name = (usize, String);

/// What fills memory and keeps processes busy now.
#[derive(Debug, Default)]
pub struct Memory {
    /// Processes with a limit on their memory.
    pub filled: BTreeSet<Name>,
    /// Scripts that were started, each until it ends.
    scripts: BTreeMap<Name, Script>,
}

#[derive(Debug)]
struct Script {
    server: Endpoint,
    running: JoinHandle<()>,
}

impl Memory {
    /// Does to a process what a fault says.
    ///
    /// # Errors
    /// It refuses, or does not answer.
    pub async fn inject(
        &mut self,
        name: Name,
        node: &RedisNode,
        fault: &Fault,
        troubles: &Troubles,
    ) -> Result<(), String> {
        let server = node.endpoint();
        let done = match fault.action {
            FaultAction::FillMemory => self.fill(name, server).await,
            FaultAction::FreeMemory => self.free(&name, server).await,
            FaultAction::SlowScript => self.run(name, server, fault.lasts, troubles.clone()).await,
            _ => {
                self.kill(server, troubles.clone());
                Ok(())
            }
        };
        done.map_err(|error| format!("it refused: {error}"))
    }

    /// `maxmemory` becomes half of what is used, and nothing is evicted: whatever may need memory is answered OOM, also
    /// after some was given back.
    async fn fill(&mut self, name: Name, server: Endpoint) -> RedisResult<()> {
        let mut line = settings().connect(server).await?;
        let info: String = redis::cmd("INFO").arg("memory").query_async(&mut line).await?;
        let used =
            info.lines().find_map(|line| line.strip_prefix("used_memory:")?.trim().parse::<u64>().ok());
        // Noted first: whatever is answered, it will be freed.
        self.filled.insert(name);
        limit(&mut line, (used.unwrap_or(0) / 2).max(1)).await
    }

    /// No limit.
    pub async fn free(&mut self, name: &Name, server: Endpoint) -> RedisResult<()> {
        limit(&mut settings().connect(server).await?, 0).await?;
        self.filled.remove(name);
        Ok(())
    }

    /// Starts a script and doesn't wait for its end. A process on which one runs gets no other.
    async fn run(
        &mut self,
        name: Name,
        server: Endpoint,
        lasts: Duration,
        troubles: Troubles,
    ) -> RedisResult<()> {
        if self.scripts.get(&name).is_some_and(|script| !script.running.is_finished()) {
            return Ok(());
        }
        let patient = LinkSettings::new(lasts + DEAF);
        let mut line = patient.connect(server).await?;
        let running = tokio::spawn(async move {
            let mut script = redis::cmd("EVAL");
            script.arg(BUSY_SCRIPT).arg(0).arg(lasts.as_micros().to_string());
            if let Err(error) = script.query_async::<()>(&mut line).await
                && !error.to_string().contains("SCRIPT KILL")
            {
                troubles.note("a slow script", &error);
            }
        });
        self.scripts.insert(name, Script { server, running });
        Ok(())
    }

    /// Has a script killed and doesn't wait until it is: the server listens only once it has run for some time.
    fn kill(&self, server: Endpoint, troubles: Troubles) {
        tokio::spawn(async move {
            let patience = u64::try_from((2 * DEAF).as_millis()).unwrap_or(u64::MAX);
            let patient = LinkSettings { connect_timeout_ms: patience, ..LinkSettings::new(2 * DEAF) };
            let killed = async {
                let mut line = patient.connect(server).await?;
                redis::cmd("SCRIPT").arg("KILL").query_async::<()>(&mut line).await
            };
            if let Err(error) = killed.await
                && error.code() != Some("NOTBUSY")
            {
                troubles.note("a slow script could not be killed", &error);
            }
        });
    }

    /// Has every script killed that still runs. Answers whose they were.
    pub fn kill_all(&self, troubles: &Troubles) -> Vec<Name> {
        let running = self.scripts.iter().filter(|(_, script)| !script.running.is_finished());
        let killed = running.map(|(name, script)| {
            self.kill(script.server, troubles.clone());
            name.clone()
        });
        killed.collect()
    }
}

async fn limit(line: &mut MultiplexedConnection, bytes: u64) -> RedisResult<()> {
    let mut pipeline = Pipeline::new();
    pipeline.cmd("CONFIG").arg("SET").arg("maxmemory-policy").arg("noeviction").ignore();
    pipeline.cmd("CONFIG").arg("SET").arg("maxmemory").arg(bytes).ignore();
    pipeline.query_async(line).await
}
