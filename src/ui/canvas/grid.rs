//! The dots of the grid.

use egui::epaint::Mesh;
use egui::{Rect, Ui, Vec2, pos2};

use super::super::document::layout::GRID;
use super::super::theme::tokens;
use super::scene::Scene;

/// Dots are not nearer to each other than this on the screen.
const NEAREST: f32 = 18.0;

/// Draws the dots, fewer where the canvas is far away.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand dots")]
pub fn show(ui: &Ui, scene: &Scene<'_>) {
    let mut step = GRID;
    while step * scene.camera.zoom < NEAREST {
        step *= 2.0;
    }
    let seen = scene.camera.seen(scene.view);
    let color = tokens(ui.ctx()).grid;
    let pixel = 1.0 / ui.pixels_per_point();
    let size = Vec2::splat((1.5 / pixel).round().max(1.0) * pixel);
    let first = pos2((seen.left() / step).floor() * step, (seen.top() / step).floor() * step);
    let mut mesh = Mesh::default();
    let dots = (seen.width() / step + 2.0) * (seen.height() / step + 2.0);
    mesh.reserve_vertices(4 * dots as usize);
    mesh.reserve_triangles(2 * dots as usize);
    let mut at = first;
    while at.y <= seen.bottom() {
        while at.x <= seen.right() {
            mesh.add_colored_rect(Rect::from_center_size(scene.screen(at), size), color);
            at.x += step;
        }
        at = pos2(first.x, at.y + step);
    }
    ui.painter().add(mesh);
}
