//! Reports that were written before, read back.

use serde_json::Value;

use super::{REPORT_VERSION, Report};

/// A report that was read, and what it is among several: the name of a variant, or the number of a run; empty for a single run.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadReport {
    /// Its name among several.
    pub name: String,
    /// The report.
    pub report: Report,
}

/// Why a text holds no report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON, or not the JSON of a report.
    #[error("it is no report of seckill-lab: {0}")]
    NoReport(#[from] serde_json::Error),
    /// It was written by a newer program.
    #[error(
        "the report has version {found}, and this program reads up to {REPORT_VERSION}; update the program"
    )]
    Newer {
        /// Its version.
        found: u64,
    },
    /// It has no runs.
    #[error("there is no run in it")]
    Empty,
}

/// Reads what `--json` writes: the report of a run, of a run that was repeated, or of a design and its variants. What else stands in it is passed
/// over. The text may come from anybody: it is not trusted beyond being shown.
///
/// # Errors
/// It holds no report.
pub fn from_json(text: &str) -> Result<Vec<ReadReport>, ReadError> {
    let mut json: Value = serde_json::from_str(text)?;
    let found = if let Some(runs) = json.get_mut("runs") {
        let runs: Vec<Value> = serde_json::from_value(runs.take())?;
        let numbered = (1..).zip(runs).map(|(number, run): (u32, Value)| one(format!("run {number}"), run));
        numbered.collect::<Result<Vec<_>, _>>()?
    } else if let Some(variants) = json.get_mut("variants").filter(|variants| variants.is_array()) {
        let variants: Vec<Value> = serde_json::from_value(variants.take())?;
        let named = variants.into_iter().map(|mut variant| {
            let name = variant.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            one(name, variant.get_mut("report").map_or(Value::Null, Value::take))
        });
        named.collect::<Result<Vec<_>, _>>()?
    } else {
        vec![one(String::new(), json)?]
    };
    if found.is_empty() { Err(ReadError::Empty) } else { Ok(found) }
}

fn one(name: String, json: Value) -> Result<ReadReport, ReadError> {
    let version = json.get("report_version").and_then(Value::as_u64).unwrap_or(0);
    if version > u64::from(REPORT_VERSION) {
        return Err(ReadError::Newer { found: version });
    }
    let mut report: Report = serde_json::from_value(json)?;
    report.mend();
    Ok(ReadReport { name, report })
}

impl Report {
    /// Gives what JSON can't say its shape back, and makes columns of one length.
    fn mend(&mut self) {
        self.timeline.mend();
        let stages = self.topology.stages.clone();
        for variant in &mut self.topology.variants {
            let stage = stages.iter().find(|stage| stage.name == variant.stage);
            let spec = stage
                .and_then(|stage| stage.kind.params().specs().iter().find(|spec| spec.key == variant.set));
            if let Some(value) = spec.and_then(|spec| spec.fitted(variant.to.clone())) {
                variant.to = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::failover::Distribution;
    use super::super::variants::{Compared, to_json as variants_to_json};
    use super::super::{repeated_to_json, testing, to_json};
    use super::*;

    #[test]
    fn a_report_comes_back_as_it_was_written() {
        let report = testing::oversold();
        let read = from_json(&to_json(&report)).unwrap();
        assert_eq!(read, [ReadReport { name: String::new(), report }]);
    }

    #[test]
    fn several_runs_come_back_with_their_names() {
        let report = testing::oversold();
        let runs = [report.clone(), report.clone()];
        let read = from_json(&repeated_to_json(2, &Distribution::of(&runs), &runs)).unwrap();
        assert_eq!((read.len(), &*read[1].name), (2, "run 2"));
        let read = from_json(&variants_to_json(&[Compared { name: "as drawn".into(), report }])).unwrap();
        assert_eq!((read.len(), &*read[0].name), (1, "as drawn"));
    }

    #[test]
    fn what_an_older_program_left_out_has_defaults_and_what_is_no_report_is_refused() {
        let mut json = serde_json::to_value(testing::oversold()).unwrap();
        for key in ["timeline", "machine", "started_at", "claimed", "backup"] {
            json.as_object_mut().unwrap().remove(key);
        }
        json["newer"] = serde_json::json!({"a": [1]});
        assert!(from_json(&json.to_string()).unwrap()[0].report.timeline.is_empty());
        json["report_version"] = 2.into();
        assert!(matches!(from_json(&json.to_string()), Err(ReadError::Newer { found: 2 })));
        for text in ["", "[]", "{}", "{\"runs\": 3}", "null", &"[".repeat(100_000)] {
            assert!(matches!(from_json(text), Err(ReadError::NoReport(_))), "{text:.20}");
        }
        assert!(matches!(from_json("{\"runs\": []}"), Err(ReadError::Empty)));
    }
}
