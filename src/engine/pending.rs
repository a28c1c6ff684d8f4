//! Requests on their way.

use std::ops::Deref;

use super::control::page_version;
use crate::workload::Request;

/// A request with what the stages noted on it. Times are nanoseconds on the run's clock.
#[derive(Debug, Clone, Copy)]
pub struct Pending {
    /// The request; its intended time is on the run's clock here.
    pub request: Request,
    /// When the generator sent it.
    pub sent_ns: u64,
    /// When it came to the stage that holds it now.
    pub arrived_ns: u64,
    /// The service instance it was given to, if any was chosen.
    pub instance: Option<u16>,
    /// The page that it was answered with.
    pub page: Page,
    /// Attempts that a service took back, to try again.
    pub retries: u8,
    /// Whether the service knows from an earlier answer that the sale of its product has started.
    pub knows_started: bool,
    /// Whether it went on because of that knowledge, and so whether the sale is open was not asked on its way.
    pub did_not_ask: bool,
}

/// What is known of a page that answers a read: it goes along with the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Page {
    /// Its version; 0: it has none, as the page of a reader.
    pub version: u32,
    /// Its length.
    pub bytes: u32,
}

impl Page {
    /// Of a page as it came.
    pub fn of(text: &[u8]) -> Self {
        let version = page_version(text).and_then(|version| u32::try_from(version).ok()).unwrap_or(0);
        Self { version, bytes: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }
}

impl Pending {
    /// A request that nobody has noted anything on, sent at `sent_ns`.
    pub fn new(request: Request, sent_ns: u64) -> Self {
        Self {
            request,
            sent_ns,
            arrived_ns: 0,
            instance: None,
            page: Page::default(),
            retries: 0,
            knows_started: false,
            did_not_ask: false,
        }
    }
}

/// Requests that travel together: those of one tick, or what is left of them.
pub type Batch = Vec<Pending>;

impl Deref for Pending {
    type Target = Request;
    fn deref(&self) -> &Request {
        &self.request
    }
}
