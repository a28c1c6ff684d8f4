//! A Redis that runs elsewhere and is not ours: how it is reached, and how nothing of a run stays there.
//!
//! - [`error`]: why it can't be used, and what to do about it.
//! - [`server`]: connections to it: TLS, login, and whom its Sentinels call master.
//! - [`door`]: the only way of a run to it: a port on 127.0.0.1 behind which each command gets the run's prefix before its keys.
//! - [`keys`]: where the keys of a command stand; what has no row there does not go through the door.
//! - [`cluster`]: a Redis Cluster, with a door before each node.
//! - [`tls`]: by which certificates servers are known, also those of queues.
//! - `clean`: removes the keys of a run.
//!
//! So the rest of the program talks to it as to a server of its own, and a mistake there can't touch what belongs to others: keys without the
//! prefix, `FLUSHALL` or `CONFIG SET` can't come out of the door.

mod clean;
pub mod cluster;
pub mod door;
pub mod error;
pub mod keys;
pub mod server;
pub mod tls;

use std::sync::Arc;
use std::thread;

pub use cluster::ExternalCluster;
pub use error::ExternalError;

use self::clean::clean;
use self::door::Door;
use self::server::{About, Server};
use super::endpoint::Endpoint;
use crate::topology::address::Access;

/// What all keys of the program begin with, on servers that are not its own.
pub const KEYS_OF_ALL_RUNS: &str = "seckill-lab:";

/// A server that a run uses, with a prefix of its own for one stage. Dropped without [`External::close`], it removes the run's keys all the
/// same, as long as the program lives.
#[derive(Debug)]
pub struct External {
    server: Arc<Server>,
    door: Option<Door>,
    prefix: String,
    about: About,
    is_clean: bool,
}

impl External {
    /// Looks whether the server can do what a run needs, and opens the door to it. `run` and `stage` name the prefix, in letters, digits and dashes.
    ///
    /// # Errors
    /// It can't be reached, refuses the login, or is too old.
    pub async fn open(access: Access, run: &str, stage: &str) -> Result<Self, ExternalError> {
        let server = Arc::new(Server::new(access)?);
        let prefix = format!("{KEYS_OF_ALL_RUNS}{run}:{stage}:");
        let about = server.about(&prefix).await?;
        let door = Door::open(&server, &prefix)?;
        Ok(Self { server, door: Some(door), prefix, about, is_clean: false })
    }

    /// Where the door is; none once it is closed.
    pub fn endpoint(&self) -> Option<Endpoint> {
        self.door.as_ref().map(Door::endpoint)
    }

    /// What the server says that it is.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The address, as it may be shown.
    pub fn address(&self) -> String {
        self.server.access().address.to_string()
    }

    /// Whether the way there is TLS.
    pub fn is_tls(&self) -> bool {
        self.server.access().address.is_tls
    }

    /// What the keys of the stage begin with there.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Shuts the door and removes the keys. Answers how many there were.
    ///
    /// # Errors
    /// The server can't be reached any more: what is left there begins with the prefix.
    pub async fn close(&mut self) -> Result<u64, ExternalError> {
        self.door = None;
        let removed = clean(&self.server, &self.prefix).await;
        // What could not be done now is not tried once more when this is dropped.
        self.is_clean = true;
        removed
    }
}

impl Drop for External {
    fn drop(&mut self) {
        self.door = None;
        if self.is_clean {
            return;
        }
        // The runtime may be about to end: the keys are removed on one of their own. It takes bounded time, and who drops this waits for it.
        let (server, prefix) = (self.server.clone(), self.prefix.clone());
        let cleaning = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // Without a runtime, or a server, nobody is left to whom it could be told.
            runtime.map(|runtime| runtime.block_on(clean(&server, &prefix)).ok()).ok();
        });
        drop(cleaning.join());
    }
}
