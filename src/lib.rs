//! **seckill-lab**: wire a flash-sale (seckill, 秒杀) architecture, run it on real Redis, break it, and prove whether
//! anything was oversold or lost.
//!
//! A topology file says what is wired, what arrives, what breaks and what must hold. The engine starts real servers,
//! drives real traffic through the stages, keeps a ledger of what every buyer was told, and compares it with what is
//! there afterwards. Everybody (the command line, a test, later the window) runs the same file through the same engine
//! and gets the same report.
//!
//! A module imports only from floors below its own:
//!
//! | floor | module | what lives there |
//! |---|---|---|
//! | 6 | `main.rs` | the binary: hands over to [`cli`] |
//! | 5 | [`cli`] | the command line: `run`, `serve`, `compare`, `capacity`, `report`, `history`, `validate`, `doctor`, `bench` |
//! | 5 | [`ui`] | the window |
//! | 4 | [`machine`] | what this machine carries: a short bench, what a design asks of it, and what a design carries on it |
//! | 3 | [`engine`] | runs a plan (tokio, redis, SQLite) and audits it |
//! | 3 | [`files`] | the only reading and writing of users' files |
//! | 2 | [`lesson`] | read, predict, run, compare, explain (pure); above `report` |
//! | 2 | [`servers`] | real child processes: found or provided, started, guarded |
//! | 2 | [`report`] | what we say afterwards (pure) |
//! | 1 | [`metrics`] | how we count (pure) |
//! | 0 | [`topology`] | what is wired, and what is wrong with it (pure) |
//! | 0 | [`workload`] | what arrives (pure, seeded) |
//! | 0 | [`param`] | parameters that describe themselves; the two above are made of them |
//! | 0 | [`lang`] | words in English and Chinese (pure) |

pub mod cli;
pub mod engine;
pub mod files;
pub mod lang;
pub mod lesson;
pub mod machine;
pub mod metrics;
pub mod param;
pub mod report;
pub mod servers;
pub mod topology;
pub mod ui;
pub mod workload;
