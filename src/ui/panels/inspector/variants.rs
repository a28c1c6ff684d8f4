//! The variants of a design: what each sets, and a way to run one or all of them.

use egui::Ui;
use lucide_icons::Icon;

use super::super::super::command::UiCommand;
use super::super::super::intent::Intent;
use super::super::super::run::turns::Turn;
use super::super::super::text::{Text, params, text};
use super::{Page, parts};
use crate::topology::{Topology, Variant};

const VARIANTS: Text = text("Variants", "变体");
const ABOUT: Text = text(
    "The same design with one parameter set to another value, run on the same arrivals",
    "同一设计，只有一个参数取另一值，以相同的到达运行",
);
const RUN_ONE: Text = text("Run variant {}", "运行变体 {}");
const RUN_ALL: Text = text("Run all, one after the other", "依次全部运行");
const SETS: Text = text("{} of {} is {}", "{}（{}）设为 {}");

/// Draws them; a design without variants has no such part.
pub fn show(ui: &mut Ui, page: &mut Page<'_>) {
    let topology = page.topology();
    if topology.variants.is_empty() {
        return;
    }
    let lang = page.lang();
    parts::heading(ui, lang.t(VARIANTS));
    parts::note(ui, lang.t(ABOUT));
    let why_not = UiCommand::Run.enabled(page.model).err();
    ui.add_enabled_ui(why_not.is_none(), |ui| {
        for (index, variant) in topology.variants.iter().enumerate() {
            ui.push_id(index, |ui| {
                let name = lang.f(RUN_ONE, &[&variant.name]);
                let response = parts::row(ui, Icon::Play, &variant.name, "", &name, false);
                let response = response.on_hover_text(sets(page, topology, variant));
                if why_not
                    .map_or(response.clone(), |why| response.on_disabled_hover_text(lang.t(why)))
                    .clicked()
                {
                    page.out.push(Intent::RunTurns(vec![Turn::of(topology, variant)]));
                }
            });
        }
        if parts::button(ui, Icon::ListVideo, lang.t(RUN_ALL)).clicked() {
            page.out.push(Intent::RunTurns(Turn::all(topology)));
        }
    });
}

/// What a variant sets, in words.
fn sets(page: &Page<'_>, topology: &Topology, variant: &Variant) -> String {
    let lang = page.lang();
    let stage = topology.index_of(&variant.stage).map(|stage| topology.stages[stage].kind.params());
    let spec = stage.and_then(|params| params.specs().iter().find(|spec| spec.key == variant.set));
    let Some(spec) = spec else { return variant.name.clone() };
    let (key, value) = (params::key(lang, spec.key), params::value(lang, spec, &variant.to));
    lang.f(SETS, &[&key, &variant.stage, &value])
}
