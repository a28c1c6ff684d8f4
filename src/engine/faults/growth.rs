//! Data grows: keys that nobody asks for are loaded into a process while it serves, a megabyte at a time.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisResult};
use tokio::task::JoinSet;

use super::super::redis_link::LinkSettings;
use super::super::trouble::Troubles;
use super::WITHIN;
use crate::servers::Endpoint;

/// What the keys begin with; the number of the growth and that of the key follow.
const NAME: &str = "lab:grown";
/// A value takes about this much, of which the last bytes are Redis' own.
const VALUE_BYTES: usize = 16_000;
/// Values of a megabyte.
const VALUES: u64 = (1 << 20) / (1 << 14);

/// Growths under way; they end with this.
#[derive(Debug, Default)]
pub struct Growth {
    begun: u64,
    under_way: JoinSet<()>,
}

impl Growth {
    /// Loads the first megabyte, and goes on with the others by itself: each when the one before is answered.
    ///
    /// # Errors
    /// The process refuses, or does not answer.
    pub async fn grow(&mut self, server: Endpoint, mib: u64, troubles: &Troubles) -> Result<(), String> {
        // While a large data set is saved or copied, an answer may take its time.
        let mut line = LinkSettings::new(WITHIN).connect(server).await.map_err(|error| error.to_string())?;
        self.begun += 1;
        let growth = self.begun;
        // Random, so that no compression makes less of it.
        let mut lot = Pcg64Mcg::seed_from_u64(growth);
        let value: Vec<u8> = (0..VALUE_BYTES).map(|_| lot.random()).collect();
        load(&mut line, growth, 0, &value).await.map_err(|error| format!("it refused: {error}"))?;
        let troubles = troubles.clone();
        self.under_way.spawn(async move {
            for piece in 1..mib {
                if let Err(error) = load(&mut line, growth, piece, &value).await {
                    troubles.note("data could not be loaded", &error);
                    return;
                }
            }
        });
        Ok(())
    }
}

/// Loads one megabyte.
async fn load(line: &mut MultiplexedConnection, growth: u64, piece: u64, value: &[u8]) -> RedisResult<()> {
    let mut pipeline = Pipeline::new();
    for number in piece * VALUES..(piece + 1) * VALUES {
        pipeline.cmd("SET").arg(format!("{NAME}:{growth}:{number}")).arg(value).ignore();
    }
    pipeline.query_async(line).await
}

#[cfg(test)]
mod tests {
    use super::super::super::outbox::Outbox;
    use super::*;
    use crate::servers::{NodeSettings, RedisNode, RunFolder, find};

    #[tokio::test(flavor = "multi_thread")]
    async fn data_grows_by_what_was_asked_for_and_full_memory_refuses_it() {
        let binary = find(None, &|_| {}).expect("a server program");
        let folder = RunFolder::create().expect("a folder");
        let settings = NodeSettings { max_memory_bytes: Some(30 << 20), ..NodeSettings::new("growth") };
        let node = RedisNode::start(&binary, &folder, settings).await.expect("a server");
        let (troubles, mut growth) = (Troubles::new(Outbox::deaf()), Growth::default());
        growth.grow(node.endpoint(), 20, &troubles).await.expect("there is room");
        growth.under_way.join_next().await.expect("it was begun").expect("it ends");
        let mut line = super::super::settings().connect(node.endpoint()).await.expect("a line");
        let info: String = redis::cmd("INFO").arg("memory").query_async(&mut line).await.expect("it answers");
        let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).expect("it says");
        let mib = used.parse::<f64>().expect("a number") / f64::from(1 << 20);
        assert!((20.0..25.0).contains(&mib), "{mib} MiB");
        assert_eq!(troubles.all(), Vec::<String>::new());
        growth.grow(node.endpoint(), 20, &troubles).await.expect("there is room for the first megabyte");
        growth.under_way.join_next().await.expect("it was begun").expect("it ends");
        assert!(
            troubles.all().iter().any(|said| said.contains("could not be loaded")),
            "{:?}",
            troubles.all()
        );
        assert!(growth.grow(node.endpoint(), 20, &troubles).await.is_err(), "nothing fits any more");
    }
}
