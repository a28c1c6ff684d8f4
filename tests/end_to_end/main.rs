//! The real window on a virtual display, with real servers: what a person does in the first minute.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../common/program.rs"]
#[allow(dead_code, reason = "each test uses some of it")]
mod program;

mod display;
mod inspector;

use std::fs;
use std::path::Path;
use std::process::Child;

use display::Display;
use inspector::Inspector;
use program::{Place, wait_until};
use seckill_lab::servers;

/// A window that ends with the test.
struct Window {
    process: Child,
    inspector: Inspector,
    _display: Display,
    place: Place,
}

impl Window {
    fn open() -> Self {
        let (display, place) = (Display::start(), Place::new());
        let port = servers::port::free_ports(1).unwrap()[0];
        let server = servers::find(None, &|_| {}).unwrap();
        let process = place
            .program(&[])
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

/// "inventory, replica 1, master, …": a process whose role is master now.
fn is_live_master(label: &str) -> bool {
    label.starts_with("inventory, ") && label.split(", ").nth(2) == Some("master")
}
