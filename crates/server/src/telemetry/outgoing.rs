//! The one way out for telemetry: only to addresses that the operator has configured, never where an answer redirects to.

use std::fmt;
use std::time::Duration;

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

/// How long a delivery may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends from the server's runtime, whichever thread asks.
#[derive(Clone)]
pub(super) struct Outgoing {
    client: reqwest::Client,
    runtime: Handle,
}

impl Outgoing {
    /// Must be called in the server's runtime.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .user_agent(concat!("tenantry/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, runtime: Handle::current() })
    }

    /// Send, and leave it at that.
    pub(super) fn post(&self, request: reqwest::RequestBuilder) -> tokio::task::JoinHandle<()> {
        self.runtime.spawn(async move {
            if let Err(error) = request.send().await.and_then(reqwest::Response::error_for_status) {
                tracing::warn!(error = %error.without_url(), "an error report could not be delivered");
            }
        })
    }

    /// A request to `url`.
    pub(super) fn request(&self, url: &str) -> reqwest::RequestBuilder {
        self.client.post(url)
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outgoing")
    }
}

#[async_trait::async_trait]
impl HttpClient for Outgoing {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let request = self.request(&parts.uri.to_string()).headers(parts.headers).body(body);
        let sent = self.runtime.spawn(async move {
            let answer = request.send().await?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.bytes().await?))
        });
        let (status, body) = sent.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}
