//! Who holds the inventory's data: one master, or the shards of a cluster. Data control and the audit ask here.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use redis::{Cmd, ErrorKind, FromRedisValue, Pipeline, RedisResult};

use super::super::order::Order;
use super::super::redis_link::Connection;
use super::super::stock::StockForm;
use super::client::Client;
use super::names::Names;
use crate::workload::Sale;

/// Products asked for at a time.
const CHUNK: usize = 1_000;
/// Products whose orders are read at a time, and orders of each in one answer: so an answer has some megabytes at the most,
/// however many orders there are.
const SCANNED: usize = 50;
const ORDERS_AT_ONCE: u32 = 1_000;
/// How often the orders of a product are read before it is an error that they go on changing.
const READINGS: usize = 3;

/// The inventory's data.
#[derive(Debug)]
pub struct Holder {
    /// Where they lie.
    pub place: Place,
    /// In which form the stock is kept.
    pub form: StockForm,
}

/// Where the inventory's data lie.
#[derive(Debug)]
pub enum Place {
    /// On one master.
    Master(Connection),
    /// On the shards of a cluster.
    Cluster(Client),
}

impl Holder {
    /// How its keys are named.
    pub fn names(&self) -> Names {
        match self.place {
            Place::Master(_) => Names::Plain,
            Place::Cluster(_) => Names::Tagged,
        }
    }

    /// Sends commands, each about a product, and answers in their order.
    ///
    /// # Errors
    /// A server can't be reached, or refuses.
    pub async fn query<T: FromRedisValue>(&self, commands: &[(u32, Cmd)]) -> RedisResult<Vec<T>> {
        match &self.place {
            Place::Master(connection) => {
                let mut pipeline = Pipeline::with_capacity(commands.len());
                for (_, command) in commands {
                    pipeline.add_command(command.clone());
                }
                connection.query(&pipeline).await
            }
            Place::Cluster(client) => client.query(commands).await,
        }
    }

    /// Units booked of each of some products of a sale. Below 0 if more were given back than were taken; above the stock where more
    /// were taken than there are.
    ///
    /// # Errors
    /// A server can't be reached.
    pub async fn booked(&self, sale: &Sale, items: &[u32]) -> RedisResult<Vec<i64>> {
        let mut booked = Vec::with_capacity(items.len());
        for chunk in items.chunks(CHUNK) {
            let ask = |&item: &u32| (item, self.form.ask(self.names(), item));
            let said: Vec<Option<i64>> = self.query(&chunk.iter().map(ask).collect::<Vec<_>>()).await?;
            let of = |(&item, said)| self.form.booked(sale.stock_of(item), said);
            booked.extend(chunk.iter().zip(said).map(of));
        }
        Ok(booked)
    }

    /// The orders of some products, where they are kept here.
    ///
    /// # Errors
    /// A server can't be reached, or orders go on coming.
    pub async fn orders(&self, items: Range<u32>) -> RedisResult<Vec<Order>> {
        let (mut found, items) = (Vec::new(), items.collect::<Vec<_>>());
        for chunk in items.chunks(SCANNED) {
            let mut rest = chunk.to_vec();
            for _ in 0..READINGS {
                let mut read = self.scan(&rest).await?;
                // A cursor is worth nothing at another server. Whoever became master meanwhile is asked from the beginning.
                let length =
                    |item: &u32| (*item, redis::cmd("HLEN").arg(self.names().orders().of(*item)).to_owned());
                let lengths: Vec<usize> = self.query(&rest.iter().map(length).collect::<Vec<_>>()).await?;
                let mut lengths = lengths.into_iter();
                rest.retain(|item| {
                    let mut orders = read.remove(item).unwrap_or_default();
                    let is_whole = lengths.next() == Some(orders.len());
                    if is_whole {
                        found.append(&mut orders);
                    }
                    !is_whole
                });
                if rest.is_empty() {
                    break;
                }
            }
            if !rest.is_empty() {
                return Err((ErrorKind::Client, "the orders changed while they were read").into());
            }
        }
        Ok(found)
    }

    /// All orders of one master, by a script that answers their texts for a pattern of keys.
    ///
    /// # Errors
    /// The server can't be reached.
    pub async fn all_orders(&self, script: &str) -> RedisResult<Vec<Order>> {
        let pattern = format!("{}*", self.names().orders().before);
        let call = redis::cmd("EVAL").arg(script).arg(0).arg(pattern).to_owned();
        let answers: Vec<Vec<String>> = self.query(&[(0, call)]).await?;
        Ok(answers.iter().flatten().filter_map(|text| Order::parse(text)).collect())
    }

    /// About so many orders of a product from a cursor on, and the next cursor; 0 where there are no more.
    ///
    /// # Errors
    /// A server can't be reached.
    pub async fn piece_of_orders(
        &self,
        item: u32,
        cursor: u64,
        count: u32,
    ) -> RedisResult<(u64, Vec<Order>)> {
        let mut scan = redis::cmd("HSCAN");
        scan.arg(self.names().orders().of(item)).arg(cursor).arg("COUNT").arg(count);
        let answers: Vec<(u64, Vec<(u64, String)>)> = self.query(&[(item, scan)]).await?;
        let (next, orders) = answers.into_iter().next().unwrap_or_default();
        Ok((next, orders.iter().filter_map(|(_, text)| Order::parse(text)).collect()))
    }

    /// Orders by product and id, in the order of these; none where one is not kept here.
    ///
    /// # Errors
    /// A server can't be reached.
    pub async fn orders_of(&self, ids: &[(u32, u64)]) -> RedisResult<Vec<Option<Order>>> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let of = |&(item, id): &(u32, u64)| {
                (item, redis::cmd("HGET").arg(self.names().orders().of(item)).arg(id).to_owned())
            };
            let texts: Vec<Option<String>> = self.query(&chunk.iter().map(of).collect::<Vec<_>>()).await?;
            found.extend(texts.into_iter().map(|text| Order::parse(&text?)));
        }
        Ok(found)
    }

    /// One reading of the orders of some products, by product; each order once.
    async fn scan(&self, items: &[u32]) -> RedisResult<BTreeMap<u32, Vec<Order>>> {
        let mut read: BTreeMap<u32, Vec<Order>> = BTreeMap::new();
        let mut open: Vec<(u32, u64)> = items.iter().map(|&item| (item, 0)).collect();
        while !open.is_empty() {
            let next = |&(item, cursor): &(u32, u64)| {
                let mut next = redis::cmd("HSCAN");
                next.arg(self.names().orders().of(item)).arg(cursor).arg("COUNT").arg(ORDERS_AT_ONCE);
                (item, next)
            };
            let answers: Vec<(u64, Vec<(u64, String)>)> =
                self.query(&open.iter().map(next).collect::<Vec<_>>()).await?;
            for ((item, cursor), (later, orders)) in open.iter_mut().zip(answers) {
                let orders = orders.iter().filter_map(|(_, text)| Order::parse(text));
                read.entry(*item).or_default().extend(orders);
                *cursor = later;
            }
            open.retain(|(_, cursor)| *cursor != 0);
        }
        for orders in read.values_mut() {
            // A scan may say one twice.
            orders.sort_unstable_by_key(|order| order.id);
            orders.dedup_by_key(|order| order.id);
        }
        Ok(read)
    }

    /// Gives the units of cancelled orders back, once however often it is called.
    ///
    /// # Errors
    /// A server can't be reached. Some orders may have been given back.
    pub async fn give_back(&self, orders: &[Order], per_buyer_limit: u32) -> RedisResult<()> {
        let (names, script) = (self.names(), self.form.return_script());
        let call = |order: &Order| {
            let mut call = redis::cmd("EVAL");
            call.arg(&script)
                .arg(3)
                .arg(self.form.key(names, order.item))
                .arg(names.buyers().of(order.item))
                .arg(names.returned(order.item))
                .arg(order.units)
                .arg(order.claimant)
                .arg(order.id)
                .arg(per_buyer_limit);
            (order.item, call)
        };
        for orders in orders.chunks(CHUNK) {
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
        match &self.place {
            Place::Master(_) => Ok(replicas),
            Place::Cluster(client) => client.wait(replicas, within).await,
        }
    }
}
