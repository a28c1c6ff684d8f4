//! Everything a user can do without saying more: menus, buttons, the command palette and the sheet of shortcuts are views
//! of this one list.
//!
//! - [`table`]: each command with its group, icon, shortcut and words; `faults`: those of faults.
//! - [`enabled`]: whether a command can be used now, and if not, why.
//! - [`group`]: what a command can be about.

pub mod enabled;
mod faults;
pub mod group;
pub mod table;

use egui::KeyboardShortcut;
use lucide_icons::Icon;

use super::text::Text;
pub use table::UiCommand;

/// The words, icon and shortcut of a command.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// What menus and buttons say.
    pub label: Text,
    /// What it does, in a sentence.
    pub tip: Text,
    /// Its icon.
    pub icon: Icon,
    /// Its keys.
    pub shortcut: Option<KeyboardShortcut>,
}
