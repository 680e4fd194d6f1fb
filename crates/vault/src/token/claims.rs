//! The registered claims (RFC 7519, section 4.1) and what they are held against.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;

use crate::Error;

/// What a token must say to be accepted.
#[derive(Debug, Clone, Copy)]
pub struct Expect<'a> {
    /// The `iss` claim, compared as text.
    pub issuer: &'a str,
    /// What the `aud` claim must be or contain.
    pub audience: &'a str,
    /// The header's `typ`, compared as text: `at+jwt` for access tokens (RFC 9068).
    pub typ: &'a str,
    /// The time that `exp`, `nbf` and `iat` are held against.
    pub now: Timestamp,
    /// How far the clock of another node may be off.
    pub leeway_seconds: u32,
}

/// The claims that decide whether a token counts here and now. Times are whole seconds since 1970.
#[derive(Deserialize)]
pub(crate) struct Registered<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    #[serde(borrow)]
    aud: Audience<'a>,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(#[serde(borrow)] Cow<'a, str>),
    Many(Vec<String>),
}

impl<'a> Registered<'a> {
    pub(crate) fn parse(json: &'a [u8]) -> Result<Self, Error> {
        serde_json::from_slice(json).map_err(|_| Error::TokenClaims)
    }

    /// Refuse a token from or for somebody else, or out of its time.
    ///
    /// Time comes last, so that "expired" is only said of a token that was ours.
    pub(crate) fn check(&self, expect: &Expect<'_>) -> Result<(), Error> {
        if self.iss != expect.issuer {
            return Err(Error::TokenIssuer);
        }
        if !self.aud.contains(expect.audience) {
            return Err(Error::TokenAudience);
        }
        let (now, leeway) = (expect.now.as_second(), i64::from(expect.leeway_seconds));
        if now >= self.exp.saturating_add(leeway) {
            return Err(Error::TokenExpired);
        }
        let earliest = self.nbf.max(self.iat).unwrap_or(i64::MIN);
        if now < earliest.saturating_sub(leeway) {
            return Err(Error::TokenNotYetValid);
        }
        Ok(())
    }
}

impl Audience<'_> {
    fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(claims: &str, now: i64, leeway_seconds: u32) -> Result<(), Error> {
        let now = Timestamp::from_second(now).expect("in range");
        let expect = Expect { issuer: "https://a", audience: "api", typ: "at+jwt", now, leeway_seconds };
        let json = format!(r#"{{"iss":"https://a","aud":"api",{claims}}}"#);
        Registered::parse(json.as_bytes())?.check(&expect)
    }

    #[test]
    fn a_token_is_valid_up_to_but_not_at_its_expiry() {
        assert!(check(r#""exp":100"#, 99, 0).is_ok());
        assert!(matches!(check(r#""exp":100"#, 100, 0), Err(Error::TokenExpired)));
        assert!(check(r#""exp":100"#, 104, 5).is_ok());
        assert!(matches!(check(r#""exp":100"#, 105, 5), Err(Error::TokenExpired)));
    }

    #[test]
    fn a_token_is_valid_from_its_nbf_and_iat() {
        for claim in ["nbf", "iat"] {
            let claims = format!(r#""exp":200,"{claim}":100"#);
            assert!(check(&claims, 100, 0).is_ok());
            assert!(matches!(check(&claims, 99, 0), Err(Error::TokenNotYetValid)));
            assert!(check(&claims, 95, 5).is_ok());
            assert!(matches!(check(&claims, 94, 5), Err(Error::TokenNotYetValid)));
        }
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        assert!(check(r#""exp":9223372036854775807"#, 0, u32::MAX).is_ok());
        assert!(check(r#""exp":1,"iat":-9223372036854775808"#, 0, u32::MAX).is_ok());
    }

    #[test]
    fn issuer_audience_and_expiry_are_required_and_times_are_whole_numbers() {
        let refused = [
            r#"{"aud":"api","exp":1}"#,
            r#"{"iss":"https://a","exp":1}"#,
            r#"{"iss":"https://a","aud":"api"}"#,
            r#"{"iss":"https://a","aud":"api","exp":null}"#,
            r#"{"iss":"https://a","aud":"api","exp":"1"}"#,
            r#"{"iss":"https://a","aud":"api","exp":1.5}"#,
            r#"{"iss":"https://a","aud":"api","exp":1e30}"#,
            r#"{"iss":["https://a"],"aud":"api","exp":1}"#,
            r#"{"iss":"https://a","aud":{"api":1},"exp":1}"#,
            r#"{"iss":"https://a","aud":"api","exp":1,"exp":99}"#,
        ];
        for json in refused {
            assert!(matches!(Registered::parse(json.as_bytes()), Err(Error::TokenClaims)), "{json}");
        }
    }

    #[test]
    fn an_escaped_issuer_is_the_same_issuer() {
        let json = br#"{"iss":"https:\/\/a","aud":["x","api"],"exp":1}"#;
        let registered = Registered::parse(json).expect("readable");
        assert!(registered.iss == "https://a" && registered.aud.contains("api"));
    }
}
