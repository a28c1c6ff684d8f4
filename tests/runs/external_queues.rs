//! NATS and RabbitMQ that are not ours, by TLS and with a login: certificates are believed or not, and nothing stays there.

use crate::common;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::chain_text;
use common::program::{Place, Running, text};
use common::servers::block_on;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use seckill_lab::servers::{
    Endpoint, RabbitMqServer, RedisNode, Restart, RunFolder, find_nats, find_rabbitmq, port::free_ports,
};
use serde_json::Value;

const USER: &str = "shopper";
const PASSWORD: &str = "hush-hush";
const CLICKS: &str = r#"(name: "clicks", span: "1s", shape: Constant(rate: 1_500), spacing: Poisson, mix: (read: 1, claim: 3))"#;

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// Lets a server be called by TLS, too.
async fn with_more(node: &mut RedisNode, lines: &str) {
    let conf = node.folder().join("server.conf");
    let mut conf = fs::OpenOptions::new().append(true).open(conf).expect("its configuration");
    conf.write_all(lines.as_bytes()).expect("it is written");
    node.restart(Restart::WithItsFile).await.expect("it starts again");
}

/// A NATS that speaks TLS only, to one user.
async fn nats(run: &RunFolder) -> RedisNode {
    let mut node =
        RedisNode::start_nats(&find_nats(&|_| {}).expect("NATS"), run, "theirs").await.expect("a server");
    let [cert, key] = ["server.pem", "server.key"].map(|name| certificate(name).display().to_string());
    let lines = format!(
        "tls {{ cert_file: {cert:?}, key_file: {key:?} }}\nauthorization {{ user: {USER}, password: {PASSWORD:?} }}\n"
    );
    with_more(&mut node, &lines).await;
    node
}

/// A RabbitMQ that speaks TLS on another port; its user is the one that it has from the start. Answers the port.
async fn rabbitmq(run: &RunFolder) -> (RabbitMqServer, u16) {
    let mut server =
        RabbitMqServer::start(&find_rabbitmq().expect("RabbitMQ"), run, "theirs").await.expect("a server");
    let port = free_ports(1).expect("a port")[0];
    let lines = format!(
        "listeners.ssl.1 = 127.0.0.1:{port}\nssl_options.cacertfile = {}\nssl_options.certfile = {}\n\
         ssl_options.keyfile = {}\nssl_options.verify = verify_none\n",
        certificate("ca.pem").display(),
        certificate("server.pem").display(),
        certificate("server.key").display()
    );
    with_more(server.node_mut(), &lines).await;
    (server, port)
}

fn sale(form: &str, url: &str) -> String {
    let queue = format!("Queue(form: {form}, url: {url:?}, consumers: 2, batch: 50)");
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
        ("orders", &queue),
        ("database", "Database()"),
        ("control", "DataControl(interval: \"100ms\")"),
    ];
    let facts = "Oversold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";
    chain_text(&stages, "items: 10, stock: 500", CLICKS, facts)
}

/// Runs the program with a design and a login.
async fn output(place: &Place, design: &str, [user, password]: [&str; 2]) -> Output {
    let file = place.write("sale.ron", design);
    let (file, json, ca) = (file, place.path("report.json"), certificate("ca.pem"));
    let arguments = ["run", "--json", "--allow"].map(Path::new);
    let arguments = [arguments[0], &file, arguments[1], &json, arguments[2], &ca];
    let mut command = place.program(&arguments.map(|argument| argument.to_str().expect("text")));
    command.env("Q_USER", user).env("Q_PASSWORD", password);
    tokio::task::spawn_blocking(move || command.output()).await.expect("it runs").expect("it ends")
}

/// Runs a sale whose queue is elsewhere. Answers what the queue was called there.
async fn sells(form: &str, url: &str, login: [&str; 2]) -> String {
    let place = Place::new();
    let output = output(&place, &sale(form, url), login).await;
    let said = text(&output.stdout) + &text(&output.stderr);
    // On a busy machine the generator may fall behind, and timing is for other tests.
    assert!(matches!(output.status.code(), Some(0 | 2)), "{said}");
    let json = fs::read_to_string(place.path("report.json")).expect("a report");
    assert!(!said.contains(PASSWORD) && !json.contains(PASSWORD), "{said}{json}");
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let audit = &report["audit"];
    assert!(audit["audited"] == true && audit["sold"].as_u64().is_some_and(|sold| sold > 0), "{said}");
    for fact in ["oversold", "duplicates", "lost_acknowledged", "unacknowledged_present"] {
        assert_eq!(audit[fact], 0, "{said}");
    }
    let stages = report["stages"].as_array().expect("stages");
    assert!(
        stages.iter().any(|stage| stage["name"] == "orders" && stage["realness"] == "external"),
        "{said}"
    );
    let settings = report["settings"].as_array().expect("settings");
    let setting = |name: &str| {
        let row = settings.iter().find(|row| row["stage"] == "orders" && row["name"] == name);
        row.and_then(|row| row["value"].as_str())
            .unwrap_or_else(|| panic!("{name}: {settings:#?}"))
            .to_owned()
    };
    assert_eq!(setting("removed afterwards"), "1");
    setting("what is kept there")
}

/// Gives a run up in the middle. Answers what its queue was called.
fn given_up(form: &str, url: &str, [user, password]: [&str; 2]) -> String {
    let place = Place::new();
    let file = place.write("sale.ron", &sale(form, url).replace("span: \"1s\"", "span: \"20s\""));
    let ca = certificate("ca.pem");
    let mut command =
        place.program(&["run", file.to_str().expect("text"), "--allow", ca.to_str().expect("text")]);
    command.env("Q_USER", user).env("Q_PASSWORD", password);
    let mut running = Running::start(command);
    running.wait_for(" / 20.0s");
    for _ in 0..2 {
        running.signal("INT");
        running.wait_for("Stopping");
    }
    running.end();
    let said = running.said();
    let name = said.lines().find_map(|line| line.split("what it keeps there is called ").nth(1));
    name.expect("it was said").trim().to_owned()
}

/// Asserts that a run does not begin at an address, and what is said of it.
async fn refused(form: &str, url: &str, login: [&str; 2], said: &str) {
    let output = output(&Place::new(), &sale(form, url), login).await;
    let words = text(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{words}");
    assert!(words.contains("error: stage \"orders\": ") && words.contains(said), "{said}: {words}");
    assert!(!words.contains(login[1]), "{words}");
}

const NO_TRUST: &str = "can't be reached by TLS: ";

#[test]
fn a_nats_by_tls_is_believed_by_its_certificate_and_left_as_it_was() {
    block_on(async {
        let run = RunFolder::create().expect("a folder");
        let node = nats(&run).await;
        let at = format!("${{Q_USER}}:${{Q_PASSWORD}}@{}", node.endpoint());
        let ca = certificate("ca.pem");
        let url = format!("tls://{at}?ca={}", ca.display());
        let stream = sells("JetStream", &url, [USER, PASSWORD]).await;
        assert!(stream.starts_with("seckill-lab-"), "{stream}");
        let options =
            async_nats::ConnectOptions::with_user_and_password(USER.to_owned(), PASSWORD.to_owned());
        let options = options.require_tls(true).add_root_certificates(ca);
        let client = options.connect(node.endpoint().to_string()).await.expect("a connection");
        let names = async_nats::jetstream::new(client).stream_names();
        let names: Vec<String> = futures_util::TryStreamExt::try_collect(names).await.expect("names");
        assert_eq!(names, Vec::<String>::new());
        refused("JetStream", &format!("tls://{at}"), [USER, PASSWORD], NO_TRUST).await;
        refused("JetStream", &url, [USER, "wrong-word"], "authorization violation").await;
    });
}

#[test]
fn a_rabbitmq_by_tls_is_believed_by_its_certificate_and_left_as_it_was() {
    block_on(async {
        let run = RunFolder::create().expect("a folder");
        let (server, port) = rabbitmq(&run).await;
        let at = format!("${{Q_USER}}:${{Q_PASSWORD}}@localhost:{port}");
        let url = format!("amqps://{at}?ca={}", certificate("ca.pem").display());
        let guest = ["guest", "guest"];
        let queue = sells("RabbitMq", &url, guest).await;
        assert!(!is_there(server.endpoint(), &queue).await, "{queue}");
        let given_up = given_up("RabbitMq", &url, guest);
        assert!(given_up != queue && !is_there(server.endpoint(), &given_up).await, "{given_up}");
        refused("RabbitMq", &format!("amqps://{at}"), guest, NO_TRUST).await;
        refused("RabbitMq", &url, ["guest", "wrong-word"], "ACCESS_REFUSED").await;
        let no_tls = format!("amqps://{at}?ca={}", certificate("ca.pem").display());
        let no_tls = no_tls.replace(&port.to_string(), &server.endpoint().port.to_string());
        refused("RabbitMq", &no_tls, guest, NO_TRUST).await;
    });
}

/// Whether a queue is there.
async fn is_there(server: Endpoint, queue: &str) -> bool {
    let uri = format!("amqp://{server}");
    let connection = Connection::connect(&uri, ConnectionProperties::default()).await.expect("a connection");
    let channel = connection.create_channel().await.expect("a channel");
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue.into(), options, FieldTable::default()).await.is_ok()
}
