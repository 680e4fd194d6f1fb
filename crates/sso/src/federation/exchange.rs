//! What comes back from a provider, from the code to the verified claims.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::fault::Fault;
use super::id_token::{self, Claims};
use super::issuer::Issuer;
use super::model::{IdentityProvider, secret_place};
use super::state::State;
use super::store::StateRow;
use super::{Scene, state};
use crate::protocol::refusal::Refusal;
use tenantry_web::Asker;

/// The longest answer of a token endpoint, in bytes.
const MOST: usize = 262_144;

/// What a provider's answer carries.
#[derive(Debug, Default)]
pub(crate) struct Came {
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) error: Option<String>,
}

/// Who has come, and what they left for; or why they do not come in, with what they left for when that is known.
pub(crate) struct Answered {
    pub(crate) row: Option<StateRow>,
    pub(crate) outcome: Result<Claims, Fault>,
}

/// Read an answer. The state is used up, whatever becomes of it.
pub(crate) async fn answered(
    scene: &Scene<'_>,
    asker: &Asker,
    provider: &IdentityProvider,
    came: Came,
) -> Result<Answered, Refusal> {
    let text = came.state.as_deref().unwrap_or_default();
    let (state, row) = match state::come_back(scene, asker, provider, text).await? {
        Ok(back) => back,
        Err(fault) => return Ok(Answered { row: None, outcome: Err(fault) }),
    };
    let outcome = match claims(scene, provider, &state, &row, came).await {
        Ok(claims) => Ok(claims),
        Err(Stopped::Fault(fault)) => Err(fault),
        Err(Stopped::Refusal(refusal)) => return Err(refusal),
    };
    Ok(Answered { row: Some(row), outcome })
}

enum Stopped {
    Fault(Fault),
    Refusal(Refusal),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

async fn claims(
    scene: &Scene<'_>,
    provider: &IdentityProvider,
    state: &State,
    row: &StateRow,
    came: Came,
) -> Result<Claims, Stopped> {
    let (sso, tenant) = (scene.sso, scene.info.id);
    let issuer = sso.issuers.get(&sso.fetcher, tenant, provider, scene.now).await?;
    // Who names itself must be the one that was asked (RFC 9207, 2.4).
    match came.iss {
        Some(named) if named != provider.issuer => {
            return Err(Fault::Token("it is another issuer's answer").into());
        }
        None if issuer.names_itself => return Err(Fault::Token("its answer does not name the issuer").into()),
        _ => {}
    }
    if came.error.is_some() {
        return Err(Fault::Denied.into());
    }
    let code = came.code.filter(|code| code.len() <= 8192).ok_or(Fault::Denied)?;
    let keyring = sso.keys.keyring(tenant).await.map_err(|error| Stopped::Refusal(error.into()))?;
    let secret = keyring.open(secret_place(provider.id), &provider.client_secret);
    let secret = secret.map_err(|error| Stopped::Refusal(error.into()))?;
    let secret = String::from_utf8_lossy(&secret).into_owned();
    let token = exchange(scene, provider, &issuer, state, row, &code, &secret).await?;
    let kid = id_token::key_id(&token)?;
    let keys = sso.issuers.keys(&sso.fetcher, tenant, provider, kid.as_deref(), scene.now).await?;
    let verified = id_token::verify(&token, &keys)?;
    let claims = id_token::check(provider, verified, &state.nonce, scene.now)?;
    if row.is_fresh(claims.authenticated_at, scene.now) { Ok(claims) } else { Err(Fault::NotFresh.into()) }
}

/// Exchange the code; the answer is the ID token. The access token is not looked at, and not kept.
async fn exchange(
    scene: &Scene<'_>,
    provider: &IdentityProvider,
    issuer: &Issuer,
    state: &State,
    row: &StateRow,
    code: &str,
    secret: &str,
) -> Result<String, Fault> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", row.redirect_uri.as_str()),
        ("code_verifier", state.verifier.as_str()),
    ];
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(&provider.client_id), encoded(secret));
    let basic = format!("Basic {}", STANDARD.encode(pair));
    if issuer.is_post {
        form.extend([("client_id", provider.client_id.as_str()), ("client_secret", secret)]);
    }
    let authorization = (!issuer.is_post).then_some(basic.as_str());
    let answer = scene.sso.fetcher.post(&issuer.token_endpoint, &form, authorization, MOST).await;
    let answer = answer.map_err(|error| Fault::Provider(format!("its token endpoint: {error}")))?;
    if answer.status == 400 || answer.status == 401 {
        return Err(Fault::Token("the code, or our own credentials, were refused"));
    }
    let answer = answer.json().map_err(|error| Fault::Provider(format!("its token endpoint: {error}")))?;
    let token = answer.get("id_token").and_then(Value::as_str);
    token.map(str::to_owned).ok_or(Fault::Token("there is none"))
}
