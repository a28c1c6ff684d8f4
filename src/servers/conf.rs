//! Configuration files of servers and Sentinels, as text.

use std::fmt::{Display, Write as _};
use std::path::Path;

use super::endpoint::Endpoint;
use super::node_settings::NodeSettings;
use super::sentinel::SentinelProgram;
use crate::topology::stage::Persistence;

/// A configuration file under construction: one directive a line.
struct Conf(String);

impl Conf {
    fn line(&mut self, key: &str, value: impl Display) -> &mut Self {
        // Writing to a string can't fail.
        writeln!(self.0, "{key} {value}").ok();
        self
    }
}

/// What servers and Sentinels have in common. They listen on the loopback only, write into their own folder and stay in
/// the foreground, where the run can see them end.
fn common(port: u16, folder: &Path) -> Conf {
    let mut conf = Conf(String::new());
    conf.line("bind", "127.0.0.1")
        .line("port", port)
        .line("protected-mode", "no")
        .line("tcp-backlog", 511)
        .line("maxclients", 10_000)
        .line("daemonize", "no")
        .line("dir", quoted(folder))
        .line("logfile", quoted(&folder.join(super::launch::LOG_FILE)));
    conf
}

/// A data server's file.
pub(crate) fn data(settings: &NodeSettings, port: u16, folder: &Path) -> String {
    let mut conf = common(port, folder);
    // A lab shows one server as one core; more threads would blur it.
    conf.line("io-threads", 1);
    // A first copy by way of a file. Straight to the connection ("diskless") would look quicker, but then the master
    // waits for the replica's next acknowledgement, up to a second, before it passes on any write (measured with Redis
    // 7.0 and Valkey 9.1). Whoever asks for diskless copies should not wait 5 s for more replicas to come.
    conf.line("repl-diskless-sync", "no").line("repl-diskless-sync-delay", 0);
    // An empty replica loads the copy from the connection: by way of a file of its own, Valkey 9.1 notices only a second
    // later that the file is complete.
    conf.line("repl-diskless-load", "on-empty-db");
    match settings.persistence {
        Persistence::None => conf.line("save", "\"\"").line("appendonly", "no"),
        Persistence::Rdb => conf.line("save", "1 1").line("appendonly", "no"),
        Persistence::AofEverysec => append_only(&mut conf, "everysec"),
        Persistence::AofAlways => append_only(&mut conf, "always"),
    };
    if let Some(bytes) = settings.max_memory_bytes {
        conf.line("maxmemory", bytes).line("maxmemory-policy", settings.eviction.policy());
    }
    if let Some(Endpoint { ip, port }) = settings.announce {
        conf.line("replica-announce-ip", ip).line("replica-announce-port", port);
    }
    if let Some(Endpoint { ip, port }) = settings.replica_of {
        conf.line("replicaof", format_args!("{ip} {port}"));
    }
    for (key, value) in &settings.extra {
        conf.line(key, value);
    }
    conf.0
}

fn append_only<'conf>(conf: &'conf mut Conf, fsync: &str) -> &'conf mut Conf {
    conf.line("save", "\"\"").line("appendonly", "yes").line("appendfsync", fsync)
}

/// A Sentinel's file.
///
/// It is written as Sentinel itself would have after finding everybody (`rewriteConfigSentinelOption` in `sentinel.c`):
/// own id, replicas and the other Sentinels with their ids. So they agree in milliseconds, where finding each other
/// through the master's channel takes 2 s and finding the replicas up to 10 s.
pub(crate) fn sentinel(program: &SentinelProgram, port: u16, folder: &Path) -> String {
    let mut conf = common(port, folder);
    let (name, settings) = (&program.master_name, &program.settings);
    let Endpoint { ip, port: master_port } = program.master;
    let mut line = |rest: String| {
        conf.line("sentinel", rest);
    };
    line(format!("myid {}", program.id));
    line(format!("monitor {name} {ip} {master_port} {}", settings.quorum));
    line(format!("down-after-milliseconds {name} {}", settings.down_after.as_millis()));
    line(format!("failover-timeout {name} {}", settings.failover_timeout.as_millis()));
    line(format!("parallel-syncs {name} {}", settings.parallel_syncs));
    for Endpoint { ip, port } in &program.replicas {
        line(format!("known-replica {name} {ip} {port}"));
    }
    for (Endpoint { ip, port }, id) in &program.others {
        line(format!("known-sentinel {name} {ip} {port} {id}"));
    }
    conf.0
}

/// A path as one argument: in double quotes, with `"` and `\` escaped (`sdssplitargs` in `sds.c`).
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use crate::topology::stage::Eviction;

    use super::*;

    #[test]
    fn a_replica_with_a_log_says_all_of_it() {
        let settings = NodeSettings {
            replica_of: Some(Endpoint::local(7001)),
            announce: Some(Endpoint::local(7102)),
            persistence: Persistence::AofAlways,
            max_memory_bytes: Some(1 << 20),
            eviction: Eviction::AllkeysLfu,
            extra: vec![("save".to_owned(), "3600 1".to_owned())],
            ..NodeSettings::new("b")
        };
        let text = data(&settings, 7002, Path::new("/tmp/with \"quotes\""));
        for line in [
            "port 7002",
            "dir \"/tmp/with \\\"quotes\\\"\"",
            "replicaof 127.0.0.1 7001",
            "replica-announce-port 7102",
            "appendfsync always",
            "maxmemory 1048576",
            "maxmemory-policy allkeys-lfu",
        ] {
            assert!(text.lines().any(|found| found == line), "no `{line}` in:\n{text}");
        }
        assert!(text.ends_with("save 3600 1\n"), "extra settings come last, so they win:\n{text}");
    }

    #[test]
    fn the_default_keeps_nothing_on_disk() {
        let text = data(&NodeSettings::new("a"), 7001, Path::new("/tmp/a"));
        assert!(text.contains("save \"\"\n") && text.contains("appendonly no\n"), "{text}");
        assert!(!text.contains("replicaof"), "{text}");
    }
}
