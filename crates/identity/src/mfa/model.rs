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
        /// Codes to the verified e-mail address.
        Email = "email",
        /// Codes to the verified telephone number, as text messages.
        Sms = "sms",
    }
}

tenantry_kernel::text_enum! {
    /// By what somebody has shown that they hold a second factor.
    pub(crate) enum Factor {
        /// An authenticator app.
        Totp = "totp",
        /// A code that was sent by e-mail.
        Email = "email",
        /// A code that was sent as a text message.
        Sms = "sms",
        /// A backup code, which is used up.
        BackupCode = "backup_code",
    }
}

impl Factor {
    /// As RFC 8176 names it.
    pub(crate) const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Totp | Self::Email | Self::BackupCode => &["otp"],
            Self::Sms => &["otp", "sms"],
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
    /// Whether a trusted device stands for the second factor. It lets in, and proves no more than the first: `amr` does not say
    /// otherwise.
    pub(crate) by_device: bool,
}

impl Proof {
    /// By a method, as far as `amr` says.
    pub(crate) const fn by(method: &'static str, amr: Vec<String>) -> Self {
        Self { method, amr, by_device: false }
    }

    /// By a password alone.
    pub(crate) fn password() -> Self {
        Self::by("password", vec!["pwd".to_owned()])
    }

    /// With a device that stands for the second factor.
    pub(crate) fn by_trusted_device(mut self) -> Self {
        self.method = "trusted_device";
        self.by_device = true;
        self
    }

    /// Whether a second factor has been shown beside the first.
    pub(crate) fn has_factor(&self) -> bool {
        self.method != Self::PASSKEY && !self.by_device && acr_of(&self.amr) == ACR_TWO
    }

    /// By a passkey: a key (`pop`: whether hardware keeps it is not known) that its owner has unlocked (`user`), two factors in
    /// one.
    pub(crate) fn passkey() -> Self {
        Self::by(Self::PASSKEY, ["pop", "user", "mfa"].map(str::to_owned).to_vec())
    }

    /// What the history calls a passkey.
    pub(crate) const PASSKEY: &str = "passkey";

    /// After what was proved before.
    pub(crate) fn after(mut self, before: Vec<String>) -> Self {
        let own = std::mem::replace(&mut self.amr, before);
        self.amr.extend(own.into_iter().filter(|word| !self.amr.contains(word)).collect::<Vec<_>>());
        self
    }

    /// The same, as one factor only.
    pub(crate) fn reduced(mut self) -> Self {
        self.amr.retain(|word| word != "mfa");
        self
    }

    /// With one more factor.
    pub(crate) fn and(mut self, factor: Factor) -> Self {
        self.method = factor.as_str();
        self.by_device = false;
        for word in factor.amr().iter().chain(&["mfa"]) {
            if !self.amr.iter().any(|known| known == word) {
                self.amr.push((*word).to_owned());
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
    /// A second factor that was set up with a code, or is being.
    #[derive(Debug, Clone)]
    pub(crate) struct Method {
        pub(crate) id: MethodId,
        pub(crate) method_type: MethodType,
        /// Of a method whose codes are sent: what stands for where they go.
        pub(crate) target_hash: Option<Vec<u8>>,
        pub(crate) created_at: Timestamp,
        pub(crate) verified_at: Option<Timestamp>,
        pub(crate) last_used_at: Option<Timestamp>,
    }
}

/// A second factor of one's own.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MethodView {
    pub(crate) id: MethodId,
    #[serde(rename = "type")]
    pub(crate) method_type: MethodType,
    /// Where codes are sent, in part. None of an app, and none when address or number are no longer those that were verified
    /// for it: then it cannot be used.
    pub(crate) destination: Option<String>,
    pub(crate) created_at: Timestamp,
    /// Before that, it does not count.
    pub(crate) verified_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
}

/// One's second factors.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MfaView {
    /// Whether signing in asks for a second factor.
    pub(crate) mfa_enabled: bool,
    /// From when on one must have a second factor; none when one need not.
    pub(crate) required_from: Option<Timestamp>,
    /// What the organisation lets one set up: of `totp`, `email`, `sms`, `passkey`.
    pub(crate) allowed_methods: Vec<String>,
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
        assert_eq!(Proof::password().and(Factor::Sms).amr, ["pwd", "otp", "sms", "mfa"]);
    }

    #[test]
    fn a_trusted_device_claims_no_factor() {
        let proof = Proof::password().by_trusted_device();
        assert_eq!(
            (proof.method, acr_of(&proof.amr), proof.has_factor()),
            ("trusted_device", ACR_ONE, false)
        );
        let shown = proof.and(Factor::Totp);
        assert!(shown.has_factor() && !shown.by_device);
        assert!(!Proof::passkey().has_factor() && !Proof::password().has_factor());
    }
}
