//! The known name that is most like an unknown one.

use std::fmt;

/// Names longer than this are cut before they are compared: nobody mistypes that much.
const COMPARED: usize = 100;

/// A suggestion for an unknown name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// The known name.
    pub name: String,
    /// Whether the unknown name looks like a slip of the pen for it.
    pub is_close: bool,
}

impl fmt::Display for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_close {
            write!(f, "did you mean {}?", self.name)
        } else {
            write!(f, "the nearest known name is {}", self.name)
        }
    }
}

/// Find the known name that needs the fewest edits to become `wanted`, upper and lower case being the same.
///
/// A known name may also be written without its section (everything up to the first `separator`), for one edit.
/// The first of equals wins; without any known name, `wanted` itself comes back.
pub(super) fn nearest(wanted: &str, separator: char, known: impl IntoIterator<Item = String>) -> Nearest {
    let wanted: String = wanted.chars().take(COMPARED).collect::<String>().to_lowercase();
    let edits = |name: &str| {
        let name = name.to_lowercase();
        let whole = strsim::osa_distance(&wanted, &name);
        let bare = name.split_once(separator).map(|(_, bare)| strsim::osa_distance(&wanted, bare) + 1);
        bare.map_or(whole, |bare| bare.min(whole))
    };
    let best = known.into_iter().map(|name| (edits(&name), name)).min_by_key(|(edits, _)| *edits);
    let within = (wanted.chars().count() / 3).max(2);
    match best {
        Some((edits, name)) => Nearest { name, is_close: edits <= within },
        None => Nearest { name: wanted, is_close: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(wanted: &str) -> String {
        let known = ["http.listen", "http.operations_listen", "log.level", "jobs.workers"];
        nearest(wanted, '.', known.map(String::from)).to_string()
    }

    #[test]
    fn a_swapped_a_missing_and_a_doubled_letter_are_forgiven() {
        for slip in ["http.lsiten", "http.lisen", "http.lissten", "htpp.listen", "HTTP.LISTEN"] {
            assert_eq!(among(slip), "did you mean http.listen?", "{slip}");
        }
    }

    #[test]
    fn a_name_without_its_section_is_understood() {
        assert_eq!(among("listen"), "did you mean http.listen?");
        assert_eq!(among("worker"), "did you mean jobs.workers?");
    }

    #[test]
    fn a_name_like_nothing_is_not_taken_for_a_slip() {
        assert!(among("colour_of_the_sky").starts_with("the nearest known name is "));
    }

    #[test]
    fn very_long_and_empty_names_are_compared_too() {
        assert!(!among(&"x".repeat(1_000_000)).is_empty());
        assert!(!among("").is_empty());
    }
}
