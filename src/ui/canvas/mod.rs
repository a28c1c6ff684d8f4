//! The canvas: stages as boxes, links as wires, and the life on them while a run goes on.
//!
//! - [`camera`]: from canvas units to the screen and back.
//! - [`face`]: a stage's box. [`wire`]: a link's curve and its flow. [`minimap`]: the whole in a corner.
//! - Of a face: [`body`], what the stage does; [`gist`], what it is set to; [`instances`], its processes; [`pen`] draws.
//! - [`flow`]: strands and dots along a wire.

pub mod body;
pub mod camera;
pub mod face;
pub mod flow;
pub mod gist;
pub mod instances;
pub mod minimap;
pub mod pen;
pub mod wire;

use super::intent::Intents;
use super::model::Model;

/// How the canvas is looked at.
#[derive(Debug, Default)]
pub struct CanvasView {
    /// From where.
    pub camera: camera::Camera,
}

/// Draws the canvas.
pub fn show(ui: &mut egui::Ui, model: &Model, _view: &mut CanvasView, _out: &mut Intents) {
    for stage in &model.doc.topology().stages {
        ui.label(&stage.name);
    }
}
