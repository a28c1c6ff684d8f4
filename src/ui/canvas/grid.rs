//! The dots of the grid.

use egui::epaint::Mesh;
use egui::{Rect, Ui, Vec2, pos2};

use super::super::document::layout::GRID;
use super::super::theme::tokens;
use super::scene::Scene;

/// Dots are not nearer to each other than this on the screen.
const NEAREST: f32 = 18.0;

/// Draws the dots, fewer where the canvas is far away.
pub fn show(ui: &Ui, scene: &Scene<'_>) {
    let mut step = GRID;
    while step * scene.camera.zoom < NEAREST {
        step *= 2.0;
    }
    let seen = scene.camera.seen(scene.view);
    let color = tokens(ui.ctx()).grid;
    let pixel = 1.0 / ui.pixels_per_point();
    let size = Vec2::splat((1.5 / pixel).round().max(1.0) * pixel);
    let (columns, rows) = ((seen.width() / step) as usize + 2, (seen.height() / step) as usize + 2);
    let first = pos2((seen.left() / step).floor() * step, (seen.top() / step).floor() * step);
    let mut mesh = Mesh::default();
    for row in 0..rows {
        for column in 0..columns {
            let at = scene.screen(first + Vec2::new(column as f32, row as f32) * step);
            mesh.add_colored_rect(Rect::from_center_size(at, size), color);
        }
    }
    ui.painter().add(mesh);
}
