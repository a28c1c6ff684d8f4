//! Pictures as PNG files, which may carry a text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::FileError;
use super::write::replace;

/// A picture: rows of pixels from the top, each red, green, blue, one byte a colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Three bytes a pixel.
    pub rgb: Vec<u8>,
}

/// What every PNG begins with (PNG specification, section 5.2).
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// The name of the text that a picture carries, in a chunk of the kind `tEXt`.
const KEYWORD: &str = "seckill-lab";
/// No more of a picture is read before its pixels: there the text stands.
const LONGEST_HEAD: u64 = 8 * 1024 * 1024;

/// The text that a picture carries, which is empty where it carries none; none where the file is no PNG or can't be opened.
pub(super) fn carried_by(path: &Path) -> Option<Result<String, FileError>> {
    // Opening a pipe would wait for somebody to write into it.
    path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let mut file = File::open(path).ok()?;
    let mut begin = [0; SIGNATURE.len()];
    file.read_exact(&mut begin).ok()?;
    if begin != SIGNATURE {
        return None;
    }
    let mut head = begin.to_vec();
    let read = file.take(LONGEST_HEAD).read_to_end(&mut head);
    let text = read.and_then(|_| text_of(&head).map_err(io::Error::other));
    Some(text.map_err(|source| FileError::Unreadable { path: path.into(), source }))
}

fn text_of(head: &[u8]) -> Result<String, png::DecodingError> {
    // It reads no further than to the first pixels.
    let reader = png::Decoder::new(io::Cursor::new(head)).read_info()?;
    let texts = &reader.info().uncompressed_latin1_text;
    Ok(texts
        .iter()
        .find(|chunk| chunk.keyword == KEYWORD)
        .map_or_else(String::new, |chunk| chunk.text.clone()))
}

/// Saves a picture as PNG, with a text that goes with it, if any. Whatever happens, either an older file or the whole new one is there.
///
/// # Errors
/// The path is a folder, the system refuses to write the file, or the picture is empty.
pub fn save_png(path: &Path, picture: &Picture, carried: Option<&str>) -> Result<(), FileError> {
    if path.is_dir() {
        return Err(FileError::Directory { path: path.into() });
    }
    encode(picture, carried)
        .and_then(|bytes| replace(path, &bytes, None, true))
        .map_err(|source| FileError::Unwritable { path: path.into(), source })
}

fn encode(picture: &Picture, carried: Option<&str>) -> io::Result<Vec<u8>> {
    let side = |pixels: usize| u32::try_from(pixels).map_err(io::Error::other);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(picture.width)?, side(picture.height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    if let Some(text) = carried {
        encoder.add_text_chunk(KEYWORD.to_owned(), text.to_owned())?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.rgb)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let picture = Picture { width: 2, height: 1, rgb: vec![255, 0, 0, 0, 128, 255] };
        save_png(&path, &picture, Some("seckill-lab:1:AbC_-~")).unwrap();
        assert_eq!(carried_by(&path).unwrap().unwrap(), "seckill-lab:1:AbC_-~");
        let file = io::BufReader::new(File::open(&path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!((info.width, info.height, rgb), (2, 1, picture.rgb.clone()));
        let empty = Picture { width: 0, height: 0, rgb: Vec::new() };
        assert!(save_png(&path, &empty, None).is_err() && path.metadata().unwrap().len() > 0);
        assert!(matches!(save_png(folder.path(), &picture, None), Err(FileError::Directory { .. })));
    }
}
