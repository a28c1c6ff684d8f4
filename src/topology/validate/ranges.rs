//! Every parameter within its range.

use super::super::{Place, Problem, Topology};
use crate::param::{ParamValue, Params};

pub(super) fn check(topology: &Topology, problems: &mut Vec<Problem>) {
    let workload = &topology.workload;
    for stage in &topology.stages {
        check_params(stage.kind.params(), &Place::Stage(stage.name.clone()), problems);
    }
    check_params(&workload.sale, &Place::Workload(None), problems);
    check_params(&workload.audience, &Place::Workload(None), problems);
    for phase in &workload.phases {
        let place = Place::Workload(Some(phase.name.clone()));
        check_params(&phase.mix, &place, problems);
        if let Some(params) = phase.shape.params() {
            check_params(params, &place, problems);
        }
    }
    for (index, fault) in topology.faults.iter().enumerate() {
        check_params(fault, &Place::Fault(index + 1), problems);
    }
    for (index, target) in topology.targets.iter().enumerate() {
        check_params(target.params(), &Place::Target(index + 1), problems);
    }
}

fn check_params(params: &dyn Params, place: &Place, problems: &mut Vec<Problem>) {
    for spec in params.specs() {
        let Some(value) = params.get(spec.key) else { continue };
        let finite = !matches!(value, ParamValue::Float(x) if !x.is_finite());
        if !finite || !spec.allows(&value) {
            problems.push(Problem::error(
                place.clone(),
                format!("{} is {value}, out of range", spec.key),
                format!("choose from {}", spec.range_text()),
            ));
        }
    }
}
