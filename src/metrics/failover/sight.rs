//! What can be seen of a failover, from the clients, the Sentinels and the lab itself.

use crate::topology::ClientKind;

/// Something seen of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// When, in nanoseconds on the run's clock.
    pub at_ns: u64,
    /// What.
    pub what: What,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Something was done to a process of the stage.
    Fault {
        /// What, in words.
        what: String,
        /// The port that the process announces; none of an action on the stage as a whole.
        port: Option<u16>,
        /// Whether it takes the process away from its clients, or asks for a failover.
        takes_away: bool,
        /// Whether it brings a process back: resumed, restarted, its link mended.
        brings_back: bool,
    },
    /// The supervisor started a dead process again; it answers.
    Restarted {
        /// The port that the process announces.
        port: u16,
    },
    /// A client got its first error since its last acknowledged write.
    Error {
        /// What clients of its link do about a failover.
        clients: ClientKind,
        /// Which of the stage's clients; see [`PROBE`].
        client: u32,
    },
    /// A client got its first acknowledged write after an error, or on a new connection.
    Write {
        /// What clients of its link do about a failover.
        clients: ClientKind,
        /// Which of the stage's clients.
        client: u32,
    },
    /// A gap between two acknowledged writes of the probe ended: in between was an error, or a move to another process.
    Gap {
        /// What the probe does about a failover.
        clients: ClientKind,
        /// The last acknowledged write before, in nanoseconds on the run's clock.
        from_ns: u64,
    },
    /// The run ended; the probe's last acknowledged write.
    LastWrite {
        /// What the probe does about a failover.
        clients: ClientKind,
        /// In nanoseconds on the run's clock.
        from_ns: u64,
        /// Whether it was without an answer or got errors then.
        is_failing: bool,
    },
    /// A Sentinel told something.
    Sentinel(SentinelEvent),
    /// At a look, so many processes said that they are master. Noted when the number changes.
    Masters(usize),
}

/// The number of the probe among a stage's clients; the others count from 1.
pub const PROBE: u32 = 0;

/// A message of a Sentinel, as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentinelEvent {
    /// The channel, such as `+sdown`.
    pub channel: String,
    /// Whether it is about the master, as that Sentinel knows it.
    pub is_master: bool,
    /// The port of the instance that it is about; of a switch, the master's before.
    pub port: Option<u16>,
    /// Of a switch, the new master's port.
    pub to: Option<u16>,
}

impl SentinelEvent {
    /// Reads a message. `+switch-master` says `name ip port ip port`; the others
    /// `type name ip port`, followed by `@ master ip port` where the instance is no master
    /// (<https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#pubsub-messages>).
    pub fn parse(channel: &str, text: &str) -> Self {
        let words: Vec<&str> = text.split(' ').collect();
        let port = |index: usize| words.get(index).and_then(|word| word.parse().ok());
        let is_switch = channel == "+switch-master";
        Self {
            channel: channel.to_owned(),
            is_master: is_switch || words[0] == "master",
            port: if is_switch { port(2) } else { port(3) },
            to: if is_switch { port(4) } else { None },
        }
    }

    /// Why a failover was given up, if this says so: "no good slave".
    pub fn abort_reason(&self) -> Option<String> {
        let reason = self.channel.strip_prefix("-failover-abort-")?;
        Some(reason.replace('-', " "))
    }
}

/// A step of a failover that is told when it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A Sentinel believes the master down.
    Down,
    /// As many Sentinels as the quorum do.
    AgreedDown,
    /// A Sentinel was elected to replace the master.
    Elected,
    /// A failover was given up, with the Sentinel's reason.
    Aborted(String),
    /// The Sentinels have another master, by its name within the stage.
    Switched(String),
    /// Writes are acknowledged again.
    Back,
    /// The former master was made a replica.
    Demoted,
    /// The supervisor started a dead process again, by its name within the stage.
    Restarted(String),
}

impl Step {
    /// For people.
    pub fn text(&self) -> String {
        match self {
            Self::Down => "a Sentinel believes the master down (+sdown)".to_owned(),
            Self::AgreedDown => "the quorum believes the master down (+odown)".to_owned(),
            Self::Elected => "a Sentinel was elected to replace the master (+elected-leader)".to_owned(),
            Self::Aborted(reason) => format!("the failover was given up: {reason}"),
            Self::Switched(instance) => format!("the Sentinels made {instance} master (+switch-master)"),
            Self::Back => "writes are acknowledged again".to_owned(),
            Self::Demoted => "the former master was made a replica".to_owned(),
            Self::Restarted(instance) => format!("the supervisor started {instance} again"),
        }
    }

    /// The step that an event of a Sentinel is, if it is one; `name_of` knows the processes by their ports.
    pub fn of(event: &SentinelEvent, name_of: impl Fn(u16) -> Option<String>) -> Option<Self> {
        match event.channel.as_str() {
            "+sdown" if event.is_master => Some(Self::Down),
            "+odown" => Some(Self::AgreedDown),
            "+elected-leader" => Some(Self::Elected),
            "+switch-master" => Some(Self::Switched(name_of(event.to?)?)),
            "+convert-to-slave" => Some(Self::Demoted),
            _ => event.abort_reason().map(Self::Aborted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sentinels_say_is_understood() {
        let parse = SentinelEvent::parse;
        let down = parse("+odown", "master inventory 127.0.0.1 7001 #quorum 2/2");
        assert_eq!((down.is_master, down.port, down.to), (true, Some(7001), None));
        let switch = parse("+switch-master", "inventory 127.0.0.1 7001 127.0.0.1 7002");
        assert_eq!((switch.is_master, switch.port, switch.to), (true, Some(7001), Some(7002)));
        let demoted = "slave 127.0.0.1:7001 127.0.0.1 7001 @ inventory 127.0.0.1 7002";
        let demoted = parse("+convert-to-slave", demoted);
        assert_eq!((demoted.is_master, demoted.port), (false, Some(7001)));
        let abort = parse("-failover-abort-no-good-slave", "master inventory 127.0.0.1 7001");
        assert_eq!(abort.abort_reason().as_deref(), Some("no good slave"));
        assert_eq!(parse("+tilt", "#tilt mode entered").port, None);
        assert_eq!(parse("+vote-for-leader", "").port, None);
        let name_of = |port: u16| (port == 7002).then(|| "replica 1".to_owned());
        assert_eq!(Step::of(&switch, name_of), Some(Step::Switched("replica 1".into())));
        assert_eq!(Step::of(&parse("+sdown", "sentinel a 127.0.0.1 9 @ b 127.0.0.1 7001"), name_of), None);
    }
}
