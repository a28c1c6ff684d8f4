//! The minimap: all stages and the part that is seen, where not everything is.

use egui::{Rect, Ui};

use super::super::model::Model;
use super::camera::Camera;

/// Draws the minimap into a corner of `view`, where the canvas is drawn, if the design doesn't fit. Pressing it moves
/// the camera.
pub fn show(_ui: &mut Ui, _model: &Model, _view: Rect, _camera: &mut Camera) {}
