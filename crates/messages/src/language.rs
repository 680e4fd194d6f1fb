//! The languages that messages and hosted pages are written in.

tenantry_kernel::text_enum! {
    /// A language.
    pub enum Language {
        /// English.
        English = "en",
        /// German.
        German = "de",
        /// Hindi.
        Hindi = "hi",
    }
}

impl Language {
    /// The first language that there is, of `asked` (tags separated by spaces) and then of `Accept-Language`; else English.
    pub fn choose(asked: Option<&str>, accepted: &str) -> Self {
        let asked = asked.unwrap_or_default().split(' ').map(|tag| (tag, 1.0));
        let mut accepted: Vec<(&str, f32)> = accepted
            .split(',')
            .take(20)
            .filter_map(|part| {
                let (tag, rest) = part.split_once(';').unwrap_or((part, "q=1"));
                let weight: f32 = rest.trim().strip_prefix("q=")?.parse().ok()?;
                (weight > 0.0).then_some((tag.trim(), weight))
            })
            .collect();
        accepted.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut languages = asked.chain(accepted).map(|(tag, _)| tag.split('-').next().unwrap_or_default());
        languages.find_map(|language| language.to_ascii_lowercase().parse().ok()).unwrap_or(Self::English)
    }

    /// The one of three texts that is in this language.
    pub const fn pick<T: Copy>(self, english: T, german: T, hindi: T) -> T {
        match self {
            Self::English => english,
            Self::German => german,
            Self::Hindi => hindi,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_language_is_chosen() {
        for (asked, accepted, expected) in [
            (None, "", Language::English),
            (None, "fr, de;q=0.7, hi;q=0.9", Language::Hindi),
            (None, "de-AT,en;q=0.5", Language::German),
            (Some("xx hi-IN"), "de", Language::Hindi),
            (None, "de;q=0, en", Language::English),
            (None, "*;q=NaN,;;;,de;q=", Language::English),
        ] {
            assert_eq!(Language::choose(asked, accepted), expected, "{asked:?} {accepted}");
        }
    }
}
