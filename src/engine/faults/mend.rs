//! What is still harmed when the arrivals are over is mended, so that orders can drain and the audit can look.

use super::super::outbox::Outbox;
use super::{Scene, data_node};
use crate::servers::{NodeError, RedisNode, Restart};

/// Mends what is a part of this program, and ends scripts: the database goes on and is unlocked, dead consumers come back, instances that
/// stand still go on.
/// Nobody's request can end before that. Says what it was.
pub async fn within(scene: Scene<'_>, outbox: &Outbox) {
    let Scene { plan, environment, crews, hands, .. } = scene;
    for database in &mut environment.databases {
        let stage = database.stage;
        for node in database.nodes_mut() {
            match revive(node).await {
                Ok(true) => say(outbox, &format!("a server of {}", plan.name(stage))),
                Ok(false) => {}
                Err(error) => hands.troubles.note("the database", &error),
            }
        }
        let (stood_still, was_locked) = (database.harm.go_on(), database.harm.unlock());
        if stood_still || was_locked {
            say(outbox, &format!("the database {}", plan.name(stage)));
        }
    }
    for (&stage, crew) in crews {
        for number in crew.mend() {
            say(outbox, &format!("consumer {} of {}", number + 1, plan.name(stage)));
        }
    }
    for (&stage, instances) in &hands.instances {
        for number in instances.go_on() {
            say(outbox, &format!("instance {} of {}", number + 1, plan.name(stage)));
        }
    }
    for (stage, instance) in hands.memory.kill_all(&hands.troubles) {
        say(outbox, &format!("the script of {instance} of {}", plan.name(stage)));
    }
}

/// Mends what servers have: their links and their memory. Says what it was.
pub async fn servers(scene: Scene<'_>, outbox: &Outbox) {
    let Scene { plan, environment, hands, .. } = scene;
    for (stage, instance) in environment.mend_links() {
        say(outbox, &format!("the link of {instance} of {}", plan.name(stage)));
    }
    for (stage, instance) in std::mem::take(&mut hands.memory.filled) {
        let freed = match data_node(environment, stage, &instance) {
            Ok(node) => {
                let name = (stage, instance.clone());
                hands.memory.free(&name, node.endpoint(), node.memory_limit()).await.is_ok()
            }
            // A process that is dead has its usual limit when it comes back.
            Err(_dead) => false,
        };
        if freed {
            say(outbox, &format!("the memory of {instance} of {}", plan.name(stage)));
        }
    }
}

/// Lets a database server go on that stands still, or starts it again where it is dead. Answers whether it was dead.
async fn revive(node: &mut RedisNode) -> Result<bool, NodeError> {
    if node.is_running() {
        return node.resume().map(|()| false);
    }
    node.restart(Restart::AsBefore).await.map(|()| true)
}

fn say(outbox: &Outbox, what: &str) {
    outbox.note(&format!("Mended for the drain and the audit: {what}"));
}
