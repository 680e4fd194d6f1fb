//! What can go wrong with users and sessions.

use tenantry_kernel::{ErrorKind, FieldError, Kind};
use tenantry_web::Problem;

/// An error of the identity module.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error("the database")]
    Db(#[from] tenantry_db::Error),
    /// Keys and tokens.
    #[error("the vault")]
    Vault(#[from] tenantry_vault::Error),
    /// Messages.
    #[error("messages")]
    Messages(#[from] tenantry_messages::Error),
    /// Roles.
    #[error("roles")]
    Access(#[from] tenantry_access::Error),
    /// Password hashing.
    #[error("passwords: {0}")]
    Password(#[from] crate::password::Error),
    /// No such user or session.
    #[error("not found")]
    NotFound,
    /// The one answer to every failed sign-in: unknown, wrong, locked, not active.
    #[error("the e-mail address or the password is wrong")]
    SignInRefused,
    /// A code of a second factor that is wrong, used up, or too late.
    #[error("the code is wrong, or has been used")]
    SecondFactorRefused,
    /// What waits for a second factor waits no longer.
    #[error("this sign-in has waited too long, or was tried too often; begin again")]
    ChallengeOver,
    /// A change that asks for recent proof of who one is.
    #[error("prove again who you are: POST /auth/reauthenticate")]
    ProofTooOld,
    /// Browsers know no passkeys at an address without a name.
    #[error("passkeys need a public address with a domain name")]
    PasskeysUnavailable,
    /// More passkeys than one person needs.
    #[error("there are too many passkeys; remove one first")]
    TooManyPasskeys,
    /// The authenticator is registered already.
    #[error("this passkey is registered already")]
    PasskeyTaken,
    /// What authenticators are asked.
    #[error("passkeys: {0}")]
    Webauthn(#[from] webauthn_rs::prelude::WebauthnError),
    /// What is kept between two requests.
    #[error("a stored value: {0}")]
    Stored(#[from] serde_json::Error),
    /// Only the device on which a second factor was shown is trusted for it.
    #[error("only the device that asks can be trusted")]
    DeviceNotCurrent,
    /// The tenant lets no device stand for a second factor, or there is none to stand for.
    #[error(
        "devices cannot be trusted here: your organisation does not allow it, or you have no second factor"
    )]
    TrustNotAllowed,
    /// Whoever must have a second factor keeps one.
    #[error("your organisation asks for a second factor; set up another one before you remove the last")]
    LastFactor,
    /// The tenant's policy leaves this kind out.
    #[error("your organisation does not allow second factors of this kind")]
    FactorNotAllowed,
    /// Codes cannot be sent this way.
    #[error("codes cannot be sent to you this way")]
    NotReachable,
    /// A second factor is not there, or was verified already.
    #[error("there is no second factor of this type to verify; set it up first")]
    NothingToVerify,
    /// The one answer to every refused refresh.
    #[error("the refresh token is not valid")]
    RefreshRefused,
    /// The one answer when a browser's session cannot be renewed.
    #[error("the session is over; sign in again")]
    SessionOver,
    /// The current password of a change is wrong.
    #[error("this is not your password")]
    WrongPassword,
    /// The one answer to every link that does not count.
    #[error("this link does not count any more; ask for another one")]
    LinkRefused,
    /// The one answer to every code that is wrong or does not count.
    #[error("this code is wrong, or does not count any more")]
    CodeRefused,
    /// Somebody was written to just now, or too often.
    #[error("a message was sent a moment ago; try again later")]
    TooSoon {
        /// When to try again.
        retry_after_seconds: u64,
    },
    /// Somebody with this address is invited already.
    #[error("this address is invited already; send the invitation once more instead")]
    AlreadyInvited,
    /// The invitation was accepted or revoked.
    #[error("the invitation is over")]
    InvitationOver,
    /// Nobody makes an account for themselves here.
    #[error("registration is closed")]
    RegistrationClosed,
    /// Too many failed sign-ins, from one address or with one password.
    #[error("too many failures; try again later")]
    TooManyFailures {
        /// When to try again.
        retry_after_seconds: u64,
    },
    /// The e-mail address is in use.
    #[error("another user has this e-mail address")]
    EmailTaken,
    /// A user changes their own state, or an operator's.
    #[error("you cannot change your own state")]
    OwnState,
    /// The user holds more than the caller.
    #[error("this user holds more than you do")]
    BeyondOwn,
    /// Another service account has this name.
    #[error("another service account has this name")]
    NameTaken,
    /// A key that is over, or that has been replaced, cannot be replaced.
    #[error("the key can no longer be used, or has been replaced already")]
    KeyOver,
    /// A state that cannot follow the present one.
    #[error("a user who is {from} cannot be put into the state {to}")]
    Transition {
        /// The present state.
        from: crate::UserStatus,
        /// The state that was asked for.
        to: crate::UserStatus,
    },
    /// A deleted user is restored first.
    #[error("the user is deleted; restore them first")]
    Deleted,
    /// In whose name nobody acts, or by which means.
    #[error("nobody can be impersonated so")]
    ImpersonationRefused,
    /// A key makes no keys.
    #[error("keys are issued by people who have signed in, not by keys")]
    NotWithKey,
    /// Some fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FieldError>),
}

impl Error {
    /// One wrong field.
    pub(crate) fn field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::Fields(vec![FieldError::new(pointer, detail)])
    }

    /// A name that another service account has.
    pub(crate) fn of_account(error: tenantry_db::Error) -> Self {
        match error.constraint() {
            Some("service_accounts_name_key") => Self::NameTaken,
            _ => error.into(),
        }
    }

    /// Too many failures: try again after `until`.
    pub(crate) fn too_many(until: jiff::Timestamp, now: jiff::Timestamp) -> Self {
        let wait = until.duration_since(now).as_secs().max(1);
        Self::TooManyFailures { retry_after_seconds: u64::try_from(wait).unwrap_or(1) }
    }

    /// A passkey that is known already.
    pub(crate) fn of_passkey(error: tenantry_db::Error) -> Self {
        match error.constraint() {
            Some("passkeys_credential_key") => Self::PasskeyTaken,
            _ => error.into(),
        }
    }

    /// A browser has sent no refresh token that a client could have got wrong: its session is over.
    pub(crate) fn as_session_over(problem: Problem) -> Problem {
        if problem.code() == Self::RefreshRefused.code() { Self::SessionOver.into() } else { problem }
    }
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::Vault(error) => error.kind(),
            Self::Messages(error) => error.kind(),
            Self::Access(error) => error.kind(),
            Self::Password(error) => error.kind(),
            Self::Webauthn(_) | Self::Stored(_) => ErrorKind::Internal,
            Self::NotFound => ErrorKind::NotFound,
            Self::SignInRefused
            | Self::SecondFactorRefused
            | Self::ChallengeOver
            | Self::ProofTooOld
            | Self::RefreshRefused
            | Self::SessionOver => ErrorKind::Unauthenticated,
            Self::TooManyFailures { .. } | Self::TooSoon { .. } => ErrorKind::TooMany,
            Self::NotWithKey | Self::BeyondOwn | Self::RegistrationClosed | Self::ImpersonationRefused => {
                ErrorKind::Forbidden
            }
            Self::EmailTaken
            | Self::AlreadyInvited
            | Self::InvitationOver
            | Self::OwnState
            | Self::NameTaken
            | Self::KeyOver
            | Self::NothingToVerify
            | Self::LastFactor
            | Self::DeviceNotCurrent
            | Self::TrustNotAllowed
            | Self::FactorNotAllowed
            | Self::PasskeysUnavailable
            | Self::TooManyPasskeys
            | Self::PasskeyTaken
            | Self::Transition { .. }
            | Self::Deleted => ErrorKind::Conflict,
            Self::Fields(_)
            | Self::WrongPassword
            | Self::LinkRefused
            | Self::CodeRefused
            | Self::NotReachable => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Messages(error) => error.code(),
            Self::Access(error) => error.code(),
            Self::Password(error) => error.code(),
            Self::NotFound => "not_found",
            Self::SignInRefused => "sign_in_refused",
            Self::SecondFactorRefused => "second_factor_refused",
            Self::ChallengeOver => "challenge_over",
            Self::ProofTooOld => "proof_too_old",
            Self::LastFactor => "last_factor",
            Self::DeviceNotCurrent => "device_not_current",
            Self::TrustNotAllowed => "trust_not_allowed",
            Self::FactorNotAllowed => "factor_not_allowed",
            Self::NotReachable => "not_reachable",
            Self::NothingToVerify => "nothing_to_verify",
            Self::PasskeysUnavailable => "passkeys_unavailable",
            Self::TooManyPasskeys => "too_many_passkeys",
            Self::PasskeyTaken => "passkey_taken",
            Self::Webauthn(_) | Self::Stored(_) => "internal",
            Self::RefreshRefused => "invalid_grant",
            Self::SessionOver => "session_over",
            Self::TooManyFailures { .. } => "too_many_failures",
            Self::AlreadyInvited => "already_invited",
            Self::InvitationOver => "invitation_over",
            Self::LinkRefused => "token_refused",
            Self::CodeRefused => "code_refused",
            Self::TooSoon { .. } => "too_soon",
            Self::RegistrationClosed => "registration_closed",
            Self::EmailTaken => "email_taken",
            Self::OwnState => "own_state",
            Self::WrongPassword => "wrong_password",
            Self::NameTaken => "name_taken",
            Self::KeyOver => "key_over",
            Self::Transition { .. } => "invalid_transition",
            Self::Deleted => "user_deleted",
            Self::ImpersonationRefused => "impersonation_refused",
            Self::NotWithKey => "not_with_key",
            Self::BeyondOwn => "beyond_own",
            Self::Fields(_) => "validation_failed",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::NameTaken => vec![FieldError::new("#/name", self.to_string())],
            Self::Transition { .. } | Self::Deleted => vec![FieldError::new("#/status", self.to_string())],
            Self::EmailTaken | Self::AlreadyInvited => vec![FieldError::new("#/email", self.to_string())],
            Self::RefreshRefused => vec![FieldError::new("#/refresh_token", self.to_string())],
            Self::WrongPassword => vec![FieldError::new("#/current_password", self.to_string())],
            Self::NotReachable => vec![FieldError::new("#/method", self.to_string())],
            Self::LinkRefused => vec![FieldError::new("#/token", self.to_string())],
            Self::CodeRefused => vec![FieldError::new("#/code", self.to_string())],
            Self::Fields(fields) => fields.clone(),
            Self::Access(error) => error.fields(),
            _ => Vec::new(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::TooManyFailures { retry_after_seconds } | Self::TooSoon { retry_after_seconds } => {
                Some(*retry_after_seconds)
            }
            Self::Password(error) => error.retry_after_seconds(),
            Self::Db(error) => error.retry_after_seconds(),
            _ => None,
        }
    }
}
