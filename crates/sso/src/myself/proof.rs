//! Who one is, once more: what changes how one signs in asks for it.

use serde_json::{Value, json};
use tenantry_kernel::ErrorKind;
use tenantry_web::Problem;

use super::OwnPage;
use super::deeds::{body, of, put};
use super::page::Visit;
use super::security::read;
use crate::authorize::answer::{Hosted, with_query};
use crate::protocol::fields::Fields;

/// The page that asks for it.
fn page(fields: &Fields) -> OwnPage {
    let page = fields.get("page").and_then(|page| page.parse().ok());
    page.filter(|page| *page != OwnPage::Proof).unwrap_or(OwnPage::Security)
}

pub(super) async fn facts(visit: &Visit<'_>, fields: &Fields) -> Result<Value, Problem> {
    let oneself = visit.oneself();
    let (factors, passkeys) = (oneself.factors().await?, oneself.passkeys().await?);
    let methods = of(&factors, "methods").as_array().cloned().unwrap_or_default();
    let sent =
        methods.iter().filter(|one| !of(one, "verified_at").is_null() && !of(one, "destination").is_null());
    let sent: Vec<Value> = sent
        .filter_map(|one| {
            let kind = of(one, "type").as_str()?;
            Some(json!({"method": kind, "text": format!("send_{kind}"), "to": of(one, "destination")}))
        })
        .collect();
    let page = page(fields);
    let query = [(super::PAGE, page.as_str()), (super::AGAIN, "1")];
    let again = with_query(&format!("{}/oauth2/authorize", visit.room.desk.base()), &query);
    let has_passkey = passkeys.as_array().is_some_and(|keys| !keys.is_empty());
    let has_codes = methods.iter().any(|one| !of(one, "verified_at").is_null())
        || *of(&factors, "backup_codes_left") != 0;
    Ok(json!({
        "has_factor": of(&factors, "mfa_enabled"), "has_codes": has_codes, "sent": sent, "for": page, "sign_in_again": again,
        "has_passkey": has_passkey,
    }))
}

pub(super) async fn act(visit: &Visit<'_>, form: &Fields) -> Result<Hosted, Problem> {
    let (oneself, page) = (visit.oneself(), page(form));
    if let Some(method) = form.get("send") {
        oneself.send_proof(&json!({"method": method})).await?;
        return Ok(visit.to(OwnPage::Proof, &[("page", page.as_str()), ("done", "code_sent")]));
    }
    let mut proof = body(form, &["password", "code", "passkey_token"]);
    if form.get("passkey_token").is_some() {
        put(&mut proof, "credential", read(form));
    }
    match oneself.prove(&proof).await {
        Ok(_) => Ok(visit.to(page, &[])),
        Err(problem) if problem.kind() == ErrorKind::Unauthenticated => {
            Err(Problem::invalid(vec![tenantry_kernel::FieldError::new("#/credential", "this was too late")]))
        }
        Err(problem) => Err(problem),
    }
}
