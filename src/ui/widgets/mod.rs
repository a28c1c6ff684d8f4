//! Small pieces that several parts of the window use.

pub mod command_button;
pub mod sparkline;
