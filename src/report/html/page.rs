//! The making of a page: tags that close, and text that can't be taken for a tag.
//!
//! Tags and the names of attributes are constants of this program; whatever else is put in, is escaped. So no name that
//! somebody gave can become markup.

use std::fmt::{Display, Write};

/// An attribute: its name and its value, which is escaped.
pub type Attr<'a> = (&'static str, &'a dyn Display);

/// A page while it is made.
#[derive(Debug, Default)]
pub struct Page(String);

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

impl Page {
    /// The markup so far.
    pub fn finish(self) -> String {
        self.0
    }

    /// Puts constant markup in, as it stands.
    pub fn raw(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Puts text in, escaped.
    pub fn text(&mut self, text: impl Display) {
        escape_into(&mut self.0, &text.to_string());
    }

    /// Opens a tag.
    pub fn open(&mut self, tag: &'static str, attributes: &[Attr<'_>]) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            escape_into(&mut self.0, &value.to_string());
            self.0.push('"');
        }
        self.0.push('>');
    }

    /// Closes a tag.
    pub fn close(&mut self, tag: &'static str) {
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
    }

    /// An element with something in it.
    pub fn inside(&mut self, tag: &'static str, attributes: &[Attr<'_>], content: impl FnOnce(&mut Self)) {
        self.open(tag, attributes);
        content(self);
        self.close(tag);
    }

    /// An element with text in it.
    pub fn element(&mut self, tag: &'static str, attributes: &[Attr<'_>], text: impl Display) {
        self.inside(tag, attributes, |page| page.text(text));
    }

    /// A table: its name for those who can't see it, heads and rows. The first cell of each row names the row.
    pub fn table(&mut self, name: &str, heads: &[(&str, Align)], rows: &[Vec<String>]) {
        self.inside("div", &[("class", &"scroll")], |page| {
            page.inside("table", &[("aria-label", &name)], |page| {
                page.inside("thead", &[], |page| page.inside("tr", &[], |page| page.heads(heads)));
                page.inside("tbody", &[], |page| {
                    for row in rows {
                        page.inside("tr", &[], |page| page.cells(heads, row));
                    }
                });
            });
        });
        self.0.push('\n');
    }

    fn heads(&mut self, heads: &[(&str, Align)]) {
        for (head, align) in heads {
            let class = class_of(*align);
            self.element("th", &[("scope", &"col"), ("class", &class)], head);
        }
    }

    fn cells(&mut self, heads: &[(&str, Align)], row: &[String]) {
        for (index, (cell, (_, align))) in row.iter().zip(heads).enumerate() {
            let class = class_of(*align);
            if index == 0 {
                self.element("th", &[("scope", &"row"), ("class", &class)], cell);
            } else {
                self.element("td", &[("class", &class)], cell);
            }
        }
    }

    /// Pairs of a word and what it says.
    pub fn pairs(&mut self, pairs: &[(&str, String)]) {
        self.inside("dl", &[], |page| {
            for (word, says) in pairs {
                page.inside("div", &[], |page| {
                    page.element("dt", &[], word);
                    page.element("dd", &[], says);
                });
            }
        });
    }

    /// Paragraphs of a list.
    pub fn list<T: Display>(&mut self, class: &'static str, items: impl IntoIterator<Item = T>) {
        self.inside("ul", &[("class", &class)], |page| {
            for item in items {
                page.element("li", &[], item);
            }
        });
    }
}

fn class_of(align: Align) -> &'static str {
    match align {
        Align::Left => "w",
        Align::Right => "n",
    }
}

/// Text as it may stand between tags and in quoted attributes, in HTML and in XML.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    escape_into(&mut escaped, text);
    escaped
}

/// Signs that no text has are left out, as XML allows none of them. Signs that turn the direction of writing show as a box: with them, a name could
/// change how what follows it is read.
fn escape_into(out: &mut String, text: &str) {
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            '\n' | '\t' => out.push(sign),
            '\u{fffe}' | '\u{ffff}' => {}
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
}

/// A number in a drawing, to a tenth.
pub fn tenth(number: f64) -> String {
    let mut text = String::new();
    match write!(text, "{:.1}", if number.is_finite() { number } else { 0.0 }) {
        Ok(()) => text,
        Err(_) => unreachable!("writing to a String can't fail"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_put_in_stays_text() {
        let mut page = Page::default();
        let hostile = "</p><script>alert(1)</script>\" onload='x' & \u{202e}\u{1}";
        page.element("p", &[("title", &hostile)], hostile);
        let made = page.finish();
        assert_eq!(made.matches('<').count(), 2, "{made}");
        assert_eq!(made.matches('"').count(), 2, "{made}");
        assert!(!made.contains('\'') && !made.contains('\u{202e}') && !made.contains('\u{1}'), "{made}");
    }

    #[test]
    fn tables_name_their_rows_and_columns() {
        let mut page = Page::default();
        page.table(
            "a name",
            &[("who", Align::Left), ("how many", Align::Right)],
            &[vec!["gate".into(), "3".into()]],
        );
        let made = page.finish();
        assert!(made.contains(r#"<th scope="col" class="n">how many</th>"#), "{made}");
        assert!(made.contains(r#"<th scope="row" class="w">gate</th><td class="n">3</td>"#), "{made}");
    }
}
