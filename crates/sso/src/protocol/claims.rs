//! What is said of a person: claims, and the scopes and requests that ask for them (OpenID Connect Core, 5).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenantry_identity::{ACR_ONE, ACR_TWO, Profile};
use tenantry_web::ports::{Grants, TenantInfo};

use crate::scope::{Scope, Source};

/// The scopes that mean something to the provider, with the claims they stand for. Others are the client's own.
pub(crate) const SCOPES: &[(&str, &[&str])] = &[
    ("openid", &[]),
    ("offline_access", &[]),
    (
        "profile",
        &[
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("phone", &["phone_number", "phone_number_verified"]),
    ("address", &["address"]),
    ("roles", &["roles"]),
    ("families", &["families"]),
    ("groups", &["groups"]),
    ("tenant", &["tenant"]),
    ("plan", &["plan"]),
];

/// Claims of a profile that are the tenant's own fields (`metadata`), where these are text.
const OWN_FIELDS: [&str; 8] =
    ["middle_name", "nickname", "preferred_username", "website", "gender", "birthdate", "zoneinfo", "locale"];

/// Every claim that can be asked for.
pub(crate) fn supported() -> Vec<&'static str> {
    let own = ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"];
    own.into_iter().chain(SCOPES.iter().flat_map(|(_, claims)| claims.iter().copied())).collect()
}

/// What the parameter `claims` asks for, one by one (OpenID Connect Core, 5.5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) id_token: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) userinfo: Vec<String>,
    /// Who it must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sub: Option<String>,
    /// How strongly they must have proved it.
    #[serde(default, skip_serializing_if = "Strength::is_any")]
    pub(crate) strength: Strength,
}

/// How strong a proof is asked for (OpenID Connect Core, 3.1.2.1 `acr_values` and 5.5.1.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Strength {
    /// Any.
    #[default]
    Any,
    /// Two factors, from whoever has them.
    TwoIfPossible,
    /// Two factors.
    Two,
}

impl Strength {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
    const fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// What a list of values asks for: the weakest that is in it is enough.
    pub(crate) fn of<'a>(mut values: impl Iterator<Item = &'a str> + Clone, is_essential: bool) -> Self {
        if values.clone().any(|value| value == ACR_ONE) || !values.any(|value| value == ACR_TWO) {
            return Self::Any;
        }
        if is_essential { Self::Two } else { Self::TwoIfPossible }
    }

    fn in_claims(value: &Value) -> Self {
        let acr = value.pointer("/id_token/acr");
        let is_essential = acr.and_then(|acr| acr.get("essential")?.as_bool()).unwrap_or_default();
        let one = acr.and_then(|acr| acr.get("value"));
        let many = acr.and_then(|acr| acr.get("values")?.as_array()).into_iter().flatten();
        Self::of(one.into_iter().chain(many).filter_map(Value::as_str), is_essential)
    }
}

impl Asked {
    /// Read the parameter; claims that the provider does not know are left out.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok().filter(Value::is_object)?;
        let known = supported();
        let names = |member: &str| -> Option<Vec<String>> {
            match value.get(member) {
                None => Some(Vec::new()),
                Some(Value::Object(claims)) => {
                    let names = claims.keys().filter(|name| known.contains(&name.as_str()));
                    Some(names.cloned().collect())
                }
                Some(_) => None,
            }
        };
        let sub = value.pointer("/id_token/sub/value").and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id_token: names("id_token")?,
            userinfo: names("userinfo")?,
            sub,
            strength: Strength::in_claims(&value),
        })
    }
}

/// Claims that say what a token is and whose, which no tenant gives another meaning.
const OF_TOKENS: [&str; 28] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "sid",
    "tid",
    "at_hash",
    "c_hash",
    "s_hash",
    "act",
    "may_act",
    "client_id",
    "scope",
    "cnf",
    "events",
    "active",
    "token_type",
    "username",
    "_claim_names",
    "_claim_sources",
];

/// The claims about a person, by standards and by the product.
pub(crate) fn of_person() -> impl Iterator<Item = &'static str> {
    SCOPES.iter().flat_map(|(_, claims)| claims.iter().copied())
}

/// Whether a claim has a meaning that is not a tenant's to give.
pub(crate) fn is_reserved(name: &str) -> bool {
    OF_TOKENS.contains(&name) || of_person().any(|known| known == name)
}

/// The claims that scopes and single requests stand for.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    known: BTreeSet<&'a str>,
    /// Those of the tenant's own scopes, and where they come from.
    own: Vec<(&'a str, &'a Source)>,
}

impl<'a> Wanted<'a> {
    /// By single requests.
    pub(crate) fn single(asked: &'a [String]) -> Self {
        Self { known: asked.iter().map(String::as_str).collect(), own: Vec::new() }
    }

    /// By the scopes of standards and the product as well.
    #[must_use]
    pub(crate) fn with_scopes(mut self, scopes: impl Iterator<Item = &'a str>) -> Self {
        let known = scopes.filter_map(|scope| SCOPES.iter().find(|(known, _)| *known == scope));
        self.known.extend(known.flat_map(|(_, claims)| claims.iter().copied()));
        self
    }

    /// By scopes of the tenant's own as well.
    #[must_use]
    pub(crate) fn with_own(mut self, scopes: impl Iterator<Item = &'a Scope>) -> Self {
        let claims = scopes.flat_map(|scope| &scope.claims);
        self.own.extend(claims.map(|(name, source)| (name.as_str(), source)));
        self
    }

    /// Whether there is anything to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty() && self.own.is_empty()
    }

    /// Whether there are claims here that only the database knows.
    pub(crate) fn needs_profile(&self) -> bool {
        let is_of_profile = |name: &str| {
            let scopes = SCOPES
                .iter()
                .filter(|(scope, _)| matches!(*scope, "profile" | "email" | "phone" | "address"));
            scopes.flat_map(|(_, claims)| claims.iter()).any(|claim| *claim == name)
        };
        self.known.iter().any(|name| is_of_profile(name))
            || self.own.iter().any(|(_, source)| match source {
                Source::Managed(_) | Source::Metadata(_) => true,
                Source::Claim(name) => is_of_profile(name),
                Source::Value(_) => false,
            })
    }

    /// The claims that are wanted and known.
    pub(crate) fn of(
        &self,
        profile: Option<&Profile>,
        grants: &Grants,
        tenant: &TenantInfo,
    ) -> Map<String, Value> {
        let all = all(profile, grants, tenant);
        let metadata = profile.map(|profile| &profile.metadata);
        let mut claims = Map::new();
        for (name, source) in &self.own {
            let value = match source {
                Source::Managed(key) => metadata.and_then(|all| all.get("managed")?.get(key)).cloned(),
                Source::Metadata(key) if key == "managed" => None,
                Source::Metadata(key) => metadata.and_then(|all| all.get(key)).cloned(),
                Source::Claim(name) => all.get(name).cloned(),
                Source::Value(value) => Some(value.clone()),
            };
            claims.insert((*name).to_owned(), value.unwrap_or_default());
        }
        claims.extend(all.into_iter().filter(|(name, _)| self.known.contains(name.as_str())));
        claims.retain(|_, value| !value.is_null());
        claims
    }
}

/// Everything that is known about a person.
fn all(profile: Option<&Profile>, grants: &Grants, tenant: &TenantInfo) -> Map<String, Value> {
    let mut claims = Map::new();
    if let Some(profile) = profile {
        of_profile(&mut claims, profile);
    }
    let names = |pairs: &[(tenantry_kernel::RoleId, String)]| -> Vec<String> {
        let mut names: Vec<String> = pairs.iter().map(|(_, name)| name.clone()).collect();
        names.dedup();
        names
    };
    let groups: Vec<&String> = grants.groups.iter().map(|(_, name)| name).collect();
    claims.insert("roles".into(), json!(names(&grants.roles)));
    claims.insert("families".into(), json!(grants.families));
    claims.insert("groups".into(), json!(groups));
    claims.insert("tenant".into(), json!({"id": tenant.id, "slug": tenant.slug, "name": tenant.name}));
    claims.insert("plan".into(), json!(tenant.plan));
    claims
}

fn of_profile(claims: &mut Map<String, Value>, profile: &Profile) {
    for name in OWN_FIELDS {
        if let Some(Value::String(text)) = profile.metadata.get(name) {
            claims.insert(name.to_owned(), json!(text));
        }
    }
    let names = [profile.first_name.as_deref(), profile.last_name.as_deref()];
    let whole = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    claims.insert("name".into(), if whole.is_empty() { Value::Null } else { json!(whole) });
    claims.insert("given_name".into(), json!(profile.first_name));
    claims.insert("family_name".into(), json!(profile.last_name));
    claims.insert("picture".into(), json!(profile.avatar_url));
    claims.insert("updated_at".into(), json!(profile.updated_at.as_second()));
    claims.insert("email".into(), json!(profile.email));
    claims.insert("email_verified".into(), json!(profile.email_verified));
    if let Some(phone) = &profile.phone {
        claims.insert("phone_number".into(), json!(phone));
        claims.insert("phone_number_verified".into(), json!(profile.phone_verified));
    }
    if let Some(Value::Object(address)) = profile.metadata.get("address") {
        claims.insert("address".into(), json!(address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weakest_value_is_enough() {
        let of = |text: &str| Asked::read(text).unwrap().strength;
        let two = ACR_TWO;
        assert_eq!(of("{}"), Strength::Any);
        assert_eq!(of(&format!(r#"{{"id_token":{{"acr":{{"value":"{two}"}}}}}}"#)), Strength::TwoIfPossible);
        assert_eq!(
            of(&format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{two}"]}}}}}}"#)),
            Strength::Two
        );
        assert_eq!(
            of(&format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{two}","{ACR_ONE}"]}}}}}}"#)),
            Strength::Any
        );
        assert_eq!(Strength::of("silver gold".split(' '), false), Strength::Any);
    }

    #[test]
    fn single_claims_are_read_and_unknown_ones_left_out() {
        let text = r#"{"id_token":{"email":null,"acr":{"essential":true},"sub":{"value":"x"},"shoe_size":null},"userinfo":{"name":null}}"#;
        let asked = Asked::read(text).expect("readable");
        assert_eq!(asked.id_token, ["email", "acr", "sub"]);
        assert_eq!((asked.userinfo, asked.sub.as_deref()), (vec!["name".to_owned()], Some("x")));
        for text in ["", "[]", "1", r#"{"id_token":[]}"#, r#"{"userinfo":"name"}"#] {
            assert!(Asked::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn scopes_stand_for_claims() {
        let asked = vec!["name".to_owned()];
        let wanted = Wanted::single(&asked).with_scopes(["openid", "email", "orders:read"].into_iter());
        assert_eq!(wanted.known.into_iter().collect::<Vec<_>>(), ["email", "email_verified", "name"]);
    }
}
