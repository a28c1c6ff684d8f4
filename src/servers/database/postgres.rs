//! PostgreSQL.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use super::super::endpoint::Endpoint;
use super::{DATA, DATABASE_USER, DatabaseSettings, Known, SPARE_CONNECTIONS};

/// The database that every server has.
pub(super) const DATABASE: &str = "postgres";

pub(super) const KNOWN: Known = Known {
    program: "postgres",
    set_up: "initdb",
    folders: &["usr/lib/postgresql/*/bin", "usr/pgsql-*/bin"],
    help: "apt-get install postgresql (Debian, Ubuntu), dnf install postgresql-server (Fedora), brew install postgresql (macOS)",
};

/// An empty database, whose superuser is let in without a password. Nothing of it is worth waiting for the disk: a run that
/// is interrupted here has written nothing yet.
pub(super) fn set_up(command: &mut Command, folder: &Path) {
    command
        .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--wal-segsize=4"])
        .arg(format!("--username={DATABASE_USER}"))
        .arg("--pgdata")
        .arg(folder.join(DATA));
}

/// Makes a replica's first copy.
pub(super) const COPY: &str = "pg_basebackup";

/// A copy of a running master, which goes on copying what the master writes once it is started
/// (<https://www.postgresql.org/docs/current/app-pgbasebackup.html>).
pub(super) fn copy(command: &mut Command, master: Endpoint, folder: &Path) {
    command
        .args(["--no-password", "--write-recovery-conf", "--wal-method=stream"])
        .args(["--checkpoint=fast", "--no-sync"])
        .arg(format!("--host={}", master.ip))
        .arg(format!("--port={}", master.port))
        .arg(format!("--username={DATABASE_USER}"))
        .arg("--pgdata")
        .arg(folder.join(DATA));
}

/// Writes the whole configuration (<https://www.postgresql.org/docs/current/runtime-config.html>): on this machine only, and small.
pub(super) fn configure(settings: &DatabaseSettings, port: u16, folder: &Path) -> io::Result<Vec<OsString>> {
    let commit = if settings.sync_each_commit { "on" } else { "off" };
    let connections = settings.connections + SPARE_CONNECTIONS;
    // A log that replicas copy says more; each copies over a connection of its own, and its first copy takes two.
    let senders = 3 * settings.replica_count;
    let level = if senders > 0 || settings.replica_of.is_some() { "replica" } else { "minimal" };
    let conf = format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n\
         max_connections = {connections}\nshared_buffers = 32MB\nmax_wal_size = 256MB\njit = off\n\
         fsync = on\nsynchronous_commit = {commit}\nwal_level = {level}\nmax_wal_senders = {senders}\n\
         wal_keep_size = 256MB\nhot_standby = on\n\
         default_transaction_isolation = 'read committed'\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n"
    );
    let data = folder.join(DATA);
    fs::write(data.join("postgresql.conf"), conf)?;
    Ok(vec!["-D".into(), data.into()])
}

/// The server writes its own process id into the first line of a file, and how it is doing into the eighth
/// (`src/include/utils/pidfile.h`).
pub(super) fn is_ready(folder: &Path, pid: u32) -> Result<(), String> {
    let text = fs::read_to_string(folder.join(DATA).join("postmaster.pid")).unwrap_or_default();
    let mut lines = text.lines().map(str::trim);
    if lines.next() != Some(&pid.to_string()) {
        return Err("it has not begun".to_owned());
    }
    match lines.nth(6) {
        Some("ready") => Ok(()),
        status => Err(status.filter(|status| !status.is_empty()).unwrap_or("starting").to_owned()),
    }
}
