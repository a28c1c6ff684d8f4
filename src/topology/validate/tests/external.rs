//! Servers that are not ours.

use super::*;

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
