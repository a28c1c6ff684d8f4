//! A design as a text that is short enough for a chat: `seckill-lab:1:…~`.
//!
//! Between mark and end stands the text of a topology file, its lines without their indentation, deflated in the form of zlib
//! (RFC 1950) against a preset dictionary, `assets/share-1.txt`, in the letters of base64url (RFC 4648, section 5). The number is that of
//! the dictionary, which therefore never changes. Whoever opens such a text knows nothing of who made it: it is bounded before and
//! while it is unpacked, its sum is verified, and what comes out is read and validated like any file.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::LARGEST_FILE_BYTES;
use super::write::to_ron;
use crate::topology::Topology;

/// What such a text begins with, before the number of its form.
const MARK: &str = "seckill-lab:";
/// The form that is written.
const FORM: u32 = 1;
/// What ends it: a message that was cut off is known by it.
const END: char = '~';
/// What most designs have in common. Frozen.
const DICTIONARY: &[u8] = include_bytes!("../../assets/share-1.txt");
/// More than this is not unpacked: a topology that fills a whole file of [`LARGEST_FILE_BYTES`] is packed into less.
#[allow(clippy::cast_possible_truncation, reason = "a megabyte")]
const LONGEST: usize = LARGEST_FILE_BYTES as usize;

/// Why a text that begins like a shared design holds none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Garbled {
    /// It is of another form.
    #[error("this design was shared by a later version of the program; update this one")]
    Later,
    /// There is no end.
    #[error("the end of the shared design is missing; copy all of it, to the ~")]
    CutOff,
    /// What is between is not what was written.
    #[error("the shared design was changed on its way; ask for it once more")]
    Changed,
    /// It unpacks to more than a topology has.
    #[error("the shared design is larger than any topology")]
    TooLarge,
}

/// The design as a short text, without spaces.
pub fn to_text(topology: &Topology) -> String {
    let text = to_ron(topology);
    let text: Vec<&str> = text.lines().map(str::trim_start).collect();
    format!("{MARK}{FORM}:{}{END}", URL_SAFE_NO_PAD.encode(pack(text.join("\n").as_bytes())))
}

/// The text of the topology file that a text carries, which may have been broken into lines and may stand among other words; none where it
/// carries none, or is a topology itself.
///
/// # Errors
/// It begins like a shared design, and is damaged.
pub fn find(text: &str) -> Option<Result<String, Garbled>> {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with(['(', '/']) {
        return None;
    }
    let (_, rest) = text.split_once(MARK)?;
    let (form, rest) = rest.split_once(':')?;
    let form: u32 = form.parse().ok()?;
    Some(if form == FORM { read(rest) } else { Err(Garbled::Later) })
}

fn read(rest: &str) -> Result<String, Garbled> {
    let (letters, _) = rest.split_once(END).ok_or(Garbled::CutOff)?;
    // Chats and letters break lines, some with signs that nobody sees.
    let is_blank = |letter: char| letter.is_whitespace() || ('\u{200b}'..='\u{200d}').contains(&letter);
    let letters: String = letters.chars().filter(|&letter| !is_blank(letter)).take(LONGEST).collect();
    let packed = URL_SAFE_NO_PAD.decode(letters).or(Err(Garbled::Changed))?;
    String::from_utf8(unpack(&packed)?).or(Err(Garbled::Changed))
}

fn pack(text: &[u8]) -> Vec<u8> {
    let mut deflate = Compress::new(Compression::best(), true);
    let is_set = deflate.set_dictionary(DICTIONARY);
    assert!(is_set.is_ok(), "nothing was packed before");
    // Deflate adds five bytes to a block that it can't shrink, and the form of zlib ten.
    let mut packed = Vec::with_capacity(text.len() + text.len() / 1_000 + 64);
    let done = deflate.compress_vec(text, &mut packed, FlushCompress::Finish);
    assert!(matches!(done, Ok(Status::StreamEnd)), "there is room for all");
    packed
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, Garbled> {
    let mut inflate = Decompress::new(true);
    // It asks for the dictionary once it has read which one.
    let asked = inflate.decompress(packed, &mut [], FlushDecompress::None);
    let Err(asked) = asked else { return Err(Garbled::Changed) };
    asked.needs_dictionary().ok_or(Garbled::Changed)?;
    inflate.set_dictionary(DICTIONARY).or(Err(Garbled::Changed))?;
    let rest = usize::try_from(inflate.total_in()).or(Err(Garbled::Changed))?;
    let mut text = Vec::with_capacity(LONGEST);
    let done = inflate.decompress_vec(&packed[rest..], &mut text, FlushDecompress::Finish);
    match done {
        Ok(Status::StreamEnd) => Ok(text),
        Ok(Status::Ok | Status::BufError) if text.len() == LONGEST => Err(Garbled::TooLarge),
        Ok(_) | Err(_) => Err(Garbled::Changed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_topology;
    use super::super::presets::PRESETS;
    use super::*;

    fn designs() -> impl Iterator<Item = Topology> {
        PRESETS.iter().map(|preset| parse_topology(preset.text).topology.expect("presets are sound"))
    }

    /// A text shared a year ago has to open: who changes the dictionary needs a new number and both of them.
    #[test]
    fn the_dictionary_is_the_one_of_this_form() {
        let adler = Compress::new(Compression::best(), true).set_dictionary(DICTIONARY).unwrap();
        assert_eq!(adler, 577_686_115);
    }

    #[test]
    fn every_preset_fits_into_a_message_and_comes_back_as_it_was() {
        for design in designs() {
            let shared = to_text(&design);
            assert!(shared.len() < 1_500, "{} takes {} letters", design.title, shared.len());
            let found = find(&shared).expect("it is there").expect("it is whole");
            assert_eq!(parse_topology(&found).topology.as_ref(), Some(&design));
        }
    }

    #[test]
    fn it_is_found_among_other_words_and_in_broken_lines() {
        let design = designs().next().unwrap();
        let shared = to_text(&design);
        let lines: Vec<String> =
            shared.as_bytes().chunks(60).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let letter = format!("Hello, try this:\r\n  {}\u{200b} and tell me.", lines.join("\r\n "));
        let found = find(&letter).expect("it is there").expect("it is whole");
        assert_eq!(parse_topology(&found).topology, Some(design));
        assert_eq!(find(&format!("// {shared}\n(version: 1)")), None, "a topology with a word about it");
        assert_eq!(find("no design"), None);
        assert_eq!(find("we use seckill-lab: it is fine"), None);
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let shared = to_text(&designs().next().unwrap());
        assert_eq!(find(&shared[..shared.len() - 9]), Some(Err(Garbled::CutOff)));
        assert_eq!(find(&shared.replacen(":1:", ":2:", 1)), Some(Err(Garbled::Later)));
        for at in (MARK.len() + 2..shared.len() - 1).step_by(7) {
            let other = if &shared[at..=at] == "A" { "B" } else { "A" };
            let changed = format!("{}{other}{}", &shared[..at], &shared[at + 1..]);
            let found = find(&changed);
            let is_same = found.as_ref().is_some_and(|found| found == &find(&shared).unwrap());
            assert!(matches!(found, Some(Err(_))) || is_same, "a change at {at} was not seen");
        }
        assert_eq!(find("seckill-lab:1:~"), Some(Err(Garbled::Changed)));
        assert_eq!(find("seckill-lab:1:%~"), Some(Err(Garbled::Changed)));
    }

    #[test]
    fn what_unpacks_without_end_is_not_unpacked() {
        let bomb = URL_SAFE_NO_PAD.encode(pack(&vec![b' '; LONGEST + 1]));
        assert!(bomb.len() < 4_000, "a bomb is small");
        assert_eq!(find(&format!("{MARK}{FORM}:{bomb}{END}")), Some(Err(Garbled::TooLarge)));
    }
}
