//! From canvas units to points on the screen and back. Everything on the canvas is placed by this mapping, not by a
//! transformed layer: text stays crisp, and labels are where they are seen.

use egui::{Pos2, Rect, Vec2};

/// Smallest and largest zoom.
pub const ZOOMS: std::ops::RangeInclusive<f32> = 0.2..=2.5;

/// Space around the stages when all are shown, in points.
const MARGIN: f32 = 18.0;
/// A large screen shows a small design a little larger than life when all of it is shown.
const LARGEST_FIT: f32 = 1.3;

/// Where the canvas is looked at from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// The canvas point in the middle of the view.
    pub center: Pos2,
    /// Points on the screen per canvas unit.
    pub zoom: f32,
}

impl Default for Camera {
    fn default() -> Self {
        Self { center: Pos2::ZERO, zoom: 1.0 }
    }
}

impl Camera {
    /// A canvas point on the screen; `view` is where the canvas is drawn.
    pub fn to_screen(&self, view: Rect, at: Pos2) -> Pos2 {
        view.center() + (at - self.center) * self.zoom
    }

    /// A box of the canvas on the screen.
    pub fn rect_to_screen(&self, view: Rect, rect: Rect) -> Rect {
        Rect::from_min_max(self.to_screen(view, rect.min), self.to_screen(view, rect.max))
    }

    /// The canvas point under a point of the screen.
    pub fn to_canvas(&self, view: Rect, at: Pos2) -> Pos2 {
        self.center + (at - view.center()) / self.zoom
    }

    /// The part of the canvas that is seen.
    pub fn seen(&self, view: Rect) -> Rect {
        Rect::from_min_max(self.to_canvas(view, view.min), self.to_canvas(view, view.max))
    }

    /// Moves what is seen by a way on the screen.
    pub fn pan(&mut self, by: Vec2) {
        self.center -= by / self.zoom;
    }

    /// Zooms by a factor; what is under `at` on the screen stays there.
    pub fn zoom_at(&mut self, view: Rect, at: Pos2, factor: f32) {
        let fixed = self.to_canvas(view, at);
        self.zoom = (self.zoom * factor).clamp(*ZOOMS.start(), *ZOOMS.end());
        self.center = fixed - (at - view.center()) / self.zoom;
    }

    /// Shows a box of the canvas whole, with a margin, and not much larger than life.
    pub fn fit(&mut self, view: Rect, what: Rect) {
        let room = (view.size() - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(50.0));
        let zoom = (room.x / what.width().max(1.0)).min(room.y / what.height().max(1.0));
        self.zoom = zoom.clamp(*ZOOMS.start(), LARGEST_FIT);
        self.center = what.center();
    }
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let view = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
        let mut camera = Camera { center: pos2(30.0, 40.0), zoom: 0.8 };
        let pointer = pos2(333.0, 222.0);
        let before = camera.to_canvas(view, pointer);
        camera.zoom_at(view, pointer, 1.5);
        assert!((camera.to_canvas(view, pointer) - before).length() < 1e-3);
        assert!((camera.to_screen(view, before) - pointer).length() < 1e-3);
    }
}
