//! `--allow`: what a design may use that is not of this machine's servers.

use clap::Args as ClapArgs;

use super::out;
use crate::topology::{Outside, Topology};

/// What designs may use.
#[derive(Debug, Default, ClapArgs)]
pub struct AllowArgs {
    /// Let runs use this, which a design names and which is not on this machine, or is a file: HOST:PORT, or a path
    #[arg(long, value_name = "WHAT")]
    pub allow: Vec<String>,
}

impl AllowArgs {
    /// Whether the user has said yes to all that a design names on other machines, and to its files; says what is missing.
    pub fn covers(&self, label: &str, topology: &Topology) -> bool {
        let mut missing = topology.outside();
        missing.retain(|outside| !self.allow.contains(&outside.what));
        for Outside { stage, what, variables } in &missing {
            let gets = match &variables[..] {
                [] => String::new(),
                names => format!(" and would get the values of {}", names.join(" and ")),
            };
            out::note(format_args!(
                "{label}: stage {stage:?} names {what}, which is not of this machine's servers{gets}; if that is meant, say --allow {what}"
            ));
        }
        missing.is_empty()
    }
}
