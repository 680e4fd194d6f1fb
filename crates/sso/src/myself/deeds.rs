//! What a form asks to be done.

use serde_json::{Map, Value, json};
use tenantry_web::Problem;

use crate::Error;
use crate::protocol::fields::Fields;

/// What a form asks for that no page of ours has.
pub(super) fn unknown() -> Problem {
    Error::NotFound.into()
}

/// Which of several it is about.
pub(super) fn id(form: &Fields) -> &str {
    form.get("id").unwrap_or_default()
}

/// A field of what the API has answered; null when it is not there.
pub(super) fn of<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer.get(name).unwrap_or(&Value::Null)
}

/// Say one more thing in an object.
pub(super) fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// Some fields of a form as a body of the API; what is empty is left out.
pub(super) fn body(form: &Fields, names: &[&str]) -> Value {
    let given = names.iter().filter_map(|name| Some(((*name).to_owned(), json!(form.get(name)?))));
    Value::Object(given.collect::<Map<_, _>>())
}
