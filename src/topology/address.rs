//! The address of a server that is not ours, as it stands in a topology file.
//!
//! One notation for all of them: `scheme://user:password@host:port,host:port/path?key=value`.
//!
//! | scheme | server | path |
//! |---|---|---|
//! | `redis`, `rediss` | one Redis | number of its database; nothing is 0 |
//! | `redis-sentinel`, `rediss-sentinel` | the Sentinels of a Redis | name of the master |
//! | `redis-cluster`, `rediss-cluster` | nodes of a Redis Cluster | none |
//! | `nats` | NATS | none |
//! | `amqp` | RabbitMQ | virtual host |
//! | `postgres`, `mysql` | PostgreSQL; MySQL or MariaDB | database |
//!
//! An `s` behind the first word is TLS. `?ca=/path/ca.pem` names the certificate of an authority that the system does not know; a database
//! has `?tls=require`.
//!
//! User and password stand in a file only as `${NAME}`, a variable of the environment from which a run takes them when it starts. So an
//! [`Address`] holds no secret and may be shown; what [`Address::with_secrets`] makes of it shows none either.

use std::fmt;

use super::Problem;
use super::problem::Place;

/// What kind of server an address is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// One Redis.
    Redis,
    /// A Redis whose master its Sentinels know.
    RedisSentinel,
    /// A Redis Cluster.
    RedisCluster,
    /// NATS.
    Nats,
    /// RabbitMQ.
    Amqp,
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
}

/// One row of the table of schemes: word, server, TLS, the port where none is given.
const WORDS: &[(&str, Scheme, bool, u16)] = &[
    ("redis", Scheme::Redis, false, 6_379),
    ("rediss", Scheme::Redis, true, 6_379),
    ("redis-sentinel", Scheme::RedisSentinel, false, 26_379),
    ("rediss-sentinel", Scheme::RedisSentinel, true, 26_379),
    ("redis-cluster", Scheme::RedisCluster, false, 6_379),
    ("rediss-cluster", Scheme::RedisCluster, true, 6_379),
    ("nats", Scheme::Nats, false, 4_222),
    ("amqp", Scheme::Amqp, false, 5_672),
    ("postgres", Scheme::Postgres, false, 5_432),
    ("mysql", Scheme::Mysql, false, 3_306),
];

/// The longest address that is read.
const LONGEST: usize = 2_000;

/// Where one server listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// A name or an IP address, without brackets.
    pub name: String,
    /// The TCP port.
    pub port: u16,
}

/// An address in which every secret is the name of a variable.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    word: &'static str,
    /// What kind of server it is of.
    pub scheme: Scheme,
    /// Whether the connection is TLS.
    pub is_tls: bool,
    /// The servers, at least one.
    pub hosts: Vec<Host>,
    /// What stands behind the hosts: database, master, virtual host.
    pub path: Option<String>,
    /// The certificate of an authority that the system doesn't know: a file in PEM.
    pub ca: Option<String>,
    user: Option<String>,
    password: Option<String>,
}

/// What only the environment knows. It is never written anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// An address with its secrets, for the time of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The address, which may be shown.
    pub address: Address,
    /// Who logs in, where the address says so.
    pub user: Option<Secret>,
    /// The password, where the address has one.
    pub password: Option<Secret>,
}

/// A variable that an address names and the environment doesn't have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the variable {name} is not set, and {address} takes it from the environment; set it where the program is started"
)]
pub struct MissingVariable {
    /// Its name.
    pub name: String,
    /// The address, as it may be shown.
    pub address: String,
}

/// Why a text is no address. It never holds a part of the text in which a secret may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongAddress {
    /// What is wrong.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
}

impl Scheme {
    /// Every word that such an address may begin with.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS.iter().filter(move |(_, scheme, ..)| *scheme == self).map(|(word, ..)| *word)
    }

    /// Whether a path has to follow the hosts.
    fn needs_path(self) -> bool {
        matches!(self, Self::RedisSentinel | Self::Postgres | Self::Mysql)
    }

    /// Whether a path may follow them.
    fn takes_path(self) -> bool {
        self.needs_path() || matches!(self, Self::Redis | Self::Amqp)
    }

    fn takes_many_hosts(self) -> bool {
        matches!(self, Self::RedisSentinel | Self::RedisCluster | Self::Nats)
    }

    fn is_database(self) -> bool {
        matches!(self, Self::Postgres | Self::Mysql)
    }

    /// An address to learn from.
    pub fn example(self) -> &'static str {
        match self {
            Self::Redis => "rediss://${REDIS_USER}:${REDIS_PASSWORD}@cache.example.org:6379",
            Self::RedisSentinel => {
                "redis-sentinel://:${REDIS_PASSWORD}@one:26379,two:26379,three:26379/mymaster"
            }
            Self::RedisCluster => "redis-cluster://:${REDIS_PASSWORD}@one:6379,two:6379",
            Self::Nats => "nats://${NATS_USER}:${NATS_PASSWORD}@queue.example.org:4222",
            Self::Amqp => "amqp://${RABBIT_USER}:${RABBIT_PASSWORD}@queue.example.org:5672",
            Self::Postgres => "postgres://${PG_USER}:${PG_PASSWORD}@db.example.org:5432/shop",
            Self::Mysql => "mysql://${DB_USER}:${DB_PASSWORD}@db.example.org:3306/shop",
        }
    }
}

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

    /// The variables that it takes from the environment.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.user.iter().chain(&self.password).map(String::as_str)
    }

    /// The address with what the environment has for its variables.
    ///
    /// # Errors
    /// A variable is not there, or empty.
    pub fn with_secrets(
        &self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Access, MissingVariable> {
        let secret = |name: &Option<String>| {
            let Some(name) = name else { return Ok(None) };
            let value = environment(name).filter(|value| !value.is_empty());
            let missing = || MissingVariable { name: name.clone(), address: self.to_string() };
            value.map(|value| Some(Secret(value))).ok_or_else(missing)
        };
        Ok(Access { address: self.clone(), user: secret(&self.user)?, password: secret(&self.password)? })
    }

    /// What is wrong with the address in a parameter `url` of a stage, if anything is.
    pub fn problem(stage: &str, text: &str, allowed: &[Scheme]) -> Option<Problem> {
        let wrong = Self::parse(text, allowed).err()?;
        let place = Place::Stage(stage.to_owned());
        Some(Problem::error(place, format!("url: {}", wrong.text), wrong.remedy).about(&["url"]))
    }
}

impl Access {
    /// The same servers by the same login, at other places.
    #[must_use]
    pub fn at(&self, hosts: Vec<Host>) -> Self {
        Self { address: Address { hosts, ..self.address.clone() }, ..self.clone() }
    }
}

impl Secret {
    /// The secret itself, for the one who logs in.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

impl fmt::Display for Address {
    /// Without secrets: these stand in it only by the names of their variables.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.word)?;
        if let Some(user) = &self.user {
            write!(f, "${{{user}}}")?;
        }
        if let Some(password) = &self.password {
            write!(f, ":${{{password}}}")?;
        }
        if self.variables().next().is_some() {
            f.write_str("@")?;
        }
        let hosts: Vec<String> = self.hosts.iter().map(Host::to_string).collect();
        f.write_str(&hosts.join(","))?;
        self.path.iter().try_for_each(|path| write!(f, "/{path}"))?;
        let tls = (self.is_tls && self.scheme.is_database()).then_some("tls=require".to_owned());
        let pairs: Vec<String> = tls.into_iter().chain(self.ca.iter().map(|ca| format!("ca={ca}"))).collect();
        if pairs.is_empty() { Ok(()) } else { write!(f, "?{}", pairs.join("&")) }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for WrongAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.text, self.remedy)
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

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Scheme] = &[
        Scheme::Redis,
        Scheme::RedisSentinel,
        Scheme::RedisCluster,
        Scheme::Nats,
        Scheme::Amqp,
        Scheme::Postgres,
        Scheme::Mysql,
    ];

    fn hosts(address: &Address) -> Vec<String> {
        address.hosts.iter().map(Host::to_string).collect()
    }

    #[test]
    fn every_example_is_an_address_that_shows_as_it_was_written() {
        for scheme in ALL {
            let address = Address::parse(scheme.example(), ALL).expect("an address");
            assert_eq!((address.scheme, address.to_string().as_str()), (*scheme, scheme.example()));
        }
        for text in [
            "redis://127.0.0.1:6379/3",
            "redis://[::1]:7000",
            "rediss-cluster://a:1,b:2?ca=/etc/ca.pem",
            "postgres://${U}@db:5432/shop?tls=require&ca=/etc/ca.pem",
        ] {
            assert_eq!(Address::parse(text, ALL).expect(text).to_string(), text);
        }
    }

    #[test]
    fn hosts_without_a_port_have_the_usual_one_of_their_server() {
        for (text, at) in [
            ("redis://cache", "cache:6379"),
            ("redis-sentinel://one,two:7/mymaster", "one:26379,two:7"),
            ("amqp://q", "q:5672"),
            ("redis://[::1]", "[::1]:6379"),
        ] {
            assert_eq!(hosts(&Address::parse(text, ALL).expect(text)).join(","), at);
        }
    }

    #[test]
    fn secrets_come_from_the_environment_and_are_shown_nowhere() {
        let text = "redis://${WHO}:${WORD}@cache";
        let address = Address::parse(text, ALL).expect("an address");
        let environment = |name: &str| Some(format!("hush-{name}"));
        let access = address.with_secrets(environment).expect("both are there");
        assert_eq!(access.user.as_ref().map(Secret::expose), Some("hush-WHO"));
        assert_eq!(access.password.as_ref().map(Secret::expose), Some("hush-WORD"));
        assert!(!format!("{access:?} {address:?} {address}").contains("hush"));
        let only_who = |name: &str| (name == "WHO").then(|| "me".to_owned());
        let missing = address.with_secrets(only_who).expect_err("no password");
        assert_eq!(missing.name, "WORD");
        assert!(missing.to_string().contains("WORD is not set"), "{missing}");
        assert_eq!(address.with_secrets(|_| Some(String::new())).expect_err("it is empty").name, "WHO");
    }

    #[test]
    fn what_is_wrong_is_said_and_never_holds_the_password() {
        for (text, said) in [
            ("cache:6379", "no address"),
            ("http://cache", "of this kind"),
            ("redis://user:pa$$word@cache", "stands in it"),
            ("redis://:pa$$w/o@rd@cache", "stands in it"),
            ("redis://:pa$$word", "no address"),
            ("redis://${}@cache", "stands in it"),
            ("redis://a,b", "one host"),
            ("redis://a:0", "no address"),
            ("redis://a:70000", "no address"),
            ("redis://", "no address"),
            ("redis://[::1", "no address"),
            ("redis://a/shop", "no number"),
            ("redis://a?password=pa$$word", "follows the ?"),
            ("redis://a?ca=/x", "without TLS"),
            ("redis-sentinel://a:1", "name of the master is missing"),
            ("redis-cluster://a:1/0", "nothing can follow"),
            ("postgres://db", "database is missing"),
            ("redis://a b", "no address"),
        ] {
            let wrong = Address::parse(text, ALL).expect_err(text).to_string();
            assert!(wrong.contains(said), "{text}: {wrong}");
            assert!(!wrong.contains("pa$$"), "{text}: {wrong}");
        }
        assert!(Address::parse("nats://a", &[Scheme::Redis]).is_err());
        assert!(Address::problem("cache", "redis://cache", ALL).is_none());
        assert!(Address::problem("cache", "cache", ALL).is_some_and(|problem| problem.fields == ["url"]));
    }
}
