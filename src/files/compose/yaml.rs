//! The text of a compose file (<https://docs.docker.com/reference/compose-file/>). Every text that is not a fixed word stands in quotes, as JSON
//! writes it, which YAML reads the same.

use super::servers::{Container, PASSWORD, USER};
use super::{DESIGN, REPORT};
use crate::topology::Topology;

/// The file.
pub(super) fn write(design: &Topology, containers: &[Container]) -> String {
    let title: String = design.title.chars().filter(|letter| !letter.is_control()).collect();
    let mut lines = vec![
        format!(
            "# {title}: each server of the design in a container, and seckill-lab, which drives the sale and audits it."
        ),
        "# docker compose up --build --abort-on-container-exit --exit-code-from runner".to_owned(),
        String::new(),
        "services:".to_owned(),
    ];
    lines.extend(containers.iter().flat_map(service));
    lines.extend(runner(design, containers));
    lines.join("\n") + "\n"
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// As compose takes it literally: it would put variables in.
fn literal(text: &str) -> String {
    quoted(&text.replace('$', "$$"))
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| literal(text)).collect();
    format!("[{}]", texts.join(", "))
}

fn service(container: &Container) -> Vec<String> {
    let mut lines = vec![format!("  {}:", container.name), format!("    image: {}", quoted(container.image))];
    if !container.command.is_empty() {
        lines.push(format!("    command: {}", list(&container.command)));
    }
    if !container.environment.is_empty() {
        lines.push("    environment:".into());
        let pairs = container.environment.iter();
        lines.extend(pairs.map(|(name, value)| format!("      {name}: {}", quoted(value))));
    }
    if let Some(check) = &container.check {
        lines.push("    healthcheck:".into());
        lines.push(format!("      test: {}", list(check)));
        lines.extend(["      interval: 1s", "      timeout: 5s", "      retries: 60"].map(str::to_owned));
    }
    lines.extend(after(container.after.iter().map(|name| (name.as_str(), HEALTHY))));
    lines
}

const HEALTHY: &str = "service_healthy";
const DONE: &str = "service_completed_successfully";

fn after<'a>(names: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let waits: Vec<String> = names
        .flat_map(|(name, until)| [format!("      {name}:"), format!("        condition: {until}")])
        .collect();
    if waits.is_empty() { waits } else { [vec!["    depends_on:".to_owned()], waits].concat() }
}

fn runner(design: &Topology, containers: &[Container]) -> Vec<String> {
    let outside = design.outside();
    let mut command: Vec<String> = ["run", DESIGN, "--json", REPORT].map(str::to_owned).to_vec();
    for what in outside.iter().map(|outside| &outside.what) {
        if !command.contains(what) {
            command.extend(["--allow".to_owned(), what.clone()]);
        }
    }
    let mut lines: Vec<String> = [
        "  runner:",
        "    build:",
        "      context: \"${SECKILL_LAB_SOURCE:?the folder with the source of seckill-lab}\"",
        "      dockerfile: assets/runner.Dockerfile",
    ]
    .map(str::to_owned)
    .to_vec();
    lines.push(format!("    command: {}", list(&command)));
    let logs_in =
        |variable: &&str| outside.iter().any(|outside| outside.variables.iter().any(|one| one == variable));
    let variables: Vec<&str> = [USER, PASSWORD].into_iter().filter(logs_in).collect();
    if !variables.is_empty() {
        lines.push("    environment:".into());
        lines.extend(variables.iter().map(|name| format!("      {name}: \"${{{name}:?set it in .env}}\"")));
    }
    lines.extend(
        ["    volumes:", "      - ./design.ron:/design/design.ron:ro", "      - ./report:/report"]
            .map(str::to_owned),
    );
    let waits = containers.iter();
    lines.extend(after(
        waits.map(|one| (one.name.as_str(), if one.check.is_some() { HEALTHY } else { DONE })),
    ));
    lines
}
