//! One change of a design.

use super::super::text::Text;
use crate::topology::Topology;

/// One change of a design, with its name.
pub struct Edit {
    /// What it is called in the menu: "Move stages".
    pub name: Text,
    /// Edits with the same gesture, one after the other, are one step of undo: the frames of a drag, the letters of a
    /// name.
    pub gesture: Option<String>,
    /// What is done.
    pub change: Box<dyn FnOnce(&mut Topology)>,
}

impl Edit {
    /// A change that is a step of its own.
    pub fn new(name: Text, change: impl FnOnce(&mut Topology) + 'static) -> Self {
        Self { name, gesture: None, change: Box::new(change) }
    }

    /// The same change as part of a gesture.
    #[must_use]
    pub fn in_gesture(self, gesture: impl Into<String>) -> Self {
        Self { gesture: Some(gesture.into()), ..self }
    }
}

impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edit")
            .field("name", &self.name.en)
            .field("gesture", &self.gesture)
            .finish_non_exhaustive()
    }
}
