//! `grant_type=authorization_code` (RFC 6749, 4.1.3; RFC 7636; OpenID Connect Core, 3.1.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use tenantry_db::{Change, TenantTx};
use tenantry_identity::known_session;
use tenantry_kernel::{SessionId, UserId};
use tenantry_vault::{constant_time_eq, hash_token};
use uuid::Uuid;

use super::access_token::Claims;
use super::claims::Asked;
use super::fields::Fields;
use super::id_token::About;
use super::refusal::{OAuthError, Refusal};
use super::token::trail;
use crate::client::{Client, ClientKind, GrantType};
use crate::grant::{Code, CodeId, Grant, GrantId, Proof, RefreshToken, store};
use crate::service::Desk;

/// The text of a code: `<id>.<secret>`.
pub(crate) fn text(id: CodeId, secret: &str) -> String {
    format!("{}.{secret}", id.as_uuid().simple())
}

fn parse(code: &str) -> Option<CodeId> {
    let (id, _) = code.split_once('.').filter(|(id, _)| id.len() == 32 && code.len() <= 200)?;
    Uuid::try_parse(id).ok().map(CodeId::from_uuid)
}

pub(super) async fn exchange(desk: &Desk<'_>, client: &Client, form: &Fields) -> Result<Value, Refusal> {
    let presented = form.need("code", "code is missing")?;
    let id = parse(presented).ok_or(OAuthError::grant())?;
    let mut tx = desk.tenant.begin()?;
    let code = tx.run(store::find_code_for_update(id)).await?.ok_or(OAuthError::grant())?;
    let is_theirs = code.client_id == client.id;
    if !constant_time_eq(&code.code_hash, &hash_token(presented)) || !is_theirs {
        return Err(OAuthError::grant().into());
    }
    if let Some(grant) = code.grant_id {
        return Err(reused(desk, tx, client, &code, grant).await);
    }
    if desk.now >= code.expires_at || form.get("redirect_uri") != Some(code.redirect_uri.as_str()) {
        return Err(OAuthError::grant().into());
    }
    prove(client, &code, form.get("code_verifier"))?;
    let session = tx.read(known_session(code.session_id)).await?;
    if !session.is_some_and(|session| session.is_not_ended() && session.user_id == code.user_id) {
        return Err(OAuthError::grant().into());
    }
    let proof = Proof { auth_time: code.auth_time, acr: code.acr.clone(), amr: code.amr.clone() };
    let (scopes, claims) = (code.scopes.clone(), code.claims.clone());
    let (user, session) = (code.user_id, code.session_id);
    let grant = begin(desk, client, Approved { user, session, scopes, claims, proof });
    tx.queue(insert(&grant));
    tx.queue(store::use_code(code.id, grant.id));
    let values = trail(client, grant.user_id, &grant.scopes);
    let change = Change::named("oauth_grant", Some(grant.id.as_uuid()), "issued", values);
    tx.commit(change.action("oauth:token"), ()).await?;
    // With the connection given back: the tokens may need one.
    Issue { desk, client, grant: &grant, nonce: code.nonce.as_deref() }.answer(&grant.scopes, 0).await
}

/// The proof that who brings the code has asked for it (RFC 7636, 4.6).
fn prove(client: &Client, code: &Code, verifier: Option<&str>) -> Result<(), OAuthError> {
    match (&code.code_challenge, verifier) {
        (Some(challenge), Some(verifier)) => {
            let is_formed = (43..=128).contains(&verifier.len());
            let hash = URL_SAFE_NO_PAD.encode(hash_token(verifier));
            let is_right = constant_time_eq(hash.as_bytes(), challenge.as_bytes());
            if is_formed && is_right { Ok(()) } else { Err(OAuthError::grant()) }
        }
        // A verifier without a challenge: somebody has taken the challenge out of the request.
        (None, None) if client.kind != ClientKind::Public => Ok(()),
        _ => Err(OAuthError::grant()),
    }
}

/// A code that comes twice has been stolen: what it was exchanged for ends (RFC 6749, 4.1.2).
async fn reused(desk: &Desk<'_>, mut tx: TenantTx, client: &Client, code: &Code, grant: GrantId) -> Refusal {
    let end = async {
        tx.run(store::revoke_grant(grant, desk.now)).await?;
        refuse_grant(desk, client, grant).await?;
        let values = trail(client, code.user_id, &code.scopes);
        let change = Change::named("oauth_grant", Some(grant.as_uuid()), "code_reused", values)
            .action("oauth:token")
            .reason("an authorization code was used twice; what it was exchanged for has ended");
        tx.refuse(change).await?;
        Ok::<(), Refusal>(())
    };
    end.await.err().unwrap_or_else(|| OAuthError::grant().into())
}

/// Refuse the access tokens of a grant, on every node.
pub(super) async fn refuse_grant(desk: &Desk<'_>, client: &Client, grant: GrantId) -> Result<(), Refusal> {
    let life = SignedDuration::from_secs(i64::from(client.access_token_seconds));
    Ok(desk.sso.revocations.refuse(desk.tenant_id(), grant.as_uuid(), life).await?)
}

/// What a person has let a client have.
pub(crate) struct Approved {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) scopes: Vec<String>,
    pub(crate) claims: Value,
    pub(crate) proof: Proof,
}

/// A new grant.
pub(crate) fn begin(desk: &Desk<'_>, client: &Client, approved: Approved) -> Grant {
    let life = SignedDuration::from_secs(i64::from(client.refresh_token_seconds));
    let Approved { user, session, scopes, claims, proof } = approved;
    Grant {
        id: GrantId::new(desk.clock, desk.rng),
        client_id: client.id,
        user_id: user,
        session_id: session,
        scopes,
        claims,
        auth_time: proof.auth_time,
        acr: proof.acr,
        amr: proof.amr,
        refresh_seed: desk.rng.bytes::<16>().to_vec(),
        generation: 0,
        rotated_at: desk.now,
        created_at: desk.now,
        expires_at: desk.now + life,
        revoked_at: None,
    }
}

/// The statement that inserts it.
pub(crate) fn insert(grant: &Grant) -> tenantry_db::Write<tenantry_db::Written> {
    let grant = grant.clone();
    store::insert_grant(
        grant.id,
        grant.client_id,
        grant.user_id,
        grant.session_id,
        grant.scopes,
        grant.claims,
        grant.auth_time,
        grant.acr,
        grant.amr,
        grant.refresh_seed,
        grant.created_at,
        grant.expires_at,
    )
}

/// What is issued on a grant.
pub(crate) struct Issue<'a> {
    pub(crate) desk: &'a Desk<'a>,
    pub(crate) client: &'a Client,
    pub(crate) grant: &'a Grant,
    pub(crate) nonce: Option<&'a str>,
}

impl Issue<'_> {
    /// The tokens, with these of the grant's scopes and the refresh token of a generation.
    pub(crate) async fn answer(&self, scopes: &[String], generation: i32) -> Result<Value, Refusal> {
        let Self { desk, client, grant, nonce } = self;
        let asked: Asked = serde_json::from_value(grant.claims.clone()).unwrap_or_default();
        let proof = Proof { auth_time: grant.auth_time, acr: grant.acr.clone(), amr: grant.amr.clone() };
        let access_token = self.access_token(scopes, &asked, &proof).await?;
        let mut more = Map::new();
        if scopes.iter().any(|scope| scope == "openid") {
            let (user, session) = (grant.user_id, grant.session_id);
            let (asked, access_token) = (&asked.id_token, &access_token);
            let nonce = *nonce;
            let about = About { client, user, session, proof: &proof, nonce, asked, scopes, access_token };
            more.insert("id_token".to_owned(), json!(about.sign(desk).await?));
        }
        let is_offline = grant.scopes.iter().any(|scope| scope == "offline_access");
        if is_offline && client.may_use(GrantType::RefreshToken) {
            let (key, tenant) = (&desk.sso.refresh_key, desk.tenant_id());
            let token = RefreshToken::make(key, tenant, grant.id, &grant.refresh_seed, generation);
            more.insert("refresh_token".to_owned(), json!(token));
        }
        let mut answer = Map::from_iter([
            ("access_token".to_owned(), json!(access_token)),
            ("token_type".to_owned(), json!("Bearer")),
            ("expires_in".to_owned(), json!(client.access_token_seconds)),
            ("scope".to_owned(), json!(scopes.join(" "))),
        ]);
        answer.append(&mut more);
        Ok(Value::Object(answer))
    }

    async fn access_token(&self, scopes: &[String], asked: &Asked, proof: &Proof) -> Result<String, Refusal> {
        let Self { desk, client, grant, .. } = self;
        let roles = if scopes.iter().any(|scope| scope == "roles") {
            role_names(desk, grant.user_id).await?
        } else {
            Vec::new()
        };
        let claims = Claims {
            sid: Some(grant.session_id),
            gid: Some(grant.id),
            auth_time: Some(proof.auth_time.as_second()),
            acr: Some(proof.acr.clone()),
            amr: proof.amr.clone(),
            roles,
            uic: asked.userinfo.clone(),
            ..Claims::new(desk, client, grant.user_id.to_string(), scopes)
        };
        claims.sign(desk).await
    }
}

async fn role_names(desk: &Desk<'_>, user: UserId) -> Result<Vec<String>, Refusal> {
    let grants = desk.guard.grants_of(user).await?;
    let mut names: Vec<String> = grants.roles.iter().map(|(_, name)| name.clone()).collect();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_of_rfc_7636_appendix_b_is_met() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(
            URL_SAFE_NO_PAD.encode(hash_token(verifier)),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    proptest::proptest! {
        #[test]
        fn taking_a_code_apart_never_panics(text in "[0-9a-f]{0,33}.?.{0,40}") {
            let _ = parse(&text);
        }
    }
}
