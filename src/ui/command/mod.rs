//! Everything a user can do without saying more: menus, buttons, the command palette and the sheet of shortcuts are views
//! of this one list.
//!
//! - `all`: the list, in the order of the menus. [`table`]: the words, icon and shortcut of each command.
//! - [`enabled`]: whether a command can be used now, and if not, why.
//! - [`group`]: what a command is about.

mod all;
pub mod enabled;
pub mod group;
pub mod table;

use egui::KeyboardShortcut;
use lucide_icons::Icon;

use super::text::Text;

/// An action of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each one's words are in the table")]
pub enum UiCommand {
    New,
    Open,
    Presets,
    Save,
    SaveAs,
    CopyTopology,
    PasteTopology,
    ExportCanvas,
    ExportCharts,
    Quit,
    Undo,
    Redo,
    Cut,
    Copy,
    Paste,
    Duplicate,
    Delete,
    SelectAll,
    SelectNothing,
    Rename,
    AlignLeft,
    AlignCenter,
    AlignTop,
    AlignMiddle,
    DistributeAcross,
    DistributeDown,
    AutoLayout,
    AddStage,
    ZoomIn,
    ZoomOut,
    ZoomOne,
    ZoomFit,
    ToggleSnap,
    ToggleMinimap,
    ToggleFlowDots,
    TogglePalette,
    ToggleInspector,
    ToggleBottom,
    ShowCharts,
    ShowResults,
    ShowProblems,
    ShowEvents,
    Run,
    Stop,
    CopyReport,
    SaveReport,
    ToggleBreakableLinks,
    FollowCharts,
    FreezeCharts,
    Kill,
    Pause,
    Resume,
    Restart,
    CutLink,
    SlowLink,
    MendLink,
    AddShard,
    RemoveShard,
    ThemeDark,
    ThemeLight,
    ThemeSystem,
    English,
    Chinese,
    Larger,
    Smaller,
    UsualSize,
    Palette,
    Shortcuts,
    About,
}

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
