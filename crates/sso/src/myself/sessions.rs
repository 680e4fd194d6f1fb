//! Where one is signed in, on which devices, and who has tried to.

use serde_json::{Value, json};
use tenantry_web::Problem;

use super::deeds::{body, id, of, put, unknown};
use super::page::Visit;
use crate::authorize::answer::Hosted;
use crate::protocol::fields::Fields;

/// How many attempts to sign in are shown.
const SIGN_INS: usize = 10;
/// How many devices are shown: a program that keeps no token is a new one at each sign-in. Those that are trusted always are.
const DEVICES: usize = 30;
/// What is said to be unusual about an attempt.
const SIGNALS: [&str; 6] =
    ["new_device", "new_network", "new_country", "new_asn", "impossible_travel", "credential_stuffing"];

pub(super) async fn facts(visit: &Visit<'_>) -> Result<Value, Problem> {
    let oneself = visit.oneself();
    let with_agent = |mut one: Value| {
        let agent = of(&one, "user_agent").as_str().map(agent);
        put(&mut one, "agent", json!(agent));
        one
    };
    let all = |list: Value| match list {
        Value::Array(items) => items.into_iter().map(with_agent).collect(),
        _ => Vec::new(),
    };
    let (sessions, mut sign_ins) = (all(oneself.sessions().await?), all(oneself.sign_ins().await?));
    sign_ins.truncate(SIGN_INS);
    for one in &mut sign_ins {
        let has = |signal: &str| {
            of(one, "signals").as_array().is_some_and(|signals| signals.iter().any(|said| said == signal))
        };
        let unusual = SIGNALS.into_iter().filter(|signal| has(signal));
        let unusual: Vec<String> = unusual.map(|signal| format!("signal_{signal}")).collect();
        put(one, "unusual", json!(unusual));
    }
    let devices = devices(oneself.devices().await?);
    Ok(json!({"sessions": sessions, "sign_ins": sign_ins, "devices": devices}))
}

/// The latest devices, and whichever else means something.
fn devices(list: Value) -> Vec<Value> {
    let Value::Array(items) = list else { return Vec::new() };
    let matters = |one: &Value| *of(one, "is_current") == true || !of(one, "trusted_until").is_null();
    let shown = |(index, one): (usize, Value)| (index < DEVICES || matters(&one)).then_some(one);
    items.into_iter().enumerate().filter_map(shown).collect()
}

pub(super) async fn act(visit: &Visit<'_>, form: &Fields) -> Result<Hosted, Problem> {
    let done = match form.get("act").unwrap_or_default() {
        "end" => {
            visit.oneself().end_session(id(form)).await?;
            "done_session"
        }
        "end_others" => {
            visit.oneself().end_other_sessions().await?;
            "done_sessions"
        }
        "device_rename" => {
            visit.oneself().rename_device(id(form), &body(form, &["name"])).await?;
            "done_device_renamed"
        }
        "device_distrust" => {
            visit.oneself().distrust_device(id(form)).await?;
            "done_device_distrusted"
        }
        "device_forget" => {
            visit.oneself().forget_device(id(form)).await?;
            "done_device_forgotten"
        }
        _ => return Err(unknown()),
    };
    Ok(visit.done(done))
}

/// A browser and its system, as people name them; what is not known stays as it says of itself.
fn agent(text: &str) -> String {
    let of = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name)
    };
    // Browsers say that they are others as well: the more particular one first.
    let browser = of(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = of(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        _ => text.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_devices_are_not_all_shown_but_those_that_are_trusted() {
        let of =
            |index: usize| json!({"is_current": false, "trusted_until": (index == 90).then_some("then")});
        let shown = devices((0..100).map(of).collect());
        assert_eq!((shown.len(), &shown[DEVICES]["trusted_until"]), (DEVICES + 1, &json!("then")));
    }

    #[test]
    fn browsers_have_names_that_people_know() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        assert_eq!(agent(chrome), "Chrome · Linux");
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1";
        assert_eq!(agent(iphone), "Safari · iPhone");
        assert_eq!(agent("curl/8.9.1"), "curl/8.9.1");
    }
}
