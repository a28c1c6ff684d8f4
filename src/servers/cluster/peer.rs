//! A node of a cluster as the others and we talk to it.

use std::time::Duration;

use futures_util::future::try_join_all;
use redis::{Cmd, FromRedisValue, Pipeline, RedisError};

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

/// How long a node may take to answer. What changes slots is written to disk, and waits for replicas.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections for commands that block theirs.
const CROWD: usize = 32;

/// A node with a line to it.
#[derive(Debug)]
pub(super) struct Peer {
    pub member: Member,
    probe: Probe,
    /// More lines, made when they are needed.
    crowd: Vec<Probe>,
}

impl Peer {
    pub(super) fn new(member: Member) -> Self {
        let probe = Probe::patient(member.endpoint, PATIENCE);
        Self { member, probe, crowd: Vec::new() }
    }

    /// Sends a command in words.
    ///
    /// # Errors
    /// It is refused, or not answered.
    pub(super) async fn ask<T: FromRedisValue>(&mut self, words: &[&str]) -> Result<T, ClusterError> {
        let answer = self.probe.ask(&command(words)).await;
        answer.map_err(|source| self.refused(words, source))
    }

    /// Sends commands in words over many connections at once: a change of a slot blocks its connection until the replicas
    /// have it. Answers in order.
    ///
    /// # Errors
    /// One of them is refused, or they are not answered.
    pub(super) async fn ask_all<T: FromRedisValue>(
        &mut self,
        commands: &[Vec<&str>],
    ) -> Result<Vec<T>, ClusterError> {
        let new = || Probe::patient(self.member.endpoint, PATIENCE);
        self.crowd.resize_with(CROWD, new);
        let parts = commands.chunks(commands.len().div_ceil(CROWD).max(1));
        let asked = self.crowd.iter_mut().zip(parts).map(async |(probe, part)| {
            let mut pipeline = Pipeline::with_capacity(part.len());
            for words in part {
                pipeline.add_command(command(words));
            }
            probe.ask_all::<T>(&pipeline).await
        });
        let answers = try_join_all(asked).await;
        let answers =
            answers.map_err(|source| self.refused(commands.first().map_or(&[], Vec::as_slice), source))?;
        Ok(answers.into_iter().flatten().collect())
    }

    fn refused(&self, words: &[&str], source: RedisError) -> ClusterError {
        let shown = &words[..words.len().min(2)];
        ClusterError::Refused { node: self.member.name(), command: shown.join(" "), source }
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

fn command(words: &[&str]) -> Cmd {
    let mut command = Cmd::new();
    for word in words {
        command.arg(word);
    }
    command
}
