//! Every parameter within its range.

use super::super::{Place, Problem, Topology};
use crate::param::{ParamSpec, ParamValue, Params};

pub(super) fn check(topology: &Topology, problems: &mut Vec<Problem>) {
    let workload = &topology.workload;
    for stage in &topology.stages {
        check_params(stage.kind.params(), &Place::Stage(stage.name.clone()), problems);
    }
    check_params(&workload.sale, &Place::Workload(None), problems);
    check_params(&workload.audience, &Place::Workload(None), problems);
    check_params(&workload.records, &Place::Workload(None), problems);
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
    for (index, rule) in topology.rules.iter().enumerate() {
        check_params(rule, &Place::Rule(index + 1), problems);
    }
    for (index, target) in topology.targets.iter().enumerate() {
        check_params(target.params(), &Place::Target(index + 1), problems);
    }
}

/// Whether all parameters are within their ranges.
pub fn all_in_range(params: &dyn Params) -> bool {
    params.specs().iter().all(|spec| params.get(spec.key).is_none_or(|value| is_in_range(spec, &value)))
}

fn is_in_range(spec: &ParamSpec, value: &ParamValue) -> bool {
    let finite = !matches!(value, ParamValue::Float(x) if !x.is_finite());
    finite && spec.allows(value)
}

fn check_params(params: &dyn Params, place: &Place, problems: &mut Vec<Problem>) {
    for spec in params.specs() {
        let Some(value) = params.get(spec.key) else { continue };
        if !is_in_range(spec, &value) {
            let text = format!("{} is {value}, out of range", spec.key);
            let remedy = format!("choose from {}", spec.range_text());
            let problem = Problem::error(place.clone(), text, remedy);
            problems.push(problem.about(std::slice::from_ref(&spec.key)));
        }
    }
}
