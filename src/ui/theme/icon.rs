//! The window's icon, drawn here: a flash on a rounded square.

use egui::{Color32, IconData, Pos2, Vec2, pos2, vec2};

use super::tokens::DARK;

/// Pixels on each side.
const SIDE: u8 = 64;
/// Each pixel is looked at this many times across and down, so that edges are smooth.
const LOOKS: u8 = 4;
/// The corners' radius, as a share of a side.
const RADIUS: f32 = 0.22;
/// The flash, in shares of a side.
const FLASH: [(f32, f32); 6] =
    [(0.58, 0.12), (0.24, 0.56), (0.46, 0.56), (0.40, 0.88), (0.76, 0.42), (0.53, 0.42)];

/// The icon.
pub fn window_icon() -> IconData {
    let mut rgba = Vec::with_capacity(usize::from(SIDE) * usize::from(SIDE) * 4);
    for y in 0..SIDE {
        for x in 0..SIDE {
            rgba.extend(pixel(x, y));
        }
    }
    IconData { rgba, width: SIDE.into(), height: SIDE.into() }
}

fn pixel(x: u8, y: u8) -> [u8; 4] {
    let steps = (0..LOOKS).flat_map(|down| (0..LOOKS).map(move |across| (across, down)));
    let share = |pixel: u8, step: u8| {
        (f32::from(pixel) + (f32::from(step) + 0.5) / f32::from(LOOKS)) / f32::from(SIDE)
    };
    let (mut sum, mut covered) = ([0_u16; 3], 0_u16);
    for (across, down) in steps {
        if let Some(color) = color(pos2(share(x, across), share(y, down))) {
            covered += 1;
            for (sum, part) in sum.iter_mut().zip([color.r(), color.g(), color.b()]) {
                *sum += u16::from(part);
            }
        }
    }
    let part = |sum: u16| u8::try_from(sum / covered.max(1)).unwrap_or(u8::MAX);
    let looks = u16::from(LOOKS) * u16::from(LOOKS);
    let alpha = u8::try_from(covered * u16::from(u8::MAX) / looks).unwrap_or(u8::MAX);
    [part(sum[0]), part(sum[1]), part(sum[2]), alpha]
}

fn color(at: Pos2) -> Option<Color32> {
    // How far the point is beyond the square that the corners are rounded around.
    let beyond = ((at - pos2(0.5, 0.5)).abs() - Vec2::splat(0.5 - RADIUS)).max(vec2(0.0, 0.0));
    if beyond.length() > RADIUS {
        None
    } else if is_in_flash(at) {
        Some(DARK.on_accent)
    } else {
        Some(DARK.accent)
    }
}

/// Whether a ray to the right crosses the outline an odd number of times.
fn is_in_flash(at: Pos2) -> bool {
    let edges = FLASH.iter().zip(FLASH.iter().cycle().skip(1));
    let crosses = |((x0, y0), (x1, y1)): &(&(f32, f32), &(f32, f32))| {
        (*y0 > at.y) != (*y1 > at.y) && at.x < x0 + (at.y - y0) / (y1 - y0) * (x1 - x0)
    };
    edges.filter(crosses).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flash_is_in_the_middle_and_the_corners_are_clear() {
        assert_eq!(color(pos2(0.0, 0.0)), None);
        assert_eq!(color(pos2(0.5, 0.5)), Some(DARK.on_accent));
        assert_eq!(color(pos2(0.1, 0.5)), Some(DARK.accent));
        let icon = window_icon();
        assert_eq!(icon.rgba.len(), usize::from(SIDE) * usize::from(SIDE) * 4);
        assert_eq!((icon.rgba[3], pixel(SIDE / 2, SIDE / 2)[3]), (0, u8::MAX));
    }
}
