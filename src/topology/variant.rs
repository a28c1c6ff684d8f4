//! Variants: the same design with one parameter set to another value, to be run on the same arrivals.

use serde::{Deserialize, Serialize};

use super::Topology;
use crate::param::ParamValue;

/// A variant of a design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its name in a few words.
    pub name: String,
    /// The stage whose parameter is set.
    pub stage: String,
    /// The parameter.
    pub set: String,
    /// Its value.
    pub to: ParamValue,
}

impl Topology {
    /// The design as a variant has it, which has no variants itself. Where there is no such stage or parameter, nothing else changes.
    #[must_use]
    pub fn varied(&self, variant: &Variant) -> Self {
        let mut varied = Self { variants: Vec::new(), ..self.clone() };
        if let Some(stage) = varied.stages.iter_mut().find(|stage| stage.name == variant.stage) {
            stage.kind.params_mut().set(&variant.set, variant.to.clone());
        }
        varied
    }
}
