//! TLS to PostgreSQL: `sslmode=require` in the URL asks for it, and then the server's certificate is always verified.

use std::path::Path;
use std::sync::Arc;

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect as _};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::Error;
use crate::wire::{PostgresError, Socket};

/// Makes lines secure, where the configuration asks for it.
#[derive(Clone)]
pub(crate) struct Tls(MakeRustlsConnect);

impl Tls {
    /// Trust the certificates in this file, or the system's when there is none.
    ///
    /// Nothing is read when no configuration asks for TLS.
    pub(crate) fn new<'a>(
        mut configs: impl Iterator<Item = &'a Config>,
        file: Option<&Path>,
    ) -> Result<Self, Error> {
        let is_needed = configs.any(|config| config.get_ssl_mode() == SslMode::Require);
        let roots = if is_needed { roots(file)? } else { RootCertStore::empty() };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Unknown(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(MakeRustlsConnect::new(config)))
    }

    /// For `tokio-postgres`, which runs the migrations.
    pub(crate) fn connector(&self) -> MakeRustlsConnect {
        self.0.clone()
    }

    /// Secure a line when the configuration asks for it; a server without TLS is refused then.
    pub(crate) async fn secure(
        &self,
        mut stream: TcpStream,
        host: &str,
        config: &Config,
    ) -> Result<Socket, PostgresError> {
        if config.get_ssl_mode() != SslMode::Require {
            return Ok(Socket::Tcp(stream));
        }
        let mut question = BytesMut::new();
        frontend::ssl_request(&mut question);
        stream.write_all(&question).await?;
        if stream.read_u8().await? != b'S' {
            return Err(PostgresError::Protocol("the database URL asks for TLS, and the server has none"));
        }
        let mut maker = self.connector();
        let connect = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut maker, host);
        let connect = connect.map_err(|_| PostgresError::Protocol("the host cannot be named in TLS"))?;
        Ok(Socket::Tls(Box::new(connect.connect(stream).await?)))
    }
}

fn roots(file: Option<&Path>) -> Result<RootCertStore, Error> {
    let certificates: Vec<CertificateDer<'static>> = match file {
        Some(file) => CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect)
            .map_err(|error| Error::Unknown(format!("{} cannot be read: {error}", file.display())))?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(Error::Unknown(
            "TLS to PostgreSQL is asked for, and there is no certificate to trust".to_owned(),
        ));
    }
    Ok(roots)
}
