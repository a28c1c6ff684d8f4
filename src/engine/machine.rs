//! The machine on which a run is made, as far as the system tells.

use std::fs;
use std::thread::available_parallelism;

use crate::report::MachineReport;

/// Looks at it. What can't be read is left empty.
pub fn look() -> MachineReport {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (cpu, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let release = read("/proc/sys/kernel/osrelease");
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        other => other,
    };
    MachineReport {
        system: format!("{system} {}", release.trim()).trim().to_owned(),
        architecture: std::env::consts::ARCH.to_owned(),
        processor: field(&cpu, "model name").unwrap_or_default().to_owned(),
        cores: available_parallelism().map_or(0, |cores| cores.get() as u64),
        memory_bytes: kibibytes(&memory, "MemTotal").unwrap_or(0) * 1_024,
        is_optimised: !cfg!(debug_assertions),
    }
}

/// The first value of a key in a text of `key: value`, as the files in `/proc` have them.
fn field<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(found, _)| found.trim() == key).map(|(_, value)| value.trim())
}

fn kibibytes(text: &str, key: &str) -> Option<u64> {
    field(text, key)?.strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_tells_is_read() {
        assert_eq!(field("a\t: 1\nmodel name\t: One: 2\nmodel name\t: Two", "model name"), Some("One: 2"));
        assert_eq!(kibibytes("MemTotal:       16384 kB\nMemFree: 1 kB", "MemTotal"), Some(16_384));
        assert_eq!(kibibytes("MemTotal: many", "MemTotal"), None);
        let machine = look();
        assert!(
            machine.cores > 0 && !machine.system.is_empty() && !machine.architecture.is_empty(),
            "{machine:?}"
        );
    }
}
