//! The machine on which a run was made.

use serde::{Deserialize, Serialize};

use super::text::grouped;

/// What a run was made on. What the system does not tell is empty, or 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MachineReport {
    /// The operating system and its version: "Linux 6.18.4".
    pub system: String,
    /// The processor's architecture: "`x86_64`".
    pub architecture: String,
    /// The processor by name.
    pub processor: String,
    /// Processor cores that this program may use.
    pub cores: u64,
    /// Memory of the machine.
    pub memory_bytes: u64,
    /// Whether this program was built with optimisations; figures of a build without say little.
    pub is_optimised: bool,
}

impl MachineReport {
    /// Its memory in words; a dash where it is not known.
    pub fn memory(&self) -> String {
        const GIB: f64 = (1_u64 << 30) as f64;
        if self.memory_bytes == 0 {
            "–".to_owned()
        } else {
            format!("{:.1} GiB", self.memory_bytes as f64 / GIB)
        }
    }

    /// Its cores in words; a dash where they are not known.
    pub fn cores(&self) -> String {
        if self.cores == 0 { "–".to_owned() } else { grouped(self.cores) }
    }
}
