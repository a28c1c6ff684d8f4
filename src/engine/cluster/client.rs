//! A small routed client, for those who ask now and then: data control and the audit. Every command is about one product.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::{Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult, Value, from_redis_value};
use tokio::time::sleep;

use super::super::redis_link::{Connection, LinkSettings, Resolver};
use super::names::slot_of_item;
use super::routes::{Redirection, Routes};
use crate::servers::Endpoint;

/// Before what was redirected or not answered is sent again.
const REST: Duration = Duration::from_millis(5);

/// A client of one cluster.
#[derive(Debug)]
pub struct Client {
    routes: Arc<Routes>,
    patience: Duration,
    lines: Mutex<BTreeMap<Endpoint, Arc<Connection>>>,
}

impl Client {
    /// A client that gives up after `patience`.
    pub fn new(routes: Arc<Routes>, patience: Duration) -> Self {
        Self { routes, patience, lines: Mutex::default() }
    }

    /// Sends commands, each about a product, and answers in their order. Commands are sent again after an error, until the
    /// client's patience is at its end: they have to be such that it doesn't matter.
    ///
    /// # Errors
    /// The last error of a command that was not served in time.
    pub async fn query<T: FromRedisValue>(&self, commands: &[(u32, Cmd)]) -> RedisResult<Vec<T>> {
        let started_at = Instant::now();
        let mut answers: Vec<Option<Value>> = vec![None; commands.len()];
        loop {
            let last = self.send_open(commands, &mut answers).await;
            if answers.iter().all(Option::is_some) {
                break;
            }
            if let Some(error) = last
                && started_at.elapsed() > self.patience
            {
                return Err(error);
            }
            self.routes.look().await;
            sleep(REST).await;
        }
        answers.into_iter().flatten().map(|value| Ok(from_redis_value(value)?)).collect()
    }

    /// Waits until `replicas` replicas of each master have all that this client wrote there. Answers the least number of
    /// replicas that any has.
    ///
    /// # Errors
    /// A master doesn't answer.
    pub async fn wait(&self, replicas: usize, within: Duration) -> RedisResult<usize> {
        let mut least = usize::MAX;
        for master in self.routes.map().masters() {
            let mut pipeline = Pipeline::new();
            pipeline.cmd("WAIT").arg(replicas).arg(u64::try_from(within.as_millis()).unwrap_or(u64::MAX));
            let (copied,): (usize,) = self.line(master).query(&pipeline).await?;
            least = least.min(copied);
        }
        Ok(least)
    }

    /// One round: sends what has no answer yet. Answers the last error.
    async fn send_open(&self, commands: &[(u32, Cmd)], answers: &mut [Option<Value>]) -> Option<RedisError> {
        let map = self.routes.map();
        let mut last = None;
        let mut by_node: BTreeMap<Endpoint, Vec<usize>> = BTreeMap::new();
        let open = (0..commands.len()).filter(|&index| answers[index].is_none());
        for index in open {
            match map.owner(slot_of_item(commands[index].0)) {
                Some(node) => by_node.entry(node).or_default().push(index),
                None => last = Some((ErrorKind::Io, "a slot has no owner").into()),
            }
        }
        for (node, places) in by_node {
            let mut pipeline = Pipeline::with_capacity(places.len());
            for &place in &places {
                pipeline.add_command(commands[place].1.clone());
            }
            let replies = match self.ask(node, &mut pipeline).await {
                Ok(replies) => replies,
                Err(error) => {
                    last = Some(error);
                    continue;
                }
            };
            for (place, reply) in places.into_iter().zip(replies) {
                match self.follow(reply, &commands[place].1).await {
                    Ok(value) => answers[place] = Some(value),
                    Err(error) => last = Some(error),
                }
            }
        }
        last
    }

    /// Goes after a command that was redirected.
    async fn follow(&self, reply: RedisResult<Value>, command: &Cmd) -> RedisResult<Value> {
        let Err(error) = &reply else { return reply };
        match self.routes.redirection(error) {
            Some(Redirection::Moved(slot, to)) => self.routes.moved(slot, to),
            Some(Redirection::Ask(to)) => {
                let mut pipeline = Pipeline::with_capacity(2);
                pipeline.cmd("ASKING").add_command(command.clone());
                let mut replies = self.ask(to, &mut pipeline).await?;
                return replies.pop().unwrap_or(reply);
            }
            Some(Redirection::TryAgain) | None => {}
        }
        reply
    }

    async fn ask(&self, node: Endpoint, pipeline: &mut Pipeline) -> RedisResult<Vec<RedisResult<Value>>> {
        self.line(node).query(pipeline.ignore_errors()).await
    }

    fn line(&self, node: Endpoint) -> Arc<Connection> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Connection::new(Resolver::Fixed(node), LinkSettings::new(self.patience)));
        lines.entry(node).or_insert_with(new).clone()
    }
}
