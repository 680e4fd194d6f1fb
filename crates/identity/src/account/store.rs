//! SQL of accounts, beside that of users.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;
use tenantry_messages::Language;

tenantry_db::statements! {
    /// What messages to a user are written in, when it is known.
    pub(crate) read language(user: UserId) -> Option<Scalar<Option<Language>>>
        = "SELECT language FROM users WHERE tenant_id = $1 AND id = $2";

    /// What messages to a user are written in from now on.
    pub(crate) write set_language(user: UserId, language: Language) -> Written
        = "UPDATE users SET language = $3 WHERE tenant_id = $1 AND id = $2";

    /// Whether an administrator has to let a user in.
    pub(crate) read needs_approval(user: UserId) -> Option<Scalar<bool>>
        = "SELECT needs_approval FROM users WHERE tenant_id = $1 AND id = $2";

    /// An administrator has to let a user in.
    pub(crate) write ask_approval(user: UserId) -> Written
        = "UPDATE users SET needs_approval = true WHERE tenant_id = $1 AND id = $2";

    /// Another e-mail address.
    pub(crate) write save_email(user: UserId, email: String, at: Timestamp) -> Written
        = "UPDATE users SET email = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2";
}
