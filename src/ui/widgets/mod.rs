//! Small pieces that several parts of the window use.
//!
//! - [`command_button`]: a command as a button or a menu row.
//! - [`columns`]: the columns of a form.
//! - [`notices`]: messages at the corner of the window.
//! - [`number`]: numbers and spans of time as people write and read them.
//! - [`number_edit`]: a number that is dragged or typed.
//! - [`param_field`]: a parameter with everything that is to say about it.
//! - [`problem`]: problems in words.
//! - [`curve`]: arrival rates over time, drawn and edited.
//! - [`sparkline`]: the last half minute of a stage.

pub mod columns;
pub mod command_button;
pub mod curve;
pub mod notices;
pub mod number;
pub mod number_edit;
pub mod param_field;
pub mod problem;
pub mod sparkline;
