//! Pages of a list, cut by cursor (keyset), never by offset.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// How many items a page holds: 10, 20, 50 or 100.
///
/// A closed set, because a page size is a literal in SQL (`LIMIT $1` is planned anew each time).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageSize {
    /// 10 items.
    Ten,
    /// 20 items, the default.
    #[default]
    Twenty,
    /// 50 items.
    Fifty,
    /// 100 items, the most.
    Hundred,
}

impl PageSize {
    /// The number of items.
    pub const fn get(self) -> usize {
        match self {
            Self::Ten => 10,
            Self::Twenty => 20,
            Self::Fifty => 50,
            Self::Hundred => 100,
        }
    }

    /// The size with this number, when it is one of the four.
    pub const fn from_number(number: u64) -> Option<Self> {
        match number {
            10 => Some(Self::Ten),
            20 => Some(Self::Twenty),
            50 => Some(Self::Fifty),
            100 => Some(Self::Hundred),
            _ => None,
        }
    }
}

/// A place in a list ordered by time and id: everything after it is on the next page.
///
/// Opaque to clients: base64url (RFC 4648) of 8 bytes of microseconds and 16 bytes of id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The sort instant of the last item seen.
    pub at: Timestamp,
    /// The id of the last item seen.
    pub id: uuid::Uuid,
}

/// A text that no list of ours gave out as a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor from an earlier page")]
pub struct CursorError;

impl Cursor {
    /// Before everything in a list that runs from newest to oldest.
    ///
    /// Later than any instant a row can have, and within what both jiff and PostgreSQL can hold.
    pub fn newest() -> Self {
        let at = Timestamp::from_second(253_402_200_000).unwrap_or(Timestamp::MAX);
        Self { at, id: uuid::Uuid::max() }
    }

    /// Before everything in a list that runs from oldest to newest.
    pub const fn oldest() -> Self {
        Self { at: Timestamp::UNIX_EPOCH, id: uuid::Uuid::nil() }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = self.at.as_microsecond().to_be_bytes().to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl std::str::FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let (at, id) = bytes.split_first_chunk::<8>().ok_or(CursorError)?;
        let at = Timestamp::from_microsecond(i64::from_be_bytes(*at)).map_err(|_| CursorError)?;
        if at < Timestamp::UNIX_EPOCH || at > Self::newest().at {
            return Err(CursorError);
        }
        let id = uuid::Uuid::from_slice(id).map_err(|_| CursorError)?;
        Ok(Self { at, id })
    }
}

impl<'de> serde::Deserialize<'de> for PageSize {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(input)?;
        Self::from_number(number)
            .ok_or_else(|| serde::de::Error::custom("a page holds 10, 20, 50 or 100 items"))
    }
}

impl schemars::JsonSchema for PageSize {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PageSize".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "enum": [10, 20, 50, 100], "default": 20})
    }
}

impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Cursor {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cursor".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_-]{32}$"})
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last one.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cut a page from rows that were fetched with one more than the page holds.
    pub fn cut(mut items: Vec<T>, size: PageSize, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = items.len() > size.get();
        items.truncate(size.get());
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }

    /// The same page with each item mapped.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_names_the_next_and_the_last_does_not() {
        let cursor = |n: &u128| Cursor { at: Timestamp::UNIX_EPOCH, id: uuid::Uuid::from_u128(*n) };
        let page = Page::cut((0..11).collect(), PageSize::Ten, cursor);
        assert_eq!((page.items.len(), page.next), (10, Some(cursor(&9))));
        assert_eq!(Page::cut((0..10).collect(), PageSize::Ten, cursor).next, None);
    }

    proptest::proptest! {
        #[test]
        fn a_cursor_reads_back(micros in 0_i64..253_402_200_000_000_000, id: u128) {
            let at = Timestamp::from_microsecond(micros).expect("in range");
            let cursor = Cursor { at, id: uuid::Uuid::from_u128(id) };
            proptest::prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }

        #[test]
        fn reading_a_cursor_never_panics(text: String) {
            let _ = text.parse::<Cursor>();
        }
    }
}
