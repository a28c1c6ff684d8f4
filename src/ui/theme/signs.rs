//! Icons by what they stand for: the second sign beside each colour, the same wherever it is drawn.

use lucide_icons::Icon;

use super::super::run::log::Mark;
use crate::metrics::{Reason, Role};
use crate::topology::{Realness, Severity, StageKind};

/// The icon of a kind of stage.
pub fn kind(kind: &StageKind) -> Icon {
    match kind {
        StageKind::Users(_) => Icon::Users,
        StageKind::Cdn(_) => Icon::Globe,
        StageKind::LoadBalancer(_) => Icon::Split,
        StageKind::Service(_) => Icon::Server,
        StageKind::Sessions(_) => Icon::Cookie,
        StageKind::ReadWriteSplit(_) => Icon::ShieldCheck,
        StageKind::MasterReplica(_) => Icon::Boxes,
        StageKind::RedisCluster(_) => Icon::Network,
        StageKind::Queue(_) => Icon::ListOrdered,
        StageKind::Database(_) => Icon::Database,
        StageKind::DataControl(_) => Icon::SlidersHorizontal,
    }
}

/// The icon of a reason.
pub fn reason(reason: Reason) -> Icon {
    match reason {
        Reason::CacheHit => Icon::Zap,
        Reason::NotStarted => Icon::Clock,
        Reason::SoldOut => Icon::PackageX,
        Reason::RateLimited => Icon::Gauge,
        Reason::Duplicate => Icon::Files,
        Reason::Shed => Icon::Umbrella,
    }
}

/// The icon of a badge.
pub fn realness(realness: Realness) -> Icon {
    match realness {
        Realness::RealProcess => Icon::Cpu,
        Realness::Embedded => Icon::Puzzle,
        Realness::InProcess => Icon::AppWindow,
        Realness::External => Icon::ExternalLink,
    }
}

/// The icon of a severity.
pub fn severity(severity: Severity) -> Icon {
    match severity {
        Severity::Warning => Icon::TriangleAlert,
        Severity::Error => Icon::OctagonAlert,
    }
}

/// The icon of what happened.
pub fn mark(mark: Mark) -> Icon {
    match mark {
        Mark::Note => Icon::Info,
        Mark::Sale => Icon::DoorOpen,
        Mark::Fault => Icon::Zap,
        Mark::Change => Icon::SlidersHorizontal,
        Mark::Alert => Icon::BellRing,
        Mark::Trouble => Icon::TriangleAlert,
    }
}

/// The icon of a replica that gets no reads.
pub const OUT_OF_READS: Icon = Icon::BookX;

/// The icon of what a process is.
pub fn role(role: Role) -> Icon {
    match role {
        Role::Master => Icon::Crown,
        Role::Replica => Icon::Copy,
        Role::Sentinel => Icon::Eye,
        Role::Unknown => Icon::CircleDashed,
    }
}
