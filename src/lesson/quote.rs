//! Figures that a text quotes: `{oversold}` of the last run before it, `{naive.oversold}` of the run with that name.

use super::Lesson;

/// A figure that a text quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The name of the run; empty: the last one before the text.
    pub run: String,
    /// The figure's key.
    pub key: String,
}

impl Quote {
    fn new(inside: &str) -> Self {
        let (run, key) = inside.split_once('.').unwrap_or(("", inside));
        Self { run: run.trim().to_owned(), key: key.trim().to_owned() }
    }

    /// The place of the run that it is about, in a text at this step.
    pub fn run_in(&self, lesson: &Lesson, step: usize) -> Option<usize> {
        let named = || lesson.run_named(&self.run).filter(|&at| at < step);
        if self.run.is_empty() { lesson.run_before(step) } else { named() }
    }
}

/// The figures that a text quotes, in order.
pub fn quotes(text: &str) -> Vec<Quote> {
    parts(text).filter_map(|(_, quote)| quote).collect()
}

/// A text with its quotes replaced by what `told` answers.
pub fn fill(text: &str, told: impl Fn(&Quote) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    for (plain, quote) in parts(text) {
        filled.push_str(plain);
        if let Some(quote) = quote {
            filled.push_str(&told(&quote));
        }
    }
    filled
}

/// Plain pieces, each with the quote behind it. A brace that is never closed is plain.
fn parts(text: &str) -> impl Iterator<Item = (&str, Option<Quote>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let found = text.find('{').and_then(|open| Some((open, open + text[open..].find('}')?)));
        if let Some((open, close)) = found {
            rest = Some(&text[close + 1..]);
            Some((&text[..open], Some(Quote::new(&text[open + 1..close]))))
        } else {
            rest = None;
            Some((text, None))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::lesson;
    use super::*;

    #[test]
    fn quotes_are_found_filled_and_belong_to_a_run() {
        let text = "卖了 {sold} 件，此前 { first.sold }，{";
        let quote = |run: &str, key: &str| Quote { run: run.into(), key: key.into() };
        assert_eq!(quotes(text), [quote("", "sold"), quote("first", "sold")]);
        assert_eq!(fill(text, |quote| format!("<{}>", quote.key)), "卖了 <sold> 件，此前 <sold>，{");
        let lesson = lesson();
        assert_eq!(quote("", "sold").run_in(&lesson, 7), Some(5));
        assert_eq!(quote("first", "sold").run_in(&lesson, 7), Some(2));
        assert_eq!(quote("second", "sold").run_in(&lesson, 3), None, "it comes later");
        assert_eq!(quote("third", "sold").run_in(&lesson, 7), None);
    }
}
