//! Who one is: name, telephone, language, e-mail address.

use serde_json::{Map, Value, json};
use tenantry_web::Problem;

use super::deeds::{body, of, put, unknown};
use super::page::{Told, Visit};
use crate::authorize::answer::Hosted;
use crate::page::Locale;
use crate::protocol::fields::Fields;

/// The text that says that the profile is another by now than the page has shown.
pub(super) const CHANGED: &str = "why_changed";

/// The fields of the profile's form.
const FIELDS: [&str; 5] = ["first_name", "last_name", "phone", "language", "avatar_url"];

pub(super) async fn facts(visit: &Visit<'_>, told: Told<'_>, fields: &Fields) -> Result<Value, Problem> {
    let one = |locale: &Locale| json!({"code": locale, "name": locale.pick("English", "Deutsch", "हिन्दी")});
    let spoken: Vec<Value> = Locale::ALL.iter().map(one).collect();
    let (mut person, version) = visit.oneself().profile().await?;
    put(&mut person, "version", json!(version));
    let (typed, saved) = filled_in(&person, told, fields);
    Ok(json!({"person": person, "typed": typed, "saved": saved, "spoken": spoken}))
}

/// What stands in the forms: the profile, or what was typed when a form was refused. When the profile was changed meanwhile,
/// also what it says now where that is something else.
///
/// A form that was refused for another reason keeps the version that it was made for: what was changed meanwhile is still
/// to be shown. Only the query of an address can say what it likes, so it is never taken for a form.
fn filled_in(person: &Value, told: Told<'_>, form: &Fields) -> (Value, Value) {
    let mut typed: Map<String, Value> = FIELDS
        .iter()
        .chain(&["version"])
        .map(|name| ((*name).to_owned(), of(person, name).clone()))
        .collect();
    let mut saved = Map::new();
    match (told, form.get("act")) {
        (Err(why), Some("profile")) => {
            for name in FIELDS {
                let new = json!(form.get(name).unwrap_or_default());
                let now = of(person, name);
                if why == CHANGED && *now.as_str().unwrap_or_default() != new {
                    saved.insert(name.to_owned(), json!(now.as_str().unwrap_or("–")));
                }
                typed.insert(name.to_owned(), new);
            }
            if why != CHANGED {
                typed.insert("version".to_owned(), json!(form.get("version")));
            }
        }
        (Err(_), Some("email")) => {
            typed.insert("new_email".to_owned(), json!(form.get("new_email")));
        }
        _ => {}
    }
    (Value::Object(typed), Value::Object(saved))
}

/// The version that a form was made for. Ours always say; one that does not is for none.
fn version(form: &Fields) -> i64 {
    form.get("version").and_then(|version| version.parse().ok()).unwrap_or(-1)
}

pub(super) async fn act(visit: &Visit<'_>, form: &Fields) -> Result<Hosted, Problem> {
    let oneself = visit.oneself();
    let done = match form.get("act").unwrap_or_default() {
        "profile" => {
            let mut changed = body(form, &["phone", "language", "avatar_url"]);
            if let Some(changed) = changed.as_object_mut() {
                for name in ["first_name", "last_name"] {
                    changed.insert(name.to_owned(), json!(form.get(name)));
                }
            }
            oneself.change_profile(&changed, version(form)).await?;
            "done_saved"
        }
        "email" => {
            oneself.change_email(&body(form, &["new_email", "current_password"])).await?;
            "done_email"
        }
        "phone_send" => {
            oneself.send_phone_code().await?;
            "done_phone_sent"
        }
        "phone_verify" => {
            oneself.verify_phone(&body(form, &["code"])).await?;
            "done_phone"
        }
        _ => return Err(unknown()),
    };
    Ok(visit.done(done))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Fields {
        Fields::first(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_is_filled_in_with_what_was_typed_only_when_it_was_refused() {
        let person = json!({"first_name": "Ada", "last_name": null, "phone": null, "version": 4});
        let sent = form(&[("act", "profile"), ("first_name", "Eve"), ("phone", "12"), ("version", "3")]);
        let (typed, saved) = filled_in(&person, Ok(None), &sent);
        assert_eq!((&typed["first_name"], &typed["version"], saved), (&json!("Ada"), &json!(4), json!({})));
        let (typed, saved) = filled_in(&person, Err("why_phone"), &sent);
        assert_eq!((&typed["first_name"], &typed["phone"]), (&json!("Eve"), &json!("12")));
        assert_eq!(
            (&typed["version"], saved),
            (&json!("3"), json!({})),
            "still for the version that was shown"
        );
        let (typed, saved) = filled_in(&person, Err(CHANGED), &sent);
        assert_eq!((&typed["first_name"], &typed["version"]), (&json!("Eve"), &json!(4)));
        assert_eq!(saved, json!({"first_name": "Ada", "phone": "–"}));
    }
}
