//! Wrapping data keys under the master key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use tenantry_kernel::uuid::Uuid;
use tenantry_kernel::{KeyId, Rng, TenantId};
use tenantry_vault::{Error, Keyring, MasterKey, Place, Sealed};

use crate::{data_key, tenant};

fn zeros() -> MasterKey {
    MasterKey::from_base64(&SecretString::from("A".repeat(43) + "=")).expect("32 bytes")
}

#[test]
fn a_wrapped_key_opens_what_the_key_sealed() {
    let (master, tenant, key) = (MasterKey::generate(&Rng::system()), tenant(), data_key());
    let id = key.id();
    let wrapped = master.wrap(tenant, &key).expect("wrapped");
    let place = Place { table: "t", column: "c", row: Uuid::nil() };
    let sealed = Keyring::new(tenant, key, vec![]).seal(place, b"secret", &Rng::system()).expect("sealed");

    let again = Keyring::new(tenant, master.unwrap(tenant, id, &wrapped).expect("unwrapped"), vec![]);
    assert_eq!(again.open(place, &sealed).expect("opened").as_slice(), b"secret");
}

#[test]
fn wrapping_twice_gives_the_same_bytes_and_no_two_keys_the_same() {
    let (master, tenant, key) = (zeros(), tenant(), data_key());
    let wrapped = master.wrap(tenant, &key).expect("wrapped");
    assert_eq!(wrapped.len(), 57);
    assert_eq!(wrapped, master.wrap(tenant, &key).expect("wrapped"));
    assert_ne!(wrapped[9..], master.wrap(crate::tenant(), &key).expect("wrapped")[9..]);
}

#[test]
fn a_wrapped_key_is_bound_to_its_tenant_its_id_and_every_bit() {
    let (master, tenant, key) = (MasterKey::generate(&Rng::system()), tenant(), data_key());
    let wrapped = master.wrap(tenant, &key).expect("wrapped");
    let other_id = KeyId::from_uuid(Uuid::nil());
    assert!(matches!(master.unwrap(crate::tenant(), key.id(), &wrapped), Err(Error::NotAuthentic)));
    assert!(matches!(master.unwrap(tenant, other_id, &wrapped), Err(Error::NotAuthentic)));
    for bit in 0..wrapped.len() * 8 {
        let mut changed = wrapped.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(master.unwrap(tenant, key.id(), &changed).is_err(), "bit {bit}");
    }
}

#[test]
fn another_master_key_is_named_in_the_error() {
    let (one, other, tenant, key) = (zeros(), MasterKey::generate(&Rng::system()), tenant(), data_key());
    let wrapped = one.wrap(tenant, &key).expect("wrapped");
    let error = other.unwrap(tenant, key.id(), &wrapped).expect_err("another master key").to_string();
    assert!(error.contains(one.id()) && error.contains(other.id()), "{error}");
}

/// The values were computed apart from this code, with Node's `crypto` by the README, under a master key of zeros.
#[test]
fn what_was_stored_by_the_formats_of_today_opens_forever() {
    let (master, tenant, id) = (zeros(), TenantId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(2));
    assert_eq!(master.id(), "2b05c9a4ebf54dfa");
    let password = master.derive("role/tenantry_app");
    assert_eq!(password.expose_secret(), "s7RfeewglJXjtnAn2GHVwqGlJ6rLpR5GqGV-cSc1PlM");

    let wrapped = "ASsFyaTr9U36J7YJtEzLDpSEEmWlTlhdkuSccwxZDPzNVpRNx3XRDaioV9SfJGZA50VMejm9YLdU";
    let wrapped = STANDARD.decode(wrapped).expect("base64");
    let key = master.unwrap(tenant, KeyId::from_uuid(id), &wrapped).expect("unwrapped");
    assert_eq!(master.wrap(tenant, &key).expect("wrapped"), wrapped);

    let sealed = "AQAAAAAAAAAAAAAAAAAAAAIBAgMEBQYHCAkKCwyezhBsdVN4Mb89WG3zw10k+mpjQijq8lmO";
    let sealed = Sealed::from_bytes(STANDARD.decode(sealed).expect("base64")).expect("well formed");
    let place = Place { table: "users", column: "phone", row: Uuid::from_u128(3) };
    let opened = Keyring::new(tenant, key, vec![]).open(place, &sealed).expect("opened");
    assert_eq!(opened.as_slice(), b"+46 8 123");
}

#[test]
fn each_label_gives_its_own_secret() {
    let master = MasterKey::generate(&Rng::system());
    let secret = |master: &MasterKey, label| master.derive(label).expose_secret().to_owned();
    assert_eq!(secret(&master, "a"), secret(&master, "a"));
    assert_ne!(secret(&master, "a"), secret(&master, "b"));
    assert_ne!(secret(&master, "a"), secret(&MasterKey::generate(&Rng::system()), "a"));
    assert_eq!(secret(&master, "").len(), 43);
}

#[test]
fn only_32_bytes_are_a_master_key() {
    let texts =
        ["", "AAAA", &"A".repeat(43), &("A".repeat(44) + "===="), &("A".repeat(41) + "==="), "not base64"];
    for text in texts {
        let key = MasterKey::from_base64(&SecretString::from(text));
        assert!(matches!(key, Err(Error::MasterKeyMalformed)), "{text}");
    }
    let with_newline = MasterKey::from_base64(&SecretString::from("A".repeat(43) + "=\n")).expect("32 bytes");
    assert_eq!(with_newline.id(), zeros().id());
}

#[test]
fn debug_shows_the_id_alone() {
    let text = format!("{:?}", zeros());
    assert_eq!(text, format!("MasterKey {{ id: {:?}, .. }}", zeros().id()));
}
