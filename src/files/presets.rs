//! The presets, built into the program so that they are there wherever it is started.

/// A design that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Its file in `presets/`.
    pub file: &'static str,
    /// The text of that file.
    pub text: &'static str,
}

macro_rules! presets {
    ($($file:literal),* $(,)?) => {
        &[$(Preset { file: $file, text: include_str!(concat!("../../presets/", $file)) }),*]
    };
}

/// All presets, the default one first.
pub const PRESETS: &[Preset] =
    presets!["seckill-six-phases.ron", "naive-decrement.ron", "database-alone.ron", "whole-path.ron"];
