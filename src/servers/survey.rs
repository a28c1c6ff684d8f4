//! What is there to run, without fetching anything: for `doctor`.

use std::path::{Path, PathBuf};

use super::binary::{Origin, SERVER_NAMES, ServerBinary, probe_redis};
use super::package::VALKEY;
use super::pip::Pip;
use super::surroundings::Surroundings;

/// One file that might be the server.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Candidate {
    /// Where it is.
    pub path: PathBuf,
    /// Where it was found.
    pub origin: Origin,
    /// What it told about itself, or why it can't be used, in words.
    pub outcome: Result<ServerBinary, String>,
}

/// Everything [`find`](super::find) would consider, in its order.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Survey {
    /// The files there are; the first usable one is what a run would take, unless an unusable explicit one is first.
    pub candidates: Vec<Candidate>,
    /// Where a fetched server is (or would be) kept; `None` without a home folder.
    pub provision_folder: Option<PathBuf>,
    /// Whether the pinned package is made for this system and processor.
    pub platform_is_known: bool,
    /// The pip that would fetch it, with its version.
    pub pip: Option<String>,
}

impl Survey {
    /// The server a run would take without fetching one.
    pub fn chosen(&self) -> Option<&ServerBinary> {
        let first = self.candidates.first().filter(|candidate| candidate.origin == Origin::Explicit);
        match first {
            Some(explicit) => explicit.outcome.as_ref().ok(),
            None => self.candidates.iter().find_map(|candidate| candidate.outcome.as_ref().ok()),
        }
    }

    /// Whether a run could start, if need be by fetching a server (which also takes a network; not tried here).
    pub fn can_run(&self) -> bool {
        let explicit_is_broken =
            self.candidates.first().is_some_and(|first| first.origin == Origin::Explicit)
                && self.chosen().is_none();
        let can_fetch = self.platform_is_known && self.pip.is_some() && self.provision_folder.is_some();
        !explicit_is_broken && (self.chosen().is_some() || can_fetch)
    }
}

/// Looks at everything and changes nothing.
pub fn look(explicit: Option<&Path>) -> Survey {
    look_in(&Surroundings::from_env(), explicit)
}

/// [`look`], on another search path and with another data folder.
pub fn look_in(surroundings: &Surroundings, explicit: Option<&Path>) -> Survey {
    let provision_folder = VALKEY.folder(surroundings);
    let named = explicit.map(|path| (path.to_owned(), Origin::Explicit));
    let on_path =
        SERVER_NAMES.iter().flat_map(|name| surroundings.on_path(name)).map(|path| (path, Origin::OnPath));
    let earlier = provision_folder
        .iter()
        .map(|folder| (folder.join(VALKEY.program), Origin::ProvisionedEarlier))
        .filter(|(path, _)| path.exists());
    let candidates = named
        .into_iter()
        .chain(on_path)
        .chain(earlier)
        .map(|(path, origin)| {
            let outcome = probe_redis(&path, origin).map_err(|reason| reason.to_string());
            Candidate { path, origin, outcome }
        })
        .collect();
    Survey {
        candidates,
        provision_folder,
        platform_is_known: VALKEY.platform_is_known(),
        pip: Pip::find(surroundings, 0).map(|(pip, _)| pip.shown),
    }
}
