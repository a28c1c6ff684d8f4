//! What the drawing of a stage has in common: where, how large, in which colours and words.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontId, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use super::super::model::Model;
use super::super::text::Lang;
use super::super::theme::{self, Tokens};

/// No text is smaller than this, in points.
const LEAST: f32 = 8.0;

/// Draws in units of the canvas, relative to the corner of a box.
pub struct Pen<'a> {
    /// Where widgets go.
    pub ui: &'a Ui,
    /// What is shown.
    pub model: &'a Model,
    /// Colours.
    pub tokens: &'static Tokens,
    /// Words.
    pub lang: Lang,
    /// Points on the screen per unit.
    pub zoom: f32,
    /// The box on the screen.
    pub rect: Rect,
    /// The stage's name, with which the names of its figures begin.
    pub name: &'a str,
    id: egui::Id,
}

impl<'a> Pen<'a> {
    /// A pen for a stage of the design, in a box on the screen.
    pub fn new(ui: &'a Ui, model: &'a Model, stage: usize, rect: Rect, zoom: f32) -> Self {
        Self {
            ui,
            model,
            tokens: theme::tokens(ui.ctx()),
            lang: model.lang(),
            zoom,
            rect,
            name: &model.doc.topology().stages[stage].name,
            id: ui.scope_id().with(("face", stage)),
        }
    }

    /// A part of the box, from its left upper corner, in units.
    pub fn part(&self, left: f32, top: f32, width: f32, height: f32) -> Rect {
        Rect::from_min_size(self.rect.min + vec2(left, top) * self.zoom, vec2(width, height) * self.zoom)
    }

    /// The font for a size in units. Whole points only: each size that is used fills a part of the font texture.
    pub fn font(&self, size: f32) -> FontId {
        FontId::proportional((size * self.zoom).round().max(LEAST))
    }

    /// One line of text inside `rect`, cut short with "…" where it is too long. Answers where it stands, and whether it was
    /// cut.
    pub fn text(&self, rect: Rect, align: Align2, text: &str, size: f32, color: Color32) -> (Rect, bool) {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), self.font(size), color);
        job.wrap = TextWrapping::truncate_at_width(rect.width().max(0.0));
        let galley = self.ui.painter().layout_job(job);
        let at = align.align_size_within_rect(galley.size(), rect);
        let elided = galley.elided;
        self.ui.painter().galley(at.min, galley, color);
        (at, elided)
    }

    /// How wide a text would be, in points on the screen.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        self.ui.painter().layout_no_wrap(text.to_owned(), self.font(size), Color32::PLACEHOLDER).size().x
    }

    /// An icon in the middle of `rect`.
    pub fn icon(&self, rect: Rect, icon: Icon, size: f32, color: Color32) {
        self.icon_at(rect.center(), icon, size, color);
    }

    /// An icon around a point.
    pub fn icon_at(&self, at: Pos2, icon: Icon, size: f32, color: Color32) {
        let text = char::from(icon);
        self.ui.painter().text(at, Align2::CENTER_CENTER, text, self.font(size), color);
    }

    /// An icon and a text beside it, from the left or the right edge of `rect`. Answers where they stand.
    pub fn sign(&self, rect: Rect, from_right: bool, sign: (Icon, &str), size: f32, color: Color32) -> Rect {
        self.two_signs(rect, from_right, sign, size, [color; 2])
    }

    /// The same with a colour for the icon and one for the text.
    pub fn two_signs(
        &self,
        rect: Rect,
        from_right: bool,
        (icon, text): (Icon, &str),
        size: f32,
        [icon_color, color]: [Color32; 2],
    ) -> Rect {
        let beside = self.font(size).size * 1.4;
        let wide = self.width(text, size).min((rect.width() - beside).max(0.0));
        let left = if from_right { rect.right() - wide - beside } else { rect.left() };
        let all = Rect::from_min_max(pos2(left, rect.top()), pos2(left + beside + wide, rect.bottom()));
        self.icon_at(pos2(left + beside * 0.38, rect.center().y), icon, size, icon_color);
        let words =
            Rect::from_min_max(pos2(left + beside, rect.top()), pos2(all.right() + 1.0, rect.bottom()));
        self.text(words, Align2::LEFT_CENTER, text, size, color);
        all
    }

    /// A figure: something drawn that has a name for those who can't see it, and a tooltip.
    pub fn figure(&self, rect: Rect, salt: &str, value: &str, tip: &str) -> Response {
        self.widget(rect, salt, Sense::hover(), value, tip)
    }

    /// The same, which senses clicks or more.
    pub fn widget(&self, rect: Rect, salt: &str, sense: Sense, value: &str, tip: &str) -> Response {
        let response = self.ui.interact(rect, self.id.with(salt), sense);
        let role = if sense.senses_click() { Role::Button } else { Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, true, format!("{}: {value}", self.name)));
        if tip.is_empty() { response } else { response.on_hover_text(tip) }
    }

    /// A place of its own in the window's memory.
    pub fn id(&self, salt: impl egui::AsIdSalt) -> egui::Id {
        self.id.with(salt)
    }
}
