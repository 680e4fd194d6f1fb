//! Whom one has let in, and which accounts elsewhere are linked.

use http::HeaderValue;
use serde_json::{Value, json};
use tenantry_web::{Body, Guard, Path, Problem, Use, said};

use super::deeds::{body, id, of, put, unknown};
use super::let_in;
use super::page::Visit;
use crate::Error;
use crate::authorize::answer::Hosted;
use crate::federation::{own, start};
use crate::page::Locale;
use crate::protocol::claims::SCOPES;
use crate::protocol::fields::Fields;
use crate::service::Sso;

/// The guard of what is done, in the visitor's name.
async fn guard<A: tenantry_web::Action>(visit: &Visit<'_>) -> Result<Guard<A>, Problem> {
    visit.room.desk.guard.in_the_name_of(visit.visitor().into()).await
}

fn sso(visit: &Visit<'_>) -> Use<Sso> {
    Use(visit.room.desk.sso.clone())
}

pub(super) async fn facts(visit: &Visit<'_>) -> Result<Value, Problem> {
    let desk = visit.room.desk;
    let mut applications = said(let_in::list(guard(visit).await?, sso(visit)).await?).await;
    let own = desk.sso.scopes.of(&desk.tenant).await.map_err(Error::from)?;
    let described = |name: &Value, locale: Locale| {
        let name = name.as_str().unwrap_or_default();
        let is_known = SCOPES.iter().any(|(known, _)| *known == name);
        let text =
            own.iter().find(|scope| scope.name == name).map(|scope| scope.described(locale).to_owned());
        json!({"known": is_known.then(|| format!("scope_{name}")), "text": text, "name": name})
    };
    for application in applications.as_array_mut().into_iter().flatten() {
        let scopes = of(application, "scopes").as_array().cloned().unwrap_or_default();
        let scopes: Vec<Value> = scopes.iter().map(|name| described(name, visit.room.locale)).collect();
        put(application, "scopes", json!(scopes));
    }
    let linked = said(own::list(guard(visit).await?).await?).await;
    let providers = desk.sso.providers.of(&desk.tenant).await.map_err(Error::from)?;
    let is_linked = |slug: &str| {
        linked.as_array().is_some_and(|linked| linked.iter().any(|one| of(one, "provider") == slug))
    };
    let others: Vec<Value> = providers
        .iter()
        .filter(|provider| provider.enabled && !is_linked(&provider.slug))
        .map(|provider| json!({"slug": provider.slug, "name": provider.name}))
        .collect();
    Ok(json!({"applications": applications, "linked": linked, "others": others}))
}

pub(super) async fn act(visit: &Visit<'_>, form: &Fields) -> Result<Hosted, Problem> {
    let not_found = |_| Problem::from(Error::NotFound);
    let done = match form.get("act").unwrap_or_default() {
        "revoke" => {
            let client = Path(id(form).parse().map_err(not_found)?);
            let_in::revoke(guard(visit).await?, sso(visit), client).await?;
            "done_application"
        }
        "unlink" => {
            let account = Path(id(form).parse().map_err(not_found)?);
            own::unlink(guard(visit).await?, sso(visit), account).await?;
            "done_unlinked"
        }
        "link" => return link(visit, form).await,
        _ => return Err(unknown()),
    };
    Ok(visit.done(done))
}

/// Send the browser to a provider by a page: a form may lead to this origin only.
async fn link(visit: &Visit<'_>, form: &Fields) -> Result<Hosted, Problem> {
    let request = Body::of(&body(form, &["provider"]))?;
    let asker = visit.room.asker.clone();
    let departure = start::link(guard(visit).await?, sso(visit), asker, request).await?;
    let cookie: Option<HeaderValue> = departure.cookie;
    let answer = said(departure.answer).await;
    let address = of(&answer, "authorization_url");
    let facts = json!({"name": form.get("provider"), "address": address});
    Ok(visit.room.notice("onward", http::StatusCode::OK, facts).with(cookie))
}
