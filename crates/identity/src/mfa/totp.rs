//! Authenticator apps: time-based one-time passwords (RFC 6238), six digits of SHA-1 every 30 seconds, because that is what
//! every app understands.

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tenantry_kernel::Rng;
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a seed: as long as SHA-1's output (RFC 4226, 4).
const SEED: usize = 20;

/// What stays as it is in a key's label: all that RFC 3986 allows in a path segment, but for the colon, which separates.
const LABEL: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@').remove(b'+');

/// A new seed.
pub(crate) fn seed(rng: &Rng) -> [u8; SEED] {
    rng.bytes::<SEED>()
}

/// The seed as people type it: base32.
pub(crate) fn text(seed: &[u8]) -> String {
    Secret::new(seed.into()).to_base32()
}

/// What an app reads from the picture: `otpauth://totp/Issuer:account?secret=…&issuer=Issuer`.
pub(crate) fn uri(issuer: &str, account: &str, seed: &[u8]) -> String {
    let issuer = utf8_percent_encode(issuer, LABEL).to_string();
    let account = utf8_percent_encode(account, LABEL);
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", text(seed))
}

/// The picture of a URI, as SVG; none of one that is too long for a QR code.
pub(crate) fn picture(uri: &str) -> Option<String> {
    let code = qrcode::QrCode::new(uri).ok()?;
    Some(code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build())
}

fn totp(seed: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(Secret::new(seed.into())).build().ok()
}

/// The time step that a code is of: the present one or a neighbour, but none up to `last`, so that no code is good twice.
pub(crate) fn step_of(seed: &[u8], code: &str, now: Timestamp, last: Option<i64>) -> Option<i64> {
    let now = u64::try_from(now.as_second()).ok()?;
    let step = i64::try_from(totp(seed)?.check(code, now)?).ok()?;
    last.is_none_or(|last| step > last).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the seed of SHA-1.
    const RFC: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // The last six digits of the appendix's eight.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(RFC, code, at(second), None), Some(second / 30), "{code}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_for_a_neighbouring_step_only() {
        let first = step_of(RFC, "287082", at(59), None).unwrap();
        assert_eq!(step_of(RFC, "287082", at(59 + 30), Some(first)), None);
        assert_eq!(step_of(RFC, "287082", at(59 + 30), None), Some(first));
        assert_eq!(step_of(RFC, "287082", at(59 + 61), None), None);
        assert_eq!(step_of(RFC, "287082", at(-5), None), None);
    }

    #[test]
    fn the_uri_is_the_one_of_document_b() {
        let uri = uri("Example", "user@example.com", RFC);
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(uri, format!("otpauth://totp/Example:user@example.com?secret={secret}&issuer=Example"));
        assert!(picture(&uri).unwrap().contains("<svg"));
        assert!(super::uri("A: B&C", "x", RFC).starts_with("otpauth://totp/A%3A%20B%26C:x?"));
    }

    proptest::proptest! {
        #[test]
        fn reading_a_code_never_panics(code in ".{0,20}", digits in "[0-9]{5,10}", second in 0_i64..4_000_000_000) {
            let _ = step_of(RFC, &code, at(second), None);
            let _ = step_of(RFC, &digits, at(second), None);
        }
    }
}
