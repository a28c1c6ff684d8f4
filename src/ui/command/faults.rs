//! The words, icon and shortcut of each fault: its words are those of the parameter.

use egui::{Key, KeyboardShortcut, Modifiers};
use lucide_icons::Icon;

use super::super::text::params;
use super::About;
use crate::topology::fault::FaultAction;

/// Its words, icon and shortcut.
pub(super) fn about(action: FaultAction) -> About {
    let (label, tip) = params::words_of(action.word());
    let is_kill = action == FaultAction::Kill;
    let shortcut = is_kill.then(|| KeyboardShortcut::new(Modifiers::NONE, Key::K));
    About { label, tip, icon: icon(action), shortcut }
}

fn icon(action: FaultAction) -> Icon {
    match action {
        FaultAction::Kill => Icon::Skull,
        FaultAction::KillAfterTaking => Icon::HandGrab,
        FaultAction::KillAfterWriting => Icon::PenOff,
        FaultAction::Terminate => Icon::Power,
        FaultAction::Pause => Icon::CirclePause,
        FaultAction::Resume => Icon::CirclePlay,
        FaultAction::Restart => Icon::RotateCcw,
        FaultAction::Replace => Icon::UserPlus,
        FaultAction::Failover => Icon::ArrowLeftRight,
        FaultAction::CutLink => Icon::Unplug,
        FaultAction::SlowLink => Icon::Turtle,
        FaultAction::ThrottleLink => Icon::Gauge,
        FaultAction::ResetLink => Icon::Zap,
        FaultAction::MendLink => Icon::Cable,
        FaultAction::Lock => Icon::Lock,
        FaultAction::Unlock => Icon::LockOpen,
        FaultAction::FillMemory => Icon::MemoryStick,
        FaultAction::FreeMemory => Icon::Eraser,
        FaultAction::GrowData => Icon::Warehouse,
        FaultAction::SlowScript => Icon::Hourglass,
        FaultAction::KillScript => Icon::OctagonX,
        FaultAction::Purge => Icon::Trash2,
        FaultAction::Expire => Icon::TimerOff,
        FaultAction::Refill => Icon::DatabaseZap,
        FaultAction::OpenSale => Icon::DoorOpen,
        FaultAction::CloseSale => Icon::DoorClosed,
        FaultAction::AddShard => Icon::Plus,
        FaultAction::RemoveShard => Icon::Minus,
    }
}
