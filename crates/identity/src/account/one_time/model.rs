//! What a link or code is, and when it counts.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use tenantry_kernel::{Rng, TenantId, UserId};
use tenantry_vault::constant_time_eq;
use uuid::Uuid;

use crate::Error;

tenantry_kernel::id! {
    /// A link or code.
    OneTimeId,
}

tenantry_kernel::text_enum! {
    /// What a link or code is for; it is good for nothing else.
    pub(crate) enum Purpose {
        /// Choosing a new password.
        PasswordReset = "password_reset",
        /// Verifying the e-mail address that the user has.
        VerifyEmail = "verify_email",
        /// Verifying the one that they want to have.
        ChangeEmail = "change_email",
        /// Verifying the telephone number.
        VerifyPhone = "verify_phone",
        /// Choosing the first password of an account that an administrator has made.
        Welcome = "welcome",
        /// Nothing: it only counts how often a user was written to.
        Notice = "notice",
    }
}

impl Purpose {
    /// How long a link counts.
    const fn life(self) -> SignedDuration {
        match self {
            Self::PasswordReset => SignedDuration::from_hours(1),
            Self::Welcome => SignedDuration::from_hours(72),
            Self::VerifyEmail | Self::ChangeEmail => SignedDuration::from_hours(24),
            Self::VerifyPhone | Self::Notice => CODE_LIFE,
        }
    }
}

/// How long a code counts.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How many codes can be tried.
const MOST_TRIES: i32 = 5;
/// The least time between two.
const GAP: SignedDuration = SignedDuration::from_secs(60);
/// How many may be asked for in [`WINDOW`].
const MOST_ASKED: i32 = 5;
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// What links and codes are hashed with.
pub(crate) struct OneTimeKey(hmac::Key);

impl OneTimeKey {
    pub(crate) fn new(secret: &SecretString) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()))
    }

    /// The hash of a text that stands for something of a tenant's.
    pub(crate) fn hash(&self, tenant: TenantId, row: Uuid, what: &str, text: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(tenant.as_uuid().as_bytes());
        context.update(row.as_bytes());
        for part in [what, text] {
            context.update(&u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }

    /// A telephone number, as it stands for itself in a row.
    pub(crate) fn phone(&self, tenant: TenantId, user: UserId, phone: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.hash(tenant, user.as_uuid(), "phone", phone))
    }
}

/// A link and a code, as they are told once.
pub(crate) struct Issued {
    /// `ott_<row>.<secret>`, for a link.
    pub(crate) token: String,
    /// Six digits.
    pub(crate) code: String,
    /// When the link ends.
    pub(crate) expires_at: Timestamp,
}

/// What is kept of them.
pub(crate) struct Hashes {
    pub(crate) link: Vec<u8>,
    pub(crate) code: Vec<u8>,
}

impl Issued {
    pub(crate) fn make(
        key: &OneTimeKey,
        tenant: TenantId,
        id: OneTimeId,
        purpose: Purpose,
        rng: &Rng,
        now: Timestamp,
    ) -> (Self, Hashes) {
        let secret = URL_SAFE_NO_PAD.encode(rng.bytes::<32>());
        // Of 2^64 numbers a million is as good as a divisor.
        let code = format!("{:06}", u64::from_be_bytes(rng.bytes::<8>()) % 1_000_000);
        let hashes = Hashes {
            link: key.hash(tenant, id.as_uuid(), &format!("{purpose} link"), &secret),
            code: key.hash(tenant, id.as_uuid(), &format!("{purpose} code"), &code),
        };
        let token = format!("ott_{}.{secret}", id.as_uuid().simple());
        (Self { token, code, expires_at: now + purpose.life() }, hashes)
    }
}

/// A link's token, taken apart: the row and the secret. Nothing is verified yet.
pub(crate) fn link_of(token: &str) -> Option<(OneTimeId, &str)> {
    let (id, secret) = token.strip_prefix("ott_").filter(|_| token.len() <= 100)?.split_once('.')?;
    let id = Uuid::try_parse(id).ok().filter(|_| id.len() == 32)?;
    Some((OneTimeId::from_uuid(id), secret))
}

tenantry_db::row! {
    /// What is kept of a link and a code.
    #[derive(Debug, Clone)]
    pub(crate) struct OneTime {
        pub(crate) id: OneTimeId,
        pub(crate) user_id: UserId,
        pub(crate) purpose: Purpose,
        pub(crate) target: String,
        pub(crate) link_hash: Vec<u8>,
        pub(crate) code_hash: Vec<u8>,
        pub(crate) tries: i32,
        pub(crate) window_started_at: Timestamp,
        pub(crate) window_sent: i32,
        pub(crate) created_at: Timestamp,
        pub(crate) expires_at: Timestamp,
        pub(crate) used_at: Option<Timestamp>,
    }
}

impl OneTime {
    fn is_open(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }

    /// Whether a link's secret is the right one, and counts now for `purpose`.
    pub(crate) fn opens(
        &self,
        key: &OneTimeKey,
        tenant: TenantId,
        purpose: Purpose,
        secret: &str,
        now: Timestamp,
    ) -> bool {
        let given = key.hash(tenant, self.id.as_uuid(), &format!("{purpose} link"), secret);
        constant_time_eq(&given, &self.link_hash) && self.purpose == purpose && self.is_open(now)
    }

    /// Whether a code can be tried: it is not too old, and was not tried too often.
    pub(crate) fn can_be_tried(&self, now: Timestamp) -> bool {
        self.is_open(now) && now < self.created_at + CODE_LIFE && self.tries < MOST_TRIES
    }

    /// Whether a code is the right one.
    pub(crate) fn is_code(&self, key: &OneTimeKey, tenant: TenantId, code: &str) -> bool {
        let given = key.hash(tenant, self.id.as_uuid(), &format!("{} code", self.purpose), code);
        constant_time_eq(&given, &self.code_hash)
    }
}

/// How often somebody has asked lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asks {
    pub(crate) last: Option<Timestamp>,
    pub(crate) started_at: Timestamp,
    pub(crate) sent: i32,
}

impl Asks {
    /// Those before.
    pub(crate) fn of(before: Option<&OneTime>) -> Self {
        before.map_or(Self { last: None, started_at: Timestamp::UNIX_EPOCH, sent: 0 }, |row| Self {
            last: Some(row.created_at),
            started_at: row.window_started_at,
            sent: row.window_sent,
        })
    }

    /// With one more.
    ///
    /// # Errors
    /// [`Error::TooSoon`].
    pub(crate) fn next(self, now: Timestamp) -> Result<Self, Error> {
        let is_over = now >= self.started_at + WINDOW;
        let until = match self.last {
            Some(last) if now < last + GAP => last + GAP,
            _ if !is_over && self.sent >= MOST_ASKED => self.started_at + WINDOW,
            _ if is_over => return Ok(Self { last: Some(now), started_at: now, sent: 1 }),
            _ => return Ok(Self { last: Some(now), sent: self.sent + 1, ..self }),
        };
        let wait = until.duration_since(now).as_secs().max(1);
        Err(Error::TooSoon { retry_after_seconds: u64::try_from(wait).unwrap_or(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("in range")
    }

    fn made(purpose: Purpose) -> (OneTimeKey, Issued, OneTime) {
        let key = OneTimeKey::new(&"key".into());
        let id = OneTimeId::from_uuid(Uuid::from_u128(7));
        let (issued, hashes) = Issued::make(&key, TENANT, id, purpose, &Rng::seeded(1), at(0));
        let row = OneTime {
            id,
            user_id: UserId::from_uuid(Uuid::from_u128(8)),
            purpose,
            target: "a@b.example".into(),
            link_hash: hashes.link,
            code_hash: hashes.code,
            tries: 0,
            window_started_at: at(0),
            window_sent: 1,
            created_at: at(0),
            expires_at: issued.expires_at,
            used_at: None,
        };
        (key, issued, row)
    }

    #[test]
    fn a_link_opens_its_own_purpose_at_its_own_tenant_once_and_in_time() {
        let (key, issued, row) = made(Purpose::PasswordReset);
        let (id, secret) = link_of(&issued.token).expect("a token");
        let opens =
            |row: &OneTime, tenant, purpose, seconds| row.opens(&key, tenant, purpose, secret, at(seconds));
        assert_eq!(id, row.id);
        assert!(opens(&row, TENANT, Purpose::PasswordReset, 3599));
        assert!(!opens(&row, TENANT, Purpose::PasswordReset, 3600));
        assert!(!opens(&row, TENANT, Purpose::VerifyEmail, 1));
        assert!(!opens(&row, TenantId::from_uuid(Uuid::from_u128(2)), Purpose::PasswordReset, 1));
        // Not even when the row says that it is for something else.
        let other = OneTime { purpose: Purpose::VerifyEmail, ..row.clone() };
        assert!(!opens(&other, TENANT, Purpose::VerifyEmail, 1));
        let used = OneTime { used_at: Some(at(1)), ..row };
        assert!(!opens(&used, TENANT, Purpose::PasswordReset, 2));
    }

    #[test]
    fn a_code_counts_for_a_quarter_of_an_hour_and_five_tries() {
        let (key, issued, row) = made(Purpose::VerifyEmail);
        assert!(issued.code.len() == 6 && row.is_code(&key, TENANT, &issued.code));
        assert!(
            !row.is_code(&key, TENANT, "")
                && !row.is_code(&OneTimeKey::new(&"other".into()), TENANT, &issued.code)
        );
        assert!(row.can_be_tried(at(899)) && !row.can_be_tried(at(900)));
        assert!(OneTime { tries: 4, ..row.clone() }.can_be_tried(at(0)));
        assert!(!OneTime { tries: 5, ..row }.can_be_tried(at(0)));
    }

    #[test]
    fn nobody_gets_more_than_one_a_minute_and_five_an_hour() {
        let mut asks = Asks::of(None);
        for minute in 0..5 {
            asks = asks.next(at(1_000_000 + minute * 60)).expect("allowed");
            let again = asks.next(at(1_000_000 + minute * 60 + 59));
            assert!(matches!(again, Err(Error::TooSoon { retry_after_seconds: 1 })), "{again:?}");
        }
        assert!(matches!(asks.next(at(1_000_300)), Err(Error::TooSoon { retry_after_seconds: 3300 })));
        assert_eq!(asks.next(at(1_003_600)).expect("allowed").sent, 1);
    }

    proptest::proptest! {
        #[test]
        fn taking_a_token_apart_never_panics(text in "(ott_)?[0-9a-f]{0,33}[.é]?.{0,50}") {
            let _ = link_of(&text);
        }
    }
}
