//! Who must have a second factor, from when on, and what a change of it means for trust.

use super::*;

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + day * 86_400).unwrap()
}

fn role(n: u128) -> RoleId {
    RoleId::from_uuid(Uuid::from_u128(n))
}

fn nothing() -> ChangedMfaPolicy {
    ChangedMfaPolicy {
        required: None,
        role_ids: None,
        methods: None,
        grace_days: None,
        trusted_device_days: None,
    }
}

#[test]
fn who_must_and_from_when() {
    use MfaRequired::{Everybody, Nobody, Roles};
    let policy = |required| MfaPolicy {
        required,
        role_ids: vec![role(1), role(2)],
        grace_days: 7,
        starts_at: Some(at(10)),
        ..MfaPolicy::default()
    };
    for (required, roles, created, from) in [
        (Nobody, &[role(1)][..], 0, None),
        (Everybody, &[][..], 0, Some(17)),
        (Everybody, &[][..], 20, Some(27)),
        (Roles, &[role(3)][..], 0, None),
        (Roles, &[role(3), role(2)][..], 0, Some(17)),
    ] {
        assert_eq!(policy(required).required_from(roles, at(created)), from.map(at), "{required} {roles:?}");
    }
}

#[test]
fn grace_begins_when_the_policy_gets_another_and_not_when_it_gets_longer() {
    let everybody = ChangedMfaPolicy { required: Some(MfaRequired::Everybody), ..nothing() };
    let strict = MfaPolicy::default().changed(everybody, at(1)).unwrap();
    assert_eq!(strict.starts_at, Some(at(1)));
    let longer = strict.changed(ChangedMfaPolicy { grace_days: Some(9), ..nothing() }, at(2)).unwrap();
    assert_eq!((longer.starts_at, longer.grace_days), (Some(at(1)), 9));
    let fewer = ChangedMfaPolicy { methods: Some(vec![FactorKind::Totp]), ..nothing() };
    let fewer = longer.changed(fewer, at(3)).unwrap();
    assert_eq!((fewer.starts_at, fewer.methods.as_slice()), (Some(at(3)), &["totp".to_owned()][..]));
    let off = ChangedMfaPolicy { required: Some(MfaRequired::Nobody), ..nothing() };
    assert_eq!(fewer.changed(off, at(4)).unwrap().starts_at, None);
}

#[test]
fn trust_gets_shorter_with_the_days_and_ends_with_a_kind_of_factor() {
    let policy = |days, methods: &[&str]| MfaPolicy {
        trusted_device_days: days,
        methods: methods.iter().map(ToString::to_string).collect(),
        ..MfaPolicy::default()
    };
    for (before, after, longest) in [
        ((30, &["totp", "sms"][..]), (30, &["totp", "sms"][..]), None),
        ((30, &["totp"]), (90, &["totp", "sms"]), None),
        ((30, &["totp"]), (7, &["totp"]), Some(7)),
        ((30, &["totp"]), (0, &["totp"]), Some(0)),
        ((30, &["totp", "sms"]), (30, &["totp", "email"]), Some(0)),
        ((30, &["totp", "sms"]), (90, &["totp"]), Some(0)),
    ] {
        let found = policy(before.0, before.1).longest_trust(&policy(after.0, after.1));
        assert_eq!(found, longest, "{before:?} {after:?}");
    }
}

#[test]
fn nobody_is_asked_for_what_they_may_not_be_able_to_set_up() {
    for kinds in [vec![FactorKind::Sms], vec![FactorKind::Email, FactorKind::Passkey]] {
        let change = ChangedMfaPolicy {
            required: Some(MfaRequired::Everybody),
            methods: Some(kinds.clone()),
            ..nothing()
        };
        assert!(MfaPolicy::default().changed(change, at(0)).is_err(), "{kinds:?}");
        let change = ChangedMfaPolicy { methods: Some(kinds.clone()), ..nothing() };
        assert!(MfaPolicy::default().changed(change, at(0)).is_ok(), "{kinds:?}");
    }
    let roles = ChangedMfaPolicy { required: Some(MfaRequired::Roles), ..nothing() };
    assert!(MfaPolicy::default().changed(roles, at(0)).is_err());
}
