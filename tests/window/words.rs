//! Nothing that a floor below the window says is left without Chinese.

use std::fs;

use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::metrics::{Reason, Role};
use seckill_lab::param::{ParamSpec, Params};
use seckill_lab::topology;
use seckill_lab::topology::fault::table::{Rule, targets};
use seckill_lab::topology::fault::{Fault, FaultAction, Part};
use seckill_lab::topology::{Place, Realness, StageKind, Target};
use seckill_lab::ui::text::catalog::{chinese, knows};
use seckill_lab::workload::{Audience, Mix, Records, Sale, Shape};

fn expect_known<'a>(texts: impl IntoIterator<Item = &'a str>) {
    let missing: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty() && !knows(text)).collect();
    assert!(missing.is_empty(), "without Chinese; add rows to src/lang/catalog:\n{}", missing.join("\n"));
}

fn specs() -> Vec<ParamSpec> {
    let mut specs =
        [Sale::SPECS, Audience::SPECS, Records::SPECS, Mix::SPECS, Fault::SPECS, topology::Rule::SPECS]
            .concat();
    let stages = StageKind::WORDS.iter().filter_map(|word| StageKind::from_word(word));
    specs.extend(stages.flat_map(|kind| kind.params().specs()));
    let targets = Target::WORDS.iter().filter_map(|word| Target::from_word(word));
    specs.extend(targets.flat_map(|target| target.params().specs()));
    let shapes = Shape::WORDS.iter().filter_map(|word| Shape::from_word(word));
    specs.extend(shapes.flat_map(|shape| shape.params().map_or(&[][..], Params::specs)));
    specs
}

#[test]
fn every_parameter_is_explained_in_chinese() {
    let specs = specs();
    expect_known(specs.iter().flat_map(|spec| [spec.help, spec.unit]));
}

#[test]
fn kinds_badges_reasons_and_roles_have_chinese() {
    let kinds = StageKind::WORDS.iter().filter_map(|word| StageKind::from_word(word));
    expect_known(kinds.map(|kind| kind.label()).collect::<Vec<_>>());
    expect_known(
        [Realness::RealProcess, Realness::Embedded, Realness::InProcess, Realness::External]
            .map(Realness::label),
    );
    expect_known(Reason::ALL.map(Reason::label));
    expect_known([Role::Unknown, Role::Master, Role::Replica, Role::Sentinel].map(Role::label));
    let places =
        [Place::Stage("a".into()), Place::Workload(None), Place::Fault(1), Place::Rule(1), Place::Design];
    expect_known(places.map(|place| place.to_string()).iter().map(String::as_str));
}

#[test]
fn every_fault_is_named_whole_in_chinese() {
    let kinds: Vec<_> = StageKind::WORDS.iter().filter_map(|word| StageKind::from_word(word)).collect();
    for &action in FaultAction::ALL {
        let Rule { parts, param, .. } = action.rule();
        let is_hit = |target: &String| Part::of(target).is_some_and(|part| parts.contains(&part));
        let instances: Vec<String> = kinds.iter().flat_map(targets).filter(is_hit).collect();
        assert!(!instances.is_empty(), "{action:?}");
        for instance in instances {
            let fault = Fault { action, stage: "gate".into(), instance, ..Fault::default() };
            for english in [fault.to_string(), format!("{fault} failed: it was too late")] {
                let said = chinese(&english);
                assert!(!said.contains(action.word()), "{english}: {said}");
                let amount = param.and_then(|key| fault.get(key)).map(|value| value.to_string());
                assert!(said.contains("gate") && said.contains(&amount.unwrap_or_default()), "{said}");
            }
        }
    }
}

#[test]
fn every_problem_of_the_broken_files_has_chinese() {
    let mut said = Vec::new();
    for entry in fs::read_dir("tests/broken").unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if path.extension().is_some_and(|extension| extension == "ron") {
            for located in parse_topology(&text).problems {
                said.extend([located.problem.text, located.problem.remedy]);
            }
        }
    }
    assert!(said.len() > 60, "the broken files are where they were");
    expect_known(said.iter().map(String::as_str));
}

#[test]
fn the_presets_read_without_a_problem() {
    for preset in PRESETS {
        let opened = parse_topology(preset.text);
        assert!(opened.may_run() && opened.problems.is_empty(), "{}: {:?}", preset.file, opened.problems);
    }
    let on_disk =
        fs::read_dir("presets").unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count();
    assert_eq!(PRESETS.len(), on_disk, "every file in presets/ is built in");
}
