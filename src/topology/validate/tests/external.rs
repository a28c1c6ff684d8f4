//! Servers that are not ours.

use super::*;
use crate::topology::stage::DatabaseEngine;

#[test]
fn servers_elsewhere_need_an_address_and_can_not_be_told_what_to_be() {
    let url = |t: &mut Topology, stage: &str, url: &str| with(t, stage, "url", Some(url.to_owned()));
    let cases: [(&str, &str, Place, &str, &str); 4] = [
        ("gate", "cache:6379", at("gate"), "url: it is no address", "redis"),
        ("gate", "redis://me:hush@cache", at("gate"), "a password stands in it", "${REDIS_PASSWORD}"),
        ("gate", "nats://cache", at("gate"), "of this kind", "redis://"),
        ("queue", "redis://cache", at("queue"), "at the server of its url", "set on or url to None"),
    ];
    for (stage, address, place, text, remedy) in cases {
        let mut topology = good();
        url(&mut topology, stage, address);
        let problems = validate(&topology);
        let [problem] = &problems[..] else { panic!("{address}: {problems:#?}") };
        assert_eq!((&problem.place, problem.severity), (&place, Severity::Error), "{problem}");
        assert!(problem.text.contains(text) && problem.remedy.contains(remedy), "{problem}");
        assert!(!problem.to_string().contains("hush"), "{problem}");
    }
    let mut topology = good();
    url(&mut topology, "gate", "redis://cache");
    with(&mut topology, "gate", "replicas", 3_u32);
    let problems = validate(&topology);
    assert!(
        matches!(&problems[..], [one] if one.fields == ["replicas"] && one.severity == Severity::Warning),
        "{problems:#?}"
    );
    let mut topology = good();
    url(&mut topology, "inventory", "redis-sentinel://one,two/mymaster");
    let problems = validate(&topology);
    assert!(
        matches!(&problems[..], [one] if one.place == Place::Fault(1)),
        "Sentinels of others are not killed: {problems:#?}"
    );
}

#[test]
fn a_database_elsewhere_is_of_its_engine_and_one_server() {
    let url = |t: &mut Topology, url: &str| with(t, "database", "url", Some(url.to_owned()));
    for (engine, address, text, remedy, fields) in [
        (
            DatabaseEngine::Sqlite,
            "postgres://${U}@db/shop",
            "its url is of PostgreSQL, and its engine is SQLite",
            "set engine to PostgreSql",
            &["engine", "url"][..],
        ),
        (
            DatabaseEngine::PostgreSql,
            "mysql://${U}@db/shop",
            "its url is of MariaDB",
            "set engine to MariaDb",
            &["engine", "url"],
        ),
        (DatabaseEngine::MariaDb, "mysql://db/shop", "the user is missing", "mysql://${DB_USER}", &["url"]),
        (DatabaseEngine::MariaDb, "redis://db", "of this kind", "postgres://", &["url"]),
    ] {
        let mut topology = good();
        with(&mut topology, "database", "engine", engine);
        url(&mut topology, address);
        let problems = validate(&topology);
        let [problem] = &problems[..] else { panic!("{address}: {problems:#?}") };
        assert!(problem.text.contains(text) && problem.remedy.contains(remedy), "{problem}");
        assert_eq!((problem.severity, problem.fields), (Severity::Error, fields), "{problem}");
    }
    let mut topology = good();
    with(&mut topology, "database", "engine", DatabaseEngine::MariaDb);
    url(&mut topology, "mysql://${U}:${P}@db/shop?tls=require");
    with(&mut topology, "database", "replicas", 2_u32);
    with(&mut topology, "database", "sync_each_commit", true);
    let said: Vec<(Severity, &[&str])> =
        validate(&topology).iter().map(|one| (one.severity, one.fields)).collect();
    assert_eq!(
        said,
        [(Severity::Error, &["replicas", "url"][..]), (Severity::Warning, &["sync_each_commit"])]
    );
}
