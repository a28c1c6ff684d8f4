//! Takes a picture of a part of the window and saves it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::{ColorImage, Context, Rect};

use crate::files::FileError;
use crate::files::picture::{Picture, save_png};

/// The dialog that asked for the path has to be gone from the screen, and the charts have to be there.
const FRAMES_BEFORE: u8 = 3;

/// A part of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The canvas.
    Canvas,
    /// The charts.
    Charts,
}

/// Where the parts were drawn last, in points.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parts {
    /// The canvas.
    pub canvas: Option<Rect>,
    /// The charts.
    pub charts: Option<Rect>,
}

/// A picture that was taken: where it is, or why it is not.
pub type Taken = Result<PathBuf, FileError>;

/// A picture that is wanted.
#[derive(Debug, Clone)]
struct Wanted {
    part: Part,
    path: PathBuf,
    /// The text that it carries.
    carried: Option<String>,
}

/// Pictures under way.
pub struct Pictures {
    wanted: Option<(Wanted, u8)>,
    is_taking: bool,
    sender: Sender<Taken>,
    receiver: Receiver<Taken>,
}

impl Default for Pictures {
    fn default() -> Self {
        let (sender, receiver) = bounded(4);
        Self { wanted: None, is_taking: false, sender, receiver }
    }
}

impl Pictures {
    /// Wants a picture in one of the next frames, which carries this text.
    pub fn want(&mut self, part: Part, path: PathBuf, carried: Option<String>) {
        self.wanted = Some((Wanted { part, path, carried }, FRAMES_BEFORE));
    }

    /// Whether messages and the like should keep out of the picture.
    pub fn is_taking(&self) -> bool {
        self.wanted.is_some() || self.is_taking
    }

    /// At the end of a frame: takes the picture that is wanted, once the window is ready for it.
    pub fn take(&mut self, ctx: &Context, parts: Parts) {
        self.is_taking = false;
        let Some((wanted, frames)) = self.wanted.take() else { return };
        ctx.request_repaint();
        let rect = match wanted.part {
            Part::Canvas => parts.canvas,
            Part::Charts => parts.charts,
        };
        if frames > 0 {
            self.wanted = Some((wanted, frames - 1));
            return;
        }
        let Some(rect) = rect else {
            let source = io::Error::other("this part of the window does not show");
            self.sender.try_send(Err(FileError::Unwritable { path: wanted.path, source })).ok();
            return;
        };
        // The pixels are those of the next frame.
        self.is_taking = true;
        let (sender, ctx, scale) = (self.sender.clone(), ctx.clone(), ctx.pixels_per_point());
        let wake = ctx.clone();
        ctx.request_screenshot(move |image| save(image, rect, scale, wanted, &sender, wake));
    }

    /// The next picture that is on disk, or is not.
    pub fn taken(&self) -> Option<Taken> {
        self.receiver.try_recv().ok()
    }
}

/// Cuts, encodes and writes, beside the window.
fn save(
    image: Arc<ColorImage>,
    rect: Rect,
    scale: f32,
    wanted: Wanted,
    sender: &Sender<Taken>,
    wake: Context,
) {
    let Wanted { path, carried, .. } = wanted;
    let (target, tell) = (path.clone(), sender.clone());
    let work = move || {
        let saved = save_png(&target, &cut(&image, rect, scale), carried.as_deref()).map(|()| target);
        // If the window is gone there is nobody to tell.
        tell.try_send(saved).ok();
        wake.request_repaint();
    };
    if let Err(source) = thread::Builder::new().name("picture".into()).spawn(work) {
        sender.try_send(Err(FileError::Unwritable { path, source })).ok();
    }
}

/// The pixels of a part of the window.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels, bounded by the picture")]
fn cut(image: &ColorImage, rect: Rect, scale: f32) -> Picture {
    let [width, height] = image.size;
    let pixel = |points: f32, most: usize| ((points * scale).round().max(0.0) as usize).min(most);
    let columns = pixel(rect.left(), width)..pixel(rect.right(), width);
    let rows = pixel(rect.top(), height)..pixel(rect.bottom(), height);
    let line = |row: usize| &image.pixels[row * width..][columns.clone()];
    let rgb = rows.clone().flat_map(line).flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]).collect();
    Picture { width: columns.len(), height: rows.len(), rgb }
}

#[cfg(test)]
mod tests {
    use egui::{Color32, pos2};

    use super::*;

    #[test]
    fn a_part_is_cut_at_the_windows_scale() {
        #[allow(clippy::disallowed_methods, reason = "a picture to crop, not a look")]
        let pixels = (0..16).map(Color32::from_gray).collect();
        let image = ColorImage::new([4, 4], pixels);
        let rect = Rect::from_min_max(pos2(0.5, 0.5), pos2(1.5, 1.0));
        let picture = cut(&image, rect, 2.0);
        assert_eq!((picture.width, picture.height), (2, 1));
        assert_eq!(picture.rgb, [5, 5, 5, 6, 6, 6]);
        let beyond = Rect::from_min_max(pos2(1.0, 1.0), pos2(90.0, 90.0));
        assert_eq!((cut(&image, beyond, 2.0).width, cut(&image, beyond, 2.0).height), (2, 2));
    }
}
