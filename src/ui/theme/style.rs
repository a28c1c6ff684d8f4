//! The looks of egui's own widgets from the tokens, and the sizes of type and room.

use egui::style::{ScrollStyle, WidgetVisuals};
use egui::{CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Visuals, vec2};

use super::Tokens;

/// Sizes of type, in points.
pub mod size {
    /// Notes, units, axis labels.
    pub const SMALL: f32 = 11.0;
    /// Everything that is read.
    pub const BODY: f32 = 13.5;
    /// The heading of a panel or a dialog.
    pub const HEADING: f32 = 17.0;
    /// The one thing a page says.
    pub const TITLE: f32 = 22.0;
    /// An icon that stands alone, such as on a button.
    pub const ICON: f32 = 16.0;
}

/// Room between and around things, in points.
pub mod room {
    /// Between an icon and its words.
    pub const TIGHT: f32 = 4.0;
    /// Between rows.
    pub const ROW: f32 = 6.0;
    /// Between things that stand beside each other.
    pub const BESIDE: f32 = 8.0;
    /// Around the content of a panel; between groups.
    pub const GROUP: f32 = 12.0;
    /// Around the content of a dialog.
    pub const DIALOG: f32 = 20.0;
}

/// How round corners are, in points.
const RADIUS: u8 = 5;

/// Makes a style of egui look by these tokens.
pub fn set(style: &mut Style, tokens: &Tokens) {
    style.visuals = visuals(tokens);
    for (role, size) in [
        (TextStyle::Small, size::SMALL),
        (TextStyle::Body, size::BODY),
        (TextStyle::Button, size::BODY),
        (TextStyle::Heading, size::HEADING),
    ] {
        style.text_styles.insert(role, FontId::new(size, FontFamily::Proportional));
    }
    style.text_styles.insert(TextStyle::Monospace, FontId::new(size::BODY - 1.0, FontFamily::Monospace));
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(room::BESIDE, room::ROW);
    spacing.button_padding = vec2(room::BESIDE, room::TIGHT);
    spacing.interact_size.y = 24.0;
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.menu_margin = Margin::same(6);
    spacing.tooltip_width = 380.0;
    spacing.scroll = ScrollStyle {
        bar_width: 9.0,
        floating_allocated_width: 5.0,
        dormant_handle_opacity: 0.45,
        ..ScrollStyle::thin()
    };
    style.interaction.selectable_labels = false;
}

fn visuals(tokens: &Tokens) -> Visuals {
    let mut visuals = if tokens.is_dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.panel;
    visuals.window_stroke = Stroke::new(1.0, tokens.line);
    visuals.window_corner_radius = CornerRadius::same(RADIUS + 3);
    visuals.menu_corner_radius = CornerRadius::same(RADIUS + 1);
    visuals.window_shadow = Shadow { offset: [0, 8], blur: 28, spread: 0, color: tokens.shadow };
    visuals.popup_shadow = Shadow { offset: [0, 4], blur: 12, spread: 0, color: tokens.shadow };
    visuals.extreme_bg_color = tokens.canvas;
    visuals.text_edit_bg_color = Some(tokens.well);
    visuals.code_bg_color = tokens.well;
    visuals.faint_bg_color = tokens.stripe;
    visuals.weak_text_color = Some(tokens.weak);
    visuals.hyperlink_color = tokens.accent;
    visuals.warn_fg_color = tokens.warn;
    visuals.error_fg_color = tokens.bad;
    visuals.selection.bg_fill = tokens.selection;
    visuals.selection.stroke = Stroke::new(1.5, tokens.on_selection);
    visuals.text_cursor.stroke = Stroke::new(2.0, tokens.accent);
    visuals.slider_trailing_fill = true;
    visuals.indent_has_left_vline = false;
    let widgets = &mut visuals.widgets;
    widgets.noninteractive = look(tokens.panel, tokens.panel, Stroke::new(1.0, tokens.line), tokens);
    widgets.inactive = look(tokens.track, tokens.card_head, Stroke::new(1.0, tokens.edge), tokens);
    widgets.hovered = look(tokens.hover, tokens.hover, Stroke::new(1.0, tokens.weak), tokens);
    // Pressed, or reached by the keyboard: a ring that is seen from afar.
    widgets.active = look(tokens.hover, tokens.hover, Stroke::new(2.0, tokens.accent), tokens);
    widgets.open = look(tokens.hover, tokens.hover, Stroke::new(1.0, tokens.edge), tokens);
    visuals
}

fn look(fill: egui::Color32, button: egui::Color32, edge: Stroke, tokens: &Tokens) -> WidgetVisuals {
    WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: button,
        bg_stroke: edge,
        fg_stroke: Stroke::new(1.2, tokens.text),
        corner_radius: CornerRadius::same(RADIUS),
        expansion: 0.0,
    }
}
