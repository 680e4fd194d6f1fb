//! The bytes below the messages: a Unix socket, TCP, or TLS over TCP.

use std::future::{Future as _, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

/// How much is read at once.
const CHUNK: usize = 8 * 1024;

/// TLS, of whatever make.
pub(crate) trait Secure: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Secure for T {}

/// A line to PostgreSQL.
pub(crate) enum Socket {
    Unix(UnixStream),
    Tcp(TcpStream),
    Tls(Box<dyn Secure>),
}

impl Socket {
    /// Send from `outbox` and receive into `inbox`, until something has been received.
    ///
    /// Both directions go on at the same time: neither side can wait for the other to read first. Giving up midway loses
    /// nothing.
    pub(super) async fn exchange(&mut self, outbox: &mut BytesMut, inbox: &mut BytesMut) -> io::Result<()> {
        poll_fn(|cx| {
            while !outbox.is_empty() {
                match self.poll_write(cx, outbox) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    Poll::Ready(Ok(sent)) => outbox.advance(sent),
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => break,
                }
            }
            if outbox.is_empty() {
                let _ = self.poll_flush(cx)?;
            }
            match ready!(self.poll_read(cx, inbox))? {
                0 => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                _ => Poll::Ready(Ok(())),
            }
        })
        .await
    }

    /// Read what is there, without waiting.
    pub(super) fn try_read(&self, inbox: &mut BytesMut) -> io::Result<usize> {
        inbox.reserve(64);
        match self {
            Self::Unix(stream) => stream.try_read_buf(inbox),
            Self::Tcp(stream) => stream.try_read_buf(inbox),
            // What is inside the records cannot be looked at from here.
            Self::Tls(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> io::Result<bool> {
        match self {
            Self::Unix(_) | Self::Tcp(_) => Ok(true),
            Self::Tls(stream) => match Pin::new(stream).poll_flush(cx) {
                Poll::Ready(flushed) => flushed.map(|()| true),
                Poll::Pending => Ok(false),
            },
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, inbox: &mut BytesMut) -> Poll<io::Result<usize>> {
        inbox.reserve(CHUNK);
        match self {
            Self::Unix(stream) => pin!(stream.read_buf(inbox)).poll(cx),
            Self::Tcp(stream) => pin!(stream.read_buf(inbox)).poll(cx),
            Self::Tls(stream) => pin!(stream.read_buf(inbox)).poll(cx),
        }
    }
}
