//! Intents about a run that is driven over HTTP.

use std::net::Ipv4Addr;

use super::super::command::UiCommand;
use super::super::dialogs::serve::ServeEntry;
use super::super::notice::Notice;
use super::super::run::turns::{Turn, Turns};
use super::super::text::{Text, text};
use super::super::view::Dialog;
use super::Applied;
use crate::engine::HttpOptions;

const OUTSIDE: Text = text(
    "The design names what is not of this machine's servers; run it once, and say yes there",
    "该设计指定了本机服务器以外的目标；请先运行一次，在那里允许",
);

impl Applied<'_> {
    /// Asks for the port, or shows where it is served.
    pub fn ask_to_serve(&mut self) {
        self.view.dialog = Some(Dialog::Serve(ServeEntry::default()));
    }

    /// Runs the design as drawn on what comes over HTTP at a port of this machine.
    pub fn serve(&mut self, port: u16) {
        if UiCommand::Serve.enabled(self.model).is_err() || self.model.runs.active().is_some() {
            return;
        }
        let topology = self.model.doc.topology().clone();
        if !self.model.settings.not_allowed(&topology).is_empty() {
            self.notify(Notice::error(self.model.lang().t(OUTSIDE), ""));
            return;
        }
        self.model.runs.turns = Turns::default();
        let http = HttpOptions { at: (Ipv4Addr::LOCALHOST, port).into(), lasts: None };
        self.start_turn(Turn { variant: None, topology }, Some(http));
    }
}
