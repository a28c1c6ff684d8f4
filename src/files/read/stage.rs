//! Stages and links.

use super::super::raw::Raw;
use super::group::{Group, keys, read_kind};
use super::{NO_PART, Reader, suggest};
use crate::topology::{Link, Place, Stage, StageKind};
use crate::workload::{Operation, Operations};

/// The distance of stages whose position the file doesn't say, in canvas units.
const GRID: f32 = 200.0;

pub(super) fn read_stages(root: &Group, reader: &mut Reader) -> Vec<Stage> {
    root.require("stages", "stages: [ (name: \"…\", kind: …), … ]", reader);
    let Some(items) = root.items("stages", reader) else {
        reader.unread.stages = true;
        reader.unread.nameless_stages = true;
        return Vec::new();
    };
    items.into_iter().enumerate().filter_map(|(index, raw)| read_stage(index, raw, reader)).collect()
}

fn read_stage(index: usize, raw: Raw, reader: &mut Reader) -> Option<Stage> {
    let known_name: Option<String> =
        raw.word().1.fields().and_then(|fields| fields.iter().find(|field| field.key == "name")?.value.to());
    let name = known_name.clone().unwrap_or_else(|| format!("stage {}", index + 1));
    let stage = read_named_stage(index, raw, name, reader);
    if stage.is_none() || known_name.is_none() {
        reader.unread.stages = true;
        reader.unread.nameless_stages |= known_name.is_none();
        reader.unread.stage_names.extend(known_name);
    }
    stage
}

fn read_named_stage(index: usize, raw: Raw, name: String, reader: &mut Reader) -> Option<Stage> {
    let place = Place::Stage(name.clone());
    let group = Group::open(raw, "a stage", place, &["name", "kind", "at"], reader)?;
    group.required::<String>("name", "name: \"…\"", reader);
    let kind = group.require("kind", "a kind, such as kind: Cdn()", reader).and_then(|raw| {
        let what = ("kind", "kind of stage");
        let kind = read_kind(raw, what, StageKind::WORDS, StageKind::from_word, &group.place, reader)?;
        Some(read_params(raw, kind, &group.place, reader))
    });
    #[allow(clippy::cast_precision_loss, reason = "a place on the canvas")]
    let default_at = (index as f32 * GRID, 160.0);
    let at = read_position(&group, reader).unwrap_or(default_at);
    Some(Stage { name, kind: kind?, at })
}

fn read_params(raw: Raw, mut kind: StageKind, place: &Place, reader: &mut Reader) -> StageKind {
    let known = keys(kind.params());
    let what = format!("{} stage", kind.word());
    if let Some(group) = Group::open(raw, &format!("a {what}"), place.clone(), &known, reader) {
        group.fill(kind.params_mut(), reader);
    } else {
        for key in known {
            reader.broken.insert((place.clone(), key));
        }
    }
    kind
}

fn read_position(group: &Group, reader: &mut Reader) -> Option<(f32, f32)> {
    let raw = group.get("at")?;
    let at = raw.to();
    if at.is_none() {
        let text = format!("at: expected a position, found {}", raw.description());
        reader.field_error(raw.offset, &group.place, "at", (text, "write at: (x, y)".into()));
    }
    at
}

pub(super) fn read_links(root: &Group, reader: &mut Reader) -> Vec<Link> {
    let Some(items) = root.items("links", reader) else {
        reader.unread.links = root.is_broken("links", reader);
        return Vec::new();
    };
    items.into_iter().filter_map(|raw| read_link(raw, reader)).collect()
}

/// The fields of a link.
const LINK: [&str; 4] = ["from", "to", "clients", "operations"];

fn read_link(raw: Raw, reader: &mut Reader) -> Option<Link> {
    let link = Group::open(raw, "a link", NO_PART, &LINK, reader).and_then(|group| {
        let from: Option<String> = group.required("from", "from: \"…\", the stage that sends", reader);
        let to: Option<String> = group.required("to", "to: \"…\", the stage that receives", reader);
        let clients = group.field("clients", reader);
        let operations = read_operations(&group, reader);
        let new = Link::new(from?, to?);
        let link = Link { clients: clients.unwrap_or(new.clients), operations, ..new };
        let place = Place::Link { from: link.from.clone(), to: link.to.clone() };
        // Of two equal links, the second is the one to speak of.
        reader.spots.insert((place.clone(), ""), group.offset);
        for key in LINK {
            if let Some(raw) = group.get(key) {
                reader.spots.insert((place.clone(), key), raw.offset);
            }
        }
        Some(link)
    });
    reader.unread.links |= link.is_none();
    link
}

/// What a link is named for; a word that is no operation is complained about, and left out.
fn read_operations(group: &Group, reader: &mut Reader) -> Operations {
    const WORDS: [&str; Operation::COUNT] = ["Read", "Claim", "Append", "Count"];
    let mut operations = Operations::NONE;
    for raw in group.items("operations", reader).unwrap_or_default() {
        let Some(operation) = Operation::from_word(raw.text) else {
            let text = format!("operations: expected a word such as Read, found {}", raw.description());
            let complaint = (text, suggest::remedy(raw.text, &WORDS));
            reader.field_error(raw.offset, &group.place, "operations", complaint);
            continue;
        };
        operations = operations.and(operation.into());
    }
    operations
}
