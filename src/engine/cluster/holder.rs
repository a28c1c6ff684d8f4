//! Who holds the inventory's data: one master, or the shards of a cluster. Data control and the audit ask here.

use std::ops::Range;
use std::time::Duration;

use redis::{Cmd, FromRedisValue, Pipeline, RedisResult};

use super::super::keys;
use super::super::order::Order;
use super::super::redis_link::Connection;
use super::client::Client;
use super::names::Names;

/// Products asked for at a time.
const CHUNK: u32 = 1_000;

/// Where the inventory's data lie.
#[derive(Debug)]
pub enum Holder {
    /// On one master.
    Master(Connection),
    /// On the shards of a cluster.
    Cluster(Client),
}

impl Holder {
    /// How its keys are named.
    pub fn names(&self) -> Names {
        match self {
            Self::Master(_) => Names::Plain,
            Self::Cluster(_) => Names::Tagged,
        }
    }

    /// Sends commands, each about a product, and answers in their order.
    ///
    /// # Errors
    /// A server can't be reached, or refuses.
    pub async fn query<T: FromRedisValue>(&self, commands: &[(u32, Cmd)]) -> RedisResult<Vec<T>> {
        match self {
            Self::Master(connection) => {
                let mut pipeline = Pipeline::with_capacity(commands.len());
                for (_, command) in commands {
                    pipeline.add_command(command.clone());
                }
                connection.query(&pipeline).await
            }
            Self::Cluster(client) => client.query(commands).await,
        }
    }

    /// Units booked of each of some products.
    ///
    /// # Errors
    /// A server can't be reached.
    pub async fn booked(&self, items: Range<u32>) -> RedisResult<Vec<i64>> {
        let mut booked = Vec::with_capacity(items.len());
        for start in items.clone().step_by(CHUNK as usize) {
            let chunk = start..start.saturating_add(CHUNK).min(items.end);
            let of = |item| (item, redis::cmd("HGET").arg(self.names().goods(item)).arg("Booked").to_owned());
            let answers: Vec<Option<i64>> = self.query(&chunk.map(of).collect::<Vec<_>>()).await?;
            booked.extend(answers.into_iter().map(Option::unwrap_or_default));
        }
        Ok(booked)
    }

    /// Gives the units of cancelled orders back, once however often it is called.
    ///
    /// # Errors
    /// A server can't be reached. Some orders may have been given back.
    pub async fn give_back(&self, orders: &[Order], per_buyer_limit: u32) -> RedisResult<()> {
        let names = self.names();
        let call = |order: &Order| {
            let mut call = redis::cmd("EVAL");
            call.arg(keys::RETURN_SCRIPT)
                .arg(3)
                .arg(names.goods(order.item))
                .arg(names.buyers(order.item))
                .arg(names.returned(order.item))
                .arg(order.units)
                .arg(order.claimant)
                .arg(order.id)
                .arg(per_buyer_limit);
            (order.item, call)
        };
        for orders in orders.chunks(CHUNK as usize) {
            self.query::<i64>(&orders.iter().map(call).collect::<Vec<_>>()).await?;
        }
        Ok(())
    }

    /// Waits until replicas have what was written by this holder; of a cluster only. Answers the least number of replicas
    /// that a master has.
    ///
    /// # Errors
    /// A master can't be reached.
    pub async fn wait(&self, replicas: usize, within: Duration) -> RedisResult<usize> {
        match self {
            Self::Master(_) => Ok(replicas),
            Self::Cluster(client) => client.wait(replicas, within).await,
        }
    }
}
