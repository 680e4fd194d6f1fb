//! Somebody comes in: their device is met, what is unusual is noted, and they are told of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tenantry_db::{Change, TenantTx, Topic};
use tenantry_kernel::{SessionId, UserId};

use super::describe::Kind;
use super::found::Found;
use super::model::{DeviceId, told, trusted_until};
use super::shown::{Fresh, Kept};
use super::store;
use crate::Error;
use crate::account::tell::UnusualSignIn;
use crate::auth::entrance::Entrance;
use crate::auth::store::Account;
use crate::history::{self, SignInId};
use crate::mfa::{Proof, policy};
use crate::session::store as sessions;
use crate::signal::{self, Signal, Whence, judge};
use crate::user::{User, store as users};

/// For so long, a person is not told again of the same kind of device on the same address: a program that keeps nothing is new
/// each time.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The most devices that are remembered of one user.
const MOST_DEVICES: i64 = 100;

/// For so long, a device is remembered that nobody signs in from: as long as browsers keep its cookie.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);

/// A session that begins with the commit of its transaction.
pub(crate) struct Arrival {
    pub(crate) session: SessionId,
    pub(crate) seed: Vec<u8>,
    pub(crate) expires_at: Timestamp,
    pub(crate) device: DeviceId,
    /// What the client is to keep of its device.
    pub(crate) kept: Option<Kept>,
    /// What the trail says.
    pub(crate) changes: Vec<Change>,
}

/// A device on its way into the transaction.
struct Met {
    id: DeviceId,
    name: String,
    is_new: bool,
    kept: Option<Kept>,
    changes: Vec<Change>,
}

impl Entrance<'_> {
    /// Whether the device stands for the second factor of somebody who has shown the first. Returns what the trail says, too: of a
    /// secret that was copied.
    pub(crate) async fn device_stands_in(
        &self,
        tx: &mut TenantTx,
        account: &Account,
    ) -> Result<(bool, Vec<Change>), Error> {
        let ids = self.shown.ids();
        if ids.is_empty() {
            return Ok((false, Vec::new()));
        }
        let (devices, policy) = tx.read((store::shown(account.id, ids), policy::find())).await?;
        match Found::of(devices, self.shown, &Kind::of(self.guard.user_agent())) {
            Found::Known(device) => {
                let days = policy.unwrap_or_default().trusted_device_days;
                let is_trusted = device.is_trusted(days, account.password_changed_at, self.now);
                Ok((is_trusted && self.shown.may_stand_in(), Vec::new()))
            }
            Found::Copied(device) => Ok((false, vec![self.retire(tx, account.id, &device).await?])),
            Found::New => Ok((false, Vec::new())),
        }
    }

    /// The secret of a device has come from something else: it counts no longer.
    async fn retire(&self, tx: &mut TenantTx, user: UserId, device: &super::Device) -> Result<Change, Error> {
        tx.run(store::retire(device.id)).await?;
        tx.announce(Topic::Access);
        let values = json!({"device_id": device.id, "name": device.name});
        let change = told((self.clock, self.rng), user, ("copied", "auth:device_copied"), values);
        Ok(change.reason("the secret of the device was shown by something else"))
    }

    /// Let somebody in: a session on their device, and a line in their history.
    pub(crate) async fn arrive(
        &self,
        tx: &mut TenantTx,
        user: UserId,
        proof: &Proof,
        authenticated_at: Timestamp,
    ) -> Result<Arrival, Error> {
        let whence = self.whence();
        let Whence { network, country, asn, .. } = whence.clone();
        if proof.has_factor() && self.shown.wants_trust() {
            tx.run(policy::hold()).await?;
        }
        let batch = (
            users::find(user),
            store::shown(user, self.shown.ids()),
            policy::find(),
            history::past_of(user, self.now - signal::MEMORY, network, country, asn),
        );
        let (person, devices, policy, past) = tx.read(batch).await?;
        let person = person.ok_or(Error::NotFound)?;
        let days = policy.unwrap_or_default().trusted_device_days;
        let kind = Kind::of(self.guard.user_agent());
        let found = Found::of(devices, self.shown, &kind);
        // Read before the device is there itself.
        let is_first = person.last_login_at.is_none();
        let was_told = match &found {
            Found::Known(_) => false,
            _ if is_first => true,
            _ => self.was_told(tx, user, &kind).await?,
        };
        let mut met = self.meet(tx, user, (found, &kind), proof.has_factor().then_some(days)).await?;
        let is_unknown = met.is_new && !is_first;
        let signals = judge(&past.unwrap_or_default(), &whence, is_unknown, self.now);
        self.tell(tx, &person, &mut met, (&signals, &whence), was_told).await?;
        let (session, seed) = (SessionId::new(self.clock, self.rng), self.rng.bytes::<16>().to_vec());
        let ends = self.now + self.identity.tokens.lifetimes().absolute;
        let (ip, agent) = self.sender();
        tx.queue(sessions::insert(
            session,
            user,
            seed.clone(),
            ip,
            agent,
            self.now,
            authenticated_at,
            ends,
            proof.amr.clone(),
            met.id,
            proof.by_device,
        ));
        tx.queue(users::note_login(user, self.now));
        self.note(tx, user, (proof.method, session, met.id), &signals, whence);
        Ok(Arrival { session, seed, expires_at: ends, device: met.id, kept: met.kept, changes: met.changes })
    }

    /// Whether the person was told of such a device a short while ago.
    async fn was_told(&self, tx: &mut TenantTx, user: UserId, kind: &Kind) -> Result<bool, Error> {
        let fingerprint = kind.fingerprint(self.shown.languages()).to_vec();
        let (ip, _) = self.sender();
        let told = tx.read(store::was_told(user, fingerprint, ip, self.now - TOLD_FOR)).await?;
        Ok(told.is_some_and(|told| told.0))
    }

    /// Note the device that somebody comes in from. It is trusted when they want that, have shown a second factor, and the tenant
    /// allows it for some `days`.
    async fn meet(
        &self,
        tx: &mut TenantTx,
        user: UserId,
        (found, kind): (Found, &Kind),
        days: Option<i32>,
    ) -> Result<Met, Error> {
        let (ip, agent) = self.sender();
        let fingerprint = kind.fingerprint(self.shown.languages()).to_vec();
        let days = days.filter(|days| *days > 0 && self.shown.wants_trust());
        let mut changes = Vec::new();
        if let Found::Copied(device) = &found {
            changes.push(self.retire(tx, user, device).await?);
        }
        let (id, name, is_new, fresh) = match found {
            Found::Known(device) => {
                let summary = kind.summary();
                tx.queue(store::note_use(device.id, fingerprint, agent, summary, ip, self.now));
                (device.id, device.name, false, days.map(|_| Fresh::make(self.rng)))
            }
            Found::Copied(_) | Found::New => {
                self.make_room(tx, user).await?;
                let (id, fresh) = (DeviceId::new(self.clock, self.rng), Fresh::make(self.rng));
                let (hash, summary) = (fresh.hash.clone(), kind.summary());
                let name = summary.clone();
                tx.queue(store::insert(id, user, name, hash, fingerprint, agent, summary, ip, self.now));
                (id, kind.summary(), true, Some(fresh))
            }
        };
        if let (Some(days), Some(fresh)) = (days, &fresh) {
            let until = trusted_until(self.now, days);
            tx.queue(store::trust(id, fresh.hash.clone(), self.now, until));
            tx.announce(Topic::Access);
            let values = json!({"device_id": id, "name": name, "trusted_until": until});
            changes.push(told((self.clock, self.rng), user, ("trusted", "auth:device_trusted"), values));
        }
        let kept = self.shown.kept(id, fresh.as_ref());
        Ok(Met { id, name, is_new, kept, changes })
    }

    /// Forget devices of a user before there is one more.
    async fn make_room(&self, tx: &mut TenantTx, user: UserId) -> Result<(), Error> {
        let seen_since = self.now - REMEMBERED_FOR;
        let gone = tx.run(store::make_room(user, self.now, seen_since, MOST_DEVICES - 1)).await?;
        if gone.iter().any(|was_trusted| was_trusted.0) {
            tx.announce(Topic::Access);
        }
        Ok(())
    }

    /// Say what is unusual: in the trail, in an event, and by mail.
    async fn tell(
        &self,
        tx: &mut TenantTx,
        person: &User,
        met: &mut Met,
        (signals, whence): (&[Signal], &Whence),
        was_told: bool,
    ) -> Result<(), Error> {
        for signal in signals {
            metrics::counter!("tenantry_sign_in_signals_total", "signal" => signal.as_str()).increment(1);
        }
        let tools = (self.clock, self.rng);
        let is_suspicious = signals.iter().any(|signal| signal.is_suspicious());
        let values = || {
            json!({
                "device_id": met.id, "name": met.name, "ip": self.guard.ip(), "country": whence.country,
                "signals": signals,
            })
        };
        let mut changes = Vec::new();
        if signals.contains(&Signal::NewDevice) {
            changes.push(told(tools, person.id, ("added", "auth:device_added"), values()));
        }
        if is_suspicious {
            let change = Change::named("user", Some(person.id.as_uuid()), "suspicious_sign_in", values());
            let event = tenantry_kernel::EventId::new(self.clock, self.rng);
            let change = change.action("auth:suspicious_sign_in");
            changes.push(change.publish_as(event, "tenantry.session.suspicious"));
        }
        if is_suspicious || (signals.contains(&Signal::NewDevice) && !was_told) {
            let unusual = UnusualSignIn {
                device: &met.name,
                ip: self.guard.ip(),
                country: whence.country.as_deref(),
                at: self.now,
                is_suspicious,
            };
            self.identity.tell_of_sign_in(tx, self.guard.tenant_info(), person, unusual).await?;
        }
        met.changes.append(&mut changes);
        Ok(())
    }

    fn note(
        &self,
        tx: &mut TenantTx,
        user: UserId,
        (method, session, device): (&'static str, SessionId, DeviceId),
        signals: &[Signal],
        whence: Whence,
    ) {
        let (ip, agent) = self.sender();
        let Whence { network, country, asn, point } = whence;
        let (latitude, longitude) = point.unzip();
        let signals = signals.iter().map(ToString::to_string).collect();
        let id = SignInId::new(self.clock, self.rng);
        tx.queue(history::insert(
            id,
            Some(user),
            self.now,
            "success",
            method,
            Some(session),
            ip,
            agent,
            Some(device),
            network,
            country,
            asn,
            latitude,
            longitude,
            signals,
        ));
    }
}
