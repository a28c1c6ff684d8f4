//! A node of a cluster as the others and we talk to it.

use redis::{Cmd, FromRedisValue};

use super::super::endpoint::Endpoint;
use super::super::probe::Probe;
use super::settings::ClusterError;
use super::view::{NodeView, parse};

/// A node of a cluster. Its name, number and shard stay; whether it is master or replica of its shard changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Counted from 1 in the order in which the nodes were started.
    pub number: usize,
    /// The shard it belongs to, counted from 1.
    pub shard: usize,
    /// Where it listens.
    pub endpoint: Endpoint,
    /// Its id on the bus.
    pub id: String,
}

impl Member {
    /// Its name within the stage, as faults call it.
    pub fn name(&self) -> String {
        format!("node {}", self.number)
    }
}

/// A node with a line to it.
#[derive(Debug)]
pub(super) struct Peer {
    pub member: Member,
    probe: Probe,
}

impl Peer {
    pub(super) fn new(member: Member) -> Self {
        let probe = Probe::new(member.endpoint);
        Self { member, probe }
    }

    /// Sends a command in words.
    ///
    /// # Errors
    /// It is refused, or not answered.
    pub(super) async fn ask<T: FromRedisValue>(&mut self, words: &[&str]) -> Result<T, ClusterError> {
        let mut command = Cmd::new();
        words.iter().for_each(|word| {
            command.arg(word);
        });
        let answer = self.probe.ask(&command).await;
        answer.map_err(|source| {
            let shown = &words[..words.len().min(2)];
            ClusterError::Refused { node: self.member.name(), command: shown.join(" "), source }
        })
    }

    /// What it knows of all nodes.
    ///
    /// # Errors
    /// It doesn't answer.
    pub(super) async fn nodes(&mut self) -> Result<Vec<NodeView>, ClusterError> {
        Ok(parse(&self.ask::<String>(&["CLUSTER", "NODES"]).await?))
    }

    /// Whether it says that the cluster works.
    ///
    /// # Errors
    /// It doesn't answer.
    pub(super) async fn is_state_ok(&mut self) -> Result<bool, ClusterError> {
        let info: String = self.ask(&["CLUSTER", "INFO"]).await?;
        Ok(info.lines().any(|line| line.trim_end() == "cluster_state:ok"))
    }

    /// Of a replica: whether its link to its master is up.
    ///
    /// # Errors
    /// It doesn't answer.
    pub(super) async fn is_link_up(&mut self) -> Result<bool, ClusterError> {
        let info: String = self.ask(&["INFO", "replication"]).await?;
        Ok(info.lines().any(|line| line.trim_end() == "master_link_status:up"))
    }
}
