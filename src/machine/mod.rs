//! What this machine carries: a short bench, its figures, and what a design asks of them.
//!
//! - [`mod@measure`]: the bench as a whole; [`path`]: one run of the whole path or of the funnel; [`mod@search`]: which rates are tried;
//!   [`beside`]: another load generator, for comparison.
//! - [`capacity`]: what was measured; [`store`]: where it is kept, and when it counts no longer.
//! - [`knee`]: the largest rate at which a design meets its targets.
//! - [`kept`]: runs, one or several in turn, go into the history.
//! - [`demand`]: what a design asks for, and whether that is too much (pure).

pub mod beside;
pub mod capacity;
pub mod demand;
pub mod kept;
pub mod knee;
pub mod measure;
pub mod path;
pub mod search;
pub mod store;

pub use capacity::{Capacity, ExchangeRow, LagRow, RunRow};
pub use demand::{Demand, Load};
pub use measure::{Part, Told, measure};
pub use path::Way;
pub use search::Carried;
