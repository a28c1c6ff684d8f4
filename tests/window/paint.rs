//! Draws a window's frame on the processor, so that pictures need no display, no driver and no GPU.
//!
//! Colours are blended in gamma space with premultiplied alpha, as egui's own renderers do; triangles follow the top-left
//! rule, so that neighbours share no pixel.

use std::collections::HashMap;

use egui::epaint::{ClippedPrimitive, ImageData, ImageDelta, Mesh, Primitive, TextureId, Vertex};
use egui::{Color32, ColorImage, Pos2, Rect, TextureFilter, TexturesDelta};
use egui_kittest::TestRenderer;
use image::{Rgba, RgbaImage};

/// A renderer without hardware.
#[derive(Default)]
pub struct Painter {
    textures: HashMap<TextureId, (ColorImage, TextureFilter)>,
}

#[allow(clippy::iter_over_hash_type, reason = "each texture is changed for itself")]
impl TestRenderer for Painter {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, changes) in delta.set.drain() {
            for change in changes {
                self.change(id, &change);
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &egui::Context, output: &egui::FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let mut canvas = Canvas::new(size.x.round() as usize, size.y.round() as usize, scale);
        for ClippedPrimitive { clip_rect, primitive } in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = primitive else { continue };
            let (texture, filter) =
                self.textures.get(&mesh.texture_id).ok_or_else(|| format!("no {:?}", mesh.texture_id))?;
            canvas.mesh(clip_rect, &mesh, texture, *filter);
        }
        Ok(canvas.image())
    }
}

impl Painter {
    fn change(&mut self, id: TextureId, change: &ImageDelta) {
        let ImageData::Color(image) = &change.image;
        let Some([left, top]) = change.pos else {
            let texture = ColorImage::clone(image);
            self.textures.insert(id, (texture, change.options.magnification));
            return;
        };
        let Some((texture, _)) = self.textures.get_mut(&id) else { return };
        for y in 0..image.height() {
            for x in 0..image.width() {
                texture[(left + x, top + y)] = image[(x, y)];
            }
        }
    }
}

struct Canvas {
    width: usize,
    height: usize,
    scale: f32,
    /// Premultiplied red, green, blue and alpha, 0 to 1.
    pixels: Vec<[f32; 4]>,
}

impl Canvas {
    fn new(width: usize, height: usize, scale: f32) -> Self {
        Self { width, height, scale, pixels: vec![[0.0, 0.0, 0.0, 1.0]; width * height] }
    }

    fn image(&self) -> RgbaImage {
        RgbaImage::from_fn(self.width as u32, self.height as u32, |x, y| {
            let [r, g, b, _] = self.pixels[y as usize * self.width + x as usize];
            let byte = |value: f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
            Rgba([byte(r), byte(g), byte(b), 255])
        })
    }

    fn mesh(&mut self, clip: Rect, mesh: &Mesh, texture: &ColorImage, filter: TextureFilter) {
        let clip = (
            (clip.min.x * self.scale).round().max(0.0) as usize,
            (clip.min.y * self.scale).round().max(0.0) as usize,
            ((clip.max.x * self.scale).round().max(0.0) as usize).min(self.width),
            ((clip.max.y * self.scale).round().max(0.0) as usize).min(self.height),
        );
        for triangle in mesh.indices.chunks_exact(3) {
            let corners = [triangle[0], triangle[1], triangle[2]].map(|index| mesh.vertices[index as usize]);
            self.triangle(clip, corners, texture, filter);
        }
    }

    fn triangle(
        &mut self,
        (left, top, right, bottom): (usize, usize, usize, usize),
        mut corners: [Vertex; 3],
        texture: &ColorImage,
        filter: TextureFilter,
    ) {
        let at = |corner: Vertex| (corner.pos.to_vec2() * self.scale).to_pos2();
        if cross(at(corners[0]), at(corners[1]), at(corners[2])) < 0.0 {
            corners.swap(1, 2);
        }
        let [a, b, c] = corners.map(at);
        let area = cross(a, b, c);
        if area <= 0.0 {
            return;
        }
        let low =
            |values: [f32; 3]| values.into_iter().fold(f32::INFINITY, f32::min).floor().max(0.0) as usize;
        let high = |values: [f32; 3]| values.into_iter().fold(0.0_f32, f32::max).ceil() as usize;
        for y in low([a.y, b.y, c.y]).max(top)..high([a.y, b.y, c.y]).min(bottom) {
            for x in low([a.x, b.x, c.x]).max(left)..high([a.x, b.x, c.x]).min(right) {
                let point = Pos2::new(x as f32 + 0.5, y as f32 + 0.5);
                let weights = [(b, c), (c, a), (a, b)].map(|(from, to)| (cross(from, to, point), from, to));
                if !weights
                    .iter()
                    .all(|&(weight, from, to)| weight > 0.0 || (weight == 0.0 && owns(from, to)))
                {
                    continue;
                }
                let share = weights.map(|(weight, ..)| weight / area);
                let mix = |of: fn(&Vertex) -> f32| {
                    (0..3).map(|corner| share[corner] * of(&corners[corner])).sum::<f32>()
                };
                let tint = [0, 1, 2, 3].map(|channel| {
                    (0..3).map(|i| share[i] * f32::from(corners[i].color.to_array()[channel])).sum::<f32>()
                        / 255.0
                });
                let texel = sample(texture, filter, mix(|v| v.uv.x), mix(|v| v.uv.y));
                self.blend(y * self.width + x, [0, 1, 2, 3].map(|channel| tint[channel] * texel[channel]));
            }
        }
    }

    fn blend(&mut self, index: usize, over: [f32; 4]) {
        for (under, over_channel) in self.pixels[index].iter_mut().zip(over) {
            *under = over_channel + *under * (1.0 - over[3]);
        }
    }
}

/// Twice the area of a triangle; positive where it turns clockwise on the screen.
fn cross(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Whether pixels exactly on an edge belong to its triangle: on top and left edges.
fn owns(from: Pos2, to: Pos2) -> bool {
    (from.y == to.y && to.x > from.x) || to.y < from.y
}

fn sample(texture: &ColorImage, filter: TextureFilter, u: f32, v: f32) -> [f32; 4] {
    let (width, height) = (texture.width(), texture.height());
    let texel = |x: f32, y: f32| {
        let x = (x.max(0.0) as usize).min(width - 1);
        let y = (y.max(0.0) as usize).min(height - 1);
        Color32::to_array(&texture[(x, y)]).map(|channel| f32::from(channel) / 255.0)
    };
    let (x, y) = (u * width as f32, v * height as f32);
    if filter == TextureFilter::Nearest {
        return texel(x.floor(), y.floor());
    }
    let (x, y) = (x - 0.5, y - 0.5);
    let (right, down) = (x - x.floor(), y - y.floor());
    let corners = [
        (texel(x.floor(), y.floor()), (1.0 - right) * (1.0 - down)),
        (texel(x.floor() + 1.0, y.floor()), right * (1.0 - down)),
        (texel(x.floor(), y.floor() + 1.0), (1.0 - right) * down),
        (texel(x.floor() + 1.0, y.floor() + 1.0), right * down),
    ];
    [0, 1, 2, 3].map(|channel| corners.iter().map(|(color, share)| color[channel] * share).sum())
}
