//! How one signs in: password, second factors, passkeys.

use http::StatusCode;
use serde_json::{Value, json};
use tenantry_kernel::ErrorKind;
use tenantry_web::Problem;

use super::deeds::{body, id, of, put, unknown};
use super::page::{Told, Visit};
use crate::authorize::answer::Hosted;
use crate::authorize::enrolment::{element, named};
use crate::protocol::fields::Fields;

pub(super) async fn facts(visit: &Visit<'_>) -> Result<Value, Problem> {
    let oneself = visit.oneself();
    let (factors, passkeys) = (oneself.factors().await?, oneself.passkeys().await?);
    let has_passkeys = visit.room.desk.sso.identity.has_passkeys();
    let is_allowed = |kind: &str| {
        of(&factors, "allowed_methods")
            .as_array()
            .is_some_and(|allowed| allowed.iter().any(|one| one == kind))
    };
    let offered: Vec<&str> = ["totp", "email", "sms"].into_iter().filter(|kind| is_allowed(kind)).collect();
    let lets_passkey = has_passkeys && is_allowed("passkey");
    Ok(json!({"factors": factors, "keys": passkeys, "offered": offered, "lets_passkey": lets_passkey}))
}

pub(super) async fn act(visit: &Visit<'_>, form: &Fields) -> Result<Hosted, Problem> {
    let oneself = visit.oneself();
    let done = match form.get("act").unwrap_or_default() {
        "password" => {
            oneself.change_password(&body(form, &["current_password", "new_password"])).await?;
            "done_password"
        }
        "factor_begin" => {
            let begun = oneself.begin_factor(&body(form, &["type"])).await?;
            return Ok(code_page(visit, form, &begun, Ok(None), StatusCode::OK));
        }
        "factor_verify" => return verify(visit, form).await,
        "factor_remove" => {
            oneself.remove_factor(id(form)).await?;
            "done_factor_removed"
        }
        "codes" => {
            let renewed = oneself.renew_codes().await?;
            return Ok(codes_page(visit, &renewed));
        }
        "passkey_begin" => {
            let begun = oneself.begin_passkey().await?;
            let options = of(&begun, "public_key").to_string();
            let facts = json!({"challenge_token": of(&begun, "challenge_token"), "new_passkey": options});
            return Ok(visit.render("own_passkey", Ok(None), StatusCode::OK, facts));
        }
        "passkey_add" => {
            let mut made = body(form, &["challenge_token", "name"]);
            put(&mut made, "credential", read(form));
            let added = oneself.add_passkey(&made).await?;
            if of(&added, "backup_codes").is_array() {
                return Ok(codes_page(visit, &added));
            }
            "done_passkey_added"
        }
        "passkey_rename" => {
            oneself.rename_passkey(id(form), &body(form, &["name"])).await?;
            "done_passkey_renamed"
        }
        "passkey_remove" => {
            oneself.remove_passkey(id(form)).await?;
            "done_passkey_removed"
        }
        _ => return Err(unknown()),
    };
    Ok(visit.done(done))
}

/// What a browser says of a passkey.
pub(super) fn read(form: &Fields) -> Value {
    serde_json::from_str(form.get("credential").unwrap_or_default()).unwrap_or_default()
}

/// The first code of a second factor.
async fn verify(visit: &Visit<'_>, form: &Fields) -> Result<Hosted, Problem> {
    match visit.oneself().verify_factor(&body(form, &["type", "code"])).await {
        Ok(verified) if of(&verified, "backup_codes").is_array() => Ok(codes_page(visit, &verified)),
        Ok(_) => Ok(visit.done("done_factor_added")),
        // What was begun can still be met: the app has the secret, and the code was sent.
        Err(problem) if problem.kind() == ErrorKind::Invalid => {
            let (told, status) = (Err("first_code_refused"), StatusCode::UNPROCESSABLE_ENTITY);
            Ok(code_page(visit, form, &Value::Null, told, status))
        }
        Err(problem) => Err(problem),
    }
}

fn code_page(visit: &Visit<'_>, form: &Fields, begun: &Value, told: Told<'_>, status: StatusCode) -> Hosted {
    let kind = named(form.get("type").unwrap_or_default());
    let picture = of(begun, "qr_code_svg").as_str().map(element);
    let app = of(begun, "secret")
        .as_str()
        .map(|secret| json!({"secret": secret, "address": of(begun, "qr_code_url"), "picture": picture}));
    let facts = json!({
        "kind": kind, "app": app, "to": of(begun, "destination"), "how": format!("first_code_{kind}"),
        "again": format!("again_{kind}"),
    });
    visit.render("own_factor", told, status, facts)
}

fn codes_page(visit: &Visit<'_>, told: &Value) -> Hosted {
    visit.render("own_codes", Ok(None), StatusCode::OK, json!({"codes": of(told, "backup_codes")}))
}
