//! Which containers a stage becomes, and the address by which the runner finds them.
//!
//! Versions are those with which this program is tested.

use crate::topology::Stage;
use crate::topology::stage::{
    Database, DatabaseEngine, Eviction, MasterReplica, Persistence, QueueForm, ReadWriteSplit, RedisCluster,
    StageKind,
};

const VALKEY: &str = "valkey/valkey:9.1";
/// With a shell, for the check of its health.
const NATS: &str = "nats:2.15-alpine";
const RABBITMQ: &str = "rabbitmq:3.10";
const POSTGRES: &str = "postgres:15";
const MARIADB: &str = "mariadb:10.11";

/// The variables by which the runner logs in at a database or a broker; the compose file gives both sides the same.
pub(super) const USER: &str = "LAB_USER";
pub(super) const PASSWORD: &str = "LAB_PASSWORD";
/// The database that is made for the runs.
const DATABASE: &str = "lab";

/// A container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Container {
    /// Its name, by which the others reach it.
    pub name: String,
    /// Its image.
    pub image: &'static str,
    /// What it runs; nothing: what the image does.
    pub command: Vec<String>,
    /// Variables and their values, as compose reads them.
    pub environment: Vec<(&'static str, String)>,
    /// What tells that it is healthy; none: it does its work and ends.
    pub check: Option<Vec<String>>,
    /// Containers that have to be healthy before it starts.
    pub after: Vec<String>,
}

/// What a stage becomes.
pub(super) struct Moved {
    pub containers: Vec<Container>,
    /// Where the runner finds it.
    pub url: String,
    /// What of the stage is not there.
    pub left_out: Option<&'static str>,
}

/// The containers of a stage that has servers of its own; none where it has none.
pub(super) fn containers(stage: &Stage) -> Option<Moved> {
    let name = host_name(&stage.name);
    match &stage.kind {
        StageKind::MasterReplica(params) => Some(group(&name, params)),
        StageKind::ReadWriteSplit(params) => Some(split(&name, params)),
        StageKind::RedisCluster(params) => Some(cluster(&name, params)),
        StageKind::Queue(params) if params.on.is_some() => None,
        StageKind::Queue(params) => Some(match params.form {
            QueueForm::JetStream => nats(&name),
            QueueForm::RabbitMq => rabbitmq(&name),
            QueueForm::List | QueueForm::ProcessingList | QueueForm::Stream => {
                let memory = Memory { limit: None, eviction: Eviction::NoEviction };
                let master = valkey(name.clone(), &data(Persistence::AofEverysec, &memory));
                Moved { containers: vec![master], url: format!("redis://{name}:6379"), left_out: None }
            }
        }),
        StageKind::Database(params) => database(&name, params),
        StageKind::Users(_)
        | StageKind::Cdn(_)
        | StageKind::LoadBalancer(_)
        | StageKind::Service(_)
        | StageKind::Sessions(_)
        | StageKind::DataControl(_) => None,
    }
}

/// A name that a host may have (RFC 1123, section 2.1), of the name of a stage.
pub(super) fn host_name(stage: &str) -> String {
    let letters = stage
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' });
    let name: String = letters.collect();
    let name = name.trim_matches('-');
    let sum = stage.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    match stage.is_ascii() && !name.is_empty() && stage.len() <= 40 {
        true if name == stage => name.to_owned(),
        // Two names may differ only in letters that a host may not have.
        true => format!("{name}-{sum:08x}"),
        false => format!("stage-{sum:08x}"),
    }
}

/// How much a server may keep.
struct Memory {
    limit: Option<u32>,
    eviction: Eviction,
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// The options of a process with data.
fn data(persistence: Persistence, memory: &Memory) -> Vec<String> {
    let mut options = match persistence {
        Persistence::None => vec!["--save".to_owned(), String::new()],
        Persistence::Rdb => words("--save 1 1"),
        Persistence::AofEverysec => words("--appendonly yes --appendfsync everysec"),
        Persistence::AofAlways => words("--appendonly yes --appendfsync always"),
    };
    if let Some(mib) = memory.limit {
        options
            .extend(words(&format!("--maxmemory {mib}mb --maxmemory-policy {}", memory.eviction.policy())));
    }
    options
}

fn valkey(name: String, options: &[String]) -> Container {
    Container {
        name,
        image: VALKEY,
        command: [&["valkey-server".to_owned()], options].concat(),
        environment: Vec::new(),
        check: Some(words("CMD valkey-cli ping")),
        after: Vec::new(),
    }
}

/// A master and its replicas.
fn replicated(name: &str, replicas: u32, options: &[String]) -> Vec<Container> {
    let master = format!("{name}-master");
    let mut all = vec![valkey(master.clone(), options)];
    for number in 1..=replicas {
        let follow = words(&format!("--replicaof {master} 6379"));
        let replica = valkey(format!("{name}-replica-{number}"), &[options, &follow].concat());
        all.push(Container { after: vec![master.clone()], ..replica });
    }
    all
}

fn split(name: &str, params: &ReadWriteSplit) -> Moved {
    let memory = Memory { limit: params.max_memory, eviction: params.eviction };
    let containers = replicated(name, params.replicas, &data(params.persistence, &memory));
    let left_out = (params.replicas > 0)
        .then_some("the runner reads from the master, its replicas are there without reads");
    Moved { containers, url: format!("redis://{name}-master:6379"), left_out }
}

fn group(name: &str, params: &MasterReplica) -> Moved {
    let memory = Memory { limit: params.max_memory, eviction: params.eviction };
    let mut options = data(params.persistence, &memory);
    if params.min_replicas_to_write > 0 {
        let (count, lag) = (params.min_replicas_to_write, params.min_replicas_max_lag.as_secs());
        options.extend(words(&format!("--min-replicas-to-write {count} --min-replicas-max-lag {lag}")));
    }
    let mut containers = replicated(name, params.replicas, &options);
    let servers: Vec<String> = containers.iter().map(|container| container.name.clone()).collect();
    let mut hosts = Vec::new();
    for number in 1..=params.sentinels {
        let sentinel = format!("{name}-sentinel-{number}");
        hosts.push(format!("{sentinel}:26379"));
        let lines = [
            // Without it a name in `monitor` is refused (<https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/>).
            "sentinel resolve-hostnames yes".to_owned(),
            format!("sentinel monitor {name} {name}-master 6379 {}", params.quorum),
            format!("sentinel down-after-milliseconds {name} {}", params.down_after.as_millis()),
            format!("sentinel failover-timeout {name} {}", params.failover_timeout.as_millis()),
        ];
        // Sentinels write into their file, so each makes its own.
        let script = format!(
            "printf '%s\\n' '{}' > /tmp/sentinel.conf && exec valkey-sentinel /tmp/sentinel.conf",
            lines.join("' '")
        );
        containers.push(Container {
            name: sentinel,
            image: VALKEY,
            command: vec!["sh".into(), "-c".into(), script],
            environment: Vec::new(),
            check: Some(words("CMD valkey-cli -p 26379 ping")),
            after: servers.clone(),
        });
    }
    let url = if hosts.is_empty() {
        format!("redis://{name}-master:6379")
    } else {
        format!("redis-sentinel://{}/{name}", hosts.join(","))
    };
    Moved { containers, url, left_out: None }
}

fn cluster(name: &str, params: &RedisCluster) -> Moved {
    let memory = Memory { limit: params.max_memory, eviction: params.eviction };
    let coverage = if params.full_coverage { "yes" } else { "no" };
    let own = format!(
        "--cluster-enabled yes --cluster-node-timeout {} --cluster-require-full-coverage {coverage}",
        params.node_timeout.as_millis()
    );
    let options = [data(params.persistence, &memory), words(&own)].concat();
    let count = params.shards * (1 + params.replicas);
    let mut containers: Vec<Container> =
        (1..=count).map(|number| valkey(format!("{name}-node-{number}"), &options)).collect();
    let nodes: Vec<String> = containers.iter().map(|node| node.name.clone()).collect();
    let hosts: Vec<String> = nodes.iter().map(|node| format!("{node}:6379")).collect();
    let create = format!(
        "valkey-cli --cluster create {} --cluster-replicas {} --cluster-yes",
        hosts.join(" "),
        params.replicas
    );
    containers.push(Container {
        name: format!("{name}-create"),
        image: VALKEY,
        command: words(&create),
        environment: Vec::new(),
        check: None,
        after: nodes,
    });
    Moved { containers, url: format!("redis-cluster://{}", hosts.join(",")), left_out: None }
}

fn nats(name: &str) -> Moved {
    let container = Container {
        name: name.to_owned(),
        image: NATS,
        command: words("nats-server -js -sd /data -m 8222"),
        environment: Vec::new(),
        check: Some(words("CMD wget -q -O - http://127.0.0.1:8222/healthz")),
        after: Vec::new(),
    };
    Moved { containers: vec![container], url: format!("nats://{name}:4222"), left_out: None }
}

/// A variable that has to be set where compose is started.
fn wanted(variable: &str) -> String {
    format!("${{{variable}:?set it in .env}}")
}

fn rabbitmq(name: &str) -> Moved {
    let container = Container {
        name: name.to_owned(),
        image: RABBITMQ,
        command: Vec::new(),
        environment: vec![
            ("RABBITMQ_DEFAULT_USER", wanted(USER)),
            ("RABBITMQ_DEFAULT_PASS", wanted(PASSWORD)),
        ],
        check: Some(words("CMD rabbitmq-diagnostics -q check_port_connectivity")),
        after: Vec::new(),
    };
    Moved { containers: vec![container], url: format!("amqp://{}@{name}:5672", login()), left_out: None }
}

fn login() -> String {
    format!("${{{USER}}}:${{{PASSWORD}}}")
}

fn database(name: &str, params: &Database) -> Option<Moved> {
    let (image, scheme, port, environment, check): (_, _, _, Vec<(&'static str, String)>, _) =
        match params.engine {
            DatabaseEngine::Sqlite => return None,
            DatabaseEngine::PostgreSql => (
                POSTGRES,
                "postgres",
                5432,
                vec![
                    ("POSTGRES_USER", wanted(USER)),
                    ("POSTGRES_PASSWORD", wanted(PASSWORD)),
                    ("POSTGRES_DB", DATABASE.into()),
                ],
                // By the network: while it sets itself up it listens on its socket only.
                format!("CMD pg_isready -h 127.0.0.1 -d {DATABASE}"),
            ),
            DatabaseEngine::MariaDb => (
                MARIADB,
                "mysql",
                3306,
                vec![
                    ("MARIADB_USER", wanted(USER)),
                    ("MARIADB_PASSWORD", wanted(PASSWORD)),
                    ("MARIADB_DATABASE", DATABASE.into()),
                    ("MARIADB_RANDOM_ROOT_PASSWORD", "1".into()),
                ],
                "CMD healthcheck.sh --connect --innodb_initialized".to_owned(),
            ),
        };
    let synced = if params.sync_each_commit { "on" } else { "off" };
    let command = match params.engine {
        DatabaseEngine::PostgreSql => words(&format!("postgres -c synchronous_commit={synced}")),
        _ => {
            words(&format!("mariadbd --innodb-flush-log-at-trx-commit={}", u8::from(params.sync_each_commit)))
        }
    };
    let container = Container {
        name: name.to_owned(),
        image,
        command,
        environment,
        check: Some(words(&check)),
        after: Vec::new(),
    };
    let left_out = (params.replicas > 0).then_some("its replicas; all reads go to one server");
    let url = format!("{scheme}://{}@{name}:{port}/{DATABASE}", login());
    Some(Moved { containers: vec![container], url, left_out })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts_are_safe_and_stay_apart() {
        assert_eq!(host_name("inventory"), "inventory");
        for name in ["Orders", "库存", "a b", "$(rm -rf /)", "", "-", "a'b\n", &"x".repeat(200)] {
            let host = host_name(name);
            let is_safe = host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            assert!(
                is_safe && !host.is_empty() && host.len() < 60 && !host.starts_with('-'),
                "{name}: {host}"
            );
        }
        assert_ne!(host_name("库存"), host_name("订单"));
        assert_ne!(host_name("a b"), host_name("a_b"));
    }
}
