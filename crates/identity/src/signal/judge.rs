//! What is unusual about a sign-in, compared with those before it.

use jiff::{SignedDuration, Timestamp};

use super::Whence;

tenantry_kernel::text_enum! {
    /// What is unusual about a sign-in.
    pub(crate) enum Signal {
        /// On a device that is not known.
        NewDevice = "new_device",
        /// From a network that nobody has signed in from for 90 days.
        NewNetwork = "new_network",
        /// In a country that nobody has signed in from lately.
        NewCountry = "new_country",
        /// Through a provider that nobody has signed in through lately.
        NewAsn = "new_asn",
        /// So far from where the last one was that nobody travels as fast.
        ImpossibleTravel = "impossible_travel",
        /// From an address that fails for many different accounts.
        CredentialStuffing = "credential_stuffing",
    }
}

impl Signal {
    /// Whether a person is told of it for itself.
    pub(crate) const fn is_suspicious(self) -> bool {
        matches!(self, Self::NewCountry | Self::ImpossibleTravel)
    }
}

/// How far back sign-ins are compared.
pub(crate) const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 90);

tenantry_db::row! {
    /// What a user's earlier sign-ins say of this one.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct Past {
        pub(crate) has_network: bool,
        pub(crate) knows_network: bool,
        pub(crate) has_country: bool,
        pub(crate) knows_country: bool,
        pub(crate) has_asn: bool,
        pub(crate) knows_asn: bool,
        /// When and where the latest one was, of those whose place is known.
        pub(crate) placed_at: Option<Timestamp>,
        pub(crate) latitude: Option<f64>,
        pub(crate) longitude: Option<f64>,
    }
}

/// Places are known to some ten kilometres, and networks move: nearer than that is no travel, in kilometres.
const NEAR: f64 = 100.0;
/// Faster than an airliner, in kilometres an hour.
const FASTEST: f64 = 900.0;

/// What is unusual about a sign-in. Where there is nothing to compare with, nothing is.
pub(crate) fn judge(past: &Past, whence: &Whence, is_new_device: bool, now: Timestamp) -> Vec<Signal> {
    let mut signals = Vec::new();
    let mut add = |signal, is_so: bool| {
        if is_so {
            signals.push(signal);
        }
    };
    add(Signal::NewDevice, is_new_device);
    add(Signal::NewNetwork, whence.network.is_some() && past.has_network && !past.knows_network);
    add(Signal::NewCountry, whence.country.is_some() && past.has_country && !past.knows_country);
    add(Signal::NewAsn, whence.asn.is_some() && past.has_asn && !past.knows_asn);
    add(Signal::ImpossibleTravel, is_impossible(past, whence, now));
    signals
}

fn is_impossible(past: &Past, whence: &Whence, now: Timestamp) -> bool {
    let (Some(here), Some(at), Some(latitude), Some(longitude)) =
        (whence.point, past.placed_at, past.latitude, past.longitude)
    else {
        return false;
    };
    let distance = kilometres((latitude, longitude), here);
    let hours = now.duration_since(at).as_secs_f64().max(1.0) / 3600.0;
    distance > NEAR && distance / hours > FASTEST
}

/// The way along the surface of the earth (the haversine formula).
fn kilometres(from: (f64, f64), to: (f64, f64)) -> f64 {
    let radians = |(latitude, longitude): (f64, f64)| (latitude.to_radians(), longitude.to_radians());
    let ((from_latitude, from_longitude), (to_latitude, to_longitude)) = (radians(from), radians(to));
    let half = |a: f64, b: f64| ((b - a) / 2.0).sin().powi(2);
    let chord = half(from_latitude, to_latitude)
        + from_latitude.cos() * to_latitude.cos() * half(from_longitude, to_longitude);
    2.0 * 6371.0 * chord.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: (f64, f64) = (52.5, 13.4);
    const POTSDAM: (f64, f64) = (52.4, 13.1);
    const DELHI: (f64, f64) = (28.6, 77.2);

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + minutes * 60).unwrap()
    }

    fn whence(point: Option<(f64, f64)>) -> Whence {
        let (network, country) = (Some("203.0.113.0/24".to_owned()), Some("DE".to_owned()));
        Whence { network, country, asn: Some(64_496), point }
    }

    #[test]
    fn the_first_sign_in_is_compared_with_nothing() {
        assert_eq!(judge(&Past::default(), &whence(Some(BERLIN)), false, at(0)), []);
        assert_eq!(judge(&Past::default(), &Whence::default(), true, at(0)), [Signal::NewDevice]);
    }

    #[test]
    fn what_nobody_has_come_from_is_new() {
        use Signal::{NewAsn, NewCountry, NewNetwork};
        let past = Past { has_network: true, has_country: true, has_asn: true, ..Past::default() };
        assert_eq!(judge(&past, &whence(None), false, at(0)), [NewNetwork, NewCountry, NewAsn]);
        assert_eq!(judge(&past, &Whence::default(), false, at(0)), []);
        let known = Past { knows_network: true, knows_country: true, knows_asn: true, ..past };
        assert_eq!(judge(&known, &whence(None), false, at(0)), []);
    }

    #[test]
    fn nobody_is_in_delhi_an_hour_after_berlin() {
        let past = |(latitude, longitude)| Past {
            placed_at: Some(at(0)),
            latitude: Some(latitude),
            longitude: Some(longitude),
            ..Past::default()
        };
        for (from, to, minutes, is_impossible) in [
            (BERLIN, DELHI, 60, true),
            (BERLIN, DELHI, 6 * 60, true),
            (BERLIN, DELHI, 7 * 60, false),
            (BERLIN, POTSDAM, 0, false),
            (BERLIN, BERLIN, 0, false),
        ] {
            let signals = judge(&past(from), &whence(Some(to)), false, at(minutes));
            assert_eq!(signals == [Signal::ImpossibleTravel], is_impossible, "{from:?} {to:?} {minutes}");
        }
        let distance = kilometres(BERLIN, DELHI);
        assert!((5_700.0..5_900.0).contains(&distance), "{distance}");
    }
}
