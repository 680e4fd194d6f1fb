//! What a picture is, by its first bytes, and how large it is. Nothing of it is decoded: browsers do that, within limits.

/// The most bytes of a logo.
pub(crate) const MOST_BYTES: usize = 256 * 1024;
/// The most pixels of a side.
const LONGEST_SIDE: u32 = 2048;

/// A picture that browsers can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sniffed {
    pub(crate) media_type: &'static str,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// Look at a picture.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Sniffed, &'static str> {
    if bytes.len() > MOST_BYTES {
        return Err("at most 256 KiB");
    }
    let (media_type, sides) = match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, rest @ ..] => ("image/png", png(rest)),
        [0xff, 0xd8, 0xff, ..] => ("image/jpeg", jpeg(bytes)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', rest @ ..] => ("image/webp", webp(rest)),
        _ => return Err("a PNG, JPEG or WebP picture"),
    };
    let (width, height) = sides.ok_or("this picture cannot be read")?;
    if !(1..=LONGEST_SIDE).contains(&width) || !(1..=LONGEST_SIDE).contains(&height) {
        return Err("at most 2048 pixels wide and high");
    }
    let signed = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    Ok(Sniffed { media_type, width: signed(width), height: signed(height) })
}

/// The first chunk says it (RFC 2083, 11.2.2).
fn png(rest: &[u8]) -> Option<(u32, u32)> {
    let header = rest.strip_prefix(&[0, 0, 0, 13])?.strip_prefix(b"IHDR")?;
    let (width, header) = header.split_first_chunk()?;
    let (height, _) = header.split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

/// The first frame says it (ISO/IEC 10918-1, B.2.2).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let (&[lead, marker], after) = rest.split_first_chunk()?;
        if lead != 0xff {
            return None;
        }
        // Fill bytes may stand before a marker.
        if marker == 0xff {
            rest = rest.get(1..)?;
            continue;
        }
        let (length, body) = after.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let (&[_, high_1, high_0, wide_1, wide_0], _) = body.split_first_chunk()?;
            let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
            return Some((side(wide_1, wide_0), side(high_1, high_0)));
        }
        rest = after.get(length.max(2)..)?;
    }
}

/// The first chunk says it, in one of three ways (RFC 9649).
fn webp(rest: &[u8]) -> Option<(u32, u32)> {
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let body = rest.get(4..)?;
    match kind {
        b"VP8X" => {
            let (&[w0, w1, w2, h0, h1, h2], _) = body.get(4..)?.split_first_chunk()?;
            Some((u32::from_le_bytes([w0, w1, w2, 0]) + 1, u32::from_le_bytes([h0, h1, h2, 0]) + 1))
        }
        b"VP8L" => {
            let (bits, _) = body.strip_prefix(&[0x2f])?.split_first_chunk()?;
            let bits = u32::from_le_bytes(*bits);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8 " => {
            let (&[w0, w1, h0, h1], _) =
                body.get(3..)?.strip_prefix(&[0x9d, 0x01, 0x2a])?.split_first_chunk()?;
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            Some((side(w0, w1), side(h0, h1)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    #[test]
    fn sizes_are_read_of_every_kind() {
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc2\0\x11\x08\0\x20\0\x40\x03";
        let lossy = b"RIFF....WEBPVP8 ....abc\x9d\x01\x2a\x40\0\x20\0";
        let lossless = b"RIFF....WEBPVP8L....\x2f\x3f\xc0\x07\0";
        let extended = b"RIFF....WEBPVP8X....abcd\x3f\0\0\x1f\0\0";
        for (bytes, media_type) in [
            (&png_of(64, 32)[..], "image/png"),
            (jpeg, "image/jpeg"),
            (lossy, "image/webp"),
            (lossless, "image/webp"),
            (extended, "image/webp"),
        ] {
            assert_eq!(sniff(bytes), Ok(Sniffed { media_type, width: 64, height: 32 }), "{media_type}");
        }
    }

    #[test]
    fn what_is_no_picture_or_too_large_a_one_is_refused() {
        let large = vec![0x89; MOST_BYTES + 1];
        for bytes in [
            &b""[..],
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"<!doctype html><script>alert(1)</script>",
            b"GIF89a\x40\0\x20\0",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xd9",
            &png_of(0, 10),
            &png_of(2049, 10),
            &png_of(10, u32::MAX),
            &large,
        ] {
            assert!(sniff(bytes).is_err(), "{:?}", bytes.get(..20));
        }
    }

    proptest::proptest! {
        #[test]
        fn looking_never_panics_and_ends(kind in 0..3usize, rest: Vec<u8>) {
            let starts: [&[u8]; 3] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF....WEBPVP8"];
            let _ = sniff(&[starts[kind], &rest].concat());
        }
    }
}
