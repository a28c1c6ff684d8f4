//! Real servers: they start, agree, come back, and never outlive the program.

#![allow(clippy::print_stdout, reason = "measured times are shown with --nocapture")]
#![allow(clippy::exit, reason = "one test is about a program that exits in the middle")]

use std::ffi::OsString;
use std::fs;
use std::future::Future;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use seckill_lab::servers::binary::{Unusable, find_in};
use seckill_lab::servers::port::free_ports;
use seckill_lab::servers::survey::look_in;
use seckill_lab::servers::sweep::sweep_in;
use seckill_lab::servers::{
    BinaryError, Endpoint, GroupError, GroupSettings, NodeAddress, NodeError, NodeSettings, Origin,
    PortChoice, RedisNode, ReplicaGroup, Restart, RunFolder, ServerBinary, ServerKind, Shape, Surroundings,
    SweepReport,
};
use seckill_lab::topology::stage::Persistence;

/// Tells a copy of this test program to be an owner of servers, and where.
const OWNER_VARIABLE: &str = "SECKILL_LAB_TEST_OWNER_FOLDER";
/// How the copy is to end: "wait" (until it is killed), "panic", or "exit".
const ENDING_VARIABLE: &str = "SECKILL_LAB_TEST_OWNER_ENDING";
/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn quiet(_: &str) {}

/// A server to test with: installed, or fetched once and kept.
fn server() -> ServerBinary {
    let named = std::env::var_os("SECKILL_LAB_REDIS_SERVER").map(PathBuf::from);
    find_in(&Surroundings::from_env(), named.as_deref(), &quiet).expect("a server")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started_at = Instant::now();
    while !condition() {
        assert!(started_at.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

async fn ask<T: redis::FromRedisValue>(endpoint: Endpoint, command: &[&str]) -> redis::RedisResult<T> {
    let client = redis::Client::open(format!("redis://{endpoint}"))?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    redis::cmd(command[0]).arg(&command[1..]).query_async(&mut connection).await
}

/// Whether a process runs; one that has ended and waits for its parent does not.
fn runs(pid: u32) -> bool {
    let output = Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output().expect("ps runs");
    let state = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("an executable script");
    path
}

// ---------------------------------------------------------------- groups and nodes

#[test]
fn a_master_two_replicas_and_three_sentinels_become_ready_and_agree() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    block_on(async {
        let told = Mutex::new(Vec::new());
        let say = |line: &str| told.lock().expect("not poisoned").push(line.to_owned());
        let group =
            ReplicaGroup::start(&binary, &run, GroupSettings::new("orders"), &say).await.expect("a group");
        println!("{binary}: ready after {:?}", group.ready_time());
        for sentinel in group.sentinels() {
            let seen: (String, u16) =
                ask(sentinel, &["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "orders"]).await.expect("an address");
            assert_eq!(seen, ("127.0.0.1".to_owned(), group.master().port));
        }
        // WAIT is about the writes of its own connection.
        let mut pipe = redis::pipe();
        pipe.cmd("SET").arg("stock").arg(100).ignore().cmd("WAIT").arg(2).arg(400);
        let client = redis::Client::open(format!("redis://{}", group.master())).expect("an address");
        let mut master = client.get_multiplexed_async_connection().await.expect("a connection");
        let copies: Vec<usize> = pipe.query_async(&mut master).await.expect("the master takes writes");
        assert_eq!(copies, [2]);
        for replica in group.replicas() {
            let stock: u32 = ask(replica, &["GET", "stock"]).await.expect("a replica answers");
            assert_eq!(stock, 100);
        }
        assert_eq!(told.lock().expect("not poisoned").len(), 2);
    });
}

#[test]
fn a_killed_master_is_replaced_once_and_comes_back_as_a_replica() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    block_on(async {
        let mut group =
            ReplicaGroup::start(&binary, &run, GroupSettings::new("orders"), &quiet).await.expect("a group");
        let old = group.master();
        group.nodes_mut()[0].kill();
        let killed_at = Instant::now();
        let mut new = old;
        while new == old {
            assert!(killed_at.elapsed() < PATIENCE, "no failover");
            for sentinel in group.sentinels() {
                let seen: (String, u16) = ask(sentinel, &["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "orders"])
                    .await
                    .expect("an address");
                if seen.1 != old.port {
                    new = Endpoint::local(seen.1);
                }
            }
        }
        println!("{binary}: replaced after {:?}", killed_at.elapsed());
        assert!(group.replicas().contains(&new));
        group.nodes_mut()[0].restart(Restart::AsReplicaOf(new)).await.expect("the old master starts");
        assert_eq!(group.nodes()[0].endpoint(), old);
        let role: redis::Value = ask(old, &["ROLE"]).await.expect("it answers");
        assert!(format!("{role:?}").contains("slave"), "{role:?}");
    });
}

#[test]
fn a_chain_copies_from_link_to_link() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    block_on(async {
        let settings = GroupSettings {
            shape: Shape::Chain,
            replica_count: 3,
            sentinel_count: 0,
            ..GroupSettings::new("reads")
        };
        let group = ReplicaGroup::start(&binary, &run, settings, &quiet).await.expect("a chain");
        println!("{binary}: chain ready after {:?}", group.ready_time());
        for pair in group.nodes().windows(2) {
            let info: String = ask(pair[1].endpoint(), &["INFO", "replication"]).await.expect("it answers");
            assert!(info.contains(&format!("master_port:{}", pair[0].endpoint().port)), "{info}");
        }
    });
}

#[test]
fn a_killed_node_restarts_on_its_port_and_keeps_what_its_log_kept() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    block_on(async {
        for (persistence, expected) in [(Persistence::AofAlways, Some(7)), (Persistence::None, None)] {
            let name = format!("node-{persistence:?}");
            let mut node =
                RedisNode::start(&binary, &run, NodeSettings { persistence, ..NodeSettings::new(name) })
                    .await
                    .expect("a node");
            let (endpoint, first_pid) = (node.endpoint(), node.pid());
            let _: () = ask(endpoint, &["SET", "stock", "7"]).await.expect("it takes writes");
            node.kill();
            assert!(!node.is_running() && !runs(first_pid));
            node.restart(Restart::AsBefore).await.expect("it comes back");
            assert!(node.is_running() && node.pid() != first_pid);
            let stock: Option<u32> =
                ask(endpoint, &["GET", "stock"]).await.expect("it answers on its old port");
            assert_eq!(stock, expected, "{persistence:?}");
        }
    });
}

#[test]
fn a_paused_node_answers_again_after_it_is_resumed_and_stops_even_if_paused() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    block_on(async {
        let mut node = RedisNode::start(&binary, &run, NodeSettings::new("a")).await.expect("a node");
        node.pause().expect("it runs");
        let silent =
            tokio::time::timeout(Duration::from_millis(200), ask::<String>(node.endpoint(), &["PING"])).await;
        assert!(!matches!(silent, Ok(Ok(_))), "a paused server answered");
        node.resume().expect("it runs");
        assert_eq!(ask::<String>(node.endpoint(), &["PING"]).await.expect("it answers"), "PONG");
        node.pause().expect("it runs");
        node.stop().await;
        assert!(!node.is_running());
        assert!(matches!(node.resume(), Err(NodeError::Signal { .. })));
    });
}

#[test]
fn a_taken_port_is_replaced_unless_it_is_fixed() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    let taken = free_ports(1).expect("a port")[0];
    let holder = TcpListener::bind(("127.0.0.1", taken)).expect("it is free");
    block_on(async {
        let prefer = NodeSettings { port: PortChoice::Prefer(taken), ..NodeSettings::new("prefer") };
        let node = RedisNode::start(&binary, &run, prefer).await.expect("it takes another port");
        assert_ne!(node.endpoint().port, taken);
        let fixed = NodeSettings { port: PortChoice::Fixed(taken), ..NodeSettings::new("fixed") };
        let error = RedisNode::start(&binary, &run, fixed).await.expect_err("the port is taken");
        assert!(matches!(error, NodeError::PortTaken { port, tries: 1, .. } if port == taken), "{error}");
    });
    drop(holder);
}

#[test]
fn a_port_where_another_server_answers_is_not_mistaken_for_ours() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    block_on(async {
        let first = RedisNode::start(&binary, &run, NodeSettings::new("first")).await.expect("a node");
        let same =
            NodeSettings { port: PortChoice::Fixed(first.endpoint().port), ..NodeSettings::new("second") };
        let error = RedisNode::start(&binary, &run, same).await.expect_err("the port is taken");
        assert!(matches!(error, NodeError::PortTaken { .. }), "{error}");
    });
}

#[test]
fn a_server_that_refuses_its_settings_says_why() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    block_on(async {
        let extra = vec![("no-such-directive".to_owned(), "1".to_owned())];
        let error = RedisNode::start(&binary, &run, NodeSettings { extra, ..NodeSettings::new("a") }).await;
        let error = error.expect_err("an unknown directive").to_string();
        assert!(error.contains("no-such-directive") && error.contains("server a"), "{error}");
    });
}

#[test]
fn announced_addresses_are_what_sentinels_and_replicas_use() {
    let (binary, run) = (server(), RunFolder::create().expect("a run folder"));
    block_on(async {
        // Each proxy would listen on its own port; here the address announced is the node's own, given by hand.
        let ports = free_ports(2).expect("ports");
        let addresses = ports
            .iter()
            .map(|&port| NodeAddress { port: PortChoice::Fixed(port), announce: Some(Endpoint::local(port)) })
            .collect();
        let settings =
            GroupSettings { addresses, replica_count: 1, sentinel_count: 1, ..GroupSettings::new("orders") };
        let quorum_error =
            ReplicaGroup::start(&binary, &run, settings.clone(), &quiet).await.expect_err("quorum 2 of 1");
        assert!(matches!(quorum_error, GroupError::Settings { .. }), "{quorum_error}");
        let mut settings = settings;
        settings.sentinel.quorum = 1;
        let group = ReplicaGroup::start(&binary, &run, settings, &quiet).await.expect("a group");
        assert_eq!(group.master(), Endpoint::local(ports[0]));
        assert_eq!(group.replicas(), [Endpoint::local(ports[1])]);
    });
}

// ---------------------------------------------------------------- nothing is left behind

/// Not a test of its own: run in a copy of this program, it starts servers, writes down what it started, and ends in
/// the way it is told.
#[test]
#[ignore = "started by the tests below"]
fn owner() {
    let Some(parent) = std::env::var_os(OWNER_VARIABLE).map(PathBuf::from) else { return };
    let ending = std::env::var(ENDING_VARIABLE).unwrap_or_default();
    let run = RunFolder::create_in(&parent).expect("a run folder");
    if ending == "keep" {
        run.keep().expect("it can be kept");
    }
    block_on(async {
        let group = ReplicaGroup::start(&server(), &run, GroupSettings::new("orders"), &quiet)
            .await
            .expect("a group");
        let pids: Vec<String> =
            group.nodes().iter().chain(group.sentinel_nodes()).map(|node| node.pid().to_string()).collect();
        fs::write(parent.join("pids.tmp"), pids.join(" ")).expect("a file");
        fs::rename(parent.join("pids.tmp"), parent.join("pids")).expect("a file");
        match &*ending {
            "panic" => panic!("as asked"),
            "exit" => std::process::exit(3),
            _ => tokio::time::sleep(Duration::from_mins(10)).await,
        }
    });
}

/// A copy of this program that owns a group of six servers, started in its own process group as a shell would.
struct Owner {
    parent: tempfile::TempDir,
    child: Child,
    pids: Vec<u32>,
}

impl Owner {
    fn start(ending: &str) -> Self {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "owner", "--ignored", "--nocapture"])
            .env(OWNER_VARIABLE, parent.path())
            .env(ENDING_VARIABLE, ending)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a copy of this program");
        let file = parent.path().join("pids");
        wait_until("the owner has started its servers", || file.exists());
        let text = fs::read_to_string(file).expect("the file");
        let pids: Vec<u32> = text.split(' ').map(|pid| pid.parse().expect("a process id")).collect();
        assert_eq!(pids.len(), 6);
        Self { parent, child, pids }
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    fn run_folders(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.parent.path()).expect("the folder").filter_map(Result::ok);
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    }

    fn assert_nothing_is_left(&mut self) {
        wait_until("it has ended", || matches!(self.child.try_wait(), Ok(Some(_))));
        wait_until("its servers are gone", || !self.pids.iter().any(|&pid| runs(pid)));
        wait_until("its folder is gone", || self.run_folders().is_empty());
    }
}

#[test]
fn a_program_killed_with_kill_9_leaves_no_server_and_no_folder() {
    let mut owner = Owner::start("wait");
    assert!(owner.pids.iter().all(|&pid| runs(pid)));
    owner.signal("KILL");
    owner.assert_nothing_is_left();
}

#[test]
fn a_program_ended_by_term_leaves_nothing() {
    // Not by INT and HUP: a shell that starts the tests in the background makes them deaf to both. The program itself
    // listens to them whoever starts it; tests/signals.rs holds it to that.
    let mut owner = Owner::start("wait");
    owner.signal("TERM");
    owner.assert_nothing_is_left();
}

#[test]
fn a_program_that_panics_or_exits_leaves_nothing() {
    for ending in ["panic", "exit"] {
        Owner::start(ending).assert_nothing_is_left();
    }
}

#[test]
fn a_paused_server_does_not_outlive_its_program_either() {
    let mut owner = Owner::start("wait");
    let pid = owner.pids[0].to_string();
    assert!(Command::new("kill").args(["-s", "STOP", &pid]).status().expect("kill runs").success());
    owner.signal("KILL");
    owner.assert_nothing_is_left();
}

#[test]
fn a_kept_folder_survives_a_kill_and_a_sweep_but_its_servers_do_not() {
    let mut owner = Owner::start("keep");
    owner.signal("KILL");
    owner.child.wait().expect("it has ended");
    wait_until("its servers are gone", || !owner.pids.iter().any(|&pid| runs(pid)));
    let report = sweep_in(owner.parent.path(), &quiet);
    assert_eq!(report, SweepReport::default());
    assert_eq!(owner.run_folders().len(), 1);
}

#[test]
fn the_sweeper_clears_up_after_a_dead_owner_and_leaves_a_living_one_alone() {
    let mut owner = Owner::start("wait");
    let living = SweepReport { living_count: 1, ..SweepReport::default() };
    assert_eq!(sweep_in(owner.parent.path(), &quiet), living);
    assert!(owner.pids.iter().all(|&pid| runs(pid)), "a living owner's server was killed");

    // Without its watchdog (a shell, the only child that is no server) nobody cleans up.
    let children = Command::new("ps").args(["-A", "-o", "ppid=,pid="]).output().expect("ps runs");
    let own = owner.child.id().to_string();
    let children = String::from_utf8_lossy(&children.stdout).into_owned();
    let watchdogs: Vec<u32> = children
        .lines()
        .filter_map(|line| line.split_whitespace().collect::<Vec<_>>().try_into().ok())
        .filter(|[parent, _]: &[&str; 2]| *parent == own)
        .filter_map(|[_, pid]| pid.parse().ok())
        .filter(|pid| !owner.pids.contains(pid))
        .collect();
    assert_eq!(watchdogs.len(), 1);
    let status = Command::new("kill").args(["-s", "KILL", &watchdogs[0].to_string()]).status();
    assert!(status.expect("kill runs").success());
    owner.signal("KILL");
    owner.child.wait().expect("it has ended");
    assert!(owner.pids.iter().all(|&pid| runs(pid)), "somebody else cleaned up");

    // Two sweepers at once.
    let parent = owner.parent.path();
    let reports = thread::scope(|scope| {
        let sweepers = [scope.spawn(|| sweep_in(parent, &quiet)), scope.spawn(|| sweep_in(parent, &quiet))];
        sweepers.map(|sweeper| sweeper.join().expect("a sweep"))
    });
    let sum = |count: fn(&SweepReport) -> usize| reports.iter().map(count).sum::<usize>();
    assert_eq!(
        (sum(|report| report.killed_count), sum(|report| report.removed_count)),
        (6, 1),
        "{reports:?}"
    );
    owner.assert_nothing_is_left();
}

#[test]
fn dropping_a_group_leaves_no_server_no_watchdog_and_no_folder() {
    let run = RunFolder::create().expect("a run folder");
    let path = run.path().to_owned();
    let pids: Vec<u32> = block_on(async {
        let group = ReplicaGroup::start(&server(), &run, GroupSettings::new("orders"), &quiet)
            .await
            .expect("a group");
        group.nodes().iter().chain(group.sentinel_nodes()).map(RedisNode::pid).collect()
    });
    assert!(!pids.iter().any(|&pid| runs(pid)));
    drop(run);
    assert!(!path.exists());
}

// ---------------------------------------------------------------- finding a server

type Expectation = fn(&Unusable) -> bool;

#[test]
fn an_explicit_program_that_is_no_server_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plain = folder.path().join("plain");
    fs::write(&plain, "not executable").expect("a file");
    let hangs = script(folder.path(), "hangs", "#!/bin/sh\nsleep 600\n");
    let garbage = script(folder.path(), "garbage", "#!/bin/sh\nexec /usr/bin/yes\n");
    let old = script(folder.path(), "old", "#!/bin/sh\necho 'Redis server v=6.0.16 sha=00000000:0'\n");
    let cases: [(PathBuf, Expectation); 7] = [
        (folder.path().join("missing"), |reason| matches!(reason, Unusable::Missing)),
        (folder.path().to_owned(), |reason| matches!(reason, Unusable::Folder)),
        (plain, |reason| matches!(reason, Unusable::NotExecutable)),
        (hangs, |reason| matches!(reason, Unusable::Hung(_))),
        (garbage, |reason| matches!(reason, Unusable::Hung(_))),
        (old, |reason| matches!(reason, Unusable::TooOld { .. })),
        (PathBuf::from("/bin/ls"), |reason| matches!(reason, Unusable::NotAServer { .. })),
    ];
    for (path, is_expected) in cases {
        let error = find_in(&Surroundings::from_env(), Some(&path), &quiet).expect_err("no server");
        let text = error.to_string();
        assert!(matches!(&error, BinaryError::Explicit { reason, .. } if is_expected(reason)), "{text}");
        assert!(text.contains(&path.display().to_string()) && text.contains("--redis-server"), "{text}");
    }
}

/// A machine with pip (if there is one here) and no server.
fn machine_without_servers(folder: &Path) -> Surroundings {
    let programs = folder.join("programs");
    fs::create_dir(&programs).expect("a folder");
    let python = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|entry| entry.join("python3"))
        .find(|path| path.exists())
        .expect("these tests need python3 with pip on PATH");
    let own_path = std::env::var("PATH").expect("a path");
    script(
        &programs,
        "python3",
        &format!("#!/bin/sh\nPATH='{own_path}' exec '{}' \"$@\"\n", python.display()),
    );
    Surroundings { search_path: programs.into_os_string(), data_folder: Some(folder.join("data")) }
}

#[test]
fn a_server_is_provisioned_once_and_found_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let machine = machine_without_servers(folder.path());
    let before = look_in(&machine, None);
    assert!(before.chosen().is_none() && before.can_run() && before.pip.is_some(), "{before:?}");
    // Two programs at once: one fetches, the other waits and uses the same.
    let both = thread::scope(|scope| {
        let finders = [0, 1].map(|_| scope.spawn(|| find_in(&machine, None, &quiet)));
        finders.map(|finder| finder.join().expect("no panic").expect("a provisioned server"))
    });
    let mut origins = both.clone().map(|binary| binary.origin);
    origins.sort_by_key(|origin| format!("{origin:?}"));
    assert_eq!(origins, [Origin::ProvisionedEarlier, Origin::ProvisionedNow]);
    assert_eq!((both[0].kind, &*both[0].version), (ServerKind::Valkey, "9.1.2"));
    let home = both[0].path.parent().expect("it is in a folder");
    assert!(home.join("LICENSE").exists());

    let offline = Surroundings { search_path: OsString::new(), ..machine };
    let again = find_in(&offline, None, &quiet).expect("the copy from before");
    assert_eq!((again.origin, &again.path), (Origin::ProvisionedEarlier, &both[0].path));
    assert_eq!(look_in(&offline, None).chosen(), Some(&again));
}

#[test]
fn a_broken_server_on_the_path_is_passed_over_with_a_word() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let real = server();
    script(folder.path(), "valkey-server", "#!/bin/sh\nexit 1\n");
    symlink(&real.path, folder.path().join("redis-server")).expect("a link");
    let machine = Surroundings { search_path: folder.path().into(), data_folder: None };
    let told = Mutex::new(String::new());
    let found = find_in(&machine, None, &|line: &str| told.lock().expect("not poisoned").push_str(line));
    assert_eq!(found.expect("the second one works").path, folder.path().join("redis-server"));
    assert!(told.lock().expect("not poisoned").contains("Passing over"));
}

#[test]
fn without_pip_the_error_lists_how_to_install_a_server() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let machine = Surroundings { search_path: OsString::new(), data_folder: Some(folder.path().to_owned()) };
    let error = find_in(&machine, None, &quiet).expect_err("nothing to fetch it with").to_string();
    for part in
        ["no pip", "apt install", "dnf install", "pacman -S", "apk add", "brew install", "--redis-server"]
    {
        assert!(error.contains(part), "no `{part}` in: {error}");
    }
    assert!(!look_in(&machine, None).can_run());
}

#[test]
fn a_failing_download_shows_what_pip_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "#!/bin/sh\ncase $* in *--version) echo 'pip 1.0 from nowhere' ;; *) echo 'no route to host'; exit 1 ;; esac\n";
    script(folder.path(), "pip3", text);
    let machine =
        Surroundings { search_path: folder.path().into(), data_folder: Some(folder.path().join("data")) };
    let error = find_in(&machine, None, &quiet).expect_err("no network").to_string();
    assert!(
        error.contains("no route to host") && error.contains("pip3 (pip 1.0") && error.contains("brew"),
        "{error}"
    );
}
