//! The window, driven through its labels, with an engine that only listens and tells what a test says.

#![allow(clippy::unwrap_used, reason = "tests")]

#[allow(dead_code, reason = "each test uses some of it")]
mod fake;
mod life;
mod start;
