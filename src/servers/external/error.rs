//! Why a server that is not ours can't be used, and what to do about it.

use super::super::port::PortError;
use crate::topology::address::{MissingVariable, WrongAddress};

/// The oldest version that has all commands of a run (`LMOVE`, `XAUTOCLAIM`, `LPOP` with a count).
pub const OLDEST: (u32, u32) = (6, 2);

/// Why it can't be used. No text holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    /// A variable is not there.
    #[error(transparent)]
    Variable(#[from] MissingVariable),
    /// The address is none.
    #[error("{0}")]
    Address(WrongAddress),
    /// Nobody answers.
    #[error("{address} can't be reached: {why}; start the server, or correct url")]
    Unreachable {
        /// The address.
        address: String,
        /// What the system says.
        why: String,
    },
    /// The two don't agree on TLS.
    #[error(
        "{address} can't be reached by TLS: {why}; name the certificate of its authority by ?ca=FILE, or correct url"
    )]
    Tls {
        /// The address.
        address: String,
        /// What went wrong.
        why: String,
    },
    /// The login was refused.
    #[error("{address} refuses the login: {said}; correct the user and the password in the environment")]
    Login {
        /// The address.
        address: String,
        /// What the server says.
        said: String,
    },
    /// No Sentinel knows the master.
    #[error(
        "no Sentinel of {address} names the master: {why}; correct the hosts or the name of the master in url"
    )]
    NoMaster {
        /// The address.
        address: String,
        /// What the last of them said.
        why: String,
    },
    /// It is too old.
    #[error("{address} runs version {version}, which lacks commands that are needed; use {}.{} or newer", OLDEST.0, OLDEST.1)]
    TooOld {
        /// The address.
        address: String,
        /// Its version.
        version: String,
    },
    /// It refuses what a run needs.
    #[error(
        "{address} refuses what a run needs: {said}; give the user the rights that docs/external.md lists"
    )]
    Refuses {
        /// The address.
        address: String,
        /// What the server says.
        said: String,
    },
    /// There is no port for the door.
    #[error(transparent)]
    Port(#[from] PortError),
}
