//! Free TCP ports on 127.0.0.1.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;

/// Ports are taken from here, below the ranges from which Linux (32768 and up) and macOS (49152 and up) give a number to
/// each outgoing connection. Otherwise a client that keeps trying a killed server's port sooner or later gets that very
/// number for its own end, is connected to itself, and the server can't come back. Below 22768 also leaves room for a
/// Cluster node's bus, 10000 higher.
pub const PORTS: Range<u16> = 10_000..22_768;

/// Why there are not enough ports.
#[derive(Debug, thiserror::Error)]
#[error(
    "found {found} of {wanted} free ports on 127.0.0.1 between {} and {}; the last refusal: {last}. End some of the \
     programs that listen there",
    PORTS.start, PORTS.end
)]
pub struct PortError {
    /// How many were asked for.
    pub wanted: usize,
    /// How many there were.
    pub found: usize,
    /// What the system said to the last one tried.
    pub last: io::Error,
}

/// `count` different free ports. All are held until the last is found; then all are released, so another program may be
/// quicker to take one: whoever starts a server has to be ready to try again.
///
/// # Errors
/// When there are not that many.
pub fn free_ports(count: usize) -> Result<Vec<u16>, PortError> {
    Ok(free_listeners(count)?.into_iter().map(|(port, _)| port).collect())
}

/// How much higher the bus of a Cluster node listens than the node itself.
const BUS_OFFSET: u16 = 10_000;

/// `count` different free ports whose Cluster bus has a free port too.
///
/// # Errors
/// When there are not that many.
pub fn free_cluster_ports(count: usize) -> Result<Vec<u16>, PortError> {
    let mut found = Vec::with_capacity(count);
    // A few more, because the bus of some may be taken. All are held meanwhile: one may be the bus of another.
    let held = free_listeners(count + 50)?;
    found.extend(held.iter().map(|(port, _)| *port).filter(|port| has_free_bus(*port)).take(count));
    if found.len() < count {
        let last = io::Error::from(io::ErrorKind::AddrInUse);
        return Err(PortError { wanted: count, found: found.len(), last });
    }
    Ok(found)
}

fn has_free_bus(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port + BUS_OFFSET)).is_ok()
}

/// `count` different free ports, each with what holds it.
///
/// # Errors
/// When there are not that many.
pub(crate) fn free_listeners(count: usize) -> Result<Vec<(u16, TcpListener)>, PortError> {
    let mut held = Vec::with_capacity(count);
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    let span = PORTS.end - PORTS.start;
    // A random start, so that two labs on one machine rarely look at the same number.
    let offset = random() % u64::from(span);
    for step in 0..u64::from(span) {
        if held.len() == count {
            break;
        }
        let port = PORTS.start + u16::try_from((offset + step) % u64::from(span)).unwrap_or(0);
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => held.push((port, listener)),
            Err(error) => last = error,
        }
    }
    if held.len() < count {
        return Err(PortError { wanted: count, found: held.len(), last });
    }
    Ok(held)
}

/// 64 bits from the system's randomness, by way of the standard library's hash maps. For names and ports, not secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_are_different_and_in_range() {
        let mut ports = free_ports(50).expect("there are enough");
        assert!(ports.iter().all(|port| PORTS.contains(port)));
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 50);
    }

    #[test]
    fn a_taken_bus_port_is_not_given_out() {
        let ports = free_cluster_ports(8).expect("there are enough");
        let bus = TcpListener::bind((Ipv4Addr::LOCALHOST, ports[0] + BUS_OFFSET)).expect("it is free");
        assert!(!has_free_bus(ports[0]));
        drop(bus);
    }
}
