//! Messages kept on disk instead of being sent: for development, for tests, and until SMTP is configured.
//!
//! One file for each message, `<folder>/<tenant id>/<message id>.json`, that its owner alone can read. Ids are in the order of time,
//! so the names are too; of each tenant the newest are kept.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenantry_kernel::TenantId;

use crate::{Message, MessageId, Messenger, SendError};

/// A captured message.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept {
    /// The message's id.
    pub id: MessageId,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// When it would have been sent.
    pub at: Timestamp,
    /// The message.
    #[serde(flatten)]
    pub message: Message,
}

/// Keeps messages on disk.
#[derive(Debug, Clone)]
pub struct Captured {
    folder: PathBuf,
    most: usize,
}

impl Captured {
    /// Keep the newest `most` messages of each tenant in `folder`, which is made when the first one comes.
    pub const fn in_folder(folder: PathBuf, most: usize) -> Self {
        Self { folder, most }
    }

    /// The newest messages of all tenants, at most so many.
    ///
    /// # Errors
    /// When the folder cannot be read. A file that is no message is left out.
    pub fn newest(&self, most: usize) -> io::Result<Vec<Kept>> {
        let mut files = Vec::new();
        for tenant in entries(&self.folder)? {
            files.extend(messages(&tenant)?);
        }
        files.sort_by(|a, b| b.file_name().cmp(&a.file_name()));
        let read = |file: &PathBuf| serde_json::from_slice(&fs::read(file).ok()?).ok();
        Ok(files.iter().take(most).filter_map(read).collect())
    }

    fn keep(&self, kept: &Kept) -> io::Result<()> {
        let folder = self.folder.join(kept.tenant_id.to_string());
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let temporary = folder.join(format!("{}.tmp", kept.id));
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(&serde_json::to_vec_pretty(kept)?)?;
        fs::rename(&temporary, folder.join(format!("{}.json", kept.id)))?;
        let mut files = messages(&folder)?;
        files.sort();
        for old in files.iter().take(files.len().saturating_sub(self.most)) {
            // Another message may have made room already.
            if let Err(error) = fs::remove_file(old)
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(error);
            }
        }
        Ok(())
    }
}

/// What is in a folder; nothing when it does not exist.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(found) => found.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// The files of messages in a folder.
fn messages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = entries(folder)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    Ok(files)
}

impl Messenger for Captured {
    fn send<'a>(
        &'a self,
        tenant_id: TenantId,
        id: MessageId,
        message: &'a Message,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), SendError>> {
        let (own, kept) = (self.clone(), Kept { id, tenant_id, at, message: message.clone() });
        Box::pin(async move {
            let written = tokio::task::spawn_blocking(move || own.keep(&kept)).await;
            let written = written.unwrap_or_else(|error| Err(io::Error::other(error)));
            written.map_err(|error| {
                tracing::warn!(error = %error, "a message cannot be captured");
                SendError::Later("the message cannot be written to the data folder".to_owned())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use tenantry_kernel::{Clock, Rng};

    use super::*;
    use crate::{Language, Letter};

    #[tokio::test]
    async fn the_newest_of_each_tenant_are_kept_for_their_owner_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let captured = Captured::in_folder(dir.path().join("mail"), 3);
        assert!(captured.newest(10).expect("nothing there").is_empty());
        let (clock, rng) = (Clock::system(), Rng::system());
        let tenants = [TenantId::new(&clock, &rng), TenantId::new(&clock, &rng)];
        for number in 0..5 {
            for tenant in tenants {
                let letter = Letter::new(format!("number {number}"));
                let message =
                    Message::mail("a@b.example", "test", Language::English, &letter).expect("valid");
                let id = MessageId::new(&clock, &rng);
                for _ in 0..2 {
                    captured.send(tenant, id, &message, clock.now()).await.expect("captured");
                }
            }
        }
        let kept = captured.newest(100).expect("readable");
        let subjects: Vec<&str> = kept.iter().map(|kept| kept.message.subject.as_str()).collect();
        assert_eq!(subjects, ["number 4", "number 4", "number 3", "number 3", "number 2", "number 2"]);
        assert_eq!(captured.newest(1).expect("readable").len(), 1);
        let file = dir.path().join(format!("mail/{}/{}.json", kept[0].tenant_id, kept[0].id));
        assert_eq!(fs::metadata(file).expect("there").permissions().mode() & 0o777, 0o600);
    }
}
