//! Sealing and opening, and everything that must not open.

use proptest::prelude::*;
use tenantry_kernel::Rng;
use tenantry_kernel::uuid::Uuid;
use tenantry_vault::{Error, Keyring, MasterKey, Place, Sealed};

use crate::{data_key, keyring, tenant};

const PLACE: Place = Place { table: "users", column: "totp_seed", row: Uuid::from_u128(7) };

fn sealed_by(keyring: &Keyring) -> Sealed {
    keyring.seal(PLACE, b"JBSWY3DPEHPK3PXP", &Rng::system()).expect("sealed")
}

#[test]
fn what_is_sealed_does_not_show_the_plaintext() {
    let sealed = sealed_by(&keyring(tenant()));
    assert!(!sealed.as_bytes().windows(4).any(|window| window == b"JBSW"));
    assert_eq!(sealed.as_bytes().len(), 1 + 16 + 12 + 16 + 16);
}

#[test]
fn sealing_twice_gives_different_bytes() {
    let keyring = keyring(tenant());
    assert_ne!(sealed_by(&keyring), sealed_by(&keyring));
}

#[test]
fn a_value_opens_nowhere_else() {
    let tenant = tenant();
    let master = MasterKey::generate(&Rng::system());
    let key = data_key();
    let copy =
        master.unwrap(tenant, key.id(), &master.wrap(tenant, &key).expect("wrapped")).expect("unwrapped");
    let (keyring, of_another_tenant) =
        (Keyring::new(tenant, key, Vec::new()), Keyring::new(crate::tenant(), copy, Vec::new()));
    let sealed = sealed_by(&keyring);

    let elsewhere = [
        Place { table: "sessions", ..PLACE },
        Place { column: "phone", ..PLACE },
        Place { row: Uuid::from_u128(8), ..PLACE },
        Place { table: "users_totp", column: "seed", ..PLACE },
    ];
    for place in elsewhere {
        assert!(matches!(keyring.open(place, &sealed), Err(Error::NotAuthentic)), "{place:?}");
    }
    assert!(matches!(of_another_tenant.open(PLACE, &sealed), Err(Error::NotAuthentic)));
    assert!(keyring.open(PLACE, &sealed).is_ok());
}

#[test]
fn another_key_does_not_open_it() {
    let tenant = tenant();
    let sealed = sealed_by(&keyring(tenant));
    let unknown = keyring(tenant).open(PLACE, &sealed);
    assert!(matches!(unknown, Err(Error::UnknownKey(id)) if id == sealed.key_id()));

    // Renaming the key in the header does not help.
    let (one, other) = (keyring(tenant), keyring(tenant));
    let mut bytes = sealed_by(&one).as_bytes().to_vec();
    bytes[1..17].copy_from_slice(other.current_id().as_uuid().as_bytes());
    let renamed = Sealed::from_bytes(bytes).expect("well formed");
    assert!(matches!(other.open(PLACE, &renamed), Err(Error::NotAuthentic)));
}

#[test]
fn after_rotation_old_values_open_and_are_due_for_sealing_anew() {
    let (tenant, master) = (tenant(), MasterKey::generate(&Rng::system()));
    let old = data_key();
    let (old_id, wrapped) = (old.id(), master.wrap(tenant, &old).expect("wrapped"));
    let before = Keyring::new(tenant, old, Vec::new());
    let sealed = sealed_by(&before);
    assert!(!before.needs_rotation(&sealed));

    let old = master.unwrap(tenant, old_id, &wrapped).expect("unwrapped");
    let after = Keyring::new(tenant, data_key(), vec![old]);
    assert!(after.needs_rotation(&sealed));
    assert_eq!(after.open(PLACE, &sealed).expect("opened").as_slice(), b"JBSWY3DPEHPK3PXP");
    assert_eq!(sealed_by(&after).key_id(), after.current_id());
}

#[test]
fn debug_shows_ids_alone() {
    let (tenant, key) = (tenant(), data_key());
    let id = key.id();
    assert_eq!(format!("{key:?}"), format!("DataKey {{ id: {id:?}, .. }}"));
    let keyring = Keyring::new(tenant, key, vec![]);
    let expected = format!("Keyring {{ tenant: {tenant:?}, current: {id:?}, older: [], .. }}");
    assert_eq!(format!("{keyring:?}"), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_opens(plaintext: Vec<u8>, row: u128) {
        let (keyring, place) = (keyring(tenant()), Place { row: Uuid::from_u128(row), ..PLACE });
        let sealed = keyring.seal(place, &plaintext, &Rng::system()).expect("sealed");
        let stored = Sealed::from_bytes(sealed.as_bytes().to_vec()).expect("read back");
        prop_assert_eq!(keyring.open(place, &stored).expect("opened").to_vec(), plaintext);
    }

    #[test]
    fn any_flipped_bit_is_noticed(plaintext in proptest::collection::vec(any::<u8>(), 0..40)) {
        let keyring = keyring(tenant());
        let sealed = keyring.seal(PLACE, &plaintext, &Rng::system()).expect("sealed");
        for bit in 0..sealed.as_bytes().len() * 8 {
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let opened = Sealed::from_bytes(bytes).and_then(|changed| keyring.open(PLACE, &changed));
            prop_assert!(opened.is_err(), "bit {bit}");
        }
    }

    #[test]
    fn cutting_or_extending_is_noticed(plaintext: Vec<u8>, cut: prop::sample::Index, more in 1..20_usize) {
        let keyring = keyring(tenant());
        let bytes = keyring.seal(PLACE, &plaintext, &Rng::system()).expect("sealed").as_bytes().to_vec();
        let longer = [bytes.as_slice(), &vec![0; more]].concat();
        for changed in [bytes[..cut.index(bytes.len())].to_vec(), longer] {
            prop_assert!(Sealed::from_bytes(changed).and_then(|sealed| keyring.open(PLACE, &sealed)).is_err());
        }
    }
}
