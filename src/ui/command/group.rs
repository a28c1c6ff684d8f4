//! What a command is about: the groups of the sheet of shortcuts.

use super::super::text::{Text, text};

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
