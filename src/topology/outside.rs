//! What a design names that is not of this program: servers on other machines, and files.
//!
//! Whoever opens a design of somebody else has to say yes to these before it runs: a run would send traffic there, log in with what the
//! environment holds, or read the file.

use core::net::IpAddr;

use super::Topology;
use super::address::Address;
use super::stage::StageKind;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// The stage that names it.
    pub stage: String,
    /// The host with its port, or the path of the file.
    pub what: String,
    /// The variables of the environment whose values the host would get.
    pub variables: Vec<String>,
}

impl Topology {
    /// All that the design and its variants name, each once a stage. A server on this machine is reached by an address of the loopback, and is not
    /// among them.
    pub fn outside(&self) -> Vec<Outside> {
        let mut found = Vec::new();
        let varied = self.variants.iter().map(|variant| self.varied(variant));
        for design in std::iter::once(self.clone()).chain(varied) {
            for stage in &design.stages {
                for named in named_by(&stage.name, &stage.kind) {
                    if !found.contains(&named) {
                        found.push(named);
                    }
                }
            }
        }
        found
    }
}

fn named_by(stage: &str, kind: &StageKind) -> Vec<Outside> {
    // What is no address is a problem of the design, and nothing is asked there.
    let Some(Ok(address)) = kind.url().map(|url| Address::parse(url, kind.schemes())) else {
        return Vec::new();
    };
    let variables: Vec<String> = address.variables().map(str::to_owned).collect();
    let far = address.hosts.iter().filter(|host| !is_loopback(&host.name));
    let hosts =
        far.map(|host| Outside { stage: stage.into(), what: host.to_string(), variables: variables.clone() });
    let file = address.ca.clone().map(|what| Outside { stage: stage.into(), what, variables: Vec::new() });
    hosts.chain(file).collect()
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::super::stage::MasterReplica;
    use super::super::{Variant, testing};
    use super::*;
    use crate::param::ParamValue;

    fn design(url: &str) -> Topology {
        let params = MasterReplica { url: Some(url.into()), ..MasterReplica::default() };
        testing::design(vec![StageKind::MasterReplica(params)])
    }

    fn named(topology: &Topology) -> Vec<String> {
        topology.outside().into_iter().map(|outside| outside.what).collect()
    }

    #[test]
    fn this_machine_is_not_outside() {
        for url in
            ["redis://127.0.0.1:6379", "redis://localhost", "redis://[::1]:6379", "redis://127.8.9.1:1"]
        {
            assert_eq!(named(&design(url)), [""; 0], "{url}");
        }
    }

    #[test]
    fn hosts_and_files_are_named_with_what_they_would_get() {
        let topology =
            design("redis-sentinel://:${AWS_SECRET}@127.0.0.1:1,localhost.evil.org:2,10.0.0.1:3/shop");
        assert_eq!(named(&topology), ["localhost.evil.org:2", "10.0.0.1:3"]);
        assert_eq!(topology.outside()[0].variables, ["AWS_SECRET"]);
        assert_eq!(named(&design("rediss://127.0.0.1:1?ca=/etc/shadow")), ["/etc/shadow"]);
    }

    #[test]
    fn a_variant_names_things_too() {
        let mut topology = design("redis://127.0.0.1:1");
        let to = ParamValue::Text("redis://far.example.org:1".into());
        let variant = Variant { name: "far".into(), stage: "0".into(), set: "url".into(), to };
        topology.variants.push(variant);
        assert_eq!(named(&topology), ["far.example.org:1"]);
    }
}
