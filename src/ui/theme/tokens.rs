//! Design tokens: roles, and their values in both themes.
#![allow(clippy::disallowed_methods, reason = "this is where raw colours live")]

use egui::{Color32, CornerRadius, Stroke, Style, Visuals};

use super::super::run::log::Mark;
use crate::metrics::Reason;
use crate::topology::{Realness, Severity, StageKind};

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
    /// Their heads.
    pub card_head: Color32,
    /// Lines around boxes and between panels.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text of less weight.
    pub weak: Color32,
    /// What is selected, primary buttons, focus.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
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
    line: rgb(0x0038_404a),
    text: rgb(0x00e4_e7eb),
    weak: rgb(0x009a_a5b1),
    accent: rgb(0x003d_8bff),
    on_accent: rgb(0x00ff_ffff),
    good: rgb(0x0021_b489),
    warn: rgb(0x00e6_9f00),
    bad: rgb(0x00ff_6b4a),
    offered: rgb(0x00c0_c8d0),
    achieved: rgb(0x0056_b4e9),
    intercepted: rgb(0x00e6_9f00),
    sold: rgb(0x0021_b489),
    rejected: rgb(0x00b3_9ddb),
    failed: rgb(0x00ff_6b4a),
    reasons: [
        rgb(0x0056_b4e9),
        rgb(0x00f0_e442),
        rgb(0x00e6_9f00),
        rgb(0x00cc_79a7),
        rgb(0x0059_8fff),
        rgb(0x00d5_5e00),
    ],
    series: [
        rgb(0x0056_b4e9),
        rgb(0x00e6_9f00),
        rgb(0x0021_b489),
        rgb(0x00cc_79a7),
        rgb(0x00f0_e442),
        rgb(0x0059_8fff),
        rgb(0x00d5_5e00),
        rgb(0x00c0_c8d0),
    ],
    fault: rgb(0x00ff_6b4a),
    failover: rgb(0x00e6_9f00),
};

/// Dark on light.
pub(super) const LIGHT: Tokens = Tokens {
    is_dark: false,
    canvas: rgb(0x00f7_f8fa),
    grid: rgb(0x00dd_e1e6),
    panel: rgb(0x00ff_ffff),
    card: rgb(0x00ff_ffff),
    card_head: rgb(0x00ee_f1f5),
    line: rgb(0x00c3_cad3),
    text: rgb(0x001c_232b),
    weak: rgb(0x0058_6472),
    accent: rgb(0x0015_63d8),
    on_accent: rgb(0x00ff_ffff),
    good: rgb(0x0000_7a5a),
    warn: rgb(0x009a_6200),
    bad: rgb(0x00c2_3b12),
    offered: rgb(0x0046_5261),
    achieved: rgb(0x0000_72b2),
    intercepted: rgb(0x00d9_8f00),
    sold: rgb(0x0000_8a66),
    rejected: rgb(0x0073_50c0),
    failed: rgb(0x00c2_3b12),
    reasons: [
        rgb(0x003a_9bd4),
        rgb(0x00b8_a800),
        rgb(0x00d9_8f00),
        rgb(0x00b8_5c92),
        rgb(0x0000_5fa8),
        rgb(0x00c4_5200),
    ],
    series: [
        rgb(0x0000_72b2),
        rgb(0x00d9_8f00),
        rgb(0x0000_8a66),
        rgb(0x00b8_5c92),
        rgb(0x00a3_9500),
        rgb(0x003a_9bd4),
        rgb(0x00c4_5200),
        rgb(0x0046_5261),
    ],
    fault: rgb(0x00c2_3b12),
    failover: rgb(0x00d9_8f00),
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
        }
    }

    /// The colour of what happened.
    pub fn mark(&self, mark: Mark) -> Color32 {
        match mark {
            Mark::Note => self.weak,
            Mark::Sale => self.sold,
            Mark::Fault => self.fault,
            Mark::Change => self.accent,
            Mark::Trouble => self.bad,
        }
    }

    /// The colour of a kind of stage: its icon, the strip over its box, its box in the minimap.
    pub fn kind(&self, kind: &StageKind) -> Color32 {
        match kind {
            StageKind::Users(_) => self.offered,
            StageKind::Cdn(_) => self.series[0],
            StageKind::LoadBalancer(_) => self.series[3],
            StageKind::Service(_) => self.series[2],
            StageKind::ReadWriteSplit(_) => self.series[1],
            StageKind::MasterReplica(_) => self.series[6],
            StageKind::Queue(_) => self.series[4],
            StageKind::Database(_) => self.series[5],
            StageKind::DataControl(_) => self.rejected,
        }
    }

    /// The colour of the `index`-th of many things.
    pub fn nth(&self, index: usize) -> Color32 {
        self.series[index % self.series.len()]
    }

    pub(super) fn style(&self, style: &mut Style) {
        let mut visuals = if self.is_dark { Visuals::dark() } else { Visuals::light() };
        visuals.panel_fill = self.panel;
        visuals.window_fill = self.panel;
        visuals.extreme_bg_color = self.canvas;
        visuals.faint_bg_color = self.card_head;
        visuals.override_text_color = None;
        visuals.selection.bg_fill = self.accent.gamma_multiply(if self.is_dark { 0.45 } else { 0.25 });
        visuals.selection.stroke = Stroke::new(1.0, self.text);
        visuals.hyperlink_color = self.accent;
        visuals.warn_fg_color = self.warn;
        visuals.error_fg_color = self.bad;
        visuals.window_stroke = Stroke::new(1.0, self.line);
        let radius = CornerRadius::same(5);
        let widgets = &mut visuals.widgets;
        for (look, fill, text) in [
            (&mut widgets.noninteractive, self.panel, self.text),
            (&mut widgets.inactive, self.card_head, self.text),
            (&mut widgets.hovered, self.line, self.text),
            // Strong text has the text colour of this look, so it has to be readable on panels.
            (&mut widgets.active, self.line, self.text),
            (&mut widgets.open, self.card_head, self.text),
        ] {
            look.bg_fill = fill;
            look.weak_bg_fill = fill;
            look.bg_stroke = Stroke::new(1.0, self.line);
            look.fg_stroke = Stroke::new(1.0, text);
            look.corner_radius = radius;
            look.expansion = 0.0;
        }
        widgets.active.bg_stroke = Stroke::new(1.0, self.accent);
        style.visuals = visuals;
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(8.0, 4.0);
        style.spacing.interact_size.y = 24.0;
        style.interaction.selectable_labels = false;
    }
}
