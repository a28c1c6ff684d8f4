//! Where a server can be reached.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// An address and a TCP port. Every server of the lab listens on 127.0.0.1 only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Endpoint {
    /// The address; never a name, because Sentinel hands out addresses and both must compare equal.
    pub ip: IpAddr,
    /// The TCP port.
    pub port: u16,
}

impl Endpoint {
    /// `port` on 127.0.0.1.
    pub const fn local(port: u16) -> Self {
        Self { ip: IpAddr::V4(Ipv4Addr::LOCALHOST), port }
    }

    /// The same, as the standard library writes it.
    pub const fn socket_addr(self) -> SocketAddr {
        SocketAddr::new(self.ip, self.port)
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self { ip: address.ip(), port: address.port() }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket_addr().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_written_as_address_and_port() {
        assert_eq!(Endpoint::local(7001).to_string(), "127.0.0.1:7001");
    }
}
