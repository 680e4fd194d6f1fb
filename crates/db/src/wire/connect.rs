//! Setting a connection up: the line, the introduction, the password.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{self, ChannelBinding, ScramSha256};
use postgres_protocol::message::backend::{AuthenticationSaslBody, Message};
use postgres_protocol::message::frontend;
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::Connection;
use super::error::PostgresError;
use super::socket::Socket;
use crate::tls::Tls;

/// When the configuration does not say how long setting a line up may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connect to the first of the configured hosts that answers.
pub(crate) async fn connect(config: &Config, tls: &Tls) -> Result<Connection, PostgresError> {
    let mut failure = PostgresError::Protocol("the database URL names no host");
    for (number, host) in config.get_hosts().iter().enumerate() {
        let ports = config.get_ports();
        let port = ports.get(number).or(ports.first()).copied().unwrap_or(5432);
        let patience = config.get_connect_timeout().copied().unwrap_or(PATIENCE);
        let attempt = async { introduce(open(host, port, config, tls).await?, config).await };
        match tokio::time::timeout(patience, attempt).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => failure = error,
            Err(_) => failure = PostgresError::Lost(io::ErrorKind::TimedOut.into()),
        }
    }
    Err(failure)
}

async fn open(host: &Host, port: u16, config: &Config, tls: &Tls) -> Result<Socket, PostgresError> {
    match host {
        Host::Unix(folder) => {
            Ok(Socket::Unix(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?))
        }
        Host::Tcp(name) => {
            let stream = TcpStream::connect((name.as_str(), port)).await?;
            stream.set_nodelay(true)?;
            tls.secure(stream, name, config).await
        }
    }
}

/// Say who we are, prove it, and wait until PostgreSQL is ready.
async fn introduce(socket: Socket, config: &Config) -> Result<Connection, PostgresError> {
    let mut connection = Connection::new(socket, BytesMut::new());
    let mut parameters = vec![("client_encoding", "UTF8")];
    for (name, value) in [
        ("user", config.get_user()),
        ("database", config.get_dbname()),
        ("options", config.get_options()),
        ("application_name", config.get_application_name()),
    ] {
        parameters.extend(value.map(|value| (name, value)));
    }
    frontend::startup_message(parameters, &mut connection.outbox)?;
    connection.unanswered = 1;
    authenticate(&mut connection, config).await?;
    while connection.unanswered > 0 {
        if let Message::ErrorResponse(body) = connection.message().await? {
            return Err(PostgresError::refused(&body));
        }
    }
    Ok(connection)
}

async fn authenticate(connection: &mut Connection, config: &Config) -> Result<(), PostgresError> {
    let missing = PostgresError::Protocol("a password is asked for, and none is configured");
    let password = config.get_password().ok_or(missing);
    let is_private = !matches!(connection.socket, Socket::Tcp(_));
    match connection.message().await? {
        Message::AuthenticationOk => return Ok(()),
        Message::AuthenticationCleartextPassword | Message::AuthenticationMd5Password(_) if !is_private => {
            return Err(PostgresError::Protocol("it asks for the password in the open; use TLS or SCRAM"));
        }
        Message::AuthenticationCleartextPassword => {
            frontend::password_message(password?, &mut connection.outbox)?;
        }
        Message::AuthenticationMd5Password(body) => {
            let user = config.get_user().unwrap_or_default();
            let hash = md5_hash(user.as_bytes(), password?, body.salt());
            frontend::password_message(hash.as_bytes(), &mut connection.outbox)?;
        }
        Message::AuthenticationSasl(body) => scram(connection, &body, password?).await?,
        Message::ErrorResponse(body) => return Err(PostgresError::refused(&body)),
        _ => return Err(PostgresError::Protocol("it asks for a kind of sign-in that is not supported")),
    }
    match connection.message().await? {
        Message::AuthenticationOk => Ok(()),
        Message::ErrorResponse(body) => Err(PostgresError::refused(&body)),
        _ => Err(PostgresError::Protocol("the sign-in was not answered")),
    }
}

/// SCRAM-SHA-256 (RFC 7677).
async fn scram(
    connection: &mut Connection,
    offered: &AuthenticationSaslBody,
    password: &[u8],
) -> Result<(), PostgresError> {
    let mut mechanisms = offered.mechanisms();
    let mut is_offered = false;
    while let Some(mechanism) = mechanisms.next()? {
        is_offered |= mechanism == sasl::SCRAM_SHA_256;
    }
    if !is_offered {
        return Err(PostgresError::Protocol("it does not offer SCRAM-SHA-256"));
    }
    let mut exchange = ScramSha256::new(password, ChannelBinding::unsupported());
    frontend::sasl_initial_response(sasl::SCRAM_SHA_256, exchange.message(), &mut connection.outbox)?;
    match connection.message().await? {
        Message::AuthenticationSaslContinue(body) => exchange.update(body.data())?,
        Message::ErrorResponse(body) => return Err(PostgresError::refused(&body)),
        _ => return Err(PostgresError::Protocol("SCRAM was not continued")),
    }
    frontend::sasl_response(exchange.message(), &mut connection.outbox)?;
    match connection.message().await? {
        Message::AuthenticationSaslFinal(body) => Ok(exchange.finish(body.data())?),
        Message::ErrorResponse(body) => Err(PostgresError::refused(&body)),
        _ => Err(PostgresError::Protocol("SCRAM was not ended")),
    }
}
