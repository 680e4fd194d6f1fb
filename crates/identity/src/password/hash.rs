//! argon2id hashes as PHC strings (`$argon2id$v=19$m=…`, RFC 9106).
//!
//! New hashes use OWASP's first recommendation: 19 MiB, 2 passes, 1 lane, a salt of 16 bytes and a tag of 32. Hashes
//! made elsewhere are checked with the parameters they name, within bounds: a stored hash must not be able to ask for
//! gigabytes. [`needs_rehash`] tells which to replace at the next sign-in, so that all come to cost the same.
//!
//! The functions here block for the time of one hash; `Hasher` calls them off the async threads.

use std::cell::RefCell;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tenantry_kernel::Rng;

use super::Error;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 32;

/// The most memory that a stored hash may ask for: 128 MiB.
const MAX_MEMORY_KIB: u32 = 131_072;
/// The most work that a stored hash may ask for, as memory times passes: 13 times that of a new one.
const MAX_WORK_KIB: u64 = 524_288;
/// The costs of bcrypt that are accepted: the highest takes about half a second.
const BCRYPT_COSTS: std::ops::RangeInclusive<u32> = 4..=13;
/// The most lanes that a stored hash may ask for.
const MAX_LANES: u32 = 16;
/// A shorter tag would be too easy to meet by chance.
const MIN_TAG_BYTES: usize = 16;

/// Checked when there is no user, so that the answer takes as long as for one. Salt and tag are drawn at random: no
/// password is known to fit, and [`pretend`] would not say so.
const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$K0rXl3dWZ8vQe0yqT4hN7A$b0Zk2mYw9uJtq1rVh5sXcD8fLgNpE3aRiUoTzWyKxQM";

thread_local! {
    /// What a hash is made in, kept from one to the next until [`release_memory`]: to get 19 MiB from the operating system and
    /// give them back each time would take about a twentieth of the hash's time.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Give the memory back that this thread keeps for its next hash.
pub(super) fn release_memory() {
    MEMORY.take();
}

/// Hash a password with a new salt.
pub(super) fn hash(password: &SecretString, rng: &Rng) -> Result<String, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(TAG_BYTES))
        .map_err(|error| Error::Argon2(error.into()))?;
    let salt: [u8; SALT_BYTES] = rng.bytes();
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(Error::Argon2)?,
        salt: Some(Salt::new(&salt).map_err(|error| Error::Argon2(error.into()))?),
        hash: Some(tag(password, &salt, Version::V0x13, params, TAG_BYTES)?),
    };
    Ok(hash.to_string())
}

/// The argon2id tag of a password, of so many bytes.
fn tag(
    password: &SecretString,
    salt: &[u8],
    version: Version,
    params: Params,
    length: usize,
) -> Result<Output, Error> {
    // What hashes made elsewhere ask for beyond that is not kept.
    let fits = params.block_count() <= MEMORY_KIB as usize;
    let argon2 = Argon2::new(Algorithm::Argon2id, version, params);
    let password = password.expose_secret().as_bytes();
    let mut buffer = [0; Output::MAX_LENGTH];
    let tag = buffer.get_mut(..length).ok_or(Error::UnreadableHash)?;
    let made = if fits {
        MEMORY.with_borrow_mut(|memory| {
            memory.resize(MEMORY_KIB as usize, Block::new());
            argon2.hash_password_into_with_memory(password, salt, tag, memory)
        })
    } else {
        argon2.hash_password_into(password, salt, tag)
    };
    made.map_err(|error| Error::Argon2(error.into()))?;
    Output::new(tag).map_err(|error| Error::Argon2(error.into()))
}

/// Whether the password is the one that was hashed.
///
/// # Errors
/// [`Error::UnreadableHash`] when `stored` is not an argon2id or bcrypt hash within the bounds.
pub(super) fn verify(password: &SecretString, stored: &str) -> Result<bool, Error> {
    if is_bcrypt(stored) {
        return bcrypt::verify(password.expose_secret(), stored).map_err(|_| Error::UnreadableHash);
    }
    let (hash, params) = parse(stored).ok_or(Error::UnreadableHash)?;
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else { return Err(Error::UnreadableHash) };
    let version = version_of(&hash).ok_or(Error::UnreadableHash)?;
    // `Output` compares in constant time.
    Ok(tag(password, &salt, version, params, expected.len())? == expected)
}

/// The version of argon2; the first one had none to name (RFC 9106 has 0x13 alone).
fn version_of(hash: &PasswordHash) -> Option<Version> {
    hash.version.map_or(Some(Version::default()), |version| Version::try_from(version).ok())
}

/// Whether a hash from elsewhere can be checked, within the bounds.
pub fn is_readable(stored: &str) -> bool {
    is_bcrypt(stored) || parse(stored).is_some()
}

/// Whether a text is a bcrypt hash (`$2b$12$…`) that does not ask for too much.
///
/// bcrypt looks at the first 72 bytes of a password only; such hashes are replaced when their password comes.
fn is_bcrypt(stored: &str) -> bool {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/';
    let mut parts = stored.split('$');
    let (start, version, cost, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
    start == Some("")
        && matches!(version, Some("2a" | "2b" | "2y"))
        && cost
            .is_some_and(|cost| cost.len() == 2 && BCRYPT_COSTS.contains(&cost.parse().unwrap_or_default()))
        && rest.is_some_and(|rest| rest.len() == 53 && rest.bytes().all(alphabet))
        && parts.next().is_none()
}

/// Take the time of [`verify`] for a hash made today.
pub(super) fn pretend(password: &SecretString) -> Result<(), Error> {
    verify(password, DUMMY).map(|_| ())
}

/// Whether a stored hash was made in another way than new ones are, also a costlier one: checking it takes another
/// time than checking for an unknown user, which tells that the user exists.
pub fn needs_rehash(stored: &str) -> bool {
    parse(stored).is_none_or(|(hash, params)| {
        hash.version != Some(Version::V0x13.into())
            || (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES)
            || params.output_len() != Some(TAG_BYTES)
            || hash.salt.is_none_or(|salt| salt.len() < SALT_BYTES)
    })
}

/// Read an argon2id hash that has a salt and a tag and keeps within the bounds.
fn parse(stored: &str) -> Option<(PasswordHash, Params)> {
    let hash = PasswordHash::new(stored).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let is_complete =
        hash.salt.is_some() && params.output_len().is_some_and(|length| length >= MIN_TAG_BYTES);
    let is_affordable = params.m_cost() <= MAX_MEMORY_KIB
        && u64::from(params.m_cost()) * u64::from(params.t_cost()) <= MAX_WORK_KIB
        && params.p_cost() <= MAX_LANES;
    (hash.algorithm == ARGON2ID_IDENT && is_complete && is_affordable).then_some((hash, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by argon2-cffi with its default parameters from `correct horse`.
    const FOREIGN: &str =
        "$argon2id$v=19$m=65536,t=3,p=4$rQsFnuc6d8qE4DjB3j2Fww$CmUzUESBbRNBlu/hsNAp7UZHFMwBU8cf3gq4qjbwk0M";
    /// Made by argon2-cffi from `pässwörd 🔑`.
    const UNICODE: &str =
        "$argon2id$v=19$m=4096,t=1,p=1$tNgzHXqQubdGFI4pA5vPBg$4V3znv/0hd1MSSidSjwzsiow4zlhEIeJbWvE58KlIi0";

    fn verifies(password: &str, stored: &str) -> bool {
        verify(&password.into(), stored).expect("readable")
    }

    #[test]
    fn a_new_hash_fits_its_password_alone_and_needs_no_rehash() {
        let stored = hash(&"correct horse".into(), &Rng::seeded(1)).expect("hashed");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verifies("correct horse", &stored));
        assert!(!verifies("correct horse ", &stored));
        assert!(!needs_rehash(&stored));
    }

    #[test]
    fn each_hash_has_its_own_salt() {
        let rng = Rng::seeded(1);
        let [one, two] = [(); 2].map(|()| hash(&"same".into(), &rng).expect("hashed"));
        assert_ne!(one, two);
    }

    #[test]
    fn hashes_made_elsewhere_fit_with_their_own_parameters_and_need_a_rehash() {
        assert!(verifies("correct horse", FOREIGN) && !verifies("battery staple", FOREIGN));
        assert!(verifies("pässwörd 🔑", UNICODE) && !verifies("passwörd 🔑", UNICODE));
        assert!(needs_rehash(FOREIGN) && needs_rehash(UNICODE));
    }

    #[test]
    fn bcrypt_hashes_fit_and_need_a_rehash() {
        // From the test vectors of Openwall's crypt_blowfish.
        let stored = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        assert!(verifies("U*U", stored) && !verifies("U*U*", stored));
        assert!(needs_rehash(stored) && is_readable(stored));
        for wrong in [
            stored.replace("$05$", "$14$"),
            stored.replace("$05$", "$5$"),
            stored.replace("$2a$", "$2x$"),
            format!("{stored}a"),
            stored.replace('.', "!"),
            String::new(),
        ] {
            assert!(!is_readable(&wrong), "{wrong}");
        }
    }

    #[test]
    fn what_asks_for_too_much_or_is_something_else_is_unreadable() {
        let changed = |from: &str, to: &str| FOREIGN.replace(from, to);
        for stored in [
            changed("m=65536", "m=131073"),
            changed("t=3", "t=9"),
            changed("t=3", "t=4294967295"),
            changed("m=65536,t=3,p=4", "m=65536,t=3,p=17"),
            changed("argon2id", "argon2i"),
            changed("argon2id", "scrypt"),
            changed("$CmUzUESBbRNBlu/hsNAp7UZHFMwBU8cf3gq4qjbwk0M", ""),
            changed("CmUzUESBbRNBlu/hsNAp7UZHFMwBU8cf3gq4qjbwk0M", "CmUzUESBbRNBlu"),
            // bcrypt of a cost that keeps a processor busy for seconds.
            "$2b$14$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned(),
            String::new(),
        ] {
            let answer = verify(&"correct horse".into(), &stored);
            assert!(matches!(answer, Err(Error::UnreadableHash)), "{stored}: {answer:?}");
            assert!(needs_rehash(&stored));
        }
    }

    #[test]
    fn pretending_costs_what_a_new_hash_costs() {
        assert!(!needs_rehash(DUMMY));
        pretend(&"anything".into()).expect("the dummy is readable");
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in r"\$argon2id\$(v=[0-9]{0,3}\$)?([mtp]=[0-9]{0,11},?){0,4}\$.{0,60}") {
            needs_rehash(&text);
        }
    }
}
