//! Codes that are sent: six digits, good once, for five minutes and five tries, for the one thing that waits for them.
//!
//! Of each there is a keyed hash only, bound to tenant, user, method and what waits: a code of one sign-in is nothing at
//! another. A user gets one every 30 seconds at most, three for one sign-in, ten in an hour: nobody's telephone is made to ring,
//! or paid for, through us.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tenantry_db::{Change, TenantTx};
use tenantry_kernel::{Clock, Rng, SessionId, UserId};
use tenantry_messages::{Language, Message as Mail};
use tenantry_vault::constant_time_eq;
use uuid::Uuid;

use super::model::{ChallengeId, Factor, Method, MethodId, MethodType};
use super::reach::{Reach, masked};
use super::store::{self, Sends};
use crate::Error;
use crate::account::asked::Named;
use crate::service::Identity;
use crate::user::{User, store as users};

/// How long a code counts.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// How many codes can be tried.
const MOST_TRIES: i32 = 5;
/// The least time between two.
const GAP: SignedDuration = SignedDuration::from_secs(30);
/// How many are sent for one thing.
const MOST_SENT: i32 = 3;
/// How many are sent to one user in [`WINDOW`].
const MOST_TO_USER: i64 = 10;
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

tenantry_db::row! {
    /// What is kept of a code.
    #[derive(Debug, Clone)]
    pub(crate) struct SentCode {
        pub(crate) purpose: String,
        pub(crate) user_id: UserId,
        pub(crate) method_id: MethodId,
        pub(crate) code_hash: Vec<u8>,
        pub(crate) tries: i32,
        pub(crate) sent: i32,
        pub(crate) sent_at: Timestamp,
        pub(crate) expires_at: Timestamp,
        pub(crate) used_at: Option<Timestamp>,
    }
}

/// What waits for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A sign-in, or an enrolment on the way of one.
    SignIn(ChallengeId),
    /// A method that is being set up.
    Setup(MethodId),
    /// The person of a session, who proves again who they are.
    Proof(SessionId),
}

impl Scope {
    fn id(self) -> Uuid {
        match self {
            Self::SignIn(id) => id.as_uuid(),
            Self::Setup(id) => id.as_uuid(),
            Self::Proof(id) => id.as_uuid(),
        }
    }

    const fn purpose(self) -> &'static str {
        match self {
            Self::SignIn(_) => "sign_in",
            Self::Setup(_) => "setup",
            Self::Proof(_) => "proof",
        }
    }

    /// What is kept of a code.
    fn hash(self, identity: &Identity, tx: &TenantTx, user: UserId, method: &Method, code: &str) -> Vec<u8> {
        let target = URL_SAFE_NO_PAD.encode(method.target_hash.as_deref().unwrap_or_default());
        let what = format!("{} of {user} by {} to {target}", self.purpose(), method.id);
        identity.one_time.hash(tx.tenant_id(), self.id(), &what, code)
    }
}

/// A code that is on its way.
#[derive(Debug, Clone)]
pub(crate) struct OnItsWay {
    /// Where to, in part.
    pub(crate) destination: String,
    pub(crate) expires_at: Timestamp,
    /// What the trail says.
    pub(crate) change: Change,
}

/// When the next code may be sent; at once when that is not later than `now`.
fn next_at(before: Option<&SentCode>, lately: Sends, now: Timestamp) -> Timestamp {
    let after_last = lately.last.map_or(now, |last| last + GAP);
    let is_open = before.is_some_and(|code| code.used_at.is_none() && now < code.sent_at + WINDOW);
    let too_many_for_this = before.filter(|code| is_open && code.sent >= MOST_SENT);
    let after_these = too_many_for_this.map_or(now, |code| code.sent_at + WINDOW);
    let too_many = lately.total >= MOST_TO_USER;
    let after_all = lately.first.filter(|_| too_many).map_or(now, |first| first + WINDOW);
    after_last.max(after_these).max(after_all)
}

/// Send a code by a method. The user's row must be locked.
///
/// # Errors
/// [`Error::TooSoon`]; [`Error::NotReachable`] when the method has lost where it sends.
pub(crate) async fn send(
    identity: &Identity,
    tx: &mut TenantTx,
    (clock, rng): (&Clock, &Rng),
    (user, method): (&User, &Method),
    scope: Scope,
    (tenant, language): (&Named, Language),
) -> Result<OnItsWay, Error> {
    let now = clock.now();
    let reach = Reach::of(identity, tx.tenant_id(), user).await?;
    let to = reach.of_method(method).ok_or(Error::NotReachable)?;
    tx.run(store::delete_old_codes(user.id, now - WINDOW - WINDOW)).await?;
    let batch = (store::code_of(scope.id()), store::sends_of(user.id, now - WINDOW));
    let (before, lately) = tx.read(batch).await?;
    let lately = lately.unwrap_or(Sends { total: 0, first: None, last: None });
    let at = next_at(before.as_ref(), lately, now);
    if now < at {
        let wait = at.duration_since(now).as_secs().max(1);
        return Err(Error::TooSoon { retry_after_seconds: u64::try_from(wait).unwrap_or(1) });
    }
    // Of 2^64 numbers a million is as good as a divisor.
    let code = format!("{:06}", u64::from_be_bytes(rng.bytes::<8>()) % 1_000_000);
    let open = before.filter(|code| code.used_at.is_none() && now < code.sent_at + WINDOW);
    let sent = open.map_or(0, |code| code.sent) + 1;
    let (hash, expires_at) = (scope.hash(identity, tx, user.id, method, &code), now + LIFE);
    let purpose = scope.purpose();
    tx.run(store::replace_code(scope.id(), purpose, user.id, method.id, hash, sent, now, expires_at)).await?;
    let words = tenant.words(language);
    let message = if method.method_type == MethodType::Sms {
        Mail::sms(to, "second_factor_code", language, words.second_factor_text(&code))?
    } else {
        Mail::mail(to, "second_factor_code", language, &words.second_factor(&code))?
    };
    identity.messages.post(tx, message.until(expires_at)).await?;
    let values = json!({"type": method.method_type, "for": purpose});
    let change = Change::named("user", Some(user.id.as_uuid()), "mfa_code_sent", values);
    Ok(OnItsWay { destination: masked(method.method_type, to), expires_at, change })
}

/// Check a code that was sent, and use it up. The user's row must be locked. A wrong one counts when the transaction is
/// committed.
pub(crate) async fn check(
    identity: &Identity,
    tx: &mut TenantTx,
    user: UserId,
    scope: Scope,
    code: &str,
    now: Timestamp,
) -> Result<Option<Factor>, Error> {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let batch = (store::code_of(scope.id()), users::find(user), store::methods_of(user));
    let (row, person, methods) = tx.read(batch).await?;
    let counts = |row: &SentCode| {
        row.user_id == user
            && row.purpose == scope.purpose()
            && row.used_at.is_none()
            && row.tries < MOST_TRIES
            && now < row.expires_at
    };
    let (Some(row), Some(person)) = (row.filter(counts), person) else { return Ok(None) };
    let method = methods.into_iter().find(|method| method.id == row.method_id);
    let Some(method) =
        method.filter(|method| method.verified_at.is_some() != matches!(scope, Scope::Setup(_)))
    else {
        return Ok(None);
    };
    // The address or the number may have changed since.
    if Reach::of(identity, tx.tenant_id(), &person).await?.of_method(&method).is_none() {
        return Ok(None);
    }
    if !constant_time_eq(&scope.hash(identity, tx, user, &method, code), &row.code_hash) {
        tx.run(store::count_code_try(scope.id())).await?;
        return Ok(None);
    }
    tx.run((store::use_code(scope.id(), now), store::note_use(method.id, now, None))).await?;
    Ok(match method.method_type {
        MethodType::Email => Some(Factor::Email),
        MethodType::Sms => Some(Factor::Sms),
        MethodType::Totp => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn code(sent: i32, sent_at: Timestamp) -> SentCode {
        SentCode {
            purpose: "sign_in".to_owned(),
            user_id: UserId::from_uuid(Uuid::nil()),
            method_id: MethodId::from_uuid(Uuid::nil()),
            code_hash: Vec::new(),
            tries: 0,
            sent,
            sent_at,
            expires_at: sent_at + LIFE,
            used_at: None,
        }
    }

    #[test]
    fn nobody_gets_more_than_one_in_half_a_minute_three_at_a_time_and_ten_an_hour() {
        let none = Sends { total: 0, first: None, last: None };
        let lately = |total, first, last| Sends { total, first: Some(at(first)), last: Some(at(last)) };
        assert_eq!(next_at(None, none, at(0)), at(0));
        assert_eq!(next_at(Some(&code(1, at(0))), lately(1, 0, 0), at(29)), at(30));
        assert_eq!(next_at(Some(&code(2, at(30))), lately(2, 0, 30), at(60)), at(60));
        // The third of one sign-in is its last.
        assert_eq!(next_at(Some(&code(3, at(60))), lately(3, 0, 60), at(90)), at(60 + 3600));
        let used = SentCode { used_at: Some(at(70)), ..code(3, at(60)) };
        assert_eq!(next_at(Some(&used), lately(3, 0, 60), at(90)), at(90));
        // And of all sign-ins together, the tenth.
        assert_eq!(next_at(None, lately(9, 0, 300), at(330)), at(330));
        assert_eq!(next_at(None, lately(10, 0, 300), at(330)), at(3600));
    }
}
