//! The crew: the consumers of a queue, more or fewer of them while a run goes on.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};

use super::clock::nanos;
use super::dial::Dial;
use super::queue::hands::{DeathPoint, HandCounts, HandTotals, Hands};
use super::queue::jetstream::JetStreamDesk;
use super::queue::list::ListDesk;
use super::queue::look::CrewView;
use super::queue::processing_list::ProcessingListDesk;
use super::queue::rabbitmq::RabbitMqDesk;
use super::queue::stream::StreamDesk;
use super::queue::{Desk, Place};
use super::redis_link::{Connection, LinkSettings};
use super::stages::consumer::{Consumer, Equipment, tell_death};
use crate::topology::stage::{Queue, QueueForm};

/// How long consumers may take to finish the batch in their hands.
const END_WITHIN: Duration = Duration::from_secs(5);

/// For the drain, what dead consumers left is taken over after this time at the latest.
const CLAIM_IN_DRAIN: Duration = Duration::from_secs(1);

/// The consumers of a queue. Dropping it ends them where they are.
pub struct Crew {
    /// Where the queue is.
    place: Place,
    equipment: Arc<Equipment>,
    form: QueueForm,
    settings: LinkSettings,
    batch: Arc<Dial<usize>>,
    /// In nanoseconds.
    claim_after: Arc<Dial<Option<u64>>>,
    /// How many are to take orders: those with the lowest numbers do, and at 0 all end.
    wanted: watch::Sender<usize>,
    /// How many identities there have ever been.
    identities: Arc<Dial<usize>>,
    counts: Arc<HandCounts>,
    members: Vec<Member>,
}

/// A consumer as its crew sees it.
struct Member {
    /// None before it begins, and after it was ended from outside.
    task: Option<JoinHandle<()>>,
    /// The name by which the queue knows it.
    identity: usize,
    hands: Arc<Hands>,
    /// Whether it stands still.
    paused: watch::Sender<bool>,
}

impl Member {
    fn is_dead(&self) -> bool {
        self.task.is_none() || self.hands.are_dead()
    }
}

impl Crew {
    /// Starts as many consumers as the queue's parameters say. Needs a runtime.
    pub fn start(place: Place, equipment: Equipment, params: &Queue) -> Self {
        let mut crew = Self {
            place,
            equipment: Arc::new(equipment),
            form: params.form,
            settings: LinkSettings::new(params.timeout),
            batch: Arc::new(Dial::new(params.batch as usize)),
            claim_after: Arc::new(Dial::new(params.claim_after.map(nanos))),
            wanted: watch::channel(params.consumers as usize).0,
            identities: Arc::new(Dial::new(0)),
            counts: Arc::default(),
            members: Vec::new(),
        };
        crew.tune(params);
        crew
    }

    /// Takes over the live ones of the queue's parameters. Who is no longer wanted brings home what is in its hands.
    pub fn tune(&mut self, params: &Queue) {
        self.batch.set(params.batch as usize);
        let wanted = params.consumers as usize;
        self.wanted.send_replace(wanted);
        while self.members.len() < wanted {
            let (identity, hands) = (self.new_identity(), Arc::new(Hands::new(self.counts.clone())));
            self.members.push(Member { task: None, identity, hands, paused: watch::channel(false).0 });
            self.restart(self.members.len() - 1);
        }
    }

    /// First known, then used: no processing list is ever overlooked.
    fn new_identity(&self) -> usize {
        let identity = self.identities.get();
        self.identities.set(identity + 1);
        identity
    }

    /// What is known of the consumers while they work.
    pub fn view(&self) -> CrewView {
        CrewView { identities: self.identities.clone(), counts: self.counts.clone() }
    }

    /// What was counted of the consumers so far.
    pub fn totals(&self) -> HandTotals {
        self.counts.totals()
    }

    /// Ends a consumer wherever it is, and waits until it has ended; what it took stays where it is. Answers whether
    /// there is one with this number, from 0.
    pub async fn kill(&mut self, number: usize) -> bool {
        let Some(member) = self.members.get_mut(number) else { return false };
        if let Some(task) = member.task.take() {
            task.abort();
            drop(task.await);
            // One that came to its end by itself has been told of.
            if !member.hands.are_dead() {
                tell_death(&self.equipment, number, &member.hands);
            }
        }
        true
    }

    /// Lets a consumer die when it next comes to a point of its work. Answers as [`Self::kill`].
    pub fn doom(&mut self, number: usize, point: DeathPoint) -> bool {
        let Some(member) = self.members.get(number) else { return false };
        if !member.is_dead() {
            member.hands.doom(Some(point));
        }
        true
    }

    /// Lets a consumer stand still wherever it is, or go on. One that is dead is not concerned. Answers as [`Self::kill`].
    pub fn pause(&mut self, number: usize, is_paused: bool) -> bool {
        let Some(member) = self.members.get(number) else { return false };
        member.paused.send_replace(is_paused && !member.is_dead());
        true
    }

    /// Starts a dead consumer again, under its own name: it finds what the queue believes to be in its hands. One that was to die
    /// lives. Answers as [`Self::kill`].
    pub fn restart(&mut self, number: usize) -> bool {
        let Some(member) = self.members.get(number) else { return false };
        member.hands.doom(None);
        if member.is_dead() {
            member.hands.revive();
            member.paused.send_replace(false);
            let task = self.put_to_work(number);
            self.members[number].task = Some(task);
        }
        true
    }

    /// Puts another consumer in the place of a dead one, under a name of its own. Answers as [`Self::kill`].
    pub fn replace(&mut self, number: usize) -> bool {
        let is_dead = self.members.get(number).map(Member::is_dead);
        if is_dead == Some(true) {
            self.members[number].identity = self.new_identity();
        }
        self.restart(number)
    }

    /// Brings every consumer back that is dead or stands still, and lets those take over soon what others left. Answers their
    /// numbers.
    pub fn mend(&mut self) -> Vec<usize> {
        // From here on nobody dies.
        self.members.iter().for_each(|member| member.hands.doom(None));
        if self.counts.totals().deaths > 0 {
            let soon = nanos(CLAIM_IN_DRAIN);
            self.claim_after.set(Some(self.claim_after.get().map_or(soon, |after| after.min(soon))));
            if let Place::JetStream(way) = &self.place {
                let (way, troubles) = (way.clone(), self.equipment.troubles.clone());
                tokio::spawn(async move {
                    if let Err(error) = way.claim_after(CLAIM_IN_DRAIN).await {
                        troubles.note("orders of dead consumers can't be handed out soon", &error);
                    }
                });
            }
        }
        let is_idle = |member: &Member| member.is_dead() || *member.paused.borrow();
        let idle: Vec<usize> =
            (0..self.members.len()).filter(|&number| is_idle(&self.members[number])).collect();
        for &number in &idle {
            self.pause(number, false);
            self.restart(number);
        }
        idle
    }

    /// Waits for the consumers to end, so that no order moves any more.
    pub async fn end(&mut self) {
        self.wanted.send_replace(0);
        for member in &self.members {
            member.paused.send_replace(false);
        }
        let tasks: Vec<JoinHandle<()>> =
            self.members.iter_mut().filter_map(|member| member.task.take()).collect();
        let aborts: Vec<AbortHandle> = tasks.iter().map(JoinHandle::abort_handle).collect();
        let mut ended = pin!(join_all(tasks));
        if tokio::time::timeout(END_WITHIN, &mut ended).await.is_err() {
            aborts.iter().for_each(AbortHandle::abort);
            ended.await;
        }
    }

    fn put_to_work(&self, number: usize) -> JoinHandle<()> {
        let list = match &self.place {
            Place::JetStream(way) => return self.employ(number, JetStreamDesk::new(way.clone())),
            Place::RabbitMq(way) => return self.employ(number, RabbitMqDesk::new(way.clone())),
            Place::Redis(list) => list.clone(),
        };
        let connection = Connection::new(list, self.settings);
        let identity = self.members[number].identity;
        match self.form {
            QueueForm::List => self.employ(number, ListDesk::new(connection)),
            QueueForm::ProcessingList => {
                let (identities, claim_after) = (self.identities.clone(), self.claim_after.clone());
                self.employ(number, ProcessingListDesk::new(connection, identity, identities, claim_after))
            }
            QueueForm::JetStream | QueueForm::RabbitMq | QueueForm::Stream => {
                self.employ(number, StreamDesk::new(connection, identity))
            }
        }
    }

    fn employ<D: Desk + 'static>(&self, number: usize, desk: D) -> JoinHandle<()> {
        let Member { hands, paused, .. } = &self.members[number];
        let consumer = Consumer {
            number,
            desk,
            batch: self.batch.clone(),
            claim_after: self.claim_after.clone(),
            hands: hands.clone(),
            equipment: self.equipment.clone(),
        };
        tokio::spawn(standing_still(consumer.run(self.wanted.subscribe()), paused.subscribe()))
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.members.iter().filter_map(|member| member.task.as_ref()).for_each(JoinHandle::abort);
    }
}

/// Does the work, but stands still wherever it is while it is paused, as a process does after SIGSTOP: what was sent to it
/// waits, and its own timeouts are over when it goes on.
async fn standing_still(work: impl Future<Output = ()>, mut paused: watch::Receiver<bool>) {
    let mut work = pin!(work);
    loop {
        // The sender lives as long as the crew, which aborts this task.
        if paused.wait_for(|paused| !paused).await.is_err() {
            return;
        }
        tokio::select! {
            biased;
            _ = paused.wait_for(|paused| *paused) => {}
            () = &mut work => return,
        }
    }
}
