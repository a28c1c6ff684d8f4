//! The window, driven through its labels, with an engine that only listens and tells what a test says.

#![allow(clippy::unwrap_used, reason = "tests")]

mod canvas;
mod charts;
mod failover;
#[allow(dead_code, reason = "each test uses some of it")]
mod fake;
mod files;
mod history;
mod inspector;
mod keys;
mod lessons;
mod life;
mod looks;
mod machine;
mod notices;
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::float_cmp, reason = "pixels")]
mod paint;
mod palette;
mod pictures;
mod problems;
mod results;
mod run;
mod serve;
mod share;
mod start;
mod trials;
mod words;
