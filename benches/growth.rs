//! How the cost of an arrival grows: with the rate, the stages, the products, the claimants and the consumers. Each row is a run
//! of the whole path on real servers, audited. Run it with `cargo bench --bench growth`; it writes `target/growth.md`, the
//! table, and `target/growth.svg`, the plot, which `docs/performance.md` shows.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

mod growth {
    pub mod plot;
}

use std::fmt::Write;
use std::fs;

use growth::plot::{Curve, plot};
