//! A database server that is not ours: tables with the run's own name in a database that is there already, which are removed afterwards.

use std::sync::Arc;

use super::super::store::elsewhere::{About, Elsewhere};
use super::super::store::server::Server;
use crate::servers::ExternalError;
use crate::topology::address::Access;
use crate::topology::stage::Database;

/// The server. Dropped without [`ExternalDatabase::close`], it removes the run's tables all the same, as long as the program lives.
#[derive(Debug)]
pub struct ExternalDatabase {
    server: Server,
    elsewhere: Arc<Elsewhere>,
    is_clean: bool,
}

impl ExternalDatabase {
    /// Looks whether the server can do what a run needs.
    ///
    /// # Errors
    /// It can't be reached, refuses the login, or lacks a right.
    pub async fn open(access: Access, run: &str, params: &Database) -> Result<Self, ExternalError> {
        let elsewhere = Arc::new(Elsewhere::new(access, run));
        let server = Server::elsewhere(params.engine, elsewhere.clone(), params.sync_each_commit);
        // What a look that fails may have left is removed when this is dropped.
        let database = Self { server, elsewhere, is_clean: false };
        database.server.look().await?;
        Ok(database)
    }

    /// How connections to it are made.
    pub fn server(&self) -> Server {
        self.server.clone()
    }

    /// The address, as it may be shown.
    pub fn address(&self) -> String {
        self.elsewhere.address()
    }

    /// Kind and version.
    pub fn version(&self) -> String {
        self.elsewhere.about().map_or_else(String::new, |About { kind, version }| format!("{kind} {version}"))
    }

    /// What the run's tables are called.
    pub fn tables(&self) -> String {
        format!("{}*", self.elsewhere.prefix())
    }

    /// Removes the tables. Answers how many there were.
    ///
    /// # Errors
    /// The server can't be reached any more: they are still there.
    pub async fn close(&mut self) -> Result<u64, ExternalError> {
        self.is_clean = true;
        self.server.clean().await
    }
}

impl Drop for ExternalDatabase {
    fn drop(&mut self) {
        // Before it said what it is, nothing was made there.
        if self.is_clean || self.elsewhere.about().is_none() {
            return;
        }
        // The runtime may be about to end: the tables are removed on one of their own. It takes bounded time, and who drops this waits for it.
        let server = self.server.clone();
        let removing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // Without a runtime, or a server, nobody is left to whom it could be told.
            runtime.map(|runtime| runtime.block_on(server.clean()).ok()).ok();
        });
        drop(removing.join());
    }
}
