//! A virtual display.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// An X server without a screen. It ends with the test.
pub struct Display {
    server: Child,
    number: String,
}

impl Display {
    /// Starts one on a free number; it says which when it is ready.
    pub fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("Xvfb: {error}; on Debian: apt-get install xvfb"));
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb ended at once");
        Self { server, number: number.trim().to_owned() }
    }

    /// Its name for clients.
    pub fn name(&self) -> String {
        format!(":{}", self.number)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}
