//! Servers that are not ours: Redis with a user, with TLS and behind Sentinels, and NATS. A run uses them by their address and leaves
//! them as it found them.

use crate::common;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use common::program::{Place, Running, text, wait_until};
use common::servers::{block_on, line, server, until};
use common::{assert_all_laws, assert_sound, chain, run};
use redis::aio::MultiplexedConnection;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use seckill_lab::servers::{
    Cluster, ClusterSettings, Endpoint, GroupSettings, NodeSettings, RedisNode, ReplicaGroup, RunFolder,
    SentinelSettings, find_nats,
};
use seckill_lab::topology::fault::FaultAction;
use seckill_lab::topology::{Realness, Topology};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const PASSWORD: &str = "hush-hush";
/// What a run needs, and no more.
const RIGHTS: &str = "lab on >hush-hush ~seckill-lab:* &* +@all -@dangerous +info +role";
const CLICKS: &str = r#"(name: "clicks", span: "1s", shape: Constant(rate: 1_500), spacing: Poisson, mix: (read: 1, claim: 3))"#;

/// A server of somebody else: with keys of theirs, and a user for the lab.
async fn theirs(run: &RunFolder) -> RedisNode {
    let user = ("user".to_owned(), RIGHTS.to_owned());
    let settings = NodeSettings { extra: vec![user], ..NodeSettings::new("theirs") };
    let node = RedisNode::start(&server(), run, settings).await.expect("a server");
    let mut line = line(node.endpoint()).await;
    // What a run of the lab calls its keys on a server of its own.
    for key in ["goods:1", "page:1", "orderList", "1_count", "seckill:mine"] {
        redis::cmd("SET").arg(key).arg("theirs").query_async::<()>(&mut line).await.expect("it is set");
    }
    node
}

async fn keys(line: &mut MultiplexedConnection) -> Vec<String> {
    let mut keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(line).await.expect("keys");
    keys.sort();
    keys
}

/// Asserts that a server has what it had, and nothing else.
async fn assert_untouched(endpoint: Endpoint) {
    let mut line = line(endpoint).await;
    let before = ["1_count", "goods:1", "orderList", "page:1", "seckill:mine"];
    assert_eq!(keys(&mut line).await, before);
    for key in before {
        let value: String = redis::cmd("GET").arg(key).query_async(&mut line).await.expect("a value");
        assert_eq!(value, "theirs");
    }
}

/// A port that speaks TLS, with a certificate of our own making, before a server that doesn't. Answers it.
async fn tls_before(server: Endpoint) -> u16 {
    let file = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name);
    let chain = CertificateDer::pem_file_iter(file("server.pem")).expect("a file").collect::<Result<_, _>>();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth();
    let config = config.with_single_cert(chain.expect("a certificate"), key).expect("they fit");
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await);
    let listener = listener.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut client) = acceptor.accept(client).await else { return };
                let Ok(mut server) = TcpStream::connect(server.socket_addr()).await else { return };
                client.get_ref().0.set_nodelay(true).and(server.set_nodelay(true)).expect("it is open");
                tokio::io::copy_bidirectional(&mut client, &mut server).await.ok();
            });
        }
    });
    port
}

/// The six phases, with the gate at one address and the inventory at another.
fn six_phases(gate: &str, inventory: &str) -> String {
    let preset = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets/seckill-six-phases.ron");
    let preset = std::fs::read_to_string(preset).expect("the preset");
    let gate = format!("ReadWriteSplit(url: {gate:?}, ");
    let inventory = format!("MasterReplica(url: {inventory:?}, ");
    let changed = preset.replace("ReadWriteSplit(replicas: 2, ", &gate);
    let changed = changed.replace("MasterReplica(replicas: 2, sentinels: 3, ", &inventory);
    assert!(changed.contains(&gate) && changed.contains(&inventory));
    // Timing is for other tests: the machine may be busy.
    changed.replace("at_most: \"50ms\"", "at_most: \"5s\"")
}

fn with_login(mut command: Command) -> Command {
    command.env("LAB_USER", "lab").env("LAB_PASSWORD", PASSWORD);
    command
}

fn sale(gate_or_inventory: &str, queue: &str) -> Topology {
    let stages = [
        ("users", "Users()"),
        ("inventory", gate_or_inventory),
        ("orders", queue),
        ("database", "Database()"),
        ("control", "DataControl(interval: \"100ms\")"),
    ];
    chain(&stages, "items: 10, stock: 500", CLICKS)
}

#[test]
fn the_six_phases_pass_at_a_server_elsewhere_by_user_and_tls_and_leave_it_as_it_was() {
    block_on(async {
        let run = RunFolder::create().expect("a folder");
        let node = theirs(&run).await;
        let tls = tls_before(node.endpoint()).await;
        let gate = format!("redis://${{LAB_USER}}:${{LAB_PASSWORD}}@{}", node.endpoint());
        let ca = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls/ca.pem");
        let inventory =
            format!("rediss://${{LAB_USER}}:${{LAB_PASSWORD}}@localhost:{tls}?ca={}", ca.display());
        let place = Place::new();
        let file = place.write("six.ron", &six_phases(&gate, &inventory));
        let json = place.path("report.json");
        let (file, json_file) = (file.to_str().expect("text"), json.to_str().expect("text"));
        let ca = ca.to_str().expect("text");
        let arguments = ["run", file, "--json", json_file, "--duration", "4s", "--allow", ca];
        let command = with_login(place.program(&arguments));
        let output = tokio::task::spawn_blocking(move || { command }.output())
            .await
            .expect("it runs")
            .expect("it ends");
        let (said, warned) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{said}{warned}");
        assert!(warned.starts_with(&format!("external server: \"gate\" uses {gate}")), "{warned}");
        let json = std::fs::read_to_string(json).expect("a report");
        assert!(![&said, &warned, &json].iter().any(|text| text.contains(PASSWORD)), "{said}{warned}{json}");
        let report: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!((&report["audit"]["sold"], &report["verdict"]), (&1_000.into(), &"pass".into()));
        let stages = report["stages"].as_array().expect("stages").iter();
        let external: Vec<&str> = stages
            .filter(|stage| stage["realness"] == "external")
            .filter_map(|stage| stage["name"].as_str())
            .collect();
        assert_eq!(external, ["gate", "inventory", "orders"]);
        let removed = report["settings"]
            .as_array()
            .expect("settings")
            .iter()
            .filter(|row| row["name"] == "removed afterwards");
        let removed: Vec<u64> = removed.filter_map(|row| row["value"].as_str()?.parse().ok()).collect();
        assert!(removed.len() == 2 && removed.iter().all(|&count| count > 20), "{removed:?}");
        assert_untouched(node.endpoint()).await;
    });
}

#[test]
fn what_keeps_a_run_from_its_server_is_said_before_anything_is_sent() {
    block_on(async {
        let run = RunFolder::create().expect("a folder");
        let node = theirs(&run).await;
        let place = Place::new();
        let url = |rest: &str| format!("redis://${{LAB_USER}}:${{LAB_PASSWORD}}@{rest}");
        let nobody = seckill_lab::servers::port::free_ports(1).expect("a port")[0];
        let [good, dead] = [node.endpoint().to_string(), format!("127.0.0.1:{nobody}")].map(|at| url(&at));
        for (address, user, password, said) in [
            (&good, Some("lab"), Some("wrong"), "refuses the login: WRONGPASS"),
            (&good, None, Some(PASSWORD), "the variable LAB_USER is not set"),
            (&dead, Some("lab"), Some(PASSWORD), "can't be reached: Connection refused"),
        ] {
            let file = place.write("six.ron", &six_phases(address, address));
            let mut command = place.program(&["run", file.to_str().expect("text")]);
            command.env_remove("LAB_USER").env_remove("LAB_PASSWORD");
            command
                .envs(user.map(|user| ("LAB_USER", user)))
                .envs(password.map(|word| ("LAB_PASSWORD", word)));
            let output = command.output().expect("it ends");
            let words = text(&output.stderr);
            assert_eq!(output.status.code(), Some(69), "{words}");
            assert!(words.contains("error: stage \"gate\": ") && words.contains(said), "{said}: {words}");
            assert!(!words.contains(PASSWORD), "{words}");
        }
        assert_untouched(node.endpoint()).await;
    });
}

#[test]
fn an_interrupted_run_and_one_that_is_given_up_leave_nothing_there() {
    block_on(async {
        let run = RunFolder::create().expect("a folder");
        let node = theirs(&run).await;
        let address = format!("redis://${{LAB_USER}}:${{LAB_PASSWORD}}@{}", node.endpoint());
        for signals in [1, 2] {
            let place = Place::new();
            let file = place.write("six.ron", &six_phases(&address, &address));
            let mut running =
                Running::start(with_login(place.program(&["run", file.to_str().expect("text")])));
            running.wait_for(" / 12.0s");
            let mut line = line(node.endpoint()).await;
            assert!(keys(&mut line).await.iter().any(|key| key.starts_with("seckill-lab:")));
            for _ in 0..signals {
                running.signal("INT");
                running.wait_for("Stopping");
            }
            assert_eq!(running.end().code(), Some(2), "{}", running.said());
            wait_until("nothing of the run's folder is left", || place.run_folders().is_empty());
            assert_untouched(node.endpoint()).await;
        }
    });
}

#[test]
fn orders_wait_at_a_redis_elsewhere_in_every_form() {
    block_on(async {
        let run = RunFolder::create().expect("a folder");
        let node = theirs(&run).await;
        for form in ["List", "ProcessingList", "Stream"] {
            let url = format!("redis://{}", node.endpoint());
            let (inventory, queue) =
                (format!("MasterReplica(url: {url:?})"), format!("Queue(form: {form}, url: {url:?})"));
            let ran =
                tokio::task::spawn_blocking(move || run_here(&inventory, &queue)).await.expect("it runs");
            assert_eq!(ran, [Realness::External; 2], "{form}");
        }
        assert_untouched(node.endpoint()).await;
    });
}

/// Runs a sale at an inventory and a queue. Answers how real they are.
fn run_here(inventory: &str, queue: &str) -> [Realness; 2] {
    let ran = run(sale(inventory, queue));
    assert_sound(&ran);
    assert_all_laws(&ran);
    assert!(ran.report.audit.sold > 300, "{:#?}", ran.report.audit);
    let real =
        |name: &str| ran.report.stages.iter().find(|stage| stage.name == name).expect("a stage").realness;
    [real("inventory"), real("orders")]
}

/// Whether a Sentinel names a server as the master.
async fn names(sentinel: Endpoint, master: Endpoint) -> bool {
    let mut question = redis::cmd("SENTINEL");
    question.arg("GET-MASTER-ADDR-BY-NAME").arg("theirs");
    let named: (String, u16) = question.query_async(&mut line(sentinel).await).await.expect("a master");
    named.1 == master.port
}

#[test]
fn sentinels_name_the_master_of_a_server_elsewhere_also_after_a_failover() {
    block_on(async {
        let folder = RunFolder::create().expect("a folder");
        let settings = GroupSettings {
            replica_count: 1,
            sentinel: SentinelSettings { quick_pace: true, ..SentinelSettings::default() },
            ..GroupSettings::new("theirs")
        };
        let mut group = ReplicaGroup::start(&server(), &folder, settings, &|_| {}).await.expect("a group");
        let hosts: Vec<String> = group.sentinels().iter().map(ToString::to_string).collect();
        let url = format!("redis-sentinel://{}/theirs", hosts.join(","));
        for _ in 0..2 {
            let inventory = format!("MasterReplica(url: {url:?})");
            let ran = tokio::task::spawn_blocking(move || run_here(&inventory, "Queue(on: \"inventory\")"));
            assert_eq!(ran.await.expect("it runs"), [Realness::External; 2]);
            group.nodes_mut()[0].kill();
            let replica = group.replicas()[0];
            let sentinel = group.sentinels()[2];
            until("a Sentinel names the replica", async || names(sentinel, replica).await).await;
        }
        assert_eq!(keys(&mut line(group.replicas()[0]).await).await, Vec::<String>::new());
    });
}

#[test]
fn a_cluster_elsewhere_is_reached_through_any_node_and_left_as_it_was() {
    block_on(async {
        let folder = RunFolder::create().expect("a folder");
        let settings = ClusterSettings { replica_count: 1, ..ClusterSettings::new("theirs") };
        let cluster = Cluster::start(&server(), &folder, settings, &|_| {}).await.expect("a cluster");
        let nodes: Vec<Endpoint> = cluster.members().iter().map(|member| member.endpoint).collect();
        // As the lab calls it on nodes of its own; whoever has the slot takes it.
        let mut owners = 0;
        for node in &nodes {
            let mut line = line(*node).await;
            let mut set = redis::cmd("SET");
            set.arg("goods:{1}").arg("theirs");
            owners += usize::from(set.query_async::<()>(&mut line).await.is_ok());
        }
        assert_eq!(owners, 1);
        let nobody = seckill_lab::servers::port::free_ports(1).expect("a port")[0];
        let inventory = format!("RedisCluster(url: \"redis-cluster://127.0.0.1:{nobody},{}\")", nodes[5]);
        let ran = tokio::task::spawn_blocking(move || {
            let ran = run(sale(&inventory, "Queue()"));
            assert_sound(&ran);
            assert_all_laws(&ran);
            ran
        });
        let ran = ran.await.expect("it runs");
        let shards: Vec<u64> = ran.report.shards.iter().map(|shard| shard.answered).collect();
        assert!(
            shards.len() == 3 && shards.iter().all(|&answered| answered > 50),
            "{:#?}",
            ran.report.shards
        );
        assert!(ran.report.audit.sold > 300, "{:#?}", ran.report.audit);
        let removed = ran.report.settings.iter().find(|row| row.name == "removed afterwards").expect("a row");
        assert!(removed.value.parse::<u64>().is_ok_and(|count| count > 20), "{removed:?}");
        for node in nodes {
            let left = keys(&mut line(node).await).await;
            assert!(left.is_empty() || left == ["goods:{1}"], "{left:?}");
        }
    });
}

#[test]
fn a_queue_at_a_nats_elsewhere_is_a_stream_of_the_run_that_is_removed() {
    block_on(async {
        let folder = RunFolder::create().expect("a folder");
        let node = RedisNode::start_nats(&find_nats(&|_| {}).expect("NATS"), &folder, "theirs")
            .await
            .expect("a server");
        let client = async_nats::connect(node.endpoint().to_string()).await.expect("a connection");
        let context = async_nats::jetstream::new(client);
        let config = |name: &str, subject: &str| async_nats::jetstream::stream::Config {
            name: name.to_owned(),
            subjects: vec![subject.to_owned()],
            ..Default::default()
        };
        // As the lab calls it on a server of its own.
        context.create_stream(config("ORDERS", "orders")).await.expect("a stream");
        let queue = format!("Queue(form: JetStream, url: \"nats://{}\")", node.endpoint());
        let ran =
            tokio::task::spawn_blocking(move || run_here("MasterReplica(replicas: 0, sentinels: 0)", &queue));
        assert_eq!(ran.await.expect("it runs"), [Realness::RealProcess, Realness::External]);
        let names: Vec<String> =
            futures_util::TryStreamExt::try_collect(context.stream_names()).await.expect("names");
        assert_eq!(names, ["ORDERS"]);
        let messages = context
            .get_stream("ORDERS")
            .await
            .expect("theirs")
            .get_info()
            .await
            .expect("it answers")
            .state
            .messages;
        assert_eq!(messages, 0);
    });
}

#[test]
fn only_faults_that_need_no_process_of_ours_can_be_done() {
    let design =
        sale("MasterReplica(url: \"redis://cache.example.org\")", "Queue(on: \"inventory\", consumers: 2)");
    let stage = |name: &str| &design.stages[design.index_of(name).expect("a stage")];
    for action in [FaultAction::Kill, FaultAction::Pause, FaultAction::CutLink, FaultAction::FillMemory] {
        let refusal = action.refusal(&design, stage("inventory"), "master").expect("it is refused");
        assert!(refusal.why.contains("not ours") && refusal.remedy.contains("url"), "{refusal:?}");
    }
    assert_eq!(FaultAction::Kill.refusal(&design, stage("orders"), "consumer 1"), None);
}
