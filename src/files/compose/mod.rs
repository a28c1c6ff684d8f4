//! The drawn design for containers: a file for `docker compose`, and the design as it runs there.
//!
//! Each server of the design becomes a container of its own with the image of the real thing; this program's headless runner is one more, and
//! reaches the servers by their addresses ([`crate::topology::address`]), as it reaches any server that is not its own. What is in process or embedded in
//! the design is so in the runner.
//!
//! - `servers`: which containers a stage becomes.
//! - `yaml`: how they are written.

mod servers;
mod yaml;

use self::servers::containers;
use crate::param::ParamValue;
use crate::topology::validate::external::own_params;
use crate::topology::validate::validate;
use crate::topology::{Place, Problem, Severity, StageKind, Topology};

/// The folder of the runner in which the design is.
const DESIGN: &str = "/design/design.ron";
/// The folder of the runner into which it writes its report.
const REPORT: &str = "/report/report.json";

/// What goes into a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// The text of `compose.yaml`.
    pub yaml: String,
    /// The design as the runner runs it, for `design.ron`.
    pub design: Topology,
    /// What of the design is not there, one sentence each.
    pub left_out: Vec<String>,
}

/// Makes them of a design.
///
/// # Errors
/// The design can't run with servers in containers, or can't run at all: its problems.
pub fn compose(topology: &Topology) -> Result<Composed, Vec<Problem>> {
    let mut design = Topology { variants: Vec::new(), ..topology.clone() };
    let mut left_out = Vec::new();
    if !topology.variants.is_empty() {
        left_out.push("the variants: only the design as drawn runs".to_owned());
    }
    let mut all = Vec::new();
    for index in 0..design.stages.len() {
        let stage = &design.stages[index];
        if stage.kind.url().is_some() {
            continue;
        }
        let Some(its) = containers(stage) else { continue };
        let stage = &mut design.stages[index];
        move_out(&mut stage.kind, &its.url);
        if let Some(what) = its.left_out {
            left_out.push(format!("{}: {what}", stage.name));
        }
        all.extend(its.containers);
    }
    let problems = without_local_faults(&mut design, &mut left_out);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(problems);
    }
    let yaml = yaml::write(&design, &all);
    Ok(Composed { yaml, design, left_out })
}

/// A stage uses the server at an address instead of one of its own.
fn move_out(kind: &mut StageKind, url: &str) {
    let usual = StageKind::from_word(kind.word());
    for key in own_params(kind) {
        if let Some(value) = usual.as_ref().and_then(|kind| kind.params().get(key)) {
            kind.params_mut().set(key, value);
        }
    }
    if let StageKind::Database(params) = kind {
        params.replicas = 0;
    }
    kind.params_mut().set("url", ParamValue::Text(url.to_owned()));
}

/// Leaves out the faults that nobody can do to a server in a container from the runner. Answers what is wrong with the rest.
fn without_local_faults(design: &mut Topology, left_out: &mut Vec<String>) -> Vec<Problem> {
    loop {
        let problems = validate(design);
        let refused = problems.iter().find_map(|problem| match problem.place {
            Place::Fault(number) if problem.severity == Severity::Error => Some(number - 1),
            _ => None,
        });
        match refused {
            Some(index) if index < design.faults.len() => {
                let fault = design.faults.remove(index);
                left_out.push(format!("the fault \"{fault}\": do it to the container"));
            }
            _ => return problems,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::presets::PRESETS;
    use super::*;
    use crate::topology::RunPlan;

    fn preset(file: &str) -> Topology {
        let preset = PRESETS.iter().find(|preset| preset.file == file).expect("a preset");
        preset.topology().expect("it is sound").clone()
    }

    #[test]
    fn every_preset_but_one_that_reads_all_keys_can_be_composed_and_runs() {
        for preset in PRESETS {
            let composed = compose(preset.topology().expect("it is sound"));
            // It goes through all keys of its server, and one that is not the lab's may hold others.
            assert_eq!(composed.is_err(), preset.file == "scheduled-sweep.ron", "{}", preset.file);
            let Ok(Composed { yaml, design, .. }) = composed else { continue };
            for outside in design.outside() {
                let is_allowed = yaml.contains(&format!("\"--allow\", \"{}\"", outside.what));
                assert!(is_allowed, "{}: {}", preset.file, outside.what);
            }
            RunPlan::new(design).expect("what is composed runs");
        }
    }

    #[test]
    fn a_group_becomes_a_master_replicas_and_sentinels_that_are_waited_for() {
        let Composed { yaml, design, left_out } =
            compose(&preset("failover-kill.ron")).expect("it can be composed");
        for part in [
            "inventory-master:",
            "inventory-replica-2:",
            "inventory-sentinel-3:",
            "condition: service_healthy",
            "valkey-cli",
        ] {
            assert!(yaml.contains(part), "{part} in\n{yaml}");
        }
        let stage = design.stages.iter().find(|stage| stage.name == "inventory").expect("it is there");
        assert_eq!(
            stage.kind.url(),
            Some(
                "redis-sentinel://inventory-sentinel-1:26379,inventory-sentinel-2:26379,inventory-sentinel-3:26379/inventory"
            )
        );
        assert!(left_out.iter().any(|one| one.contains("Kill")), "{left_out:?}");
    }
}
