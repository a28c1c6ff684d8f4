//! What a request over HTTP asks for. Pure: method, address and body in, a wish or a refusal out.

use std::fmt::Write;

use hyper::Method;
use serde::Deserialize;

use crate::topology::Topology;
use crate::workload::{Operation, PageOf};

/// The longest body that is read; nothing that can be said needs more.
pub const LONGEST_BODY: usize = 4_096;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The list of what there is.
    List,
    /// Something that becomes an arrival.
    Arrival(Asked),
}

/// What becomes an arrival; whatever is not said is drawn by lot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// The operation; none: as the mix of the phase has it.
    pub operation: Option<Operation>,
    /// What it is about.
    pub item: Option<u32>,
    /// Who asks.
    pub buyer: Option<u64>,
}

/// Why nothing can be asked for so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// What is wrong, with the remedy.
    pub why: String,
    /// The methods that there are, where it is the wrong one.
    pub allowed: Option<&'static str>,
}

impl Refusal {
    /// A refusal with a status.
    pub fn new(status: u16, why: impl Into<String>) -> Self {
        Self { status, why: why.into(), allowed: None }
    }
}

/// What there is to ask for.
#[derive(Debug, Clone)]
pub struct Menu {
    title: String,
    /// Who may ask: those below.
    people: u64,
    /// How many different things each operation can be about; none: nobody in the design wants it.
    widths: [Option<u32>; Operation::COUNT],
}

const BOTH: &str = "GET, POST";
const GET: &str = "GET, HEAD";

/// The addresses, with the method that fits them best.
const PATHS: [(&str, &str, Operation, &str); Operation::COUNT] = [
    ("/pages", "GET", Operation::Read, "ask for the page of"),
    ("/claims", "POST", Operation::Claim, "buy"),
    ("/events", "POST", Operation::Append, "leave an event on stream"),
    ("/counts", "POST", Operation::Count, "add one to counter"),
];

/// What can stand in a body.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    buyer: Option<u64>,
}

impl Menu {
    /// Of a design.
    #[allow(clippy::cast_possible_truncation, reason = "people are fewer than a billion")]
    pub fn new(topology: &Topology) -> Self {
        let workload = &topology.workload;
        let (sale, audience, records) = (&workload.sale, &workload.audience, &workload.records);
        let width = |operation| match operation {
            Operation::Read if audience.page_of == PageOf::Reader => audience.users as u32,
            Operation::Read if audience.unknown_ratio > 0.0 => {
                sale.items.saturating_add(audience.unknown_items)
            }
            Operation::Read | Operation::Claim => sale.items,
            Operation::Append => records.streams,
            Operation::Count => records.counters,
        };
        Self {
            title: topology.title.clone(),
            people: audience.users,
            widths: Operation::ALL.map(|operation| workload.wants(operation).then(|| width(operation))),
        }
    }

    /// What method and address ask for.
    ///
    /// # Errors
    /// There is no such address, or not by this method, or it asks for something that doesn't exist.
    pub fn wanted(&self, method: &Method, path: &str, query: Option<&str>) -> Result<Wanted, Refusal> {
        if path == "/" {
            let is_get = matches!(*method, Method::GET | Method::HEAD);
            return if is_get { Ok(Wanted::List) } else { Err(wrong_method(GET)) };
        }
        let (operation, number) = if path == "/mix" { (None, None) } else { self.place(path)? };
        if !matches!(*method, Method::GET | Method::POST) {
            return Err(wrong_method(BOTH));
        }
        let buyer = query.map_or(Ok(None), |query| self.buyer_in(query))?;
        Ok(Wanted::Arrival(Asked { operation, item: number, buyer }))
    }

    /// Adds what a body says.
    ///
    /// # Errors
    /// It says nothing that makes sense.
    pub fn with_body(&self, asked: Asked, body: &[u8]) -> Result<Asked, Refusal> {
        if body.is_empty() {
            return Ok(asked);
        }
        let body: Body = serde_json::from_slice(body)
            .map_err(|error| Refusal::new(400, format!(r#"the body is not {{"buyer": NUMBER}}: {error}"#)))?;
        let buyer = body.buyer.map(|buyer| self.known(buyer)).transpose()?;
        Ok(Asked { buyer: buyer.or(asked.buyer), ..asked })
    }

    fn place(&self, path: &str) -> Result<(Option<Operation>, Option<u32>), Refusal> {
        let nothing = || Refusal::new(404, format!("there is no {path}: GET / says what there is"));
        let of = |known: &&(&str, _, _, _)| {
            path.strip_prefix(known.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let &(start, _, operation, _) = PATHS.iter().find(of).ok_or_else(nothing)?;
        let Some(width) = self.widths[operation.index()] else {
            let word = operation.label();
            return Err(Refusal::new(
                404,
                format!("nobody does that in this design: give {word} a weight in the mix of a phase"),
            ));
        };
        let number = match path[start.len()..].trim_start_matches('/') {
            "" => None,
            number => Some(number.parse::<u32>().ok().ok_or_else(nothing)?),
        };
        if number.is_some_and(|number| number >= width) {
            return Err(Refusal::new(404, format!("there is no {path}: they count from 0 to {}", width - 1)));
        }
        Ok((Some(operation), number))
    }

    fn buyer_in(&self, query: &str) -> Result<Option<u64>, Refusal> {
        let mut buyer = None;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let number = pair.strip_prefix("buyer=").and_then(|number| number.parse().ok());
            let why = || Refusal::new(400, format!("{pair:?} says nothing here: say buyer=NUMBER"));
            buyer = Some(self.known(number.ok_or_else(why)?)?);
        }
        Ok(buyer)
    }

    fn known(&self, buyer: u64) -> Result<u64, Refusal> {
        let last = self.people - 1;
        let why = || Refusal::new(400, format!("there is no buyer {buyer}: they count from 0 to {last}"));
        (buyer <= last).then_some(buyer).ok_or_else(why)
    }

    /// The list of what there is.
    pub fn list(&self) -> String {
        let mut text = String::new();
        match self.write_list(&mut text) {
            Ok(()) => text,
            Err(_) => unreachable!("writing to a String can't fail"),
        }
    }

    fn write_list(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "seckill-lab: {}\n", self.title)?;
        for (path, method, operation, what) in PATHS {
            let address = format!("{path}/NUMBER");
            write!(out, "{method:<4} {address:<15} ")?;
            match self.widths[operation.index()] {
                Some(width) => writeln!(out, "{what} NUMBER, from 0 to {}", width - 1)?,
                None => writeln!(out, "(nobody does that in this design)")?,
            }
        }
        writeln!(out, "{:<4} {:<15} what the phase's own mix has next", "POST", "/mix")?;
        write!(
            out,
            r#"
GET does the same as POST. Without /NUMBER it is drawn by lot. Who asks is drawn by lot, or said: ?buyer=NUMBER or
the body {{"buyer": NUMBER}}, from 0 to {}.

200 served, or answered by a cache   201 sold                            403 not_started
409 duplicate                        410 sold_out                        429 rate_limited
502 failed: nothing happened         503 shed, or the run is over        504 indefinite: it may have happened
"#,
            self.people - 1
        )
    }
}

fn wrong_method(allowed: &'static str) -> Refusal {
    Refusal { allowed: Some(allowed), ..Refusal::new(405, format!("the methods here are {allowed}")) }
}
