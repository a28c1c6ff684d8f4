//! What a data server is to be.

use super::endpoint::Endpoint;
use super::node_error::NodeError;
use crate::topology::stage::{Eviction, Persistence};

/// Where a server listens on 127.0.0.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PortChoice {
    /// A free one.
    #[default]
    Free,
    /// This one, or a free one if it is taken.
    Prefer(u16),
    /// This one or none: others were already told.
    Fixed(u16),
}

/// What a data server is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSettings {
    /// Its name in messages and its folder's name; unique in a run. Letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// Where it listens.
    pub port: PortChoice,
    /// Its master, as the server itself is to reach it; `None` for a master.
    pub replica_of: Option<Endpoint>,
    /// What survives on disk.
    pub persistence: Persistence,
    /// `maxmemory` in bytes; `None` for no limit.
    pub max_memory_bytes: Option<u64>,
    /// What it throws away when that is full.
    pub eviction: Eviction,
    /// The address it tells its master (and so Sentinel): that of the proxy in front of it, if there is one.
    pub announce: Option<Endpoint>,
    /// More directives, name and value as in `redis.conf`; they come last.
    pub extra: Vec<(String, String)>,
}

impl NodeSettings {
    /// A master without persistence on a free port.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            port: PortChoice::Free,
            replica_of: None,
            persistence: Persistence::None,
            max_memory_bytes: None,
            eviction: Eviction::NoEviction,
            announce: None,
            extra: Vec::new(),
        }
    }
}

/// As what a server comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// As it was first started: the old master believes that it still is the master.
    AsBefore,
    /// As a master, whatever it was.
    AsMaster,
    /// As a replica of this one.
    AsReplicaOf(Endpoint),
    /// With its configuration file as it is, with what `CONFIG REWRITE` and Sentinels wrote there: as a supervisor such as
    /// systemd starts it.
    WithItsFile,
}

/// A name becomes a folder and each setting one line of a file.
pub(crate) fn check(settings: &NodeSettings) -> Result<(), NodeError> {
    let wrong = |what: String| Err(NodeError::Setting { name: settings.name.clone(), what });
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if settings.name.is_empty() || settings.name.starts_with('.') || !settings.name.chars().all(is_plain) {
        return wrong(
            "a name is made of letters, digits, `-`, `_` and `.`, and doesn't begin with a dot".to_owned(),
        );
    }
    match settings
        .extra
        .iter()
        .find(|(key, value)| key.is_empty() || (key.clone() + value).contains(['\n', '\r']))
    {
        Some((key, _)) => {
            wrong(format!("the setting `{}` is empty or holds a line break", key.escape_debug()))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_folder_and_settings_that_leave_their_line_are_refused() {
        assert!(check(&NodeSettings::new("orders-master.1")).is_ok());
        for name in ["", "../up", "a/b", ".hidden", "a b"] {
            assert!(check(&NodeSettings::new(name)).is_err(), "{name}");
        }
        let smuggled = ("hz".to_owned(), "10\nreplicaof 127.0.0.1 1".to_owned());
        assert!(check(&NodeSettings { extra: vec![smuggled], ..NodeSettings::new("a") }).is_err());
    }
}
