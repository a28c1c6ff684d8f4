//! A wire: its ends, what is wrong with it, and what can be done with it.

use egui::Ui;
use lucide_icons::Icon;

use super::super::super::document::{Edit, ops};
use super::super::super::intent::Intent;
use super::super::super::selection::Selection;
use super::super::super::text::{Lang, Text, terms, text};
use super::super::super::theme::signs;
use super::fields::{self, Besides};
use super::{Page, parts};
use crate::param::ParamType;
use crate::topology::validate::{clients_matter, may_part};
use crate::topology::{ClientKind, Place};
use crate::workload::{Operation, Operations};

const LINK: Text = text("Link", "连线");
const ABOUT: Text = text("Requests go this way; answers come back", "请求沿此方向前进，答复返回");
const CONTROL: Text = text("Data control looks after this stage", "数据控制模块照管该阶段");
const FROM: Text = text("From", "起点");
const TO: Text = text("To", "终点");
const GO: Text = text("Go to stage {}", "转到阶段 {}");
const TURN: Text = text("Turn link round", "反转连线");
const DELETE: Text = text("Delete link", "删除连线");

const OPERATIONS: Text = text("What goes this way", "哪些操作走这里");
const OPERATIONS_HELP: Text = text(
    "Operations that go over this link and no other from its stage. A link for which none is chosen carries the rest",
    "只走这条连线、不走起点其他连线的操作。未选择任何操作的连线承载其余的",
);
const ALL: Text = text("None chosen: everything goes this way", "未选择：一切都走这里");
const REST: Text = text("None chosen: the rest goes this way: {}", "未选择：其余的走这里：{}");
const NOTHING_LEFT: Text =
    text("None chosen, and the other links carry everything", "未选择，而其他连线已承载一切");
const PART: Text = text("Part operations", "操作分流");

const CLIENTS: Besides = Besides {
    key: "clients",
    label: text("Clients", "客户端"),
    help: text(
        "What the clients on this link do about a failover of the Redis that they send to",
        "当所连的 Redis 发生故障转移时，这条连线上的客户端如何应对",
    ),
    kind: ClientKind::KIND,
    range: None,
    optional: false,
};

/// What its clients do about a failover; shown where it matters, and where it was set.
fn clients(ui: &mut Ui, page: &mut Page<'_>, link: usize, place: &Place) {
    let topology = page.topology();
    let Some(drawn) = topology.links.get(link) else { return };
    if !clients_matter(topology, drawn) && drawn.clients == ClientKind::SentinelAware {
        return;
    }
    let running = page.model.runs.active().map(|run| &run.topology);
    let as_running = running.and_then(|running| running.links.iter().find(|other| other.is_beside(drawn)));
    let differs = as_running.is_none_or(|running| running.clients != drawn.clients);
    let done = CLIENTS.show(ui, page, drawn.clients.to_value(), place, differs);
    fields::apply(page, done, &format!("clients {link}"), move |topology, value| {
        if let Some(clients) = ClientKind::from_value(value) {
            ops::set_clients(topology, link, clients);
        }
    });
}

/// What goes over it: the operations that it names. Shown where operations may part.
fn operations(ui: &mut Ui, page: &mut Page<'_>, link: usize) {
    let (lang, topology) = (page.lang(), page.topology());
    let Some(drawn) = topology.links.get(link) else { return };
    let from = topology.index_of(&drawn.from).map(|from| &topology.stages[from].kind);
    if drawn.operations.is_empty() && !from.is_some_and(may_part) {
        return;
    }
    let (named, carried) = (drawn.operations, topology.carried(drawn));
    parts::heading(ui, lang.t(OPERATIONS)).on_hover_text(lang.t(OPERATIONS_HELP));
    let mut wanted = named;
    ui.horizontal_wrapped(|ui| {
        for operation in Operation::ALL {
            let mut is_named = named.contains(operation);
            let words = lang.t(terms::operation(operation));
            if ui.checkbox(&mut is_named, words).on_hover_text(lang.t(OPERATIONS_HELP)).changed() {
                let one = operation.into();
                wanted = if is_named { wanted.and(one) } else { wanted.without(one) };
            }
        }
    });
    if named.is_empty() {
        let words = if carried == Operations::ALL { lang.t(ALL).to_owned() } else { rest(lang, carried) };
        parts::note(ui, words);
    }
    if wanted != named {
        page.out.edit(Edit::new(PART, move |topology| ops::set_operations(topology, link, wanted)));
    }
}

/// What a link that names nothing carries beside others that do.
fn rest(lang: Lang, carried: Operations) -> String {
    let words = terms::operations(lang, carried);
    if carried.is_empty() { lang.t(NOTHING_LEFT).to_owned() } else { lang.f(REST, &[&words]) }
}

/// Draws it.
pub fn show(ui: &mut Ui, page: &mut Page<'_>, link: usize) {
    let lang = page.lang();
    let topology = page.topology();
    let Some(drawn) = topology.links.get(link) else { return };
    parts::title(ui, lang.t(LINK), 14.0);
    let from = topology.index_of(&drawn.from).map(|from| &topology.stages[from].kind);
    let carries = from.is_none_or(crate::topology::StageKind::carries_traffic);
    parts::note(ui, lang.t(if carries { ABOUT } else { CONTROL }));
    for (end, name) in [(FROM, &drawn.from), (TO, &drawn.to)] {
        let stage = topology.index_of(name);
        let sign = stage.map_or(Icon::CircleX, |stage| signs::kind(&topology.stages[stage].kind));
        let row =
            ui.push_id(end.en, |ui| parts::row(ui, sign, name, lang.t(end), &lang.f(GO, &[name]), false));
        if let (true, Some(stage)) = (row.inner.clicked(), stage) {
            page.select(Selection::stage(stage));
        }
    }
    let place = Place::Link { from: drawn.from.clone(), to: drawn.to.clone() };
    parts::problems(ui, page, std::slice::from_ref(&place), &|key| key == CLIENTS.key);
    operations(ui, page, link);
    clients(ui, page, link, &place);
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        if parts::button(ui, Icon::ArrowLeftRight, lang.t(TURN)).clicked() {
            page.out.edit(Edit::new(TURN, move |topology| ops::turn_link(topology, link)));
        }
        if parts::button(ui, Icon::Trash2, lang.t(DELETE)).clicked() {
            let edit = Edit::new(DELETE, move |topology| ops::disconnect(topology, link));
            page.out.push(Intent::EditAndSelect(edit, Selection::Nothing));
        }
    });
}
