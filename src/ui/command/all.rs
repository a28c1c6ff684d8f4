//! Every command, in the order of the menus.

use super::UiCommand;
use crate::topology::fault::FaultAction;

impl UiCommand {
    /// Every command, in the order of the menus.
    pub const ALL: &'static [Self] = &[
        Self::New,
        Self::Open,
        Self::Presets,
        Self::Save,
        Self::SaveAs,
        Self::CopyTopology,
        Self::PasteTopology,
        Self::ExportCanvas,
        Self::ExportCharts,
        Self::Quit,
        Self::Undo,
        Self::Redo,
        Self::Cut,
        Self::Copy,
        Self::Paste,
        Self::Duplicate,
        Self::Delete,
        Self::SelectAll,
        Self::SelectNothing,
        Self::Rename,
        Self::AlignLeft,
        Self::AlignCenter,
        Self::AlignTop,
        Self::AlignMiddle,
        Self::DistributeAcross,
        Self::DistributeDown,
        Self::AutoLayout,
        Self::AddStage,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomOne,
        Self::ZoomFit,
        Self::ToggleSnap,
        Self::ToggleMinimap,
        Self::ToggleFlowDots,
        Self::TogglePalette,
        Self::ToggleInspector,
        Self::ToggleBottom,
        Self::ShowCharts,
        Self::ShowResults,
        Self::ShowProblems,
        Self::ShowEvents,
        Self::Run,
        Self::Stop,
        Self::CopyReport,
        Self::SaveReport,
        Self::ToggleBreakableLinks,
        Self::FollowCharts,
        Self::FreezeCharts,
        Self::Fault(FaultAction::Kill),
        Self::Fault(FaultAction::Terminate),
        Self::Fault(FaultAction::Pause),
        Self::Fault(FaultAction::Resume),
        Self::Fault(FaultAction::Restart),
        Self::Fault(FaultAction::Failover),
        Self::Fault(FaultAction::CutLink),
        Self::Fault(FaultAction::SlowLink),
        Self::Fault(FaultAction::ThrottleLink),
        Self::Fault(FaultAction::ResetLink),
        Self::Fault(FaultAction::MendLink),
        Self::Fault(FaultAction::Lock),
        Self::Fault(FaultAction::Unlock),
        Self::Fault(FaultAction::FillMemory),
        Self::Fault(FaultAction::FreeMemory),
        Self::Fault(FaultAction::SlowScript),
        Self::Fault(FaultAction::KillScript),
        Self::Fault(FaultAction::Purge),
        Self::Fault(FaultAction::Expire),
        Self::Fault(FaultAction::Refill),
        Self::Fault(FaultAction::OpenSale),
        Self::Fault(FaultAction::CloseSale),
        Self::Fault(FaultAction::AddShard),
        Self::Fault(FaultAction::RemoveShard),
        Self::ThemeDark,
        Self::ThemeLight,
        Self::ThemeSystem,
        Self::English,
        Self::Chinese,
        Self::Larger,
        Self::Smaller,
        Self::UsualSize,
        Self::Palette,
        Self::Shortcuts,
        Self::About,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_a_command() {
        for &action in FaultAction::ALL {
            assert!(UiCommand::ALL.contains(&UiCommand::Fault(action)), "{action:?}");
        }
    }
}
