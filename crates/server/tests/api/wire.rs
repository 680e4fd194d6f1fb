//! Requests as they go over the wire, and answers that can be compared.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tenantry_kernel::{Clock, RequestId, Rng};
use tenantry_testkit::World;

/// A request in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) token: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    /// A form, instead of a JSON body.
    pub(crate) form: Option<String>,
    /// Bytes, instead of both.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// An answer in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    /// `Set-Cookie`, each.
    pub(crate) cookies: Vec<String>,
}

/// Sends requests to a node of a world.
pub(crate) struct Wire {
    http: reqwest::Client,
    base: String,
}

impl Ask {
    pub(crate) fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), ..Self::default() }
    }

    pub(crate) fn by(mut self, token: Option<&str>) -> Self {
        self.token = token.map(str::to_owned);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn cookies(self, cookies: &BTreeMap<String, String>) -> Self {
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { self } else { self.header("cookie", &pairs.join("; ")) }
    }

    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

impl Wire {
    pub(crate) fn to(world: &World) -> Self {
        Self::at(world, 0)
    }

    pub(crate) fn at(world: &World, node: usize) -> Self {
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            base: format!("http://{}", world.nodes[node].address),
        }
    }

    pub(crate) async fn send(&self, ask: &Ask) -> Reply {
        let method: Method = ask.method.parse().unwrap();
        let mut request = self.http.request(method, format!("{}{}", self.base, ask.path));
        if let Some(token) = &ask.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &ask.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        if let Some(form) = &ask.form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form.clone());
        }
        if let Some(bytes) = &ask.bytes {
            request = request.header("content-type", "application/octet-stream").body(bytes.clone());
        }
        let mut response = request.send().await.unwrap_or_else(|error| panic!("{ask:?}: {error:?}"));
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect::<BTreeMap<_, _>>();
        let cookies = response.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        let status = response.status().as_u16();
        let is_stream =
            headers.get("content-type").is_some_and(|media| media.starts_with("text/event-stream"));
        let mut bytes = Vec::new();
        // A stream stays open: its first words are enough.
        let patience = Duration::from_secs(if is_stream { 1 } else { 60 });
        while let Ok(Ok(Some(chunk))) = tokio::time::timeout(patience, response.chunk()).await {
            bytes.extend_from_slice(&chunk);
        }
        Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), cookies }
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// What must be equal where two answers may not be told apart: all but the time and the request's own id.
    pub(crate) fn anonymised(&self) -> Self {
        let mut same = self.clone();
        same.headers.remove("x-request-id");
        same.headers.remove("date");
        let mut body = self.json();
        if let Some(fields) = body.as_object_mut()
            && fields.remove("request_id").is_some()
        {
            same.text = body.to_string();
        }
        same
    }
}

/// An id that nobody has.
pub(crate) fn random_id() -> String {
    RequestId::new(&Clock::system(), &Rng::system()).to_string()
}
