//! A tenant's OpenID provider as clients and browsers meet it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tenantry_testkit::{Client, PASSWORD, SeededTenant, World};

/// Where the tests' clients live.
pub(crate) const CALLBACK: &str = "https://app.example.com/callback";
/// A verifier, and its challenge (RFC 7636, appendix B).
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) cookies: Vec<String>,
}

/// One tenant's issuer.
pub(crate) struct Provider {
    http: reqwest::Client,
    node: String,
    origin: String,
    /// The domain that the issuer lives at, and its port.
    host: Option<String>,
    pub(crate) issuer: String,
    pub(crate) slug: String,
    pub(crate) email: String,
    pub(crate) admin: Client,
}

/// A registered client.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
}

impl App {
    /// Its credentials, as a header.
    pub(crate) fn basic(&self) -> (&'static str, String) {
        let pair = format!("{}:{}", self.id, self.secret.as_deref().unwrap_or_default());
        ("authorization", format!("Basic {}", STANDARD.encode(pair)))
    }
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// A text member of the JSON body.
    #[track_caller]
    pub(crate) fn member(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {self:?}")).to_owned()
    }

    /// The refusal of an endpoint.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, error: &str) {
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(error)), "{self:?}");
        assert_eq!(self.headers["cache-control"], "no-store");
    }

    /// Where a redirect leads.
    #[track_caller]
    pub(crate) fn redirected_to(&self) -> String {
        assert_eq!(self.status, 303, "{self:?}");
        self.headers["location"].clone()
    }

    /// What a redirect carries.
    #[track_caller]
    pub(crate) fn redirected(&self, to: &str) -> BTreeMap<String, String> {
        assert_eq!(self.status, 303, "{self:?}");
        let (address, query) = self.headers["location"].split_once('?').unwrap();
        assert_eq!(address, to);
        form_urlencoded(query)
    }
}

/// `a=b&c=d`, read.
pub(crate) fn form_urlencoded(text: &str) -> BTreeMap<String, String> {
    reqwest::Url::parse(&format!("http://localhost/?{text}")).unwrap().query_pairs().into_owned().collect()
}

/// `a=b&c=d`, written.
pub(crate) fn encoded(pairs: &[(&str, &str)]) -> String {
    let url = reqwest::Url::parse_with_params("http://localhost/", pairs).unwrap();
    url.query().unwrap_or_default().to_owned()
}

/// The claims of a JWT, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

impl Provider {
    pub(crate) async fn of(world: &World, tenant: &SeededTenant) -> Self {
        Self::with(world, tenant, "").await
    }

    /// `public_url` is the node's own address when it is empty.
    pub(crate) async fn with(world: &World, tenant: &SeededTenant, public_url: &str) -> Self {
        let node = format!("http://{}", world.nodes[0].address);
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let base = if public_url.is_empty() { &node } else { public_url };
        Self {
            http: http.build().unwrap(),
            issuer: format!("{base}/t/{}", tenant.slug),
            origin: base.to_owned(),
            host: None,
            node,
            slug: tenant.slug.clone(),
            email: tenant.admin_email.clone(),
            admin: world.client().sign_in(&tenant.slug, &tenant.admin_email, PASSWORD).await,
        }
    }

    /// A tenant whose issuer lives at a domain of its own, from now on.
    pub(crate) async fn at_domain(world: &World, tenant: &SeededTenant, domain: &str) -> Self {
        let body = json!({"domain": domain, "is_verified": true, "is_issuer": true});
        let path = format!("/api/v1/tenants/{}/domains", tenant.id);
        world.operator().await.put(&path, &body).await.expect(200);
        let provider = Self::of(world, tenant).await;
        let host = format!("{domain}:{}", world.nodes[0].address.port());
        let issuer = format!("http://{host}");
        Self { origin: issuer.clone(), issuer, host: Some(host), ..provider }
    }

    /// Register a client.
    pub(crate) async fn app(&self, body: Value) -> App {
        let made = self.admin.post("/api/v1/oauth/clients", &body).await.expect(201);
        App { id: made.id(), secret: made.body["data"]["client_secret"].as_str().map(str::to_owned) }
    }

    /// A client of the tenant's own, that acts for people and keeps a secret.
    pub(crate) async fn web_app(&self) -> App {
        self.app(json!({"name": crate::wire::random_id(), "preset": "admin", "redirect_uris": [CALLBACK]}))
            .await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, String)],
        form: Option<&[(&str, &str)]>,
    ) -> Got {
        let is_whole =
            url.starts_with("/t/") || url.starts_with("/.well-known/oauth") || url.starts_with("/api/");
        let url = if is_whole || self.host.is_some() {
            format!("{}{url}", self.node)
        } else {
            format!("{}/t/{}{url}", self.node, self.slug)
        };
        let mut request = self.http.request(method.parse().unwrap(), &url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(host) = &self.host {
            request = request.header("host", host);
        }
        if let Some(form) = form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(encoded(form));
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{method} {url}: {error:?}"));
        let text =
            |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers =
            response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let cookies = response.headers().get_all("set-cookie").iter().map(text).collect();
        Got { status: response.status().as_u16(), headers, cookies, text: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.send("GET", path, &[], None).await
    }

    /// Post a form in a client's name.
    pub(crate) async fn post(&self, path: &str, app: &App, form: &[(&str, &str)]) -> Got {
        if app.secret.is_some() {
            return self.send("POST", path, &[app.basic()], Some(form)).await;
        }
        let mut form = form.to_vec();
        form.push(("client_id", &app.id));
        self.send("POST", path, &[], Some(&form)).await
    }

    pub(crate) async fn userinfo(&self, token: &str) -> Got {
        self.send("GET", "/oauth2/userinfo", &[("authorization", format!("Bearer {token}"))], None).await
    }

    pub(crate) async fn introspect(&self, app: &App, token: &str) -> Value {
        self.post("/oauth2/introspect", app, &[("token", token)]).await.expect(200).json()
    }

    /// Exchange a code.
    pub(crate) async fn exchange(&self, app: &App, code: &str) -> Got {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post("/oauth2/token", app, &form).await
    }

    pub(crate) async fn refresh(&self, app: &App, token: &str) -> Got {
        self.post("/oauth2/token", app, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// A person's browser that has not been here before.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { provider: self, cookies: BTreeMap::new() }
    }

    /// Tokens for the administrator, by the whole way.
    pub(crate) async fn tokens(&self, app: &App, scope: &str) -> Value {
        let mut browser = self.browser();
        let code = browser.code(app, &[("scope", scope)]).await;
        self.exchange(app, &code).await.expect(200).json()
    }
}

/// A person's browser.
pub(crate) struct Browser<'a> {
    provider: &'a Provider,
    pub(crate) cookies: BTreeMap<String, String>,
}

/// The parameters of an authorization request; `more` replaces and adds, and an empty value takes away.
pub(crate) fn asked<'a>(app: &'a App, more: &[(&'a str, &'a str)]) -> Pairs<'a> {
    let mut pairs: Pairs<'a> = vec![
        ("response_type", "code"),
        ("client_id", &app.id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "the state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    pairs
}

fn unescaped(text: &str) -> String {
    let pairs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    Some(unescaped(rest.split_once('"')?.0))
}

/// The address and the hidden fields of a page's form.
pub(crate) fn form_of(page: &str) -> (String, Vec<(String, String)>) {
    // The first: what a script does with another is the browser tests' business.
    let page = page.split("</form>").next().unwrap();
    let tags: Vec<&str> = page.split('<').collect();
    let form = tags.iter().find(|tag| tag.starts_with("form ")).unwrap_or_else(|| panic!("no form: {page}"));
    let hidden = tags.iter().filter(|tag| tag.starts_with("input type=\"hidden\""));
    let hidden = hidden.map(|tag| (attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap()));
    (attribute(form, "action").unwrap(), hidden.collect())
}

impl Browser<'_> {
    fn keep(&mut self, got: &Got) {
        for cookie in &got.cookies {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { Vec::new() } else { vec![("cookie", pairs.join("; "))] }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Got {
        let got = self.provider.send("GET", url, &self.headers(), None).await;
        self.keep(&got);
        got
    }

    /// Go where a client sends people.
    pub(crate) async fn authorize(&mut self, app: &App, more: &[(&str, &str)]) -> Got {
        let query = encoded(&asked(app, more));
        self.get(&format!("/oauth2/authorize?{query}")).await
    }

    /// Send the form of a page, as a page of the same origin does.
    pub(crate) async fn submit(&mut self, page: &Got, fields: &[(&str, &str)]) -> Got {
        let (action, hidden) = form_of(&page.text);
        let mut form: Pairs<'_> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        form.extend(fields);
        let mut headers = self.headers();
        headers.push(("origin", self.provider.origin.clone()));
        let got = self.provider.send("POST", &action, &headers, Some(&form)).await;
        self.keep(&got);
        got
    }

    /// Send a form from a page of this origin.
    pub(crate) async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Got {
        let origin = self.provider.origin.clone();
        self.post_from(&origin, url, form).await
    }

    /// Send a form from a page of some origin.
    pub(crate) async fn post_from(&mut self, origin: &str, url: &str, form: &[(&str, &str)]) -> Got {
        let mut headers = self.headers();
        headers.push(("origin", origin.to_owned()));
        let got = self.provider.send("POST", url, &headers, Some(form)).await;
        self.keep(&got);
        got
    }

    /// Sign in on the page that is shown.
    pub(crate) async fn sign_in(&mut self, page: &Got) -> Got {
        let email = self.provider.email.clone();
        self.submit(page, &[("email", &email), ("password", PASSWORD)]).await
    }

    /// A code for a client that asks for no consent, signing in when that is asked for.
    pub(crate) async fn code(&mut self, app: &App, more: &[(&str, &str)]) -> String {
        let mut got = self.authorize(app, more).await;
        if got.status == 200 {
            got = self.sign_in(&got).await;
        }
        got.redirected(CALLBACK).remove("code").unwrap_or_else(|| panic!("no code: {got:?}"))
    }
}
