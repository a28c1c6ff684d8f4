//! Topology files: what people get wrong in them, and that nothing else goes wrong then.

use std::fs;
use std::path::{Path, PathBuf};

use seckill_lab::files::{parse_topology, report_problems};

fn presets() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets");
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
    found.sort();
    found
}

#[test]
fn presets_are_read_without_errors_and_survive_the_writer() {
    assert!(!presets().is_empty());
    for path in presets() {
        let opened = seckill_lab::files::read_topology(&path).unwrap();
        println!("{}", report_problems(&path.display().to_string(), &opened.problems));
        assert!(opened.may_run());
        let topology = opened.topology.unwrap();
        let text = seckill_lab::files::to_ron(&topology);
        println!("{text}");
        let again = parse_topology(&text);
        println!("{}", report_problems("again", &again.problems));
        assert_eq!(again.topology, Some(topology));
    }
}
