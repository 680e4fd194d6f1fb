//! The client, and what it refuses.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use url::{Host, Url};

use crate::is_public;

/// How long a request may take, with everything.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nobody may be asked there.
    #[error("this address may not be asked: {0}")]
    Refused(&'static str),
    /// Nobody answers, or not in time, or without a trusted certificate.
    #[error("the other side does not answer")]
    Unreachable,
    /// The answer has more bytes than can be used.
    #[error("the answer is too long")]
    TooLong,
    /// Another status than success.
    #[error("the other side answers with status {0}")]
    Status(u16),
    /// The answer is no JSON object.
    #[error("the answer is no JSON object")]
    NotJson,
    /// The client cannot be made.
    #[error("outgoing requests cannot be made: no trusted certificates were found")]
    Setup,
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The JSON object of a successful answer.
    ///
    /// # Errors
    /// Another status; another body.
    pub fn json(&self) -> Result<Value, Error> {
        if !(200..300).contains(&self.status) {
            return Err(Error::Status(self.status));
        }
        serde_json::from_slice(&self.body).ok().filter(Value::is_object).ok_or(Error::NotJson)
    }
}

/// Asks addresses that somebody else has chosen. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher {
    public: reqwest::Client,
    private: reqwest::Client,
    private_hosts: Arc<[String]>,
}

/// Resolves names to public addresses only.
#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One that is not public makes the others suspicious.
            if found.is_empty() || !found.iter().all(|address| is_public(address.ip())) {
                return Err(Error::Refused("its name leads into a private network").into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .user_agent(concat!("tenantry/", env!("CARGO_PKG_VERSION")))
}

impl Fetcher {
    /// `private_hosts`: names or IP addresses that may be private, and may be asked without TLS.
    ///
    /// # Errors
    /// [`Error::Setup`].
    pub fn new(private_hosts: Vec<String>) -> Result<Self, Error> {
        let public = builder().https_only(true).dns_resolver(PublicOnly).build();
        Ok(Self {
            public: public.map_err(|_| Error::Setup)?,
            private: builder().build().map_err(|_| Error::Setup)?,
            private_hosts: private_hosts.into(),
        })
    }

    /// Whether an address may be asked, as far as can be told before its name is resolved.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn check(&self, address: &str) -> Result<Url, Error> {
        let url = Url::parse(address).map_err(|_| Error::Refused("it is no absolute address"))?;
        if address.len() > 2000 || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Refused("it has at most 2000 visible ASCII characters"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(Error::Refused("it has a user, a password or a fragment"));
        }
        if self.is_private_host(&url) && matches!(url.scheme(), "http" | "https") {
            return Ok(url);
        }
        if url.scheme() != "https" {
            return Err(Error::Refused("it does not begin with https"));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(Error::Refused("it has no host")),
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(Error::Refused("it leads into a private network"));
        }
        Ok(url)
    }

    fn is_private_host(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        self.private_hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    fn client(&self, url: &Url) -> &reqwest::Client {
        if self.is_private_host(url) { &self.private } else { &self.public }
    }

    /// Get a JSON object of at most `most` bytes.
    ///
    /// # Errors
    /// Each of [`Error`].
    pub async fn json(&self, address: &str, most: usize) -> Result<Value, Error> {
        let url = self.check(address)?;
        let request = self.client(&url).get(url).header(ACCEPT, "application/json");
        send(request, most).await?.json()
    }

    /// Post a form; `authorization` is a header that is not logged.
    ///
    /// # Errors
    /// All of [`Error`] but those about the answer's status and body.
    pub async fn post(
        &self,
        address: &str,
        form: &[(&str, &str)],
        authorization: Option<&str>,
        most: usize,
    ) -> Result<Answer, Error> {
        let url = self.check(address)?;
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self
            .client(&url)
            .post(url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        if let Some(text) = authorization {
            let mut value =
                HeaderValue::try_from(text).map_err(|_| Error::Refused("the credentials cannot be sent"))?;
            value.set_sensitive(true);
            request = request.header(reqwest::header::AUTHORIZATION, value);
        }
        send(request, most).await
    }
}

async fn send(request: reqwest::RequestBuilder, most: usize) -> Result<Answer, Error> {
    let mut response = request.send().await.map_err(|error| reason(&error))?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Error::Unreachable)? {
        if body.len() + chunk.len() > most {
            return Err(Error::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body })
}

/// A refusal of our own resolver, found among the causes; otherwise nothing is told.
fn reason(error: &reqwest::Error) -> Error {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(one) = cause {
        if let Some(own) = one.downcast_ref::<Error>() {
            return *own;
        }
        cause = one.source();
    }
    Error::Unreachable
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    fn fetcher(private: &[&str]) -> Fetcher {
        Fetcher::new(private.iter().map(|host| (*host).to_owned()).collect()).expect("a client")
    }

    /// A server that gives one answer to everybody, and its address.
    async fn server(answer: &'static str) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 4096];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        format!("http://{address}/")
    }

    #[test]
    fn addresses_into_the_own_network_are_refused() {
        let fetcher = fetcher(&[]);
        for address in [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1:8443/",
            "https://user@example.com/",
            "https://user:secret@example.com/",
            "https://example.com/#x",
            "file:///etc/passwd",
            "gopher://example.com/",
            "//example.com/",
            "https://exa mple.com/",
            "https://",
            "",
        ] {
            assert!(matches!(fetcher.check(address), Err(Error::Refused(_))), "{address}");
        }
        for address in
            ["https://login.example.com/keys?v=2", "https://1.1.1.1/", "https://[2606:4700:4700::1111]/"]
        {
            assert!(fetcher.check(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn only_the_hosts_that_the_operator_names_may_be_private() {
        let fetcher = fetcher(&["127.0.0.1", "idp.internal", "::1"]);
        for address in ["http://127.0.0.1:9000/", "https://IDP.internal/x", "http://[::1]:80/"] {
            assert!(fetcher.check(address).is_ok(), "{address}");
        }
        for address in [
            "http://127.0.0.2/",
            "http://idp.internal.example.com/",
            "ftp://127.0.0.1/",
            "http://u@127.0.0.1/",
        ] {
            assert!(fetcher.check(address).is_err(), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_it_is_resolved() {
        let outcome = fetcher(&[]).json("https://localhost:1/", 100).await;
        assert_eq!(outcome, Err(Error::Refused("its name leads into a private network")));
    }

    #[tokio::test]
    async fn nobody_follows_a_redirect_and_nobody_reads_on_for_ever() {
        let fetcher = fetcher(&["127.0.0.1"]);
        let home =
            server("HTTP/1.1 200 OK\r\ncontent-length: 13\r\nconnection: close\r\n\r\n{\"a\":\"12345\"}")
                .await;
        assert_eq!(fetcher.json(&home, 13).await.unwrap()["a"], "12345");
        assert_eq!(fetcher.json(&home, 12).await, Err(Error::TooLong));
        let elsewhere =
            server("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .await;
        assert_eq!(fetcher.json(&elsewhere, 100).await, Err(Error::Status(302)));
        let text = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]").await;
        assert_eq!(fetcher.json(&text, 100).await, Err(Error::NotJson));
        let answer = fetcher.post(&home, &[("a", "b")], Some("Basic x"), 100).await.unwrap();
        assert_eq!(answer.status, 200);
    }

    proptest::proptest! {
        #[test]
        fn judging_an_address_never_panics(text in "(https?://)?.{0,60}") {
            static FETCHER: std::sync::LazyLock<Fetcher> = std::sync::LazyLock::new(|| fetcher(&[]));
            let _ = FETCHER.check(&text);
        }
    }
}
