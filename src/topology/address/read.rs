//! How an address is read.

use super::scheme::WORDS;
use super::{Address, Host, Scheme, WrongAddress};

/// The longest address that is read.
const LONGEST: usize = 2_000;

impl Address {
    /// Reads an address of one of these kinds of server.
    ///
    /// # Errors
    /// It is none; the texts are for people.
    pub fn parse(text: &str, allowed: &[Scheme]) -> Result<Self, WrongAddress> {
        let example = allowed.first().map_or("", |scheme| scheme.example());
        let no_address = || wrong("it is no address", format!("write one such as {example}"));
        if text.len() > LONGEST || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(no_address());
        }
        let (word, rest) = text.split_once("://").ok_or_else(no_address)?;
        let row = WORDS.iter().find(|(known, scheme, ..)| *known == word && allowed.contains(scheme));
        let Some(&(word, scheme, is_tls, port)) = row else {
            let words: Vec<&str> = allowed.iter().flat_map(|scheme| scheme.words()).collect();
            let remedy = format!("begin it with one of {}", words.join("://, ") + "://");
            return Err(wrong("nothing here talks to a server of this kind", remedy));
        };
        let example = scheme.example();
        // A password may hold any sign, also '@' and '/': the last '@' ends it, so none of it is taken for a host or a path and shown.
        let (login, rest) = rest.rsplit_once('@').map_or((None, rest), |(login, rest)| (Some(login), rest));
        let (user, password) = read_login(login.unwrap_or_default())?;
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (hosts, path) = rest.split_once('/').map_or((rest, ""), |(hosts, path)| (hosts, path));
        let hosts: Option<Vec<Host>> = hosts.split(',').map(|host| read_host(host, port)).collect();
        let hosts = hosts.ok_or_else(no_address)?;
        if hosts.len() > 1 && !scheme.takes_many_hosts() {
            return Err(wrong("such an address has one host", format!("write one such as {example}")));
        }
        let path = read_path(scheme, path)?;
        if scheme.is_database() && user.is_none() {
            return Err(wrong("the user is missing before the host", format!("write one such as {example}")));
        }
        let mut address = Self { word, scheme, is_tls, hosts, path, ca: None, user, password };
        for pair in query.into_iter().flat_map(|query| query.split('&')) {
            address.read_pair(pair)?;
        }
        if address.ca.is_some() && !address.is_tls {
            return Err(wrong("ca says nothing to a connection without TLS", "leave ca out, or choose TLS"));
        }
        Ok(address)
    }

    fn read_pair(&mut self, pair: &str) -> Result<(), WrongAddress> {
        match pair.split_once('=') {
            Some(("ca", path)) if !path.is_empty() => self.ca = Some(path.to_owned()),
            Some(("tls", "require")) if self.scheme.is_database() => self.is_tls = true,
            _ => {
                let known = if self.scheme.is_database() { "tls=require or ca=FILE" } else { "ca=FILE" };
                return Err(wrong(
                    "what follows the ? is unknown",
                    format!("write {known}, or leave it out"),
                ));
            }
        }
        Ok(())
    }
}

fn wrong(text: impl Into<String>, remedy: impl Into<String>) -> WrongAddress {
    WrongAddress { text: text.into(), remedy: remedy.into() }
}

/// User and password by the names of their variables.
fn read_login(login: &str) -> Result<(Option<String>, Option<String>), WrongAddress> {
    let literal = || {
        let text = "a user or a password stands in it, and whoever reads the file knows it then";
        wrong(
            text,
            "write the name of a variable, as in ${REDIS_PASSWORD}, and set it where the program is started",
        )
    };
    let name = |text: &str| {
        let name = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
        let is_name =
            |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        name.filter(is_name).map(str::to_owned).ok_or_else(literal)
    };
    let (user, password) = login.split_once(':').map_or((login, None), |(user, word)| (user, Some(word)));
    let user = if user.is_empty() { None } else { Some(name(user)?) };
    Ok((user, password.map(name).transpose()?))
}

/// `host`, `host:port`, `[::1]` or `[::1]:port`.
fn read_host(text: &str, usual_port: u16) -> Option<Host> {
    let (name, port) = match text.strip_prefix('[') {
        Some(text) => {
            let (name, port) = text.split_once(']')?;
            let is_ipv6 = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
            if !name.contains(':') || !name.chars().all(is_ipv6) {
                return None;
            }
            (name, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    let port = port.map_or(Some(usual_port), |port| port.parse().ok().filter(|&port| port > 0))?;
    (!name.is_empty() && name.chars().all(is_host)).then(|| Host { name: name.to_owned(), port })
}

fn read_path(scheme: Scheme, path: &str) -> Result<Option<String>, WrongAddress> {
    let example = format!("write one such as {}", scheme.example());
    if path.is_empty() {
        let what = if scheme == Scheme::RedisSentinel { "name of the master" } else { "database" };
        let missing = || wrong(format!("the {what} is missing behind the host"), example);
        return if scheme.needs_path() { Err(missing()) } else { Ok(None) };
    }
    if !scheme.takes_path() {
        return Err(wrong("nothing can follow the hosts", example));
    }
    if scheme == Scheme::Redis && path.parse::<u32>().is_err() {
        return Err(wrong("what follows the host is no number of a database", example));
    }
    if path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%')) {
        Ok(Some(path.to_owned()))
    } else {
        Err(wrong("a name in it has signs other than letters, digits, -, _ and .", "correct the name"))
    }
}
