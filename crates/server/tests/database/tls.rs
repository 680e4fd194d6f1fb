//! TLS between the server and PostgreSQL: a line that stands for a managed PostgreSQL, with PostgreSQL itself behind it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tenantry_db::{Authority, Error, migrate};
use tenantry_testkit::Cluster;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;

use crate::ground::Tenant;
use crate::notes::{self, insert, new_id, noted};

/// The bytes that ask for TLS (PostgreSQL's `SSLRequest`).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A TCP port in front of the cluster; the certificate is for `name`.
struct Front {
    port: u16,
    certificate: PathBuf,
    _folder: tempfile::TempDir,
}

impl Front {
    async fn open(name: &str, has_tls: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let signed = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let certificate = folder.path().join("ca.pem");
        std::fs::write(&certificate, signed.cert.pem()).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key)
            .unwrap();
        let acceptor = has_tls.then(|| TlsAcceptor::from(Arc::new(config)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let socket = Cluster::get().socket();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(pass(line, acceptor.clone(), socket.clone()));
            }
        });
        Self { port, certificate, _folder: folder }
    }

    /// The database's URL through this front.
    fn url(&self, of: &str, mode: &str) -> String {
        let (scheme, rest) = of.split_once("://").unwrap();
        let (user, rest) = rest.split_once('@').unwrap();
        let (_, rest) = rest.split_once('/').unwrap();
        let database = rest.split('?').next().unwrap();
        format!("{scheme}://{user}@localhost:{}/{database}?sslmode={mode}", self.port)
    }
}

async fn pass(mut line: TcpStream, acceptor: Option<TlsAcceptor>, socket: PathBuf) -> Option<()> {
    let mut asked = [0; 8];
    line.read_exact(&mut asked).await.ok()?;
    let mut postgres = UnixStream::connect(socket).await.ok()?;
    if asked != SSL_REQUEST {
        postgres.write_all(&asked).await.ok()?;
        tokio::io::copy_bidirectional(&mut line, &mut postgres).await.ok()?;
        return Some(());
    }
    let Some(acceptor) = acceptor else {
        line.write_all(b"N").await.ok()?;
        return None;
    };
    line.write_all(b"S").await.ok()?;
    let mut line = acceptor.accept(line).await.ok()?;
    tokio::io::copy_bidirectional(&mut line, &mut postgres).await.ok()?;
    Some(())
}

fn authority(url: &str, trusted: &Path) -> Authority {
    tenantry_testkit::authority_through(url, Some(trusted.to_owned()))
}

#[tokio::test]
async fn with_sslmode_require_everything_goes_over_tls() {
    let database = Cluster::get().database().await;
    let front = Front::open("localhost", true).await;
    let url = front.url(&database.url(), "require");
    let authority = authority(&url, &front.certificate);
    migrate::migrate_cell(authority.databases(), tenantry_db::HOME_CELL).await.unwrap();
    let tenant = Tenant::pooled(&database, &authority).await;
    let scope = tenant.scope(&authority);
    let mut tx = scope.begin().unwrap();
    // Together longer than any buffer on the way, in both directions.
    let names: Vec<String> =
        (0..1_000).map(|number| format!("{number:04} {}", "quay ".repeat(300))).collect();
    for name in &names {
        tx.queue(insert(new_id(), name));
    }
    tx.commit(noted(new_id(), "over TLS"), ()).await.unwrap();
    let found = scope.read((notes::list(), notes::list())).await.unwrap();
    for notes in [found.0, found.1] {
        assert!(notes.iter().map(|note| &note.name).eq(&names));
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_or_for_another_name_is_refused() {
    let database = Cluster::get().database().await;
    let (front, stranger) = (Front::open("localhost", true).await, Front::open("localhost", true).await);
    let other_name = Front::open("elsewhere.example", true).await;
    for (front, trusted) in [(&front, &stranger.certificate), (&other_name, &other_name.certificate)] {
        let authority = authority(&front.url(&database.url(), "require"), trusted);
        let tenant = Tenant::pooled(&database, &authority).await;
        let answer = tenant.scope(&authority).read(notes::list()).await;
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_no_password_when_tls_is_asked_for() {
    let database = Cluster::get().database().await;
    let front = Front::open("localhost", false).await;
    let authority = authority(&front.url(&database.url(), "require"), &front.certificate);
    let tenant = Tenant::pooled(&database, &authority).await;
    let answer = tenant.scope(&authority).read(notes::list()).await;
    assert!(
        matches!(&answer, Err(Error::Unavailable(text)) if text.contains("the server has none")),
        "{answer:?}"
    );
}
