//! What a client is told of how its request ended: a status for each outcome, and the outcome in the report's own words.

use std::fmt::Write;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use super::super::pending::Page;
use super::wanted::Refusal;
use crate::metrics::{Outcome, Reason};
use crate::workload::{Operation, Wish};

/// A whole answer.
pub type Whole = Response<Full<Bytes>>;

/// Every status that an ended request is answered with.
pub const STATUSES: [u16; 9] = [200, 201, 403, 409, 410, 429, 502, 503, 504];

/// How a request ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// The outcome.
    pub outcome: Outcome,
    /// The page that a read was answered with.
    pub page: Page,
}

/// The place of an outcome's status among [`STATUSES`].
pub fn place(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Served | Outcome::Intercepted(Reason::CacheHit) | Outcome::Rejected(Reason::CacheHit) => 0,
        Outcome::Sold => 1,
        Outcome::Intercepted(reason) | Outcome::Rejected(reason) => match reason {
            Reason::NotStarted => 2,
            Reason::Duplicate => 3,
            Reason::SoldOut => 4,
            Reason::RateLimited => 5,
            Reason::Shed | Reason::CacheHit => 7,
        },
        Outcome::Failed => 6,
        Outcome::Indefinite => 8,
    }
}

/// The outcome's word in reports, and its reason's.
fn words(outcome: Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Intercepted(reason) => ("intercepted", Some(reason.label())),
        Outcome::Served => ("served", None),
        Outcome::Sold => ("sold", None),
        Outcome::Rejected(reason) => ("rejected", Some(reason.label())),
        Outcome::Failed => ("failed", None),
        Outcome::Indefinite => ("indefinite", None),
    }
}

/// The answer to a request that ended.
pub fn of(id: u64, wish: &Wish, ended: Ended) -> Whole {
    let (outcome, reason) = words(ended.outcome);
    let mut body = format!(r#"{{"outcome":"{outcome}""#);
    // Writing into a string does not fail.
    let mut add = |key: &str, value: u64| write!(body, r#","{key}":{value}"#).ok();
    if ended.outcome == Outcome::Sold {
        add("order", id);
    }
    if wish.operation == Operation::Read && ended.page.version > 0 {
        add("version", ended.page.version.into());
    }
    if wish.operation == Operation::Claim {
        add("buyer", wish.claimant);
    }
    add("item", wish.item.into());
    if let Some(reason) = reason {
        write!(body, r#","reason":"{reason}""#).ok();
    }
    body.push_str("}\n");
    json(STATUSES[place(ended.outcome)], body)
}

/// The answer to what asks for nothing that there is.
pub fn refused(refusal: &Refusal) -> Whole {
    let mut response = error(refusal.status, &refusal.why);
    if let Some(allowed) = refusal.allowed {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    }
    response
}

/// An answer that says what is wrong.
pub fn error(status: u16, why: &str) -> Whole {
    json(status, format!("{}\n", serde_json::json!({ "error": why })))
}

/// The list of what there is.
pub fn text(text: String) -> Whole {
    whole(200, "text/plain; charset=utf-8", text)
}

fn json(status: u16, body: String) -> Whole {
    whole(status, "application/json", body)
}

fn whole(status: u16, kind: &'static str, body: String) -> Whole {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_has_its_status() {
        use Reason::{CacheHit, Duplicate, NotStarted, RateLimited, Shed, SoldOut};
        for (outcome, status) in [
            (Outcome::Served, 200),
            (Outcome::Intercepted(CacheHit), 200),
            (Outcome::Sold, 201),
            (Outcome::Intercepted(NotStarted), 403),
            (Outcome::Rejected(NotStarted), 403),
            (Outcome::Rejected(Duplicate), 409),
            (Outcome::Intercepted(SoldOut), 410),
            (Outcome::Rejected(SoldOut), 410),
            (Outcome::Intercepted(RateLimited), 429),
            (Outcome::Failed, 502),
            (Outcome::Intercepted(Shed), 503),
            (Outcome::Indefinite, 504),
        ] {
            let wish = Wish { operation: Operation::Claim, claimant: 3, item: 4, units: 1 };
            assert_eq!(STATUSES[place(outcome)], status, "{outcome:?}");
            let answer = of(9, &wish, Ended { outcome, page: Page::default() });
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
        }
    }
}
