//! Photos made safe to keep: decoded within limits, scaled down, and encoded anew, so that nothing but
//! pixels is kept. Off the async threads and one at a time: a picture is large while it is open.

use std::io::Cursor;
use std::time::Duration;

use domain::refusal::Code;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use tokio::sync::Semaphore;

use super::Refusal;

/// The largest picture that is opened: what a good telephone makes.
const MOST_PIXELS: u64 = 40_000_000;
/// What opening one may take: 40 megapixels of three bytes each, and a little.
const MOST_MEMORY: u64 = 128 * 1024 * 1024;
/// JPEG quality: faces and labels stay readable, a photo has some 300 KB.
const QUALITY: u8 = 80;
/// The longest edge that is kept.
const LONGEST_EDGE: u32 = 1600;
/// To what it shrinks while the picture is still too large.
const EDGES: [u32; 5] = [LONGEST_EDGE, 1200, 900, 600, 300];
/// The largest picture that is kept.
const MOST_BYTES: usize = 1024 * 1024;
/// How long a picture waits for its turn.
const PATIENCE: Duration = Duration::from_secs(8);

/// One picture is open at a time.
static TURNS: Semaphore = Semaphore::const_new(1);

/// A JPEG, PNG or WebP picture as the JPEG that is kept.
///
/// # Errors
/// When it is no such picture, or the service is busy.
pub async fn keepable(bytes: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    let busy = || Refusal { retry_after_s: Some(5), ..Refusal::new(Code::Overloaded) };
    let turn = tokio::time::timeout(PATIENCE, TURNS.acquire()).await.map_err(|_| busy())?;
    let turn = turn.map_err(|_| busy())?;
    let work = tokio::task::spawn_blocking(move || {
        let kept = encode(&open(bytes).ok_or(Code::NotAPhoto)?);
        // Given up here and not by the caller, who may hang up while the picture is still open.
        drop(turn);
        kept.ok_or_else(|| Refusal::new(Code::NotAPhoto))
    });
    work.await.map_err(|_| Refusal::new(Code::Internal))?
}

/// Decodes a picture, upright and no larger than what is kept.
fn open(bytes: Vec<u8>) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let mut picture = shrunk(DynamicImage::from_decoder(decoder).ok()?, LONGEST_EDGE);
    picture.apply_orientation(orientation);
    Some(picture)
}

fn shrunk(picture: DynamicImage, edge: u32) -> DynamicImage {
    if picture.width().max(picture.height()) > edge { picture.thumbnail(edge, edge) } else { picture }
}

/// Encodes a picture, smaller until it is small enough.
fn encode(picture: &DynamicImage) -> Option<Vec<u8>> {
    EDGES.iter().find_map(|edge| {
        let mut jpeg = Vec::new();
        let pixels = shrunk(picture.clone(), *edge).into_rgb8();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&pixels).ok()?;
        (jpeg.len() <= MOST_BYTES).then_some(jpeg)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let noise = |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).to_le_bytes();
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let [red, green, blue, _] = noise(x, y);
            image::Rgb([red, green, blue])
        });
        picture.write_to(&mut bytes, ImageFormat::Png).expect("a PNG");
        bytes.into_inner()
    }

    #[test]
    fn a_large_picture_is_kept_small() {
        let kept = open(png(2000, 1000)).and_then(|picture| encode(&picture)).expect("a picture");
        assert!(kept.len() <= MOST_BYTES && kept.starts_with(&[0xff, 0xd8]));
        let again = open(kept).expect("a JPEG");
        assert!(again.width() <= 1600 && again.width() == 2 * again.height());
    }

    #[test]
    fn what_is_no_picture_is_none() {
        assert!(open(b"%PDF-1.7".to_vec()).is_none() && open(Vec::new()).is_none());
        let mut broken = png(10, 10);
        broken.truncate(60);
        assert!(open(broken).is_none());
    }
}
