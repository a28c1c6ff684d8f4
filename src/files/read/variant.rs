//! Variants.

use super::super::raw::Raw;
use super::group::Group;
use super::value::read_value;
use super::{NO_PART, Reader, suggest};
use crate::param::ParamValue;
use crate::topology::Stage;
use crate::topology::variant::Variant;

/// The variants of a file, which set parameters of its stages.
pub(super) fn read_variants(root: &Group, stages: &[Stage], reader: &mut Reader) -> Vec<Variant> {
    let items = root.items("variants", reader).unwrap_or_default();
    items.into_iter().filter_map(|raw| read_variant(raw, stages, reader)).collect()
}

fn read_variant(raw: Raw, stages: &[Stage], reader: &mut Reader) -> Option<Variant> {
    let group = Group::open(raw, "a variant", NO_PART, &["name", "stage", "set", "to"], reader)?;
    let name: Option<String> = group.required("name", "name: \"…\"", reader);
    let setting = read_setting(&group, raw, stages, reader);
    let (name, (stage, set, to)) = (name?, setting?);
    Some(Variant { name, stage, set, to })
}

/// What is set: the stage, the parameter, its value.
pub(super) fn read_setting(
    group: &Group,
    raw: Raw,
    stages: &[Stage],
    reader: &mut Reader,
) -> Option<(String, String, ParamValue)> {
    let stage: Option<String> =
        group.required("stage", "stage: \"…\", the stage whose parameter is set", reader);
    let set: Option<String> = group.required("set", "set: \"…\", the parameter", reader);
    let to = group.require("to", "to: …, the parameter's value", reader);
    let (stage, set, to) = (stage?, set?, to?);
    let Some(kind) = stages.iter().find(|known| known.name == stage).map(|stage| &stage.kind) else {
        if !reader.unread.nameless_stages && !reader.unread.stage_names.contains(&stage) {
            let text = format!("there is no stage {stage:?}");
            reader.error(raw.offset, &NO_PART, text, "add the stage, or correct the name");
        }
        return None;
    };
    let specs = kind.params().specs();
    let Some(spec) = specs.iter().find(|spec| spec.key == set) else {
        let known: Vec<&str> = specs.iter().map(|spec| spec.key).collect();
        let text = format!("a {} stage has no field {set:?}", kind.word());
        reader.error(raw.offset, &NO_PART, text, suggest::remedy(&set, &known));
        return None;
    };
    match read_value(to, spec) {
        Ok(to) => Some((stage, set, to)),
        Err((text, remedy)) => {
            reader.error(to.offset, &NO_PART, text, remedy);
            None
        }
    }
}
