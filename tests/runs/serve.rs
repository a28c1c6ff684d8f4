//! A design is driven over HTTP by clients of the test's own, and by a load generator: what they were told, the run says too.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::common::chain_text;
use crate::common::program::{Place, Running, text, wait_until};
use seckill_lab::report::HttpReport;
use serde_json::Value;

const STAGES: [(&str, &str); 8] = [
    ("users", "Users()"),
    ("cdn", "Cdn()"),
    ("service", "Service(instances: 2)"),
    ("gate", "ReadWriteSplit(replicas: 1)"),
    ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
    ("orders", "Queue(on: \"inventory\")"),
    ("database", "Database()"),
    ("control", "DataControl()"),
];
const ANY: &str =
    r#"(name: "any", span: "2h", shape: Constant(rate: 1), spacing: Even, mix: (read: 1, claim: 1))"#;
const FACTS: &str =
    "Oversold(at_most: 0), Undersold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";

/// A run that is driven over HTTP.
struct Served {
    place: Place,
    running: Running,
    at: String,
}

impl Served {
    fn start(design: &str, more: &[&str]) -> Self {
        let place = Place::new();
        let file = place.write("design.ron", design);
        let arguments = ["serve", file.to_str().unwrap(), "--http", "127.0.0.1:0", "--json", "report.json"];
        let running = Running::start(place.program(&[&arguments, more].concat()));
        running.wait_for("taken in at http://");
        // The line is whole.
        wait_until("the address", || running.said().split_once("in at http://").unwrap().1.contains('\n'));
        let said = running.said();
        let at = said.split_once("in at http://").unwrap().1.split_once('\n').unwrap().0.to_owned();
        Self { place, running, at }
    }

    fn client(&self) -> Client {
        Client::new(&self.at)
    }

    /// Ends it as a person does, and reads its report.
    fn end(mut self, code: i32) -> Value {
        self.running.signal("INT");
        self.report(code)
    }

    fn report(&mut self, code: i32) -> Value {
        assert_eq!(self.running.end().code(), Some(code), "{}", self.running.said());
        serde_json::from_str(&fs::read_to_string(self.place.path("report.json")).unwrap()).unwrap()
    }
}

/// A connection that is kept.
struct Client(BufReader<TcpStream>);

impl Client {
    fn new(at: &str) -> Self {
        let stream = TcpStream::connect(at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self(BufReader::new(stream))
    }

    fn send(&mut self, head: &str, body: &str) {
        let length = body.len();
        let text = format!("{head} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}");
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    fn receive(&mut self) -> (u16, String, String) {
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let from = head.len();
            assert!(self.0.read_line(&mut head).unwrap() > 0, "hung up after {head:?}");
            if let Some(count) = head[from..].to_lowercase().strip_prefix("content-length:") {
                length = count.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head, text(&body))
    }

    /// Status and body.
    fn ask(&mut self, head: &str, body: &str) -> (u16, String) {
        self.send(head, body);
        let (status, _, body) = self.receive();
        (status, body)
    }
}

fn http(report: &Value) -> HttpReport {
    serde_json::from_value(report["http"].clone()).unwrap()
}

fn count(report: &Value, place: &str) -> u64 {
    report.pointer(place).and_then(Value::as_u64).unwrap_or_else(|| panic!("{place} in {report}"))
}

/// The law of a run, with what was told over HTTP.
fn assert_balanced(report: &Value) {
    let of = |key: &str| count(report, &format!("/totals/{key}"));
    let ends = ["dropped", "intercepted", "served", "sold", "rejected", "failed", "indefinite"];
    assert_eq!(of("arrivals"), ends.into_iter().map(of).sum::<u64>(), "{}", report["totals"]);
    let http = http(report);
    assert_eq!((of("arrivals"), of("dropped")), (http.requests, 0));
    assert_eq!(http.requests, http.answered_in_all() + http.gone + http.unanswered, "{http:?}");
    assert_eq!(http.unanswered, 0);
}

#[test]
fn a_hundred_clients_buy_exactly_the_stock_and_are_told_what_the_run_counts() {
    const CLIENTS: u64 = 100;
    const TIMES: u64 = 5;
    let served = Served::start(&chain_text(&STAGES, "items: 2, stock: 60", ANY, FACTS), &[]);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let mut client = served.client();
            thread::spawn(move || {
                let claim = |time| {
                    let buyer = number * TIMES + time;
                    let (way, item) = (["GET", "POST"][(time % 2) as usize], buyer % 2);
                    let (status, body) = client.ask(&format!("{way} /claims/{item}?buyer={buyer}"), "");
                    let body: Value = serde_json::from_str(&body).unwrap();
                    assert_eq!((count(&body, "/buyer"), count(&body, "/item")), (buyer, item));
                    assert!(status != 201 || count(&body, "/order") < CLIENTS * TIMES, "{body}");
                    status
                };
                (0..TIMES).map(claim).collect::<Vec<u16>>()
            })
        })
        .collect();
    let mut told: BTreeMap<u16, u64> = BTreeMap::new();
    for status in clients.into_iter().flat_map(|client| client.join().unwrap()) {
        *told.entry(status).or_default() += 1;
    }
    let report = served.end(0);
    assert_balanced(&report);
    assert_eq!(told, BTreeMap::from([(201, 60), (410, CLIENTS * TIMES - 60)]));
    let http = http(&report);
    assert_eq!((http.answered, http.gone, http.late), (told, 0, 0));
    assert_eq!((http.connections, http.most_connections), (CLIENTS, CLIENTS));
    assert_eq!((count(&report, "/totals/sold"), count(&report, "/audit/sold")), (60, 60));
    assert_eq!(report["generator"]["stopped_early"], Value::Bool(false), "that is how it ends");
    assert_eq!(report["verdict"], "pass");
}

#[test]
fn what_asks_for_nothing_is_refused_and_is_no_arrival() {
    let served = Served::start(&chain_text(&STAGES, "items: 2, stock: 60", ANY, FACTS), &[]);
    let mut client = served.client();
    let (status, list) = client.ask("GET /", "");
    assert!(status == 200 && list.contains("/claims/NUMBER") && list.contains("from 0 to 49999"), "{list}");
    let refused = [
        ("GET /nothing", "", 404, "GET /"),
        ("GET /pages/2", "", 404, "from 0 to 1"),
        ("GET /pages/x", "", 404, "no /pages/x"),
        ("POST /events", "", 404, "nobody does that in this design"),
        ("DELETE /claims/1", "", 405, "GET, POST"),
        ("POST /", "", 405, "GET, HEAD"),
        ("POST /claims?buyer=50000", "", 400, "from 0 to 49999"),
        ("POST /claims?byer=5", "", 400, "buyer=NUMBER"),
        ("POST /claims/1", "{\"byer\": 5}", 400, "buyer"),
        ("POST /claims/1", "buyer=5", 400, "buyer"),
    ];
    for (head, body, status, why) in refused {
        let answer = client.ask(head, body);
        assert!(answer.0 == status && answer.1.contains(why), "{head}: {answer:?}");
    }
    // Nobody is served after these.
    let long = "x".repeat(20_000);
    for (head, body, status) in [
        ("POST /claims/1".to_owned(), long.as_str(), 413),
        (format!("GET /{long}"), "", 431),
        ("nonsense".to_owned(), "", 400),
    ] {
        let mut client = served.client();
        client.send(&head, body);
        assert_eq!(client.receive().0, status);
    }
    // One is answered after the other where several are sent at once.
    for head in ["GET /pages/1", "GET /mix", "POST /claims/0?buyer=9", "POST /claims/0?buyer=9"] {
        client.send(head, "");
    }
    let statuses: Vec<u16> = (0..4).map(|_| client.receive().0).collect();
    assert!(statuses[0] == 200 && statuses[2..] == [201, 409], "{statuses:?}");
    assert_eq!(client.ask("POST /claims/1", "{\"buyer\": 8}").0, 201);

    // Who hangs up before the answer is counted as gone, and the claim is one all the same.
    let mut hasty = served.client();
    hasty.send("POST /claims/1?buyer=10", "");
    drop(hasty);
    wait_until("the hasty one's claim", || client.ask("POST /claims/1?buyer=10", "").0 == 409);
    drop(client);
    let report = served.end(0);
    assert_balanced(&report);
    let http = http(&report);
    let expected = BTreeMap::from([(400, 5), (404, 4), (405, 2), (413, 1), (431, 1)]);
    assert_eq!((http.refused, http.looks, http.gone), (expected, 1, 1));
}

#[test]
fn a_closed_sale_a_limit_and_a_dead_server_have_statuses_of_their_own() {
    let stages = STAGES.map(|(name, kind)| match name {
        "cdn" => ("balancer", "LoadBalancer(rate_limit: 200)"),
        "gate" => ("gate", "ReadWriteSplit(replicas: 1, timeout: \"200ms\")"),
        _ => (name, kind),
    });
    let sale = "items: 2, stock: 60, opens_at: \"1h\"";
    let design = chain_text(&stages, sale, ANY, "Oversold(at_most: 0), Achieved(at_least: 0.01)");
    let kill = r#"(at: "2s", action: Kill, stage: "gate", instance: "master"), (at: "2s", action: Kill, stage: "gate", instance: "replica 1")"#;
    let design = design.replacen("targets: [", &format!("faults: [{kill}], targets: ["), 1);
    let served = Served::start(&design, &["--metrics", "127.0.0.1:0"]);
    let mut client = served.client();
    let mut seen: BTreeMap<u16, String> = BTreeMap::new();
    wait_until("each has been told", || {
        // At once, so that they are more than the limit.
        let heads = ["POST /claims/1", "GET /pages/1"].repeat(10);
        for head in &heads {
            client.send(head, "");
        }
        for _ in &heads {
            let (status, _, body) = client.receive();
            seen.entry(status).or_insert(body);
        }
        [200, 403, 429].iter().all(|status| seen.contains_key(status))
            && (seen.contains_key(&502) || seen.contains_key(&504))
    });
    assert!(seen[&403].contains("\"not_started\"") && seen[&429].contains("\"rate_limited\""), "{seen:?}");
    let said = served.running.said();
    let metrics = said.split_once("metrics at http://").unwrap().1.split_once('/').unwrap().0.to_owned();
    wait_until("the figures are served", || {
        let (_, figures) = Client::new(&metrics).ask("GET /metrics", "");
        figures.contains("seckill_lab_http_answered_total{status=\"429\"}")
    });
    // What was offered is not known, so that target is not.
    let report = served.end(2);
    assert_balanced(&report);
    assert_eq!(report["targets"][1]["holds"], Value::Null, "{}", report["targets"]);
    let reasons = report["reasons"].to_string();
    assert!(reasons.contains("its load generator knows"), "{reasons}");
}

#[test]
fn it_ends_by_itself_after_its_time_and_who_comes_later_is_told_so() {
    let mut served = Served::start(&chain_text(&STAGES, "items: 2, stock: 1", ANY, FACTS), &["--for", "1s"]);
    let mut client = served.client();
    let mut told: BTreeMap<u16, u64> = BTreeMap::new();
    let mut late = 0;
    while late == 0 {
        let (status, body) = client.ask("GET /pages/0", "");
        if body.contains("the arrivals are over") {
            assert_eq!(status, 503);
            late += 1;
        } else {
            *told.entry(status).or_default() += 1;
        }
    }
    let report = served.report(0);
    assert_balanced(&report);
    assert_eq!((http(&report).answered, http(&report).late), (told, late));
    let secs = report["generator"]["duration_secs"].as_f64().unwrap();
    assert!((1.0..2.0).contains(&secs), "{secs}");
}

#[test]
fn only_this_machine_is_served_and_a_taken_port_is_told() {
    let place = Place::new();
    let file = place.write("design.ron", &chain_text(&STAGES, "items: 2, stock: 60", ANY, FACTS));
    let file = file.to_str().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (at, code, why) in [("0.0.0.0:8080", 64, "only this machine"), (&taken, 69, "choose another port")] {
        let output = place.output(&["serve", file, "--http", at]);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(text(&output.stderr).contains(why), "{output:?}");
    }
}

#[test]
fn a_load_generator_counts_what_the_run_counts() {
    let served = Served::start(&chain_text(&STAGES, "items: 2, stock: 60", ANY, FACTS), &[]);
    let address = format!("http://{}/mix", served.at);
    let output = Command::new("wrk").args(["-t1", "-c40", "-d1s", &address]).output();
    let output = output.unwrap_or_else(|error| panic!("wrk: {error}; apt-get install wrk"));
    let said = text(&output.stdout);
    let number = |before: &str| {
        let at = said.find(before).unwrap_or_else(|| panic!("{before:?} in {said}"));
        said[..at].split_whitespace().last().unwrap().parse::<u64>().unwrap()
    };
    let all = number(" requests in ");
    let after = said.split_once("Non-2xx or 3xx responses: ").map(|(_, rest)| rest);
    let others = after.map_or(0, |rest| rest.split_whitespace().next().unwrap().parse::<u64>().unwrap());
    assert!(!said.contains("Socket errors"), "{said}");
    let report = served.end(0);
    assert_balanced(&report);
    let http = http(&report);
    assert_eq!(http.answered_in_all(), all, "{http:?}\n{said}");
    let bad: u64 = http.answered.iter().filter(|(status, _)| **status >= 400).map(|(_, count)| count).sum();
    assert_eq!(bad, others, "{http:?}\n{said}");
    assert!(http.gone <= 40 && all > 100, "each connection had one request under way at the most: {http:?}");
    assert_eq!(count(&report, "/audit/sold"), 60);
}
