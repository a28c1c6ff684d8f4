//! Parameters that follow the design while a run goes on.

use crate::topology::StageKind;

/// What runs, as far as it follows the design.
#[derive(Debug, Default)]
pub struct Live {}

/// Whether a parameter takes effect while requests arrive.
pub fn is_live(_kind: &StageKind, _key: &str) -> bool {
    false
}
