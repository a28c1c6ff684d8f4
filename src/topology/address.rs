//! The address of a server that is not ours, as it stands in a topology file.
//!
//! One notation for all of them: `scheme://user:password@host:port,host:port/path?key=value`.
//!
//! | scheme | server | path |
//! |---|---|---|
//! | `redis`, `rediss` | one Redis | number of its database; nothing is 0 |
//! | `redis-sentinel`, `rediss-sentinel` | the Sentinels of a Redis | name of the master |
//! | `redis-cluster`, `rediss-cluster` | nodes of a Redis Cluster | none |
//! | `nats`, `tls` | NATS | none |
//! | `amqp`, `amqps` | RabbitMQ | virtual host |
//! | `postgres`, `mysql` | PostgreSQL; MySQL or MariaDB | database |
//!
//! An `s` behind the first word is TLS, and so is `tls`, which is what NATS calls it. `?ca=/path/ca.pem` names the certificate of an authority that the system does not know; a database
//! has `?tls=require`.
//!
//! User and password stand in a file only as `${NAME}`, a variable of the environment from which a run takes them when it starts. So an
//! [`Address`] holds no secret and may be shown; what [`Address::with_secrets`] makes of it shows none either.

mod read;
mod scheme;
#[cfg(test)]
mod tests;

use std::fmt;

use super::Problem;
use super::problem::Place;

pub use self::scheme::Scheme;

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

impl Address {
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
