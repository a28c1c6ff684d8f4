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
use crate::topology::stage::Eviction;

/// Computes for a time, in microseconds, and writes nothing, so that it can be killed. The clock is that of the server's
/// processor time: the time of day stands still while a script runs (Valkey 9.1, Redis from 7.2 on). Where there is no such clock
/// (older servers), the time of day goes on; should it stand still there too, a number of steps ends the script.
const BUSY_SCRIPT: &str = r"
local micros = tonumber(ARGV[1])
if os and os.clock then
  local over = os.clock() + micros / 1000000
  while os.clock() < over do end
  return 1
end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local over, steps = now() + micros, 0
while now() < over and steps < 5 * micros do steps = steps + 1 end
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
            FaultAction::FreeMemory => self.free(&name, server, node.memory_limit()).await,
            FaultAction::SlowScript => self.run(name, server, fault.lasts, troubles.clone()).await,
            _ => {
                Self::kill(server, troubles.clone());
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
        limit(&mut line, ((used.unwrap_or(0) / 2).max(1), Eviction::NoEviction)).await
    }

    /// The limit that it was started with, if there was one.
    pub async fn free(&mut self, name: &Name, server: Endpoint, usual: (u64, Eviction)) -> RedisResult<()> {
        limit(&mut settings().connect(server).await?, usual).await?;
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
    fn kill(server: Endpoint, troubles: Troubles) {
        tokio::spawn(async move {
            let patient = LinkSettings { connect_timeout: 2 * DEAF, ..LinkSettings::new(2 * DEAF) };
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
            Self::kill(script.server, troubles.clone());
            name.clone()
        });
        killed.collect()
    }
}

async fn limit(line: &mut MultiplexedConnection, (bytes, eviction): (u64, Eviction)) -> RedisResult<()> {
    let mut pipeline = Pipeline::new();
    pipeline.cmd("CONFIG").arg("SET").arg("maxmemory-policy").arg(eviction.policy()).ignore();
    pipeline.cmd("CONFIG").arg("SET").arg("maxmemory").arg(bytes).ignore();
    pipeline.query_async(line).await
}

#[cfg(test)]
mod tests {
    use super::super::super::outbox::Outbox;
    use super::*;
    use crate::servers::{NodeSettings, RunFolder, find};

    #[tokio::test(flavor = "multi_thread")]
    async fn one_script_runs_at_a_time_and_memory_is_full_until_it_is_freed() {
        let binary = find(None, &|_| {}).expect("a server program");
        let folder = RunFolder::create().expect("a folder");
        let node = RedisNode::start(&binary, &folder, NodeSettings::new("memory")).await.expect("a server");
        let mut redis = settings().connect(node.endpoint()).await.expect("a line");
        let (troubles, mut memory) = (Troubles::new(Outbox::deaf()), Memory::default());
        let name = || (0, "master".to_owned());
        let lasts = Duration::from_millis(100);
        for _ in 0..3 {
            memory.run(name(), node.endpoint(), lasts, troubles.clone()).await.expect("it is started");
        }
        memory.scripts.remove(&name()).expect("it was started").running.await.expect("it ends");
        let info: String =
            redis::cmd("INFO").arg("commandstats").query_async(&mut redis).await.expect("it answers");
        let evals = info.lines().find_map(|line| line.strip_prefix("cmdstat_eval:")).expect("a script ran");
        let field = |name: &str| {
            let value = evals.split(',').find_map(|field| field.strip_prefix(name)).expect(name);
            value.parse::<f64>().expect("a number")
        };
        assert!(field("calls=") < 2.0 && field("usec=") >= 100_000.0, "{evals}");
        assert_eq!(troubles.all(), Vec::<String>::new());

        let set = redis::cmd("SET").arg("k").arg("v").to_owned();
        for _ in 0..2 {
            memory.fill(name(), node.endpoint()).await.expect("it is filled");
            let refused = set.query_async::<()>(&mut redis).await.expect_err("there is no room");
            assert_eq!(refused.code(), Some("OOM"), "{refused}");
        }
        for _ in 0..2 {
            memory.free(&name(), node.endpoint(), node.memory_limit()).await.expect("it is freed");
            set.query_async::<()>(&mut redis).await.expect("there is room");
        }
        assert!(memory.filled.is_empty());
    }
}
