//! A small stacked area without axes: how much, of what, lately.

use egui::{Color32, Mesh, Painter, Rect, Shape, pos2};

/// Draws bins side by side from the left edge of `rect`, each a stack of its parts from the bottom up; `room` bins fill the
/// width. Answers the height of the highest stack.
pub fn show<const N: usize>(
    painter: &Painter,
    rect: Rect,
    bins: &[[f32; N]],
    room: usize,
    colors: [Color32; N],
) -> f32 {
    let highest = bins.iter().map(|bin| bin.iter().sum::<f32>()).fold(0.0, f32::max);
    if highest <= 0.0 {
        return 0.0;
    }
    let width = rect.width() / room.max(bins.len()) as f32;
    let mut mesh = Mesh::default();
    for (index, bin) in bins.iter().enumerate() {
        let left = rect.left() + index as f32 * width;
        let mut bottom = rect.bottom();
        for (part, color) in bin.iter().zip(colors) {
            let top = bottom - part / highest * rect.height();
            if *part > 0.0 {
                let bar = Rect::from_min_max(pos2(left, top), pos2(left + width, bottom));
                mesh.add_colored_rect(bar, color);
            }
            bottom = top;
        }
    }
    painter.add(Shape::mesh(mesh));
    highest
}
