//! What a server process says of itself.

use serde::{Deserialize, Serialize};

/// What a process is, in its own words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It has not said yet.
    #[default]
    Unknown,
    /// It takes writes.
    Master,
    /// It copies from a master.
    Replica,
    /// It watches a master.
    Sentinel,
}

impl Role {
    /// The word in reports.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Master => "master",
            Self::Replica => "replica",
            Self::Sentinel => "sentinel",
        }
    }
}

/// The state of one process at one look.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstanceState {
    /// The place of its stage in the topology.
    pub stage: usize,
    /// Its name within the stage, as faults call it: "master", "replica 1", "sentinel 2". Roles may change; names don't.
    pub name: String,
    /// Whether it answered.
    pub is_reachable: bool,
    /// What it is now.
    pub role: Role,
    /// Of a replica: whether its link to the master is up.
    pub is_link_up: bool,
    /// Replication offset, in bytes of the stream: what a master has written, or a replica has copied.
    pub offset: u64,
    /// Bytes of the stream by which a replica is behind its group's master.
    pub lag_bytes: u64,
    /// Seconds by which a replica is behind: the age of the oldest heartbeat of its master that it has not copied, at
    /// most since the last look. None where nobody measures it, or it didn't answer.
    pub lag_secs: Option<f64>,
    /// Commands since it started.
    pub commands: u64,
    /// Commands a second, as it averages them itself.
    pub ops_per_sec: u64,
    /// Memory that its data takes, in bytes.
    pub memory_bytes: u64,
    /// The most that it may take, in bytes; 0: no limit.
    pub memory_limit_bytes: u64,
    /// Keys that it threw away since it started, because its memory was full.
    pub evicted_keys: u64,
    /// Commands that it refused since it started, because its memory was full.
    pub refused_for_memory: u64,
    /// How long it stood still when it last forked, in microseconds; 0 if it never did.
    pub fork_us: u64,
    /// Memory that it copied while the last fork wrote, in bytes.
    pub copied_bytes: u64,
    /// Processor time that it has used since it started, in seconds.
    pub cpu_secs: f64,
}

impl InstanceState {
    /// Reads the answer to `INFO` (<https://redis.io/docs/latest/commands/info/>).
    pub fn read_info(&mut self, info: &str) {
        self.is_reachable = true;
        // What is zero is left out of some answers.
        (self.cpu_secs, self.refused_for_memory) = (0.0, 0);
        for (key, value) in info.lines().filter_map(|line| line.trim_end().split_once(':')) {
            let number = || value.parse::<u64>().unwrap_or(0);
            match (key, value) {
                ("redis_mode" | "server_mode", "sentinel") => self.role = Role::Sentinel,
                ("role", "master") => self.role = Role::Master,
                ("role", "slave") => self.role = Role::Replica,
                ("master_link_status", status) => self.is_link_up = status == "up",
                ("master_repl_offset", _) if self.role == Role::Master => self.offset = number(),
                ("slave_repl_offset", _) => self.offset = number(),
                ("total_commands_processed", _) => self.commands = number(),
                ("instantaneous_ops_per_sec", _) => self.ops_per_sec = number(),
                ("used_memory", _) => self.memory_bytes = number(),
                ("maxmemory", _) => self.memory_limit_bytes = number(),
                ("latest_fork_usec", _) => self.fork_us = number(),
                ("rdb_last_cow_size" | "aof_last_cow_size", _) => {
                    self.copied_bytes = self.copied_bytes.max(number());
                }
                ("evicted_keys", _) => self.evicted_keys = number(),
                ("errorstat_OOM", counted) => {
                    let count = counted.strip_prefix("count=").and_then(|count| count.parse().ok());
                    self.refused_for_memory = count.unwrap_or(0);
                }
                ("used_cpu_sys" | "used_cpu_user", _) => self.cpu_secs += value.parse::<f64>().unwrap_or(0.0),
                _ => {}
            }
        }
    }
}

/// What one process did over a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstanceSummary {
    /// The stage it belongs to.
    pub stage: String,
    /// Its name within the stage.
    pub name: String,
    /// What it was at the last look that it answered.
    pub role: Role,
    /// Processor time used from the first look to the last, in seconds.
    pub cpu_secs: f64,
    /// Commands from the first look to the last.
    pub commands: u64,
    /// The most memory that its data took, in bytes.
    pub peak_memory_bytes: u64,
    /// The most that it was allowed to take, in bytes, at the last look; 0: no limit.
    pub memory_limit_bytes: u64,
    /// Keys that it threw away because its memory was full.
    pub evicted_keys: u64,
    /// Commands that it refused because its memory was full (OOM).
    pub refused_for_memory: u64,
    /// The longest that it stood still to fork, in milliseconds; 0 if it never did.
    pub longest_fork_ms: f64,
    /// The most memory that it copied while a fork wrote, in bytes.
    pub most_copied_bytes: u64,
    /// The furthest that it was behind its master, in bytes of the replication stream.
    pub worst_lag_bytes: u64,
    /// The furthest that it was behind its master, in seconds; none where nobody measures it.
    pub worst_lag_secs: Option<f64>,
    /// Looks that it did not answer.
    pub missed_looks: u64,
    /// Looks at it in all.
    pub looks: u64,
}

impl InstanceSummary {
    /// Whether its memory had a limit, or was too little at some time.
    pub fn was_short_of_memory(&self) -> bool {
        self.memory_limit_bytes + self.evicted_keys + self.refused_for_memory > 0
    }

    /// Adds a look. A process that was restarted counts its time and commands from zero again.
    pub fn add(&mut self, before: Option<&InstanceState>, now: &InstanceState) {
        self.looks += 1;
        if !now.is_reachable {
            self.missed_looks += 1;
            return;
        }
        self.role = now.role;
        self.peak_memory_bytes = self.peak_memory_bytes.max(now.memory_bytes);
        self.memory_limit_bytes = now.memory_limit_bytes;
        self.longest_fork_ms = self.longest_fork_ms.max(now.fork_us as f64 / 1_000.0);
        self.most_copied_bytes = self.most_copied_bytes.max(now.copied_bytes);
        self.worst_lag_bytes = self.worst_lag_bytes.max(now.lag_bytes);
        self.worst_lag_secs = self.worst_lag_secs.into_iter().chain(now.lag_secs).reduce(f64::max);
        if let Some(before) = before.filter(|before| before.commands <= now.commands) {
            self.commands += now.commands - before.commands;
            self.cpu_secs += (now.cpu_secs - before.cpu_secs).max(0.0);
        }
        // Servers of a run are new: what they counted before the first look belongs to it too.
        let since = |count: fn(&InstanceState) -> u64| {
            let before = before.map_or(0, count);
            count(now).checked_sub(before).unwrap_or(count(now))
        };
        self.evicted_keys += since(|state| state.evicted_keys);
        self.refused_for_memory += since(|state| state.refused_for_memory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_of_a_master_a_replica_and_a_sentinel_is_understood() {
        let read = |info: &str| {
            let mut state = InstanceState::default();
            state.read_info(info);
            state
        };
        let master = read(
            "# Memory\r\nused_memory:1048576\r\nmaxmemory:2097152\r\n# Stats\r\nevicted_keys:9\r\nerrorstat_OOM:count=4\r\n# Stats\r\ntotal_commands_processed:70\r\ninstantaneous_ops_per_sec:12\r\n\
             # Replication\r\nrole:master\r\nmaster_repl_offset:900\r\n# CPU\r\nused_cpu_sys:0.5\r\nused_cpu_user:1.25\r\n",
        );
        assert_eq!((master.role, master.offset, master.memory_bytes), (Role::Master, 900, 1_048_576));
        assert_eq!((master.commands, master.ops_per_sec), (70, 12));
        let pressed = (master.memory_limit_bytes, master.evicted_keys, master.refused_for_memory);
        assert_eq!(pressed, (2_097_152, 9, 4));
        assert!((master.cpu_secs - 1.75).abs() < 1e-9);
        let replica =
            read("role:slave\r\nmaster_link_status:up\r\nslave_repl_offset:850\r\nmaster_repl_offset:1\r\n");
        assert_eq!((replica.role, replica.offset, replica.is_link_up), (Role::Replica, 850, true));
        for mode in ["redis_mode", "server_mode"] {
            assert_eq!(read(&format!("{mode}:sentinel\r\n")).role, Role::Sentinel);
        }
    }

    #[test]
    fn a_summary_adds_up_over_a_restart_and_counts_what_was_missed() {
        let state = |commands, cpu_secs| InstanceState {
            is_reachable: true,
            role: Role::Master,
            commands,
            cpu_secs,
            memory_bytes: commands,
            evicted_keys: commands,
            ..InstanceState::default()
        };
        let looks =
            [state(100, 1.0), state(150, 1.5), InstanceState::default(), state(10, 0.1), state(30, 0.2)];
        let mut summary = InstanceSummary::default();
        let mut before: Option<&InstanceState> = None;
        for look in &looks {
            summary.add(before, look);
            before = Some(look).filter(|look| look.is_reachable).or(before);
        }
        assert_eq!((summary.commands, summary.peak_memory_bytes, summary.evicted_keys), (70, 150, 180));
        assert!((summary.cpu_secs - 0.6).abs() < 1e-9, "{summary:?}");
        assert_eq!((summary.looks, summary.missed_looks), (5, 1));
    }
}
