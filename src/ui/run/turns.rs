//! A design and its variants, one after the other.

use std::collections::VecDeque;

use crate::report::Report;
use crate::report::variants::Compared;
use crate::topology::{Topology, Variant};

/// What is to be run: the design as drawn, or a variant of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The variant; none: the design as drawn.
    pub variant: Option<Variant>,
    /// What runs.
    pub topology: Topology,
}

/// Turns that wait, and what came of those that are over.
#[derive(Debug, Default)]
pub struct Turns {
    /// Those that wait.
    pub waiting: VecDeque<Turn>,
    /// How many there are in all; 0: runs don't come in turns.
    pub count: usize,
    /// Those that have a report, with the names of their variants; the design as drawn has an empty one.
    pub done: Vec<Compared>,
}

impl Turn {
    /// The design as drawn, without the other variants.
    pub fn drawn(design: &Topology) -> Self {
        Self { variant: None, topology: Topology { variants: Vec::new(), ..design.clone() } }
    }

    /// A variant of a design.
    pub fn of(design: &Topology, variant: &Variant) -> Self {
        Self { variant: Some(variant.clone()), topology: design.varied(variant) }
    }

    /// The design as drawn, then each of its variants.
    pub fn all(design: &Topology) -> Vec<Self> {
        let variants = design.variants.iter().map(|variant| Self::of(design, variant));
        std::iter::once(Self::drawn(design)).chain(variants).collect()
    }
}

impl Turns {
    /// These, one after the other; what came of others before is forgotten.
    pub fn begin(turns: Vec<Turn>) -> Self {
        Self { count: turns.len(), waiting: turns.into(), done: Vec::new() }
    }

    /// The number of the turn under way, from 1.
    pub fn number(&self) -> usize {
        self.count - self.waiting.len()
    }

    /// A turn has ended with a report.
    pub fn note(&mut self, variant: Option<&Variant>, report: &Report) {
        if self.count > 0 {
            let name = variant.map_or_else(String::new, |variant| variant.name.clone());
            self.done.push(Compared { name, report: report.clone() });
        }
    }
}
