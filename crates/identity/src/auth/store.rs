//! SQL of credentials.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;

use crate::lockout::State;
use crate::user::UserStatus;

tenantry_kernel::id! {
    /// A password that has been replaced.
    RetiredId,
}

tenantry_db::row! {
    /// What signing in needs to know.
    #[derive(Debug, Clone)]
    pub(crate) struct Account {
        pub(crate) id: UserId,
        pub(crate) status: UserStatus,
        pub(crate) password_hash: Option<String>,
        pub(crate) failed_attempts: Option<i32>,
        pub(crate) last_failed_at: Option<Timestamp>,
        pub(crate) locked_until: Option<Timestamp>,
        pub(crate) password_changed_at: Option<Timestamp>,
        /// Whether the password came by a link in the mail, and nothing else has been shown since.
        pub(crate) reset_by_mail: bool,
        pub(crate) mfa_enabled: bool,
    }
}

impl Account {
    /// Its lockout state.
    pub(crate) fn state(&self) -> State {
        State {
            failed_attempts: u16::try_from(self.failed_attempts.unwrap_or_default()).unwrap_or(u16::MAX),
            last_failed_at: self.last_failed_at,
            locked_until: self.locked_until,
        }
    }
}

tenantry_db::statements! {
    /// The account with this e-mail address.
    pub(crate) read find_account(email: String) -> Option<Account>
        = "SELECT u.id, u.status, c.password_hash, c.failed_attempts, c.last_failed_at, c.locked_until, \
           c.password_changed_at, coalesce(c.reset_by_mail, false) AS reset_by_mail, u.mfa_enabled FROM users u \
           LEFT JOIN credentials c ON c.tenant_id = $1 AND c.user_id = u.id WHERE u.tenant_id = $1 AND u.email = $2 \
           AND u.kind = 'person'";

    /// One account.
    pub(crate) read account(user: UserId) -> Option<Account>
        = "SELECT u.id, u.status, c.password_hash, c.failed_attempts, c.last_failed_at, c.locked_until, \
           c.password_changed_at, coalesce(c.reset_by_mail, false) AS reset_by_mail, u.mfa_enabled FROM users u \
           JOIN credentials c ON c.tenant_id = $1 AND c.user_id = u.id WHERE u.tenant_id = $1 AND u.id = $2 AND u.kind = 'person'";

    /// One account, user and credentials locked.
    pub(crate) write account_for_update(user: UserId) -> Option<Account>
        = "SELECT u.id, u.status, c.password_hash, c.failed_attempts, c.last_failed_at, c.locked_until, \
           c.password_changed_at, coalesce(c.reset_by_mail, false) AS reset_by_mail, u.mfa_enabled FROM users u \
           JOIN credentials c ON c.tenant_id = $1 AND c.user_id = u.id WHERE u.tenant_id = $1 AND u.id = $2 AND u.kind = 'person' \
           FOR UPDATE OF u, c";

    /// How often signing in has failed.
    pub(crate) write save_state(user: UserId, failed: i32, at: Option<Timestamp>, locked_until: Option<Timestamp>) -> Written
        = "UPDATE credentials SET failed_attempts = $3, last_failed_at = $4, locked_until = $5 \
           WHERE tenant_id = $1 AND user_id = $2";

    /// A first password.
    pub(crate) write insert_credentials(user: UserId, hash: String, at: Timestamp) -> Written
        = "INSERT INTO credentials (tenant_id, user_id, password_hash, password_changed_at, failed_attempts) \
           VALUES ($1, $2, $3, $4, 0)";

    /// A new password, whether there was one or not.
    pub(crate) write replace_credentials(user: UserId, hash: String, at: Timestamp) -> Written
        = "INSERT INTO credentials (tenant_id, user_id, password_hash, password_changed_at, failed_attempts) \
           VALUES ($1, $2, $3, $4, 0) ON CONFLICT (tenant_id, user_id) DO UPDATE SET password_hash = excluded.password_hash, \
           password_changed_at = excluded.password_changed_at, reset_by_mail = false, failed_attempts = 0, last_failed_at = NULL, locked_until = NULL";

    /// The password has come by a link in the mail.
    pub(crate) write note_mail_reset(user: UserId) -> Written
        = "UPDATE credentials SET reset_by_mail = true WHERE tenant_id = $1 AND user_id = $2";

    /// Another factor than the mail has been shown.
    pub(crate) write forget_mail_reset(user: UserId) -> Written
        = "UPDATE credentials SET reset_by_mail = false WHERE tenant_id = $1 AND user_id = $2 AND reset_by_mail";

    /// A user's earlier passwords, the latest first.
    pub(crate) read earlier(user: UserId) -> Vec<Scalar<String>>
        = "SELECT password_hash FROM password_history WHERE tenant_id = $1 AND user_id = $2 \
           ORDER BY retired_at DESC, id DESC LIMIT 24";

    /// A password that has been replaced.
    pub(crate) write retire(id: RetiredId, user: UserId, hash: String, at: Timestamp) -> Written
        = "INSERT INTO password_history (tenant_id, id, user_id, password_hash, retired_at) VALUES ($1, $2, $3, $4, $5)";

    /// None of the earlier passwords that nobody asks for any more.
    pub(crate) write forget(user: UserId) -> Written
        = "DELETE FROM password_history WHERE tenant_id = $1 AND user_id = $2 AND id NOT IN (SELECT id FROM password_history \
           WHERE tenant_id = $1 AND user_id = $2 ORDER BY retired_at DESC, id DESC LIMIT 24)";

    /// The same password, hashed with today's parameters.
    pub(crate) write rehash(user: UserId, hash: String) -> Written
        = "UPDATE credentials SET password_hash = $3 WHERE tenant_id = $1 AND user_id = $2";
}
