//! From topology to text, and safely to disk.
//!
//! The text is what a person would write: stages with the parameters that differ from their defaults, one stage a
//! line, durations as text.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::FileError;
use crate::param::{ParamValue, Params};
use crate::topology::{ClientKind, FORMAT_VERSION, Fault, Link, Rule, Stage, StageKind, Topology, Variant};
use crate::workload::{Audience, Mix, Phase, Records, Sale, Shape, Spacing, Workload};

/// The topology as the text of a file, which [`parse_topology`](super::parse_topology) reads back as the same topology.
pub fn to_ron(topology: &Topology) -> String {
    let mut lines = vec![format!("version: {FORMAT_VERSION},"), format!("title: {:?},", topology.title)];
    for (key, text) in [("question", &topology.question), ("source", &topology.source)] {
        if !text.is_empty() {
            lines.push(format!("{key}: {text:?},"));
        }
    }
    lines.extend(topology.expected.map(|expected| format!("expected: {},", expected.word())));
    lines.push(String::new());
    lines.extend(list("stages", topology.stages.iter().map(stage).collect()));
    lines.extend(list("links", topology.links.iter().map(link).collect()));
    lines.push(String::new());
    lines.push("workload: (".into());
    lines.extend(indented(workload(&topology.workload)));
    lines.push("),".into());
    lines.extend(list("faults", topology.faults.iter().map(fault).collect()));
    if !topology.rules.is_empty() {
        let usual = Rule::default();
        // Which stage it watches is always said.
        let is_said =
            |key: &str, value: &ParamValue| key == "stage" || usual.get(key).as_ref() != Some(value);
        let rule = |rule: &Rule| format!("({})", fields(rule, is_said));
        lines.extend(list("rules", topology.rules.iter().map(rule).collect()));
    }
    let targets =
        topology.targets.iter().map(|target| format!("{}({})", target.word(), all(target.params())));
    lines.extend(list("targets", targets.collect()));
    if !topology.variants.is_empty() {
        lines.extend(list("variants", topology.variants.iter().map(variant).collect()));
    }
    let body: Vec<String> = indented(lines).collect();
    format!("(\n{}\n)\n", body.join("\n"))
}

/// Some stages of a topology, by their places, and the links between them, as text. [`parse_topology`] reads it back as
/// a topology of these alone; it is no whole file, as it says neither title nor workload.
///
/// [`parse_topology`]: super::parse_topology
pub fn stages_to_ron(topology: &Topology, stages: &BTreeSet<usize>) -> String {
    let chosen: Vec<&Stage> = stages.iter().filter_map(|&index| topology.stages.get(index)).collect();
    let is_chosen = |name: &str| chosen.iter().any(|stage| stage.name == name);
    let within = topology.links.iter().filter(|link| is_chosen(&link.from) && is_chosen(&link.to));
    let mut lines = vec![format!("version: {FORMAT_VERSION},")];
    lines.extend(list("stages", chosen.iter().map(|chosen| stage(chosen)).collect()));
    lines.extend(list("links", within.map(link).collect()));
    let body: Vec<String> = indented(lines).collect();
    format!("(\n{}\n)\n", body.join("\n"))
}

/// Saves a topology. The file is written beside its place and then moved there, so that whatever happens, either the
/// old file or the whole new one is there.
///
/// # Errors
/// If the file is write-protected, or the system refuses to write it. An older file is untouched then.
pub fn save_topology(path: &Path, topology: &Topology) -> Result<(), FileError> {
    // A link to a file stays a link: what it leads to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_new| path.to_owned());
    let old = fs::metadata(&target).ok();
    if target.is_dir() {
        return Err(FileError::Directory { path: path.into() });
    }
    if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
        return Err(FileError::Protected { path: path.into() });
    }
    replace(&target, to_ron(topology).as_bytes(), old.map(|old| old.permissions()), true)
        .map_err(|source| FileError::Unwritable { path: path.into(), source })
}

/// Puts a file with these bytes in its place, whole or not at all. `is_forced`: only once the disk has them.
pub(super) fn replace(
    target: &Path,
    bytes: &[u8],
    permissions: Option<fs::Permissions>,
    is_forced: bool,
) -> io::Result<()> {
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".saving-").suffix(".ron");
    // As any new file; the process's umask takes its share.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    if is_forced {
        file.as_file().sync_all()?;
    }
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

fn stage(stage: &Stage) -> String {
    let kind = &stage.kind;
    let default = StageKind::from_word(kind.word());
    let fields =
        default.map_or_else(|| all(kind.params()), |default| changed(kind.params(), default.params()));
    let (x, y) = stage.at;
    format!("(name: {:?}, kind: {}({fields}), at: ({x}, {y}))", stage.name, kind.word())
}

fn link(link: &Link) -> String {
    let mut fields = vec![format!("from: {:?}, to: {:?}", link.from, link.to)];
    if link.clients == ClientKind::Naive {
        fields.push(format!("clients: {}", link.clients.word()));
    }
    if !link.operations.is_empty() {
        fields.push(format!("operations: [{}]", link.operations.words()));
    }
    format!("({})", fields.join(", "))
}

fn workload(workload: &Workload) -> Vec<String> {
    let mut lines = vec![format!("seed: {},", workload.seed)];
    let parts: [(&str, &dyn Params, &dyn Params); 3] = [
        ("sale", &workload.sale, &Sale::default()),
        ("audience", &workload.audience, &Audience::default()),
        ("records", &workload.records, &Records::default()),
    ];
    for (key, params, default) in parts {
        let fields = changed(params, default);
        if !fields.is_empty() {
            lines.push(format!("{key}: ({fields}),"));
        }
    }
    lines.extend(list("phases", workload.phases.iter().map(phase).collect()));
    lines
}

fn phase(phase: &Phase) -> String {
    let span = humantime::format_duration(phase.span);
    let mut fields =
        vec![format!("name: {:?}, span: \"{span}\", shape: {}", phase.name, shape(&phase.shape))];
    if phase.spacing != Spacing::Poisson {
        fields.push(format!("spacing: {}", phase.spacing.word()));
    }
    if phase.mix != Mix::default() {
        // In a mix, what is not named has no weight.
        fields.push(format!("mix: ({})", changed(&phase.mix, &Mix::NOTHING)));
    }
    format!("({})", fields.join(", "))
}

fn shape(shape: &Shape) -> String {
    let fields = match (shape, shape.params()) {
        (Shape::Curve(points), _) => {
            let points: Vec<String> =
                points.iter().map(|&(t, rate)| format!("({}, {})", float(t), float(rate))).collect();
            format!("points: [{}]", points.join(", "))
        }
        (_, Some(params)) => all(params),
        (_, None) => String::new(),
    };
    format!("{}({fields})", shape.word())
}

/// A fault in full; a parameter of other actions only where it isn't as usual.
fn fault(fault: &Fault) -> String {
    let usual = Fault::default();
    let fields = fields(fault, |key, value| fault.has(key) || usual.get(key).as_ref() != Some(value));
    format!("({fields})")
}

fn variant(variant: &Variant) -> String {
    let Variant { name, stage, set, to } = variant;
    format!("(name: {name:?}, stage: {stage:?}, set: {set:?}, to: {})", value(to))
}

/// Every parameter as `key: value`.
fn all(params: &dyn Params) -> String {
    fields(params, |_, _| true)
}

/// The parameters that differ from their defaults.
fn changed(params: &dyn Params, default: &dyn Params) -> String {
    fields(params, |key, value| default.get(key).as_ref() != Some(value))
}

fn fields(params: &dyn Params, wanted: impl Fn(&str, &ParamValue) -> bool) -> String {
    let values = params.specs().iter().filter_map(|spec| Some((spec.key, params.get(spec.key)?)));
    let fields = values.filter(|(key, value)| wanted(key, value));
    let fields = fields.map(|(key, known)| format!("{key}: {}", value(&known)));
    fields.collect::<Vec<_>>().join(", ")
}

fn value(value: &ParamValue) -> String {
    match value {
        ParamValue::Float(x) => float(*x),
        ParamValue::Duration(span) => format!("\"{}\"", humantime::format_duration(*span)),
        other => other.to_string(),
    }
}

/// A number in plain digits, unless those were very many.
fn float(x: f64) -> String {
    if x == 0.0 || !x.is_finite() || (1e-6..1e15).contains(&x.abs()) {
        x.to_string()
    } else {
        format!("{x:e}")
    }
}

/// A field with a list, one item a line.
fn list(key: &str, items: Vec<String>) -> Vec<String> {
    if items.is_empty() {
        return vec![format!("{key}: [],")];
    }
    let mut lines = vec![format!("{key}: [")];
    lines.extend(indented(items).map(|item| item + ","));
    lines.push("],".into());
    lines
}

fn indented(lines: Vec<String>) -> impl Iterator<Item = String> {
    lines.into_iter().map(|line| if line.is_empty() { line } else { format!("    {line}") })
}
