//! Pictures as PNG files.

use std::io;
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

/// Saves a picture as PNG. Whatever happens, either an older file or the whole new one is there.
///
/// # Errors
/// The path is a folder, the system refuses to write the file, or the picture is empty.
pub fn save_png(path: &Path, picture: &Picture) -> Result<(), FileError> {
    if path.is_dir() {
        return Err(FileError::Directory { path: path.into() });
    }
    encode(picture)
        .and_then(|bytes| replace(path, &bytes, None, true))
        .map_err(|source| FileError::Unwritable { path: path.into(), source })
}

fn encode(picture: &Picture) -> io::Result<Vec<u8>> {
    let side = |pixels: usize| u32::try_from(pixels).map_err(io::Error::other);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(picture.width)?, side(picture.height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
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
        save_png(&path, &picture).unwrap();
        let file = io::BufReader::new(std::fs::File::open(&path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!((info.width, info.height, rgb), (2, 1, picture.rgb.clone()));
        let empty = Picture { width: 0, height: 0, rgb: Vec::new() };
        assert!(save_png(&path, &empty).is_err() && path.metadata().unwrap().len() > 0);
        assert!(matches!(save_png(folder.path(), &picture), Err(FileError::Directory { .. })));
    }
}
