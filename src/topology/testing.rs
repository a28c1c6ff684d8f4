//! Designs for the tests of this module.

use super::{Stage, StageKind, Topology};
use crate::workload::{Audience, Records, Sale, Workload};

/// A design of unlinked stages, each named by its place, to which nobody comes.
pub fn design(kinds: Vec<StageKind>) -> Topology {
    let stage =
        |(number, kind): (usize, StageKind)| Stage { name: format!("{number}"), kind, at: (0.0, 0.0) };
    Topology {
        title: String::new(),
        question: String::new(),
        source: String::new(),
        expected: None,
        stages: kinds.into_iter().enumerate().map(stage).collect(),
        links: Vec::new(),
        workload: Workload {
            seed: 1,
            sale: Sale::default(),
            audience: Audience::default(),
            records: Records::default(),
            phases: Vec::new(),
        },
        faults: Vec::new(),
        rules: Vec::new(),
        targets: Vec::new(),
        variants: Vec::new(),
    }
}
