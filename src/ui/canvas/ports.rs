//! The ports of the stages, at which wires begin and end.

use egui::{
    Color32, CursorIcon, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo,
};

use super::super::intent::Intents;
use super::super::text::{Text, text};
use super::super::theme::tokens;
use super::CanvasView;
use super::gesture::{Gesture, Pull};
use super::pull;
use super::scene::{Port, Scene};

const IN: Text = text("input of {}", "{} 的输入");
const OUT: Text = text("output of {}", "{} 的输出");
const CONTROL_IN: Text = text("control input of {}", "{} 的控制输入");
const CONTROL_OUT: Text = text("control output of {}", "{} 的控制输出");
const TIP_OUT: Text = text(
    "Drag to the stage that gets these requests; let go on empty canvas to add one",
    "拖到接收这些请求的阶段；在空白处松开可添加新阶段",
);
const TIP_IN: Text = text(
    "Drag to the stage that sends these requests; let go on empty canvas to add one",
    "拖到发出这些请求的阶段；在空白处松开可添加新阶段",
);
/// The place that takes the pointer, on the screen.
const REACH: f32 = 18.0;
/// Ports are neither drawn nor taken on boxes smaller than this zoom.
const SMALLEST: f32 = 0.3;

/// Draws the ports that are seen.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, canvas: &mut CanvasView, out: &mut Intents) {
    if scene.camera.zoom < SMALLEST {
        return;
    }
    let pulled = canvas.pulled();
    for (index, stage) in scene.topology().stages.iter().enumerate() {
        if !scene.sees(scene.rect(index)) {
            continue;
        }
        let fits = pulled.map(|pull| pull::refusal(scene, pull, index).is_none());
        for &port in Port::of(&stage.kind) {
            let response = interact(ui, scene, index, port);
            draw(ui, scene, &response, port, (pulled, fits));
            take(scene, canvas, (index, port), &response, out);
        }
    }
}

/// Whether there is a port at a point of the screen.
pub fn is_at(scene: &Scene<'_>, at: Pos2) -> bool {
    scene.topology().stages.iter().enumerate().any(|(index, stage)| {
        Port::of(&stage.kind).iter().any(|&port| place(scene, index, port).contains(at))
    })
}

fn place(scene: &Scene<'_>, stage: usize, port: Port) -> Rect {
    Rect::from_center_size(scene.port(stage, port), Vec2::splat(REACH))
}

fn interact(ui: &Ui, scene: &Scene<'_>, stage: usize, port: Port) -> Response {
    let id = ui.scope_id().with(("port", stage, port as u8));
    let response = ui.interact(place(scene, stage, port), id, Sense::click_and_drag());
    let name = &scene.topology().stages[stage].name;
    let label = match port {
        Port::In => IN,
        Port::Out => OUT,
        Port::ControlIn => CONTROL_IN,
        Port::ControlOut => CONTROL_OUT,
    };
    let label = scene.lang().f(label, &[name]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    if response.hovered() {
        ui.set_cursor_icon(CursorIcon::Crosshair);
    }
    response
}

fn draw(
    ui: &Ui,
    scene: &Scene<'_>,
    response: &Response,
    port: Port,
    (pulled, fits): (Option<Pull>, Option<bool>),
) {
    let tokens = tokens(ui.ctx());
    let radius = (5.0 * scene.camera.zoom).clamp(3.0, 7.0);
    let is_other_end = pulled.is_none_or(|pull| pull.port.other_end() == port);
    let is_held = response.hovered() || response.has_focus();
    let (radius, fill, stroke): (f32, Color32, Stroke) = match fits {
        Some(true) if is_other_end => {
            ui.painter().circle_filled(
                response.rect.center(),
                radius * 2.2,
                tokens.accent.gamma_multiply(0.25),
            );
            (radius * 1.3, tokens.accent, Stroke::new(1.5, tokens.text))
        }
        Some(_) => (radius * 0.8, tokens.canvas, Stroke::new(1.0, tokens.line)),
        None if is_held => (radius * 1.4, tokens.accent, Stroke::new(1.5, tokens.text)),
        None => (radius, tokens.card, Stroke::new(1.5, tokens.weak)),
    };
    ui.painter().circle(response.rect.center(), radius, fill, stroke);
}

/// Begins or ends a wire at a port that is dragged, clicked, or pressed by a key.
fn take(
    scene: &Scene<'_>,
    canvas: &mut CanvasView,
    (stage, port): (usize, Port),
    response: &Response,
    out: &mut Intents,
) {
    let begin = |is_loose| Gesture::Pull(Pull { stage, port, link: None, is_loose });
    if response.drag_started_by(PointerButton::Primary) {
        canvas.gesture = begin(false);
    } else if response.clicked() {
        match canvas.pulled() {
            Some(_) => pull::finish(scene, canvas, Some(stage), response.rect.center(), out),
            None => canvas.gesture = begin(true),
        }
    }
    if canvas.pulled().is_none() {
        let tip = if port.is_out() { TIP_OUT } else { TIP_IN };
        response.clone().on_hover_text(scene.lang().t(tip));
    }
}
