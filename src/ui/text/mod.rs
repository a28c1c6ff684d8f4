//! Words in two languages.
//!
//! Every text of the window is a [`Text`] with both languages beside each other, so that none can be missing. What the
//! floors below say in English (helps, problems, reasons) goes through [`Lang::of`].

pub mod choices;
pub mod common;
pub mod faults;
pub mod figures;
pub mod machine;
pub mod params;
pub mod presets;
pub mod terms;
pub mod trials;

pub use crate::lang::{Lang, Text, catalog, text};
