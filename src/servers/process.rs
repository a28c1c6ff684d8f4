//! What the system knows about a process that may not be ours any more.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::bounded::{Group, run_bounded};

/// `ps` answers at once or never.
const PS_WITHIN: Duration = Duration::from_secs(3);

/// A process as the system sees it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Something no other process with the same id will ever have: when it started.
    pub identity: String,
    /// It has ended and only waits for its parent to ask how.
    pub zombie: bool,
}

/// Looks at process `pid`; `None` when there is none.
pub(crate) fn look(pid: u32) -> Option<Seen> {
    if cfg!(target_os = "linux") { look_in_proc(pid) } else { look_with_ps(pid) }
}

/// Linux: the start time in clock ticks since boot, field 22 of `/proc/PID/stat` (proc(5)), made unique by the boot id.
fn look_in_proc(pid: u32) -> Option<Seen> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let (state, start) = parse_stat(&text)?;
    Some(Seen { identity: format!("{}:{start}", boot.trim()), zombie: state == "Z" })
}

/// State and start time. The second field is the program's name in brackets and may itself hold blanks and brackets.
fn parse_stat(stat: &str) -> Option<(&str, &str)> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    Some((fields.next()?, fields.nth(18)?))
}

/// Elsewhere: the start time to the second, as `ps` tells it.
fn look_with_ps(pid: u32) -> Option<Seen> {
    let mut command = Command::new("/bin/ps");
    command.args(["-o", "stat=,lstart=", "-p", &pid.to_string()]).env("LC_ALL", "C").env("TZ", "UTC");
    let finished = run_bounded(command, Group::Own, PS_WITHIN).ok().filter(|finished| finished.success)?;
    let (state, start) = finished.output.trim().split_once(' ')?;
    Some(Seen { identity: start.trim().to_owned(), zombie: state.starts_with('Z') })
}

/// The processor time that process `pid` and its children have used, those that have ended included, in seconds: fields 14 to 17 of
/// `/proc/PID/stat` (proc(5)), in hundredths of a second on every Linux. None where the system doesn't tell.
pub fn cpu_secs(pid: u32) -> Option<f64> {
    let of = |pid: u32, fields: usize| {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, rest) = text.rsplit_once(") ")?;
        Some(rest.split(' ').skip(11).take(fields).filter_map(|field| field.parse::<u64>().ok()).sum::<u64>())
    };
    let living: u64 = children(pid).into_iter().filter_map(|child| of(child, 2)).sum();
    Some((of(pid, 4)? + living) as f64 / 100.0)
}

/// The children of process `pid`; none when there is no such process. Linux lists them (proc(5), `children`); elsewhere `ps` knows
/// every process' parent.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    if cfg!(target_os = "linux") {
        let listed = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        return listed.split_whitespace().filter_map(|child| child.parse().ok()).collect();
    }
    let mut command = Command::new("/bin/ps");
    command.args(["-A", "-o", "pid=,ppid="]);
    let finished = run_bounded(command, Group::Own, PS_WITHIN).ok().filter(|finished| finished.success);
    let all = finished.map(|finished| finished.output).unwrap_or_default();
    let child = |line: &str| {
        let (child, parent) = line.trim().split_once(char::is_whitespace)?;
        (parent.trim() == pid.to_string()).then_some(child)?.parse().ok()
    };
    all.lines().filter_map(child).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let stat = "77 (a) b (c) S 1 77 77 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 4 0 991234 1 1";
        assert_eq!(parse_stat(stat), Some(("S", "991234")));
    }

    #[test]
    fn this_process_is_seen_and_keeps_its_identity() {
        for look in [look_in_proc, look_with_ps].into_iter().skip(usize::from(!cfg!(target_os = "linux"))) {
            let seen = look(std::process::id()).expect("this process runs");
            assert!(!seen.zombie && seen.identity.len() > 8, "{seen:?}");
            assert_eq!(look(std::process::id()), Some(seen));
            assert_eq!(look(u32::from(u16::MAX) * 1000), None);
        }
    }
}
