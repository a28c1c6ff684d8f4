//! What a command is about: the groups of the sheet of shortcuts.

use super::super::text::{Text, text};
use super::UiCommand;

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each one's words are below")]
pub enum Group {
    File,
    Edit,
    Canvas,
    View,
    Run,
    Faults,
    Charts,
    Help,
}

impl Group {
    /// All groups, in the order of the sheet.
    pub const ALL: [Self; 8] =
        [Self::File, Self::Edit, Self::Canvas, Self::View, Self::Run, Self::Faults, Self::Charts, Self::Help];

    /// Its heading.
    pub fn label(self) -> Text {
        match self {
            Self::File => text("File", "文件"),
            Self::Edit => text("Edit", "编辑"),
            Self::Canvas => text("Canvas", "画布"),
            Self::View => text("View", "视图"),
            Self::Run => text("Run", "运行"),
            Self::Faults => text("Faults", "故障"),
            Self::Charts => text("Charts", "图表"),
            Self::Help => text("Help", "帮助"),
        }
    }
}

impl UiCommand {
    /// What it is about.
    pub fn group(self) -> Group {
        match self {
            Self::New
            | Self::Open
            | Self::Presets
            | Self::Save
            | Self::SaveAs
            | Self::CopyTopology
            | Self::PasteTopology
            | Self::ExportCanvas
            | Self::ExportCharts
            | Self::Quit => Group::File,
            Self::Undo
            | Self::Redo
            | Self::Cut
            | Self::Copy
            | Self::Paste
            | Self::Duplicate
            | Self::Delete
            | Self::SelectAll
            | Self::SelectNothing
            | Self::Rename
            | Self::AddStage => Group::Edit,
            Self::AlignLeft
            | Self::AlignCenter
            | Self::AlignTop
            | Self::AlignMiddle
            | Self::DistributeAcross
            | Self::DistributeDown
            | Self::AutoLayout
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomOne
            | Self::ZoomFit
            | Self::ToggleSnap
            | Self::ToggleMinimap
            | Self::ToggleFlowDots => Group::Canvas,
            Self::TogglePalette
            | Self::ToggleInspector
            | Self::ToggleBottom
            | Self::ShowCharts
            | Self::ShowResults
            | Self::ShowProblems
            | Self::ShowEvents
            | Self::ThemeDark
            | Self::ThemeLight
            | Self::ThemeSystem
            | Self::English
            | Self::Chinese
            | Self::Larger
            | Self::Smaller
            | Self::UsualSize => Group::View,
            Self::Run | Self::Stop | Self::CopyReport | Self::SaveReport => Group::Run,
            Self::Kill
            | Self::Pause
            | Self::Resume
            | Self::Restart
            | Self::CutLink
            | Self::SlowLink
            | Self::MendLink
            | Self::AddShard
            | Self::RemoveShard
            | Self::ToggleBreakableLinks => Group::Faults,
            Self::FollowCharts | Self::FreezeCharts => Group::Charts,
            Self::Palette | Self::Shortcuts | Self::About => Group::Help,
        }
    }
}
