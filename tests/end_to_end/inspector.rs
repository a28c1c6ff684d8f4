//! A hand and an eye for the window, over egui's inspection interface.

use std::io::Read;
use std::net::TcpStream;

use egui::accesskit::{NodeId, TreeUpdate};
use egui::{Event, Modifiers, PointerButton, Pos2};
use egui_inspection::{Request, Response, read_message, write_message};

use super::program::wait_until;

/// A connection to a window.
pub struct Inspector(TcpStream);

/// Something on the screen.
struct Widget {
    label: String,
    middle: Pos2,
    is_disabled: bool,
}

impl Inspector {
    /// Waits for the window and connects.
    pub fn connect(port: u16) -> Self {
        let mut stream = None;
        wait_until("the window opens", || {
            stream = TcpStream::connect(("127.0.0.1", port)).ok();
            stream.is_some()
        });
        let mut stream = stream.unwrap();
        let mut handshake = [0; 8];
        stream.read_exact(&mut handshake).unwrap();
        assert_eq!(handshake[..4], egui_inspection::PROTOCOL_MAGIC);
        Self(stream)
    }

    fn ask(&mut self, request: &Request) -> Response {
        write_message(&self.0, request).unwrap();
        match read_message(&self.0).unwrap() {
            Response::Error { message } => panic!("{request:?}: {message}"),
            answer => answer,
        }
    }

    fn widgets(&mut self) -> Vec<Widget> {
        match self.ask(&Request::GetTree) {
            Response::Tree { accesskit: Some(tree), .. } => widgets(&tree),
            Response::Tree { accesskit: None, .. } => Vec::new(),
            other => panic!("{other:?} is no tree"),
        }
    }

    /// Whether something has such a label.
    pub fn has(&mut self, fits: impl Fn(&str) -> bool) -> bool {
        self.widgets().iter().any(|widget| fits(&widget.label))
    }

    /// Waits until something has such a label.
    pub fn wait_for(&mut self, what: &str, fits: impl Fn(&str) -> bool) {
        wait_until(what, || self.has(&fits));
    }

    /// Waits for an enabled widget with a label and clicks it.
    pub fn click(&mut self, label: &str) {
        self.click_if(label, |other| other == label);
    }

    /// Waits for an enabled widget whose label fits and clicks it.
    pub fn click_if(&mut self, what: &str, fits: impl Fn(&str) -> bool) {
        let mut at = None;
        wait_until(&format!("there is {what:?} to click"), || {
            let widgets = self.widgets();
            at = widgets
                .iter()
                .find(|widget| fits(&widget.label) && !widget.is_disabled)
                .map(|found| found.middle);
            at.is_some()
        });
        // What has just appeared may still move.
        self.ask(&Request::Settle { max_steps: 20 });
        let moved = self.widgets().into_iter().find(|widget| fits(&widget.label) && !widget.is_disabled);
        let pos = moved.map(|found| found.middle).or(at).unwrap();
        let button = |pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        // Each in a frame of its own: a press is judged by where the pointer was in the frame before.
        for event in [Event::PointerMoved(pos), button(true), button(false)] {
            self.ask(&Request::ApplyEvents { events: vec![event] });
        }
    }

    /// What the window shows, as PNG.
    pub fn picture(&mut self) -> Vec<u8> {
        match self.ask(&Request::GetScreenshot { pixels_per_point: None }) {
            Response::Screenshot(png) => png.bytes,
            other => panic!("{other:?} is no picture"),
        }
    }
}

fn widgets(tree: &TreeUpdate) -> Vec<Widget> {
    let name =
        |id: &NodeId| tree.nodes.iter().find(|(other, _)| other == id).and_then(|(_, node)| node.label());
    let widget = |(_, node): &(NodeId, egui::accesskit::Node)| {
        let label =
            node.label().or_else(|| node.value()).or_else(|| node.labelled_by().iter().find_map(name))?;
        let bounds = node.bounds()?;
        #[allow(clippy::cast_possible_truncation, reason = "points on a screen")]
        let middle =
            Pos2::new(f64::midpoint(bounds.x0, bounds.x1) as f32, f64::midpoint(bounds.y0, bounds.y1) as f32);
        Some(Widget { label: label.to_owned(), middle, is_disabled: node.is_disabled() })
    };
    tree.nodes.iter().filter_map(widget).collect()
}
