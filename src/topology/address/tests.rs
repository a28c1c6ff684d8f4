//! Addresses: what is one, and how it shows.

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
        "amqps://${U}:${W}@q:5671/shop?ca=/etc/ca.pem",
        "tls://:${TOKEN}@q:4222?ca=/etc/ca.pem",
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
        ("amqps://q/shop", "q:5671"),
        ("tls://q,r:7", "q:4222,r:7"),
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
        ("postgres://db/shop", "user is missing"),
        ("mysql://:${WORD}@db/shop", "user is missing"),
        ("mysql://${WHO}@db/shop?sslmode=require", "follows the ?"),
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
