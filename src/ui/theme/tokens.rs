//! Design tokens: roles, and their values in both themes.
#![allow(clippy::disallowed_methods, reason = "this is where raw colours live")]

use egui::Color32;

use super::super::run::log::Mark;
use crate::metrics::Reason;
use crate::topology::{Realness, Severity, Stage, StageKind, Topology};

/// What a colour is for, with its value.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    /// Whether light stands on dark.
    pub is_dark: bool,
    /// Behind everything.
    pub canvas: Color32,
    /// The dots of the canvas' grid.
    pub grid: Color32,
    /// Bars and side panels.
    pub panel: Color32,
    /// Boxes on the canvas, cards.
    pub card: Color32,
    /// Their heads; buttons.
    pub card_head: Color32,
    /// What a text is typed into, and code.
    pub well: Color32,
    /// Every other row of a table.
    pub stripe: Color32,
    /// What the pointer is over.
    pub hover: Color32,
    /// The way of a slider, the inside of a checkbox.
    pub track: Color32,
    /// Lines around boxes and between panels; they only adorn.
    pub line: Color32,
    /// Lines around what can be used, such as a checkbox; they must be seen.
    pub edge: Color32,
    /// Under things that lie over others.
    pub shadow: Color32,
    /// Text.
    pub text: Color32,
    /// Text of less weight.
    pub weak: Color32,
    /// The primary button, focus, links.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Behind what is selected.
    pub selection: Color32,
    /// Text on it.
    pub on_selection: Color32,
    /// A good end.
    pub good: Color32,
    /// Something to look at.
    pub warn: Color32,
    /// A bad end.
    pub bad: Color32,
    /// Load as the schedule calls for it.
    pub offered: Color32,
    /// Answers; what a stage handed on.
    pub achieved: Color32,
    /// Answered before the stage that owns the data, whatever the reason.
    pub intercepted: Color32,
    /// Units sold.
    pub sold: Color32,
    /// Claims refused by the stage that decides.
    pub rejected: Color32,
    /// Errors and timeouts.
    pub failed: Color32,
    /// One colour per reason, in the order of [`Reason::ALL`].
    reasons: [Color32; Reason::ALL.len()],
    /// Lines of many things that are told apart, such as stages or processes.
    pub series: [Color32; 8],
    /// A bar over a moment at which something broke.
    pub fault: Color32,
    /// The band over a failover.
    pub failover: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// Light on dark.
pub(super) const DARK: Tokens = Tokens {
    is_dark: true,
    canvas: rgb(0x0011_1418),
    grid: rgb(0x0024_2a31),
    panel: rgb(0x0018_1c21),
    card: rgb(0x0020_252c),
    card_head: rgb(0x002a_3039),
    well: rgb(0x000e_1115),
    stripe: rgb(0x001e_2329),
    hover: rgb(0x0037_3f4a),
    track: rgb(0x002a_3039),
    line: rgb(0x0038_404a),
    edge: rgb(0x0065_707d),
    shadow: Color32::from_black_alpha(120),
    text: rgb(0x00e4_e7eb),
    weak: rgb(0x00a3_adb8),
    accent: rgb(0x0062_a4ff),
    on_accent: rgb(0x000b_121c),
    selection: rgb(0x0024_4a7d),
    on_selection: rgb(0x00ff_ffff),
    good: rgb(0x0095_e6b6),
    warn: rgb(0x00f4_bb34),
    bad: rgb(0x00f1_724c),
    offered: rgb(0x00ad_aeb0),
    achieved: rgb(0x006c_b2fc),
    intercepted: rgb(0x00f4_bb34),
    sold: rgb(0x0095_e6b6),
    rejected: rgb(0x009f_6ddc),
    failed: rgb(0x00f1_724c),
    reasons: [
        rgb(0x0072_d0fd),
        rgb(0x00f2_e366),
        rgb(0x00f4_a349),
        rgb(0x00b7_6889),
        rgb(0x0086_91fe),
        rgb(0x00d9_4b22),
    ],
    series: [
        rgb(0x0072_d0fd),
        rgb(0x00f4_a349),
        rgb(0x0095_e6b6),
        rgb(0x00b7_6889),
        rgb(0x00f2_e366),
        rgb(0x0086_91fe),
        rgb(0x00d9_4b22),
        rgb(0x00ad_aeb0),
    ],
    fault: rgb(0x00f1_724c),
    failover: rgb(0x00f4_bb34),
};

/// Dark on light.
pub(super) const LIGHT: Tokens = Tokens {
    is_dark: false,
    canvas: rgb(0x00f7_f8fa),
    grid: rgb(0x00dd_e1e6),
    panel: rgb(0x00ff_ffff),
    card: rgb(0x00ff_ffff),
    card_head: rgb(0x00ee_f1f5),
    well: rgb(0x00ff_ffff),
    stripe: rgb(0x00f5_f7f9),
    hover: rgb(0x00dd_e3ea),
    track: rgb(0x00e4_e8ed),
    line: rgb(0x00c8_cfd7),
    edge: rgb(0x0085_8f9b),
    shadow: Color32::from_black_alpha(40),
    text: rgb(0x001c_232b),
    weak: rgb(0x0053_5f6d),
    accent: rgb(0x0015_63d8),
    on_accent: rgb(0x00ff_ffff),
    selection: rgb(0x00cf_e2ff),
    on_selection: rgb(0x000b_2c5f),
    good: rgb(0x0015_5232),
    warn: rgb(0x008d_6703),
    bad: rgb(0x0098_000e),
    offered: rgb(0x0068_6c72),
    achieved: rgb(0x0016_6aa8),
    intercepted: rgb(0x008d_6703),
    sold: rgb(0x0015_5232),
    rejected: rgb(0x005f_2c73),
    failed: rgb(0x0098_000e),
    reasons: [
        rgb(0x0012_8ab1),
        rgb(0x009f_8a2b),
        rgb(0x0090_5e1a),
        rgb(0x00b4_2a70),
        rgb(0x0033_41b6),
        rgb(0x0059_0f06),
    ],
    series: [
        rgb(0x0012_8ab1),
        rgb(0x0090_5e1a),
        rgb(0x0015_5232),
        rgb(0x00b4_2a70),
        rgb(0x009f_8a2b),
        rgb(0x0033_41b6),
        rgb(0x0059_0f06),
        rgb(0x0024_105b),
    ],
    fault: rgb(0x0098_000e),
    failover: rgb(0x008d_6703),
};

/// Light on dark for a projector, which lets light into its black.
pub(super) const STRONG_DARK: Tokens = Tokens {
    canvas: rgb(0x0000_0000),
    panel: rgb(0x0000_0000),
    card: rgb(0x0016_1b22),
    text: rgb(0x00ff_ffff),
    weak: rgb(0x00d3_dae2),
    line: rgb(0x0066_707c),
    edge: rgb(0x009a_a5b1),
    ..DARK
};

/// Dark on light for a projector.
pub(super) const STRONG_LIGHT: Tokens = Tokens {
    canvas: rgb(0x00ff_ffff),
    card: rgb(0x00f2_f5f8),
    text: rgb(0x0000_0000),
    weak: rgb(0x002c_343d),
    line: rgb(0x0088_929e),
    edge: rgb(0x005b_6570),
    ..LIGHT
};

impl Tokens {
    /// The colour of a reason, the same on canvas, charts and results.
    pub fn reason(&self, reason: Reason) -> Color32 {
        self.reasons[reason as usize]
    }

    /// The colour of a severity.
    pub fn severity(&self, severity: Severity) -> Color32 {
        match severity {
            Severity::Warning => self.warn,
            Severity::Error => self.bad,
        }
    }

    /// The colour of a badge.
    pub fn realness(&self, realness: Realness) -> Color32 {
        match realness {
            Realness::RealProcess => self.good,
            Realness::Embedded => self.achieved,
            Realness::InProcess => self.weak,
            Realness::External => self.accent,
        }
    }

    /// The colour of a kind of stage: its icon, the strip over its box, its box in the minimap.
    pub fn kind(&self, kind: &StageKind) -> Color32 {
        match kind {
            StageKind::Users(_) => self.offered,
            StageKind::Cdn(_) => self.series[0],
            StageKind::LoadBalancer(_) => self.series[3],
            StageKind::Service(_) => self.series[2],
            StageKind::Sessions(_) => self.warn,
            StageKind::ReadWriteSplit(_) => self.series[1],
            StageKind::MasterReplica(_) => self.series[6],
            StageKind::RedisCluster(_) => self.series[7],
            StageKind::Queue(_) => self.series[4],
            StageKind::Database(_) => self.series[5],
            StageKind::DataControl(_) => self.rejected,
        }
    }

    /// The colour of a stage's line in charts: that of its kind, paler for each stage of the kind before it.
    pub fn stage(&self, topology: &Topology, stage: usize) -> Color32 {
        let Some(drawn) = topology.stages.get(stage) else { return self.weak };
        let is_same = |other: &&Stage| other.kind.word() == drawn.kind.word();
        let before = topology.stages[..stage].iter().filter(is_same).count();
        self.kind(&drawn.kind).lerp_to_gamma(self.text, 0.25 * before.min(3) as f32)
    }

    /// The colour of what happened.
    pub fn mark(&self, mark: Mark) -> Color32 {
        match mark {
            Mark::Note => self.weak,
            Mark::Sale => self.sold,
            Mark::Fault => self.fault,
            Mark::Change => self.accent,
            Mark::Alert => self.warn,
            Mark::Trouble => self.bad,
        }
    }

    /// The colour of the `index`-th of many things.
    pub fn nth(&self, index: usize) -> Color32 {
        self.series[index % self.series.len()]
    }
}
