#![doc = include_str!("../README.md")]

mod capture;
mod deliver;
mod error;
mod language;
mod letter;
mod message;
mod messenger;
mod post;
mod smtp;

pub use capture::{Captured, Kept};
pub use deliver::Delivery;
pub use error::{Error, SendError};
pub use language::Language;
pub use letter::Letter;
pub use message::{Channel, Message, MessageId};
pub use messenger::Messenger;
pub use post::Messages;
pub use smtp::{Smtp, is_sender, is_smtp_url};
