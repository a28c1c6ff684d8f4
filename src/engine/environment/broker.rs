//! The server of a queue that Redis doesn't keep: NATS or RabbitMQ, our own or not.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::super::queue::{Place, QueueError, jetstream, rabbitmq};
use super::{Binaries, EnvironmentError, server_name};
use crate::servers::{RabbitMqServer, RedisNode, RunFolder};
use crate::topology::RunPlan;
use crate::topology::stage::{Queue, QueueForm, StageKind};

/// How long it may take to make a queue.
const PREPARE_WITHIN: Duration = Duration::from_secs(5);

/// A server, and what the queue is called there.
#[derive(Debug, Clone)]
pub enum Broker {
    /// NATS.
    JetStream(Arc<jetstream::Broker>),
    /// RabbitMQ.
    RabbitMq(Arc<rabbitmq::Broker>),
}

/// The processes of a server of our own.
#[derive(Debug)]
enum Processes {
    Nats(Box<RedisNode>),
    RabbitMq(Box<RabbitMqServer>),
}

/// A server of our own.
#[derive(Debug)]
pub struct OwnBroker {
    /// The place of the queue in the topology.
    pub stage: usize,
    processes: Processes,
    /// After how long orders are handed out again.
    claim_after: Option<Duration>,
    /// How to reach it.
    pub broker: Broker,
}

impl Broker {
    /// Where the queue is, for those who wait so long for an answer.
    pub fn place(&self, patience: Duration) -> Place {
        match self {
            Self::JetStream(broker) => Place::JetStream(broker.way(patience)),
            Self::RabbitMq(broker) => Place::RabbitMq(broker.way(patience)),
        }
    }

    /// What the queue is called.
    pub fn queue(&self) -> &str {
        match self {
            Self::JetStream(broker) => broker.stream(),
            Self::RabbitMq(broker) => broker.queue(),
        }
    }

    /// Looks whether the server can be reached. Answers what it is.
    ///
    /// # Errors
    /// It doesn't answer, or lets nobody in.
    pub async fn look(&self, patience: Duration) -> Result<String, QueueError> {
        match self {
            Self::JetStream(broker) => {
                let line = broker.way(patience).connect().await?;
                Ok(format!("NATS {}", line.client().server_info().version))
            }
            Self::RabbitMq(broker) => broker.way(patience).connect().await.map(|_line| "RabbitMQ".to_owned()),
        }
    }

    /// Makes the queue.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn prepare(&self, patience: Duration, claim_after: Option<Duration>) -> Result<(), QueueError> {
        match self {
            Self::JetStream(broker) => broker.way(patience).prepare(claim_after).await,
            Self::RabbitMq(broker) => broker.way(patience).prepare().await,
        }
    }

    /// Removes the queue.
    ///
    /// # Errors
    /// The server doesn't answer.
    pub async fn remove(&self, patience: Duration) -> Result<(), QueueError> {
        match self {
            Self::JetStream(broker) => broker.way(patience).remove().await,
            Self::RabbitMq(broker) => broker.way(patience).remove().await,
        }
    }
}

impl OwnBroker {
    /// The process that a fault breaks or mends.
    pub fn node_mut(&mut self) -> &mut RedisNode {
        match &mut self.processes {
            Processes::Nats(node) => node,
            Processes::RabbitMq(server) => server.node_mut(),
        }
    }

    /// Makes the queue anew where the server, which was started again, has forgotten it.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn remember(&self) -> Result<(), QueueError> {
        match &self.broker {
            Broker::JetStream(broker) if broker.is_in_memory() => {
                self.broker.prepare(PREPARE_WITHIN, self.claim_after).await
            }
            _ => Ok(()),
        }
    }

    /// Stops it and waits until it is gone.
    async fn stop(&mut self) {
        match &mut self.processes {
            Processes::Nats(node) => node.stop().await,
            Processes::RabbitMq(server) => server.kill(),
        }
    }
}

/// Stops them all.
pub(super) async fn stop(brokers: &mut [OwnBroker]) {
    join_all(brokers.iter_mut().map(OwnBroker::stop)).await;
}

/// The places and the parameters of the queues that brokers of our own keep, in this form.
pub(super) fn wanted(plan: &RunPlan, form: QueueForm) -> impl Iterator<Item = (usize, &Queue)> {
    plan.queues().filter_map(move |queue| match &plan.topology.stages[queue].kind {
        StageKind::Queue(params) if params.form == form && params.url.is_none() => Some((queue, params)),
        _ => None,
    })
}

/// Starts the servers that the plan needs, and makes their queues.
pub(super) async fn start(
    plan: &RunPlan,
    binaries: &Binaries,
    folder: &RunFolder,
) -> Result<Vec<OwnBroker>, EnvironmentError> {
    let mut started = Vec::new();
    for (stage, params) in wanted(plan, QueueForm::JetStream) {
        let Some(binary) = &binaries.nats else { break };
        let node = RedisNode::start_nats(binary, folder, &server_name(plan, stage)).await;
        let node = node.map_err(|error| failed(plan, stage, error.to_string()))?;
        let broker = Broker::JetStream(jetstream::Broker::own(node.endpoint(), params.storage));
        let own = OwnBroker {
            stage,
            processes: Processes::Nats(Box::new(node)),
            claim_after: params.claim_after,
            broker,
        };
        started.push(own.ready(plan).await?);
    }
    for (stage, params) in wanted(plan, QueueForm::RabbitMq) {
        let Some(program) = &binaries.rabbitmq else { break };
        let server = RabbitMqServer::start(program, folder, &server_name(plan, stage)).await;
        let server = server.map_err(|error| failed(plan, stage, error.to_string()))?;
        let broker = Broker::RabbitMq(rabbitmq::Broker::own(server.endpoint()));
        let own = OwnBroker {
            stage,
            processes: Processes::RabbitMq(Box::new(server)),
            claim_after: params.claim_after,
            broker,
        };
        started.push(own.ready(plan).await?);
    }
    Ok(started)
}

impl OwnBroker {
    /// With its queue.
    async fn ready(self, plan: &RunPlan) -> Result<Self, EnvironmentError> {
        let made = self.broker.prepare(PREPARE_WITHIN, self.claim_after).await;
        made.map_err(|error| failed(plan, self.stage, error.to_string()))?;
        Ok(self)
    }
}

fn failed(plan: &RunPlan, stage: usize, why: String) -> EnvironmentError {
    EnvironmentError::Broker { stage: plan.name(stage).to_owned(), why }
}
