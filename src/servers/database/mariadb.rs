//! MariaDB.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::endpoint::Endpoint;
use super::{DATA, DATABASE_USER, DatabaseSettings, Known, SPARE_CONNECTIONS};

/// The database that is made for the lab.
pub(super) const DATABASE: &str = "lab";
/// Where the server writes its process id.
const PID_FILE: &str = "server.pid";
/// What it does at each start.
const INIT_FILE: &str = "init.sql";
/// The system has only so many places for reads and writes under way, for all programs together, and a server takes thousands.
const NO_NATIVE_AIO: &str = "--innodb-use-native-aio=OFF";
/// A greeting comes at once.
const GREETING_WITHIN: Duration = Duration::from_secs(1);

pub(super) const KNOWN: Known = Known {
    program: "mariadbd",
    set_up: "mariadb-install-db",
    folders: &["usr/sbin", "usr/libexec", "usr/local/sbin", "usr/local/bin", "opt/homebrew/bin"],
    help: "apt-get install mariadb-server (Debian, Ubuntu), dnf install mariadb-server (Fedora), brew install mariadb (macOS)",
};

/// An empty database.
pub(super) fn set_up(command: &mut Command, folder: &Path) {
    command
        .arg("--no-defaults")
        .args(["--skip-test-db", "--skip-name-resolve", "--auth-root-authentication-method=normal"])
        .arg(NO_NATIVE_AIO)
        .arg(option("datadir", &folder.join(DATA)));
}

/// Everything stands on the command line (<https://mariadb.com/kb/en/mariadbd-options/>): on this machine only, and small.
pub(super) fn configure(settings: &DatabaseSettings, port: u16, folder: &Path) -> io::Result<Vec<OsString>> {
    let init = folder.join(INIT_FILE);
    let user = format!("{DATABASE_USER}@'127.0.0.1'");
    fs::write(
        &init,
        format!(
            "CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4;\n\
             CREATE USER IF NOT EXISTS {user};\nGRANT ALL ON *.* TO {user};\n"
        ),
    )?;
    // 1: a commit waits for the disk; 2: it is given to the system, which writes it within a second.
    let flush = if settings.sync_each_commit { 1 } else { 2 };
    let mut arguments: Vec<OsString> = vec!["--no-defaults".into()];
    arguments.extend([
        option("datadir", &folder.join(DATA)),
        option("socket", &folder.join("server.sock")),
        option("pid-file", &folder.join(PID_FILE)),
        option("init-file", &init),
    ]);
    let connections = settings.connections + SPARE_CONNECTIONS;
    arguments.extend(
        [
            format!("--port={port}"),
            format!("--max-connections={connections}"),
            format!("--innodb-flush-log-at-trx-commit={flush}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--skip-name-resolve".to_owned(),
            "--transaction-isolation=READ-COMMITTED".to_owned(),
            "--innodb-buffer-pool-size=64M".to_owned(),
            "--innodb-log-file-size=64M".to_owned(),
            NO_NATIVE_AIO.to_owned(),
            "--key-buffer-size=1M".to_owned(),
            "--aria-pagecache-buffer-size=8M".to_owned(),
        ]
        .map(OsString::from),
    );
    Ok(arguments)
}

/// Its process id stands in its file, and whoever connects is greeted by the version of the protocol: a packet's length of three
/// bytes, its number, and 10 (<https://mariadb.com/kb/en/connection/>).
pub(super) async fn is_ready(port: u16, folder: &Path, pid: u32) -> Result<(), String> {
    let written = fs::read_to_string(folder.join(PID_FILE)).unwrap_or_default();
    if written.trim() != pid.to_string() {
        return Err("it has not begun".to_owned());
    }
    let greeting = async {
        let mut begin = [0; 5];
        TcpStream::connect(Endpoint::local(port).socket_addr()).await?.read_exact(&mut begin).await?;
        Ok::<_, io::Error>(begin)
    };
    let greeting = timeout(GREETING_WITHIN, greeting).await.map_err(|_late| "no answer".to_owned())?;
    match greeting.map_err(|error| error.to_string())? {
        [_, _, _, 0, 10] => Ok(()),
        _ => Err("it answers something else".to_owned()),
    }
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(format!("--{name}="));
    option.push(path);
    option
}
