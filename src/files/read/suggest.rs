//! What a misspelt word was probably meant to be.

/// The known word nearest to a misspelt one, if one is near.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |word: &str| word.to_lowercase().replace(['_', '-'], "");
    let word = plain(word);
    let distance = |known: &str| strsim::damerau_levenshtein(&word, &plain(known));
    let begins = |known: &&&str| word.len() > 2 && plain(known).starts_with(&word);
    if let Some(longer) = known.iter().find(begins) {
        return Some(longer);
    }
    let nearest = known.iter().copied().min_by_key(|known| distance(known))?;
    // A third of the letters may be wrong.
    (distance(nearest) * 3 <= word.chars().count().max(3)).then_some(nearest)
}

/// The remedy for a word that is not known: the one that was probably meant, and all there are.
pub(super) fn remedy(word: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    match nearest(word, known) {
        Some(near) => format!("did you mean {near}? Choose from {all}"),
        None => format!("choose from {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let known = ["ttl", "capacity", "RoundRobin", "MasterReplica"];
        for (word, near) in [
            ("tll", Some("ttl")),
            ("capcity", Some("capacity")),
            ("round_robin", Some("RoundRobin")),
            ("MasterReplika", Some("MasterReplica")),
            ("Master", Some("MasterReplica")),
            ("Firewall", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &known), near, "{word}");
        }
    }
}
