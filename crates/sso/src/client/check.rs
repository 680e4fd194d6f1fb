//! What a client may say of itself: addresses, scopes, grants, keys.

use serde_json::Value;
use tenantry_fetch::Fetcher;
use tenantry_kernel::FieldError;
use url::{Host, Url};

use super::model::{AuthMethod, Client, ClientKind, GrantType};

/// The most addresses of one list, and the longest of them, in bytes.
const MOST: usize = 50;
const LONGEST: usize = 2000;

/// Whether a host means this very machine (RFC 8252, 7.3).
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether people's browsers may be sent there.
///
/// # Errors
/// Why not.
pub(crate) fn redirect_uri(text: &str, kind: ClientKind) -> Result<(), &'static str> {
    let is_plain =
        text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(['*', '\\', '"', '<', '>']);
    if text.len() > LONGEST || !is_plain {
        return Err("an absolute address without wildcards, of at most 2000 ASCII characters");
    }
    let url = Url::parse(text).map_err(|_| "this is not an absolute address")?;
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err("an address without a fragment, a user or a password");
    }
    match url.scheme() {
        "https" if url.host().is_some() => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => Err("http is for loopback addresses only; use https"),
        // RFC 8252, 7.1: a domain of one's own, reversed.
        scheme if kind == ClientKind::Public && scheme.contains('.') => Ok(()),
        _ => Err("https, http on a loopback address, or for public clients a scheme like com.example.app"),
    }
}

/// Whether an address that a request names is one of the registered ones: equal, letter by letter. Only the port of a
/// loopback address is free, because native applications take the one they get (RFC 8252, 7.3).
pub(crate) fn is_registered(asked: &str, registered: &[String]) -> bool {
    registered.iter().any(|one| one == asked || is_same_loopback(asked, one))
}

fn is_same_loopback(asked: &str, registered: &str) -> bool {
    let (Ok(mut asked_url), Ok(mut own)) = (Url::parse(asked), Url::parse(registered)) else { return false };
    let is_address = |url: &Url| {
        url.scheme() == "http" && !matches!(url.host(), Some(Host::Domain(_))) && is_loopback(url)
    };
    if !is_address(&asked_url) || !is_address(&own) || asked_url.as_str() != asked {
        return false;
    }
    asked_url.set_port(None).is_ok() && own.set_port(None).is_ok() && asked_url == own
}

/// A scope (RFC 6749, 3.3).
pub(crate) fn is_scope(text: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    (1..=100).contains(&text.len()) && text.bytes().all(is_fine)
}

/// Everything that is wrong with a client.
pub(crate) fn check(client: &Client, fetcher: &Fetcher) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    let mut say = |pointer: String, detail: &str| wrong.push(FieldError::new(pointer, detail));
    for (name, list) in [
        ("redirect_uris", &client.redirect_uris),
        ("post_logout_redirect_uris", &client.post_logout_redirect_uris),
    ] {
        if list.len() > MOST {
            say(format!("#/{name}"), "at most 50 addresses");
        }
        for (index, uri) in list.iter().enumerate() {
            if let Err(detail) = redirect_uri(uri, client.kind) {
                say(format!("#/{name}/{index}"), detail);
            }
        }
    }
    if client.scopes.len() > 100 {
        say("#/scopes".to_owned(), "at most 100 scopes");
    }
    for (index, scope) in client.scopes.iter().enumerate() {
        if !is_scope(scope) {
            say(
                format!("#/scopes/{index}"),
                "1 to 100 visible ASCII characters, without quotes and backslashes",
            );
        }
    }
    for (index, grant) in client.grant_types.iter().enumerate() {
        if !fits(client.kind, *grant) {
            say(format!("#/grant_types/{index}"), "this kind of client cannot use it");
        }
    }
    if client.grant_types.is_empty() {
        say("#/grant_types".to_owned(), "at least one");
    }
    if client.may_use(GrantType::AuthorizationCode) && client.redirect_uris.is_empty() {
        say("#/redirect_uris".to_owned(), "authorization_code needs at least one");
    }
    if let Some(address) = &client.backchannel_logout_uri {
        let refusal = fetcher.check(address).err().map(|error| error.to_string());
        let is_machine = client.kind == ClientKind::Machine;
        let refusal =
            refusal.or_else(|| is_machine.then(|| "nobody signs in to this kind of client".to_owned()));
        if let Some(detail) = refusal {
            say("#/backchannel_logout_uri".to_owned(), &detail);
        }
    }
    if let Err(detail) = keys(client) {
        say("#/jwks".to_owned(), detail);
    }
    if (client.kind == ClientKind::Public) != (client.auth_method == AuthMethod::None) {
        say("#/token_endpoint_auth_method".to_owned(), "none is for public clients, and theirs alone");
    }
    for (name, seconds, least, most) in [
        ("access_token_seconds", client.access_token_seconds, 60, 3600),
        ("id_token_seconds", client.id_token_seconds, 60, 86_400),
        ("refresh_token_seconds", client.refresh_token_seconds, 300, 31_536_000),
    ] {
        if !(least..=most).contains(&seconds) {
            say(format!("#/{name}"), &format!("{least} to {most}"));
        }
    }
    wrong
}

/// Which grants are for whom.
const fn fits(kind: ClientKind, grant: GrantType) -> bool {
    match grant {
        GrantType::AuthorizationCode | GrantType::RefreshToken | GrantType::DeviceCode => {
            !matches!(kind, ClientKind::Machine)
        }
        GrantType::ClientCredentials | GrantType::TokenExchange => !matches!(kind, ClientKind::Public),
    }
}

/// The keys of a client: public ones only, of kinds that are verified.
fn keys(client: &Client) -> Result<(), &'static str> {
    const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    let Some(jwks) = &client.jwks else {
        let needs = client.auth_method == AuthMethod::PrivateKeyJwt;
        return if needs { Err("private_key_jwt needs the client's public keys") } else { Ok(()) };
    };
    let keys = jwks.get("keys").and_then(Value::as_array).ok_or("a set of JSON Web Keys: {\"keys\": […]}")?;
    if keys.is_empty() || keys.len() > 10 || jwks.to_string().len() > 16_384 {
        return Err("1 to 10 keys, of at most 16 KiB");
    }
    if keys.iter().any(|key| PRIVATE.iter().any(|name| key.get(*name).is_some())) {
        return Err("this holds a private or symmetric key: make a new one, and send its public half");
    }
    let is_known = |key: &Value| {
        let kind = (key["kty"].as_str(), key["crv"].as_str());
        matches!(
            kind,
            (Some("EC"), Some("P-256" | "P-384")) | (Some("OKP"), Some("Ed25519")) | (Some("RSA"), _)
        )
    };
    let is_read = serde_json::from_value::<jsonwebtoken::jwk::JwkSet>(jwks.clone())
        .is_ok_and(|set| set.keys.iter().all(|key| jsonwebtoken::DecodingKey::from_jwk(key).is_ok()));
    if keys.iter().all(is_known) && is_read {
        Ok(())
    } else {
        Err("keys on P-256, P-384 or Ed25519, or RSA keys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_safe_places_only() {
        let fine = |text| redirect_uri(text, ClientKind::Public);
        for text in [
            "https://app.example.com/callback",
            "https://app.example.com/callback?x=1",
            "http://127.0.0.1/callback",
            "http://[::1]:4711/callback",
            "http://localhost:3000/",
            "com.example.app:/callback",
            "com.example.app://callback",
        ] {
            assert_eq!(fine(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "/callback",
            "http://app.example.com/callback",
            "http://localhost.evil.example/",
            "https://app.example.com/#fragment",
            "https://user@app.example.com/",
            "https://*.example.com/",
            "https://app.example.com\\@evil.example/",
            "javascript:alert(1)",
            "data:text/html,hello",
            "myapp:/callback",
            "https://app.example.com/ä",
            "https://app.example.com/ callback",
        ] {
            assert!(fine(text).is_err(), "{text}");
        }
        assert!(redirect_uri("com.example.app:/callback", ClientKind::Confidential).is_err());
    }

    #[test]
    fn an_address_is_registered_letter_by_letter() {
        let registered = ["https://app.example.com/callback".to_owned(), "http://127.0.0.1/cb".to_owned()];
        let is = |text| is_registered(text, &registered);
        assert!(is("https://app.example.com/callback"));
        assert!(is("http://127.0.0.1/cb"));
        assert!(is("http://127.0.0.1:51004/cb"));
        for text in [
            "https://app.example.com/callback/",
            "https://app.example.com/callback?x=1",
            "https://APP.example.com/callback",
            "https://app.example.com:443/callback",
            "https://app.example.com/x/../callback",
            "http://127.0.0.1:51004/cb2",
            "http://127.0.0.2:51004/cb",
            "http://localhost:51004/cb",
            "http://user@127.0.0.1:51004/cb",
            "http://127.0.0.1:51004/x/../cb",
            "http://0x7f.1:51004/cb",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn comparing_addresses_never_panics(text in ".{0,60}") {
            let _ = is_registered(&text, &["http://127.0.0.1/cb".to_owned()]);
            let _ = redirect_uri(&text, ClientKind::Public);
        }
    }
}
