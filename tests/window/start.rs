//! What a newcomer sees first.

use super::fake::Lab;

#[test]
fn the_window_opens_with_an_empty_design_and_no_run() {
    let lab = Lab::open();
    assert!(lab.topology().stages.is_empty());
    assert!(lab.model().runs.current.is_none());
    assert!(lab.engine.told().is_empty());
}
