//! What nobody who is signed in asks for: a new password, a link once more, an account.
//!
//! The answer must not tell whether there is an account, by words, status or time. So the request writes one job, the same for
//! every address, and the job finds out who is meant. What was asked is sealed in it under the tenant's key.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_db::{Change, Purpose as Why, TenantDb};
use tenantry_events::{Handler, Job, JobError, JobRow, queue};
use tenantry_kernel::{Clock, Rng};
use tenantry_messages::Language;
use tenantry_vault::{Place, Sealed};
use tenantry_web::ports::TenantInfo;
use tenantry_web::{Guard, Problem, Public};

use super::words::Words;
use super::{register, reset, verify};
use crate::lockout::Decision;
use crate::service::Identity;
use crate::{Error, Tokens};

tenantry_kernel::id! {
    /// Something that was asked for.
    AskedId,
}

/// The tenant, as letters name it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) slug: String,
    pub(crate) name: String,
    /// The domain of its issuer, which links lead to.
    #[serde(default)]
    pub(crate) issuer_domain: Option<String>,
}

impl Named {
    pub(crate) fn of(tenant: &TenantInfo) -> Self {
        let TenantInfo { slug, name, issuer_domain, .. } = tenant.clone();
        Self { slug, name, issuer_domain }
    }

    /// Where the tenant's pages are.
    pub(crate) fn pages(&self, tokens: &Tokens) -> String {
        tokens.issuer_of(&self.slug, self.issuer_domain.as_deref())
    }

    pub(crate) fn words(&self, language: Language) -> Words<'_> {
        Words { language, tenant: &self.name }
    }
}

/// Somebody who wants an account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Applicant {
    pub(crate) password_hash: String,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) role: String,
    pub(crate) needs_approval: bool,
    /// Whether the password is chosen by the link of the message, instead of now.
    #[serde(default)]
    pub(crate) by_link: bool,
}

/// What was asked for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    PasswordReset,
    Verification,
    Registration(Box<Applicant>),
}

/// What was asked for, by whom.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) what: What,
    /// Normalised.
    pub(crate) email: String,
    pub(crate) language: Language,
    pub(crate) tenant: Named,
}

const KIND: &str = "identity.asked";

#[derive(Serialize, Deserialize)]
struct Envelope {
    id: AskedId,
    sealed: String,
}

const fn place(id: AskedId) -> Place {
    Place { table: "jobs", column: "asked", row: id.as_uuid() }
}

impl Identity {
    /// Refuse an address of the network that asks for too much. It does not matter for whom.
    ///
    /// # Errors
    /// 429.
    pub(crate) fn limit_asking(&self, guard: &Guard<Public>, clock: &Clock) -> Result<(), Error> {
        let ip = guard.ip().and_then(|ip| ip.parse::<IpAddr>().ok());
        let (Some(asking), Some(ip)) = (&self.asking, ip) else { return Ok(()) };
        let (tenant, now) = (guard.tenant_info().id, clock.now());
        if let Decision::Refuse { until } = asking.decide(tenant, ip, now) {
            return Err(Error::too_many(until, now));
        }
        asking.failed(tenant, ip, now);
        Ok(())
    }

    /// Write down what was asked for. The same statements run whoever is meant.
    pub(crate) async fn ask(
        &self,
        guard: &Guard<Public>,
        (clock, rng): (&Clock, &Rng),
        verb: &str,
        action: &'static str,
        asked: &Asked,
    ) -> Result<(), Problem> {
        let tenant = guard.enter(Why::SignIn);
        let id = AskedId::new(clock, rng);
        let keyring = self.keys.keyring(tenant.tenant_id()).await?;
        let bytes = SecretString::from(serde_json::to_string(asked).unwrap_or_default());
        let sealed = keyring.seal(place(id), bytes.expose_secret().as_bytes(), rng)?;
        let envelope = Envelope { id, sealed: STANDARD.encode(sealed.as_bytes()) };
        let mut tx = tenant.begin()?;
        queue(&mut tx, clock, rng, Job::new(KIND, json!(envelope))).await?;
        let change = Change::named("account_request", Some(id.as_uuid()), verb, json!({}));
        tx.commit(change.action(action).without_event(), ()).await?;
        Ok(())
    }
}

/// Does what was asked for.
pub struct AccountJobs {
    identity: Identity,
    clock: Clock,
    rng: Rng,
}

impl AccountJobs {
    /// With the time and randomness of the product.
    pub const fn new(identity: Identity, clock: Clock, rng: Rng) -> Self {
        Self { identity, clock, rng }
    }

    async fn open(&self, tenant: &TenantDb, job: &JobRow) -> Result<Asked, Error> {
        let unreadable = || Error::Vault(tenantry_vault::Error::Malformed("a request"));
        let envelope: Envelope = serde_json::from_value(job.payload.clone()).map_err(|_| unreadable())?;
        let bytes = STANDARD.decode(&envelope.sealed).unwrap_or_default();
        let keyring = self.identity.keys.keyring(tenant.tenant_id()).await?;
        let opened = keyring.open(place(envelope.id), &Sealed::from_bytes(bytes)?)?;
        serde_json::from_slice(&opened).map_err(|_| unreadable())
    }

    async fn answer(&self, tenant: &TenantDb, job: &JobRow) -> Result<(), Error> {
        let asked = self.open(tenant, job).await?;
        let tools = (&self.clock, &self.rng);
        match &asked.what {
            What::PasswordReset => reset::answer(&self.identity, tenant, tools, &asked).await,
            What::Verification => verify::answer(&self.identity, tenant, tools, &asked).await,
            What::Registration(applicant) => {
                register::answer(&self.identity, tenant, tools, &asked, applicant).await
            }
        }
    }
}

impl Handler for AccountJobs {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, tenant: TenantDb, job: &'a JobRow) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            match self.answer(&tenant, job).await {
                // Who was written to just now is not written to again.
                Ok(()) | Err(Error::TooSoon { .. }) => Ok(()),
                Err(Error::Db(error)) => Err(error.into()),
                Err(error) => Err(JobError::Retry(error.to_string())),
            }
        })
    }

    fn is_once(&self) -> bool {
        true
    }
}
