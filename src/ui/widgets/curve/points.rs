//! The points of a curve as a table.

use std::time::Duration;

use egui::{Button, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::tokens;
use super::super::number_edit::{Form, NumberEdit, complaint};
use super::handles::{self, Handle};
use crate::workload::Shape;

const TIME: Text = text("Time from start", "距开始");
const RATE: Text = text("Rate", "速率");
const TIME_OF: Text = text("Time of point {}", "点 {} 的时间");
const RATE_OF: Text = text("Rate of point {}", "点 {} 的速率");
const REMOVE: Text = text("Remove point {}", "移除点 {}");
const ADD: Text = text("Add point", "添加点");
const PER_SEC: Text = text("/s", "/秒");
const LAST_ONE: Text = text("a curve has one point at least", "曲线至少有一个点");

/// The height of the table before it scrolls.
const HEIGHT: f32 = 190.0;
/// Room for the number of a point.
const NUMBER: f32 = 20.0;

/// What was done to the points.
#[derive(Debug, Default)]
pub struct Done {
    /// The new points, if they were changed.
    pub points: Option<Vec<(f64, f64)>>,
    /// Whether more may follow before the gesture ends.
    pub in_gesture: bool,
    /// Whether the gesture is over with this.
    pub ends: bool,
}

/// Draws the table of a phase of length `span`.
pub fn show(ui: &mut Ui, lang: Lang, points: &[(f64, f64)], span: Duration) -> Done {
    let mut done = Done::default();
    let row_height = ui.spacing().interact_size.y;
    let width = ((ui.available_width() - NUMBER - 52.0) / 2.0).max(60.0);
    ui.horizontal(|ui| {
        ui.add_space(NUMBER + ui.spacing().item_spacing.x);
        let weak = tokens(ui.ctx()).weak;
        for heading in [TIME, RATE] {
            ui.allocate_ui(egui::vec2(width, row_height), |ui| {
                ui.set_min_width(width);
                ui.label(RichText::new(lang.t(heading)).color(weak).size(11.0));
            });
        }
    });
    ScrollArea::vertical().id_salt("points").max_height(HEIGHT).auto_shrink([false, true]).show_rows(
        ui,
        row_height,
        points.len(),
        |ui, shown| {
            for index in shown {
                ui.push_id(index, |ui| row(ui, lang, points, index, width, &mut done));
            }
        },
    );
    if ui.button((icon(Icon::Plus), lang.t(ADD))).accessible_name(lang.t(ADD)).clicked() {
        let mut longer = points.to_vec();
        if handles::add_point(&mut longer, handles::next_point(points, span)).is_some() {
            done.points = Some(longer);
        }
    }
    done
}

fn row(ui: &mut Ui, lang: Lang, points: &[(f64, f64)], index: usize, width: f32, done: &mut Done) {
    let (secs, rate) = points[index];
    let number = index + 1;
    let mut complaints = Vec::new();
    ui.horizontal(|ui| {
        let weak = tokens(ui.ctx()).weak;
        ui.allocate_ui(egui::vec2(NUMBER, ui.spacing().interact_size.y), |ui| {
            ui.set_min_width(NUMBER);
            ui.label(RichText::new(number.to_string()).color(weak).size(11.0));
        });
        let mut cell = |ui: &mut Ui, edit: NumberEdit<'_>, name: Text, to: &dyn Fn(f64) -> (f64, f64)| {
            let (entered, response) = edit.show(ui, lang);
            complaints.extend(complaint(ui, &response));
            done.in_gesture |= response.dragged() || response.drag_stopped();
            done.ends |= response.drag_stopped();
            let _named = response.accessible_name(lang.f(name, &[&number]));
            if let Some(x) = entered {
                let mut shape = Shape::Curve(points.to_vec());
                handles::move_to(&mut shape, Handle::Point(index), to(x));
                if let Shape::Curve(points) = shape {
                    done.points = Some(points);
                }
            }
        };
        let edit =
            |form, value, range, unit| NumberEdit { form, value, is_several: false, range, unit, width };
        cell(ui, edit(Form::Span, secs, (0.0, 86_400.0), ""), TIME_OF, &|x| (x, rate));
        cell(ui, edit(Form::Float, rate, (0.0, 1e7), lang.t(PER_SEC)), RATE_OF, &|x| (secs, x));
        let bin = Button::new(icon(Icon::X).color(weak)).frame(false);
        let remove = ui.add_enabled(points.len() > 1, bin).accessible_name(lang.f(REMOVE, &[&number]));
        if remove.on_disabled_hover_text(lang.t(LAST_ONE)).clicked() {
            let mut points = points.to_vec();
            points.remove(index);
            done.points = Some(points);
        }
    });
    for complaint in complaints {
        ui.label(RichText::new(complaint).color(tokens(ui.ctx()).bad).size(11.0));
    }
}
