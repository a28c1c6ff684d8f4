//! The real window on a virtual display, with real servers: what a person does in the first minute.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../common/program.rs"]
#[allow(dead_code, reason = "each test uses some of it")]
mod program;

mod display;
mod inspector;

use std::fs;
use std::path::Path;
use std::process::{Child, Command};

use display::Display;
use inspector::Inspector;
use program::{Place, wait_until};
use seckill_lab::servers::{self, NodeSettings, RedisNode, RunFolder};

/// A window that ends with the test.
struct Window {
    process: Child,
    inspector: Inspector,
    _display: Display,
    place: Place,
}

impl Window {
    fn open() -> Self {
        Self::open_in(Place::new(), &[])
    }

    fn open_in(place: Place, arguments: &[&str]) -> Self {
        let display = Display::start();
        let port = servers::port::free_ports(1).unwrap()[0];
        let server = servers::find(None, &|_| {}).unwrap();
        let process = place
            .program(arguments)
            .env_remove("WAYLAND_DISPLAY")
            .env("DISPLAY", display.name())
            .env("HOME", place.path("home"))
            .env("XDG_DATA_HOME", place.path("data"))
            .env("SECKILL_LAB_DATA_DIR", place.path("data"))
            .env("SECKILL_LAB_REDIS_SERVER", &server.path)
            .env("EGUI_INSPECTION", format!("127.0.0.1:{port}"))
            .spawn()
            .unwrap();
        Self { process, inspector: Inspector::connect(port), _display: display, place }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Ended already is what is wanted.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Pictures of the window go where the other files of a build are.
fn keep(name: &str, png: &[u8]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("window");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), png).unwrap();
}

#[test]
fn the_window_runs_the_six_phases_kills_the_master_and_shows_the_verdict() {
    let mut window = Window::open();
    let lab = &mut window.inspector;
    lab.click("Flash sale in six phases");
    keep("opened.png", &lab.picture());
    lab.click("Run");
    lab.wait_for("the sale is on", |label| label.starts_with("on sale"));
    lab.wait_for("the inventory's master answers", is_live_master);
    lab.click_if("the inventory's master", is_live_master);
    lab.click("Kill");
    lab.wait_for("another master", |label| is_live_master(label) && !label.contains("inventory, master,"));
    keep("running.png", &lab.picture());
    lab.wait_for("the verdict", |label| label.contains("1,000 units"));
    keep("verdict.png", &lab.picture());
    assert!(lab.has(|label| label == "Pass" || label == "Fail" || label == "Inconclusive"));
    lab.click("Events");
    assert!(lab.has(|label| label.contains("Kill master of inventory")));
    drop(window.process.kill());
    window.process.wait().unwrap();
    wait_until("nothing is left of the run", || window.place.run_folders().is_empty());
}

const ELSEWHERE: &str = r#"(
    version: 1, title: "Elsewhere",
    stages: [
        (name: "users", kind: Users()),
        (name: "inventory", kind: MasterReplica(url: "redis://PLACE")),
        (name: "orders", kind: Queue()),
        (name: "database", kind: Database()),
        (name: "control", kind: DataControl()),
    ],
    links: [
        (from: "users", to: "inventory"), (from: "inventory", to: "orders"), (from: "orders", to: "database"),
        (from: "control", to: "inventory"), (from: "control", to: "database"),
    ],
    workload: (
        sale: (stock: 100),
        phases: [(name: "rush", span: "1m", shape: Constant(rate: 100), mix: (read: 1, claim: 1))],
    ),
    targets: [Oversold(at_most: 0)],
)"#;

#[test]
fn a_window_that_is_told_to_end_stops_its_run_in_order_and_leaves_nothing_elsewhere() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (run, server) = (RunFolder::create().unwrap(), servers::find(None, &|_| {}).unwrap());
    let node = runtime.block_on(RedisNode::start(&server, &run, NodeSettings::new("theirs"))).unwrap();
    let mut line =
        redis::Client::open(format!("redis://{}", node.endpoint())).unwrap().get_connection().unwrap();
    let mut keys = || redis::cmd("DBSIZE").query::<u64>(&mut line).unwrap();
    let place = Place::new();
    let file = place.write("sale.ron", &ELSEWHERE.replace("PLACE", &node.endpoint().to_string()));
    let mut window = Window::open_in(place, &[file.to_str().unwrap()]);
    let lab = &mut window.inspector;
    lab.click("Run");
    lab.wait_for("the sale is on", |label| label.starts_with("on sale"));
    assert!(keys() > 0);
    let pid = window.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(window.process.wait().unwrap().success());
    assert_eq!(keys(), 0);
    wait_until("nothing is left of the run", || window.place.run_folders().is_empty());
}

/// "inventory, replica 1, master, …": a process whose role is master now.
fn is_live_master(label: &str) -> bool {
    label.starts_with("inventory, ") && label.split(", ").nth(2) == Some("master")
}
