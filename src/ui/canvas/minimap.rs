//! The minimap: all stages and the part that is seen, where not everything is.

use egui::{
    CursorIcon, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::super::document::layout;
use super::super::model::Model;
use super::super::text::{Text, text};
use super::super::theme;
use super::camera::Camera;

/// The largest it may be, in points.
const LARGEST: Vec2 = vec2(180.0, 110.0);
/// The largest part of the view it may take, along each side.
const SHARE: f32 = 0.3;
/// Space around it, and inside around the stages.
const MARGIN: f32 = 10.0;
const INSET: f32 = 6.0;

const NAME: Text = text("Minimap", "小地图");
const TIP: Text = text("The whole design; press to look there", "整个设计；点按以移动视野");

/// Draws the minimap into a corner of `view`, where the canvas is drawn, if the design doesn't fit. Pressing it moves
/// the camera.
pub fn show(ui: &mut Ui, model: &Model, view: Rect, camera: &mut Camera) {
    let Some(design) = layout::bounds(model.doc.topology()).filter(|_| model.settings.minimap) else {
        return;
    };
    let seen = camera.seen(view);
    if seen.contains_rect(design) {
        return;
    }
    // With room for what is seen around every stage, the map stays as it is while the view is dragged over it; what is
    // seen beyond that belongs on it too, or the way back could not be found.
    let whole = design.expand2(seen.size() * 0.5).union(seen);
    let room = LARGEST.min(view.size() * SHARE) - Vec2::splat(2.0 * INSET);
    let scale = (room.x / whole.width()).min(room.y / whole.height());
    if !scale.is_finite() || scale <= 0.0 {
        return;
    }
    let size = whole.size() * scale + Vec2::splat(2.0 * INSET);
    let map = Rect::from_min_size(view.max - size - Vec2::splat(MARGIN), size);
    let origin = map.min + Vec2::splat(INSET);
    let place = |at: Pos2| origin + (at - whole.min) * scale;
    let put = |rect: Rect| Rect::from_min_max(place(rect.min), place(rect.max));
    paint(ui, model, map, put(seen), put);

    let name = model.lang().t(NAME);
    let response = ui.interact(map, ui.scope_id().with("minimap"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| is_pressed(ui, &response)) {
        let at = whole.min + (pointer - origin) / scale;
        // Beyond the design there is nothing to look at.
        camera.center =
            pos2(at.x.clamp(design.left(), design.right()), at.y.clamp(design.top(), design.bottom()));
    }
    if [PointerButton::Middle, PointerButton::Secondary].into_iter().any(|button| response.dragged_by(button))
    {
        camera.pan(response.drag_delta());
    }
    response.on_hover_cursor(CursorIcon::Move).on_hover_text(format!("{name}: {}", model.lang().t(TIP)));
}

/// Whether the primary button holds the map; the others pan, wherever they are pressed.
fn is_pressed(ui: &Ui, response: &Response) -> bool {
    response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down())
}

fn paint(ui: &Ui, model: &Model, map: Rect, seen: Rect, put: impl Fn(Rect) -> Rect) {
    let (tokens, painter) = (theme::tokens(ui.ctx()), ui.painter());
    painter.rect(
        map,
        6,
        tokens.panel.gamma_multiply(0.92),
        Stroke::new(1.0, tokens.line),
        StrokeKind::Inside,
    );
    let within = painter.with_clip_rect(map.shrink(2.0).intersect(ui.clip_rect()));
    for (index, stage) in model.doc.topology().stages.iter().enumerate() {
        let color = tokens.kind(&stage.kind);
        let rect = put(layout::rect(stage));
        let rect = Rect::from_center_size(rect.center(), rect.size().max(Vec2::splat(3.0)));
        within.rect_filled(rect, 1, color.gamma_multiply(0.8));
        if model.selection.has_stage(index) {
            within.rect_stroke(rect.expand(1.0), 1, Stroke::new(1.5, tokens.accent), StrokeKind::Outside);
        }
    }
    within.rect(seen, 2, tokens.text.gamma_multiply(0.08), Stroke::new(1.0, tokens.text), StrokeKind::Inside);
}
