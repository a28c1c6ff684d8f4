//! The stretch of time that all charts show: the newest, until the reader looks elsewhere.

use super::super::text::{Text, text};

/// The shortest stretch that can be shown, in seconds.
const SHORTEST: f64 = 0.5;
/// While less was measured, the time axis is as long as the run will be, up to this many seconds.
const AHEAD: f64 = 60.0;
/// While nothing else says how long the axis is, it is this many seconds.
const AT_LEAST: f64 = 5.0;
/// How far beyond the measurements one can look, as a share of what is shown.
const BEYOND: f64 = 0.5;

/// How much of the newest is shown while following.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Length {
    /// Ten seconds.
    Seconds10,
    /// Half a minute.
    Seconds30,
    /// A minute.
    #[default]
    Minute,
    /// Five minutes.
    Minutes5,
    /// The whole run.
    All,
}

impl Length {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Seconds10, Self::Seconds30, Self::Minute, Self::Minutes5, Self::All];

    /// Its words.
    pub fn label(self) -> Text {
        match self {
            Self::Seconds10 => text("10 s", "10 秒"),
            Self::Seconds30 => text("30 s", "30 秒"),
            Self::Minute => text("1 min", "1 分钟"),
            Self::Minutes5 => text("5 min", "5 分钟"),
            Self::All => text("Whole run", "整个运行"),
        }
    }

    /// In seconds.
    fn secs(self) -> f64 {
        match self {
            Self::Seconds10 => 10.0,
            Self::Seconds30 => 30.0,
            Self::Minute => 60.0,
            Self::Minutes5 => 300.0,
            Self::All => f64::INFINITY,
        }
    }
}

/// The stretch of time that is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Window {
    /// How much is shown while following.
    pub length: Length,
    /// Where the reader looks, in seconds; none: the newest is followed.
    looked_at: Option<(f64, f64)>,
}

/// What there is to look at, in seconds from the first arrival.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// The end of the measurements.
    pub end: f64,
    /// How long arrivals last.
    pub duration: f64,
}

impl Window {
    /// Whether the newest is followed.
    pub fn follows(&self) -> bool {
        self.looked_at.is_none()
    }

    /// Follows the newest.
    pub fn follow(&mut self) {
        self.looked_at = None;
    }

    /// Follows so much of the newest.
    pub fn set_length(&mut self, length: Length) {
        self.length = length;
        self.follow();
    }

    /// From when to when, in seconds.
    pub fn range(&self, extent: Extent) -> (f64, f64) {
        if let Some(range) = self.looked_at {
            return range;
        }
        let length = self.length.secs();
        if extent.end > length {
            return (extent.end - length, extent.end);
        }
        let ahead = extent.duration.min(length).min(AHEAD);
        (0.0, extent.end.max(ahead).max(AT_LEAST.min(length)))
    }

    /// Looks elsewhere: `secs` later.
    pub fn pan(&mut self, secs: f64, extent: Extent) {
        let (from, to) = self.range(extent);
        self.look_at(from + secs, to + secs, extent);
    }

    /// Looks closer: `factor` times, the moment `at` staying where it is.
    pub fn zoom(&mut self, factor: f64, at: f64, extent: Extent) {
        let (from, to) = self.range(extent);
        let longest = extent.end.max(extent.duration).max(AT_LEAST) * (1.0 + BEYOND);
        let width = ((to - from) / factor).clamp(SHORTEST, longest);
        let share = (at - from) / (to - from);
        let from = at - share * width;
        self.look_at(from, from + width, extent);
    }

    /// Shows a stretch.
    pub fn look_at(&mut self, from: f64, to: f64, extent: Extent) {
        let width = (to - from).max(SHORTEST);
        let whole = extent.end.max(extent.duration);
        // Where all of the run fits, all of it stays in view.
        let (earliest, latest) = if width >= whole {
            (whole - width, 0.0)
        } else {
            (-width * BEYOND, whole - width * (1.0 - BEYOND))
        };
        let from = from.clamp(earliest, latest);
        self.looked_at = Some((from, from + width));
    }

    /// Brings a moment into view, unless it is.
    pub fn reveal(&mut self, secs: f64, extent: Extent) {
        let (from, to) = self.range(extent);
        if !(from..=to).contains(&secs) {
            let half = (to - from) / 2.0;
            self.look_at(secs - half, secs + half, extent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: Extent = Extent { end: 100.0, duration: 300.0 };

    fn near(range: (f64, f64), expected: (f64, f64)) {
        let apart = (range.0 - expected.0).abs().max((range.1 - expected.1).abs());
        assert!(apart < 1e-9, "{range:?} instead of {expected:?}");
    }

    #[test]
    fn the_newest_is_followed_until_the_reader_looks_elsewhere() {
        let mut window = Window::default();
        near(window.range(RUN), (40.0, 100.0));
        near(window.range(Extent { end: 101.0, ..RUN }), (41.0, 101.0));
        window.pan(-10.0, RUN);
        near(window.range(Extent { end: 200.0, ..RUN }), (30.0, 90.0));
        assert!(!window.follows());
        window.follow();
        near(window.range(RUN), (40.0, 100.0));
    }

    #[test]
    fn a_short_run_has_its_whole_axis_from_the_beginning() {
        let window = Window::default();
        near(window.range(Extent { end: 0.3, duration: 12.0 }), (0.0, 12.0));
        near(window.range(Extent { end: 13.0, duration: 12.0 }), (0.0, 13.0));
        let all = Window { length: Length::All, ..Window::default() };
        near(all.range(Extent { end: 4_000.0, duration: 3_600.0 }), (0.0, 4_000.0));
        near(all.range(Extent { end: 1.0, duration: 3_600.0 }), (0.0, 60.0));
    }

    #[test]
    fn zooming_keeps_the_moment_under_the_pointer() {
        let mut window = Window::default();
        window.zoom(2.0, 55.0, RUN);
        near(window.range(RUN), (47.5, 77.5));
        window.zoom(1e9, 50.0, RUN);
        let (from, to) = window.range(RUN);
        assert!((to - from - SHORTEST).abs() < 1e-9 && from <= 50.0 && 50.0 <= to);
        (0..40).for_each(|_| window.zoom(0.5, 60.0, RUN));
        let (from, to) = window.range(RUN);
        assert!(from <= 0.0 && to >= 300.0 && to - from <= 450.0 + 1e-9);
    }

    #[test]
    fn one_cannot_get_lost_outside_the_run() {
        let mut window = Window::default();
        window.pan(1e9, RUN);
        assert!(window.range(RUN).0 < RUN.duration);
        window.pan(-1e9, RUN);
        assert!(window.range(RUN).1 > 0.0);
        window.follow();
        window.reveal(3.0, RUN);
        near(window.range(RUN), (-27.0, 33.0));
    }
}
