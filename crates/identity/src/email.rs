//! E-mail addresses: one spelling each, so that a plain index finds them.

/// Normalise an address: surrounding space removed, everything in lower case.
///
/// Mail servers that tell `A@x` from `a@x` are not known in practice, and two accounts that differ only in case are a
/// way to deceive.
///
/// # Errors
/// What is wrong with it, as a sentence for people.
pub fn normalise(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.len() > 254 {
        return Err("an e-mail address has at most 254 characters".to_owned());
    }
    let (local, domain) = text.rsplit_once('@').ok_or_else(|| "an e-mail address has an @".to_owned())?;
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"(),:;<>[\\]@".contains(c);
    if local.is_empty()
        || local.len() > 64
        || !local.chars().all(is_plain)
        || local.starts_with('.')
        || local.ends_with('.')
        || local.contains("..")
    {
        return Err("the part before the @ is not a mailbox name".to_owned());
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !domain.contains('.') || !domain.split('.').all(is_label) {
        return Err(
            "the part after the @ is not a domain name (write international ones as xn--…)".to_owned()
        );
    }
    Ok(text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_space_do_not_make_another_address() {
        assert_eq!(normalise(" Ann.B@Example.COM "), Ok("ann.b@example.com".into()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in
            ["", "a", "a@", "@b.c", "a b@c.d", "a@b", "a@-b.c", "a..b@c.d", "a@b.c\0", "\"a\"@b.c", "a@b@c.d"]
        {
            assert!(normalise(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in ".{0,20}@?[a-zA-Z.]{0,12}") {
            if let Ok(once) = normalise(&text) {
                proptest::prop_assert_eq!(normalise(&once), Ok(once));
            }
        }
    }
}
