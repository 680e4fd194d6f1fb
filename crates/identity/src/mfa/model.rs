//! What second factors are, and how a person has proved who they are.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_web::View;

tenantry_kernel::id! {
    /// A second factor.
    MethodId,
    /// A backup code.
    BackupCodeId,
    /// A sign-in that waits, or a ceremony.
    ChallengeId,
}

tenantry_kernel::text_enum! {
    /// A kind of second factor that is set up with a code.
    pub(crate) enum MethodType {
        /// An authenticator app (RFC 6238).
        Totp = "totp",
    }
}

tenantry_kernel::text_enum! {
    /// By what somebody has shown that they hold a second factor.
    pub(crate) enum Factor {
        /// An authenticator app.
        Totp = "totp",
        /// A backup code, which is used up.
        BackupCode = "backup_code",
    }
}

impl Factor {
    /// As RFC 8176 names it.
    pub(crate) const fn amr(self) -> &'static str {
        match self {
            Self::Totp | Self::BackupCode => "otp",
        }
    }
}

/// One factor.
pub const ACR_ONE: &str = "urn:tenantry:acr:1fa";
/// Two factors, or one authenticator that stands for two.
pub const ACR_TWO: &str = "urn:tenantry:acr:2fa";

/// How a person has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    /// The method that the history of sign-ins names.
    pub(crate) method: &'static str,
    /// RFC 8176.
    pub(crate) amr: Vec<String>,
}

impl Proof {
    /// By a password alone.
    pub(crate) fn password() -> Self {
        Self { method: "password", amr: vec!["pwd".to_owned()] }
    }

    /// By a passkey: a key that its owner has unlocked (`user`), two factors in one.
    pub(crate) fn passkey() -> Self {
        Self { method: "passkey", amr: ["hwk", "user", "mfa"].map(str::to_owned).to_vec() }
    }

    /// With one more factor.
    pub(crate) fn and(mut self, factor: Factor) -> Self {
        self.method = factor.as_str();
        for word in [factor.amr(), "mfa"] {
            if !self.amr.iter().any(|known| known == word) {
                self.amr.push(word.to_owned());
            }
        }
        self
    }
}

/// How strong a proof by these methods is (OpenID Connect Core, 2: `acr`).
pub fn acr_of(amr: &[String]) -> &'static str {
    if amr.iter().any(|word| word == "mfa") { ACR_TWO } else { ACR_ONE }
}

tenantry_db::row! {
    /// A second factor of one's own.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct MethodView {
        pub(crate) id: MethodId,
        /// `totp`.
        #[serde(rename = "type")]
        pub(crate) method_type: MethodType,
        pub(crate) created_at: Timestamp,
        /// Before that, it does not count.
        pub(crate) verified_at: Option<Timestamp>,
        pub(crate) last_used_at: Option<Timestamp>,
    }
}

/// One's second factors.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MfaView {
    /// Whether signing in asks for a second factor.
    pub(crate) mfa_enabled: bool,
    pub(crate) methods: Vec<MethodView>,
    /// Backup codes that have not been used.
    pub(crate) backup_codes_left: i64,
}

impl View for MfaView {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_factor_makes_it_two() {
        let one = Proof::password();
        assert_eq!(acr_of(&one.amr), ACR_ONE);
        let two = one.and(Factor::Totp).and(Factor::Totp);
        assert_eq!((two.method, acr_of(&two.amr)), ("totp", ACR_TWO));
        assert_eq!(two.amr, ["pwd", "otp", "mfa"]);
    }
}
