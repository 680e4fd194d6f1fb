//! What a handler may take beside its guard: path ids, query, body, preconditions, services, time.

use std::str::FromStr;

use garde::Validate;
use http::header;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use tenantry_kernel::{Clock, ErrorKind, FieldError, Rng};

use crate::Problem;
use crate::describe::OperationDoc;
use crate::dispatch::Call;

/// Something a handler takes from the request.
pub trait Extract: Sized + Send {
    /// Take it, or say which field is wrong.
    fn extract(call: &mut Call) -> Result<Self, Problem>;

    /// What the OpenAPI document says of it.
    fn describe(operation: &mut OperationDoc);
}

/// The ids in the path, in order.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// An id in the path.
pub trait PathValue: FromStr + JsonSchema + Send {}
impl<T: FromStr + JsonSchema + Send> PathValue for T {}

fn path_value<T: PathValue>(call: &Call, index: usize) -> Result<T, Problem> {
    let Some((name, text)) = call.params.get(index) else {
        return Err(Problem::not_found());
    };
    text.parse()
        .map_err(|_| Problem::malformed("invalid_path", &format!("path/{name}"), "this is not a valid value"))
}

impl<T: PathValue> Extract for Path<T> {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        path_value(call, 0).map(Self)
    }

    fn describe(operation: &mut OperationDoc) {
        operation.path_parameter::<T>();
    }
}

/// Two ids in the path.
#[derive(Debug)]
pub struct Path2<T, U>(pub T, pub U);

impl<T: PathValue, U: PathValue> Extract for Path2<T, U> {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        Ok(Self(path_value(call, 0)?, path_value(call, 1)?))
    }

    fn describe(operation: &mut OperationDoc) {
        operation.path_parameter::<T>();
        operation.path_parameter::<U>();
    }
}

/// The query string. Unknown parameters are refused when `T` denies unknown fields.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Extract for Query<T> {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(call.query().as_bytes())
            .filter(|(name, _)| name != "tenant")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if let Some((name, _)) = pairs.iter().find(|(_, value)| value.contains('\0')) {
            return Err(Problem::malformed("invalid_query", &format!("query/{name}"), "NUL is not allowed"));
        }
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let input = serde::de::value::MapDeserializer::new(pairs.map(|(name, value)| (name, Text(value))));
        serde_path_to_error::deserialize(input).map(Self).map_err(
            |error: serde_path_to_error::Error<serde::de::value::Error>| {
                let path = error.path().to_string();
                let detail = error.inner().to_string();
                let name =
                    if path == "." || path == "?" { quoted(&detail).unwrap_or_default() } else { path };
                Problem::malformed("invalid_query", &format!("query/{name}"), detail)
            },
        )
    }

    fn describe(operation: &mut OperationDoc) {
        operation.query_parameters::<T>();
    }
}

/// A query value: text that may stand for a number or a truth value.
struct Text(String);

macro_rules! parsed {
    ($($method:ident $visit:ident $what:literal),+) => {$(
        fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            let value = self.0.parse().map_err(|_| serde::de::Error::custom(concat!("this is not ", $what)))?;
            visitor.$visit(value)
        }
    )+};
}

impl<'de> serde::Deserializer<'de> for Text {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_enum(serde::de::value::StringDeserializer::new(self.0))
    }

    parsed!(
        deserialize_bool visit_bool "true or false",
        deserialize_u64 visit_u64 "a whole number",
        deserialize_u32 visit_u32 "a whole number",
        deserialize_i64 visit_i64 "a whole number"
    );

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

impl serde::de::IntoDeserializer<'_, serde::de::value::Error> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The word in back quotes of a serde message (an unknown or missing field's name).
fn quoted(message: &str) -> Option<String> {
    message.split('`').nth(1).map(str::to_owned)
}

/// The JSON body, read strictly and validated.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Validate<Context = ()> + JsonSchema + Send + 'static> Extract for Body<T> {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        let media = call.header(&header::CONTENT_TYPE).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/json") {
            let problem =
                Problem::malformed("unsupported_media_type", "header/content-type", "send application/json");
            return Err(problem.of_kind(ErrorKind::UnsupportedMedia));
        }
        if has_nul(&call.body) {
            return Err(Problem::malformed("invalid_json", "#", "the character NUL is not allowed in text"));
        }
        let value = read(&call.body)?;
        Ok(Self(value))
    }

    fn describe(operation: &mut OperationDoc) {
        operation.request_body::<T>();
    }
}

/// Read and validate a JSON object.
fn read<T: DeserializeOwned + Validate<Context = ()>>(json: &[u8]) -> Result<T, Problem> {
    // Derived readers would take an array for the fields in their order.
    if json.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::invalid(vec![FieldError::new("#", "this must be an object")]));
    }
    let mut input = serde_json::Deserializer::from_slice(json);
    let value: T = serde_path_to_error::deserialize(&mut input).map_err(|error| unreadable(&error))?;
    input.end().map_err(|error| Problem::malformed("invalid_json", "#", error.to_string()))?;
    value.validate().map_err(|report| {
        let fields =
            report.iter().map(|(path, error)| FieldError::new(pointer(&path.to_string()), error.message()));
        Problem::invalid(fields.collect())
    })?;
    Ok(value)
}

impl<T: DeserializeOwned + Validate<Context = ()>> Body<T> {
    /// What a page's form says, read and validated like a body of the API.
    ///
    /// # Errors
    /// Those of such a body.
    pub fn of(form: &serde_json::Value) -> Result<Self, Problem> {
        let json = form.to_string();
        if has_nul(json.as_bytes()) {
            return Err(Problem::malformed("invalid_json", "#", "the character NUL is not allowed in text"));
        }
        read(json.as_bytes()).map(Self)
    }
}

/// A JSON object as it is, for standards that say how to read it: whatever is wrong is 400, and unknown members are not.
/// `T` describes it.
pub struct RawJson<T>(
    pub serde_json::Map<String, serde_json::Value>,
    pub std::marker::PhantomData<fn() -> T>,
);

impl<T: JsonSchema + Send + 'static> Extract for RawJson<T> {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        let media = call.header(&header::CONTENT_TYPE).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/json") {
            return Err(Problem::malformed("invalid_json", "header/content-type", "send application/json"));
        }
        if has_nul(&call.body) {
            return Err(Problem::malformed("invalid_json", "#", "the character NUL is not allowed in text"));
        }
        let read: Result<serde_json::Value, _> = serde_json::from_slice(&call.body);
        match read {
            Ok(serde_json::Value::Object(object)) => Ok(Self(object, std::marker::PhantomData)),
            Ok(_) => Err(Problem::malformed("invalid_json", "#", "this must be an object")),
            Err(error) => Err(Problem::malformed("invalid_json", "#", error.to_string())),
        }
    }

    fn describe(operation: &mut OperationDoc) {
        operation.request_body::<T>();
    }
}

fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let detail = error.inner().to_string();
    if !error.inner().is_data() {
        return Problem::malformed("invalid_json", "#", detail);
    }
    let path = error.path().to_string();
    let detail = detail.split(" at line ").next().unwrap_or_default().to_owned();
    let base = if path == "." { String::new() } else { path };
    // A missing or repeated field is told at its parent; an unknown one at itself.
    let at_parent = detail.starts_with("missing field") || detail.starts_with("duplicate field");
    let path = match quoted(&detail) {
        Some(name) if at_parent && base.is_empty() => name,
        Some(name) if at_parent => format!("{base}.{name}"),
        Some(name) if detail.starts_with("unknown field") && base.is_empty() => name,
        _ => base,
    };
    Problem::invalid(vec![FieldError::new(pointer(&path), detail)])
}

/// `a.b[0].c` as the JSON pointer fragment `#/a/b/0/c` (RFC 6901).
fn pointer(path: &str) -> String {
    let mut pointer = String::from("#");
    for part in path.split(['.', '[']).map(|part| part.trim_end_matches(']')).filter(|part| !part.is_empty())
    {
        pointer.push('/');
        pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

/// Whether a JSON text holds an escaped NUL, which PostgreSQL cannot store.
fn has_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.windows(6).position(|window| window == b"\\u0000") {
        let slashes =
            rest.get(..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes % 2 == 0 {
            return true;
        }
        rest = rest.get(at + 6..).unwrap_or_default();
    }
    false
}

/// `If-Match`: the version that the change is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(Option<i64>);

impl IfMatch {
    /// The version that a page has shown.
    pub const fn of(version: Option<i64>) -> Self {
        Self(version)
    }

    /// Refuse when the client saw another version.
    ///
    /// # Errors
    /// 412 `version_mismatch`.
    pub fn check(self, version: i64) -> Result<(), Problem> {
        if self.0.is_none_or(|expected| expected == version) {
            return Ok(());
        }
        let detail = "somebody has changed this since you read it; read it again, and repeat your change";
        Err(Problem::malformed("version_mismatch", "header/if-match", detail).of_kind(ErrorKind::Stale))
    }
}

impl Extract for IfMatch {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        let Some(text) = call.header(&header::IF_MATCH) else { return Ok(Self(None)) };
        let text = text.trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let version = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
        match version {
            Some(version) => Ok(Self(Some(version))),
            None => {
                Err(Problem::malformed("invalid_header", "header/if-match", "send the ETag as you got it"))
            }
        }
    }

    fn describe(operation: &mut OperationDoc) {
        operation.header(
            "If-Match",
            "The `ETag` that the change is meant for; 412 when the resource has another by now.",
        );
    }
}

/// A value that the server has put among the services.
#[derive(Debug, Clone)]
pub struct Use<T>(pub T);

impl<T: Clone + Send + Sync + 'static> Extract for Use<T> {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        call.services().value().map(Self).ok_or_else(|| {
            Problem::new(
                ErrorKind::Internal,
                "internal",
                format!("no {} was wired", std::any::type_name::<T>()),
            )
        })
    }

    fn describe(operation: &mut OperationDoc) {
        operation.needs::<T>();
    }
}

impl Extract for Clock {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        Ok(call.services().clock.clone())
    }

    fn describe(_: &mut OperationDoc) {}
}

impl Extract for Rng {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        Ok(call.services().rng.clone())
    }

    fn describe(_: &mut OperationDoc) {}
}

/// `Last-Event-ID`: where an event stream is to go on.
#[derive(Debug, Clone)]
pub struct LastEventId(pub Option<String>);

impl Extract for LastEventId {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        Ok(Self(call.header(&http::HeaderName::from_static("last-event-id")).map(str::to_owned)))
    }

    fn describe(operation: &mut OperationDoc) {
        operation
            .header("Last-Event-ID", "The `id` of the last event received; the stream goes on after it.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_follow_rfc_6901() {
        assert_eq!(pointer("a.b[0].c"), "#/a/b/0/c");
        assert_eq!(pointer(""), "#");
    }

    #[test]
    fn an_escaped_backslash_before_u0000_is_text() {
        assert!(has_nul(br#""a\u0000""#));
        assert!(has_nul(br#""a\\\u0000""#));
        assert!(!has_nul(br#""a\\u0000""#));
    }

    proptest::proptest! {
        #[test]
        fn looking_for_nul_never_panics_and_agrees_with_the_parser(text in "[\\\\u0a]{0,24}") {
            let json = format!("\"{text}\"");
            if let Ok(value) = serde_json::from_str::<String>(&json) {
                proptest::prop_assert_eq!(value.contains('\0'), has_nul(json.as_bytes()));
            }
        }
    }
}
