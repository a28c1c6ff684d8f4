//! Sessions: each request that comes by writes the session of its sender to Redis, with a time to live, and goes on. Whatever
//! becomes of the session, the request goes on: who has none is a stranger to the shop, and may still buy.

use std::sync::Arc;

use super::super::dial::Dial;
use super::super::keys;
use super::super::pending::{Batch, Pending};
use super::super::wire::Commands;
use super::core::{Core, Stage, Tunable};
use super::lanes::{Lane, Lanes};
use super::pipeline::{Replies, send};
use crate::metrics::Reason;
use crate::topology::stage::{Sessions, StageKind};

/// The sessions.
pub struct SessionsStage {
    core: Arc<Core>,
    next: Arc<dyn Stage>,
    lanes: Lanes,
    session: String,
    ttl_ms: Dial<usize>,
    leaks: Dial<bool>,
}

impl SessionsStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(core: Arc<Core>, next: Arc<dyn Stage>, lanes: Lanes, params: &Sessions) -> Self {
        Self {
            core,
            next,
            lanes,
            session: "s".repeat(params.session_bytes as usize),
            ttl_ms: Dial::new(ttl_ms(params)),
            leaks: Dial::new(params.leaks),
        }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        let mut commands = Commands::default();
        while let Some(batch) = lane.next().await {
            commands.clear();
            let (ttl_ms, leaks) = (self.ttl_ms.get() as u64, self.leaks.get());
            for pending in &batch {
                write(&mut commands, &key(pending, leaks), &self.session, ttl_ms);
            }
            let (replies, _) = send(&lane, &commands).await;
            lane.done(batch.len(), !matches!(replies, Replies::Unreachable));
            self.core.pass(batch, &*self.next);
        }
    }
}

/// The key of a request's session: that of its sender, or one that nobody has.
fn key(pending: &Pending, leaks: bool) -> String {
    if leaks {
        format!("{}request:{}", keys::SESSION, pending.id)
    } else {
        format!("{}{}", keys::SESSION, pending.claimant)
    }
}

fn write(commands: &mut Commands, key: &str, session: &str, ttl_ms: u64) {
    commands.command(5).word("SET").word(key).word(session).word("PX").number(ttl_ms);
}

fn ttl_ms(params: &Sessions) -> usize {
    usize::try_from(params.ttl.as_millis()).unwrap_or(usize::MAX).max(1)
}

impl Stage for SessionsStage {
    fn take(&self, mut batch: Batch) {
        self.core.arrive(&mut batch);
        self.core.intercept(&self.lanes.offer(batch), Reason::Shed);
    }
}

impl Tunable for SessionsStage {
    fn tune(&self, kind: &StageKind) {
        if let StageKind::Sessions(params) = kind {
            self.ttl_ms.set(ttl_ms(params));
            self.leaks.set(params.leaks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::request;
    use super::*;
    use crate::workload::Operation;

    #[test]
    fn people_keep_their_session_unless_clients_leak() {
        let requests = [request(Operation::Claim, 7, 3), request(Operation::Read, 8, 3)];
        let keys = |leaks| requests.iter().map(|one| key(one, leaks)).collect::<Vec<_>>();
        let of = |one: &Pending| format!("session:{}", one.claimant);
        assert_eq!(keys(false), requests.iter().map(of).collect::<Vec<_>>());
        assert_eq!(keys(true), ["session:request:7", "session:request:8"]);
        let mut commands = Commands::default();
        write(&mut commands, "session:7", "ss", 60);
        let text = String::from_utf8_lossy(commands.bytes()).into_owned();
        let words: Vec<&str> = text.lines().filter(|line| !line.starts_with(['*', '$'])).collect();
        assert_eq!(words, ["SET", "session:7", "ss", "PX", "60"]);
    }
}
