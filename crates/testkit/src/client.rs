//! Calling a node as somebody.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// A caller.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    /// The node.
    pub base: String,
    /// The access token, when signed in.
    pub token: Option<String>,
    /// The refresh token, when signed in.
    pub refresh_token: Option<String>,
    headers: Vec<(String, String)>,
}

/// What a node answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null when it is not JSON.
    pub body: Value,
    /// The body as text.
    pub text: String,
    what: String,
}

impl Client {
    /// Nobody.
    pub fn new(base: String) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, base, token: None, refresh_token: None, headers: Vec::new() }
    }

    /// The same caller with one more header on every request.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same node with another token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The same caller at another node.
    #[must_use]
    pub fn at(mut self, base: &str) -> Self {
        base.clone_into(&mut self.base);
        self
    }

    /// Sign in, or fail the test.
    pub async fn sign_in(&self, slug: &str, email: &str, password: &str) -> Self {
        let answer = self.try_sign_in(slug, email, password).await.expect(200);
        let text = |name: &str| answer.body["data"][name].as_str().map(str::to_owned);
        Self { token: text("access_token"), refresh_token: text("refresh_token"), ..self.clone() }
    }

    /// Try to sign in.
    pub async fn try_sign_in(&self, slug: &str, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.clone().header("x-tenant-slug", slug).post("/api/v1/auth/login", &body).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    /// Get what comes by and by: the first answer that is it. Events are in their list when they have been numbered, for one.
    ///
    /// # Panics
    /// When it has not come within fifteen seconds, or the status is not 200.
    pub async fn get_when(&self, path: &str, is_it: impl Fn(&Answer) -> bool) -> Answer {
        for _ in 0..600 {
            let answer = self.get(path).await.expect(200);
            if is_it(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{path} is not what it should become: {}", self.get(path).await.text)
    }

    /// POST a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }

    /// POST a JSON body to a node that may be dying; `None` when no whole answer came.
    pub async fn try_post(&self, path: &str, body: &Value) -> Option<Answer> {
        self.try_send("POST", path, "application/json", Some(body.to_string())).await.ok()
    }

    /// PUT a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await
    }

    /// Any method, with or without a JSON body.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let text = body.map(ToString::to_string);
        self.send_raw(method, path, "application/json", text).await
    }

    /// Any method, any body.
    pub async fn send_raw(&self, method: &str, path: &str, media: &str, body: Option<String>) -> Answer {
        let what = format!("{method} {path} {}", body.as_deref().unwrap_or_default());
        self.try_send(method, path, media, body).await.unwrap_or_else(|error| panic!("{what}: {error:?}"))
    }

    async fn try_send(
        &self,
        method: &str,
        path: &str,
        media: &str,
        body: Option<String>,
    ) -> Result<Answer, reqwest::Error> {
        let method: Method = method.parse().unwrap();
        let what = format!("{method} {path} {}", body.as_deref().unwrap_or_default());
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.header("content-type", media).body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, headers, body, text, what })
    }
}

impl Answer {
    /// The same answer, if it has this status; else the test fails and shows it.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.what, self.text);
        self
    }

    /// `data.id`.
    #[track_caller]
    pub fn id(&self) -> String {
        self.body["data"]["id"].as_str().unwrap_or_else(|| panic!("no id: {}", self.text)).to_owned()
    }

    /// A problem's `code`.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
