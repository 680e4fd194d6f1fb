//! What an error report may not hold: addresses, tokens, cookies, e-mail addresses.

use std::net::IpAddr;

/// The text with everything personal or secret replaced by its kind.
///
/// Errs on the side of replacing: a report needs the cause and the ids, not the values.
pub(super) fn scrub(text: &str) -> String {
    let is_edge = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\''
                    | '`'
                    | ','
                    | ';'
                    | '('
                    | ')'
                    | '<'
                    | '>'
                    | '='
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '|'
                    | '/'
            )
    };
    let mut clean = String::with_capacity(text.len());
    let mut word = String::new();
    for next in text.chars() {
        if is_edge(next) {
            flush(&mut word, &mut clean);
            clean.push(next);
        } else {
            word.push(next);
        }
    }
    flush(&mut word, &mut clean);
    clean
}

fn flush(word: &mut String, clean: &mut String) {
    let core = word.trim_matches(['.', ':', '!', '?']);
    clean.push_str(&kind(core).map_or_else(|| word.clone(), |kind| word.replacen(core, kind, 1)));
    word.clear();
}

/// What a word is that may not be told.
fn kind(word: &str) -> Option<&'static str> {
    let is_id = word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    if word.is_empty() || is_id {
        return None;
    }
    if word.contains('@') {
        return Some("[e-mail]");
    }
    let host = word.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let host = host.map_or(word, |(host, _)| host);
    if word.parse::<IpAddr>().is_ok() || host.parse::<IpAddr>().is_ok() {
        return Some("[address]");
    }
    let letters = word.chars().filter(char::is_ascii_alphanumeric).count();
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    let is_phone = word.starts_with('+') && letters >= 7 && word.chars().skip(1).all(|c| c.is_ascii_digit());
    if is_phone {
        return Some("[number]");
    }
    // Tokens, keys, hashes: long, and mixed as no word is.
    let is_secret = word.starts_with("rt_") || word.starts_with("eyJ") || word.starts_with("$argon2");
    let is_dense = letters >= 24 && has_digit && !word.contains("::") && !word.contains('_');
    (is_secret || is_dense).then_some("[secret]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_and_secret_things_are_replaced() {
        let token = format!("eyJhbGciOiJFUzI1NiJ9.{}.c2ln", "abc123".repeat(9));
        for (text, expected) in [
            ("no user ada@acme.example here", "no user [e-mail] here"),
            ("e-mail=ada@acme.example,", "e-mail=[e-mail],"),
            ("from 203.0.113.9: refused", "from [address]: refused"),
            ("from 203.0.113.9:52001.", "from [address]."),
            ("peer [2001:db8::9]:443", "peer [[address]]:443"),
            ("phone +491701234567", "phone [number]"),
            (&format!("Bearer {token}"), "Bearer [secret]"),
            ("cookie __Host-tenantry-acme=rt_01a1.02.0.xyz", "cookie __Host-tenantry-acme=[secret]"),
            ("key dGVuYW50cnkgdGVzdCBtYXN0ZXIga2V5IDMyIGJ5dGU", "key [secret]"),
        ] {
            assert_eq!(scrub(text), expected);
        }
    }

    #[test]
    fn causes_and_ids_stay() {
        for text in [
            "the statement tenantry_project::project::store::save touched no row",
            "tenant 01a1fc18-4e26-7a43-aa60-20309521d494 cannot be entered: connection refused",
            "PostgreSQL refused: column \"name_key\" does not exist (42703)",
        ] {
            assert_eq!(scrub(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_address_survives(name in "[a-z0-9.]{1,12}", host in "[a-z]{1,10}\\.example", a: u8, b: u8) {
            let address = format!("10.{a}.{b}.7");
            let clean = scrub(&format!("for <{name}@{host}> at {address}, {name}@{host}"));
            proptest::prop_assert!(!clean.contains('@') && !clean.contains(&address), "{}", clean);
        }
    }
}
