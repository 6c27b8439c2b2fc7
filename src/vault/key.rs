//! A key: seals with AES-256-GCM-SIV (RFC 8452), which forgives a nonce that is drawn twice, and makes keyed indexes
//! (HMAC-SHA-256). It shows itself to nobody, and is wiped when nobody needs it any more.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use super::{Bound, VaultError};
use crate::clock;

/// How long a key is, in bytes.
pub(super) const LENGTH: usize = 32;

/// Thirty-two secret bytes.
pub struct Key(Zeroizing<[u8; LENGTH]>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn make() -> Result<Self, clock::NoRandomness> {
        Ok(Self(Zeroizing::new(clock::random()?)))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Seals a value for one place. Nonce first, tag last.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal(&self, bound: &Bound, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_with(clock::random()?, bound, plain)
    }

    fn seal_with(&self, nonce: [u8; NONCE_LEN], bound: &Bound, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut inside = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM_SIV.tag_len());
        inside.extend_from_slice(plain);
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound.bytes()),
                &mut inside,
            )
            .map_err(|_| VaultError::Altered("the cipher refused"))?;
        inside.splice(0..0, nonce);
        Ok(inside)
    }

    /// What was sealed for this place by this key.
    ///
    /// # Errors
    /// When it was changed, sealed for another place, or by another key.
    pub fn open(&self, bound: &Bound, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        const WHY: VaultError = VaultError::Altered("changed, in another's place, or under another key");
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(WHY)?;
        let mut inside = Zeroizing::new(sealed.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self
            .cipher()?
            .open_in_place(nonce, Aad::from(bound.bytes()), &mut inside)
            .map_err(|_| WHY)?
            .len();
        inside.truncate(length);
        Ok(inside)
    }

    /// Another key, sealed by this one.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn wrap(&self, bound: &Bound, other: &Self) -> Result<Vec<u8>, VaultError> {
        self.seal(bound, other.bytes())
    }

    /// The key that was wrapped.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn unwrapped(&self, bound: &Bound, wrapped: &[u8]) -> Result<Self, VaultError> {
        let bytes = self.open(bound, wrapped)?;
        Self::from_bytes(&bytes).ok_or(VaultError::Altered("a key of another length"))
    }

    /// A keyed digest, equal for equal values of one purpose, in its full length: nobody without the key can try
    /// values.
    #[must_use]
    pub fn index(&self, purpose: &str, value: &str) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.bytes());
        hmac::sign(&key, format!("{purpose}\n{value}").as_bytes()).as_ref().to_vec()
    }

    fn cipher(&self) -> Result<LessSafeKey, VaultError> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, self.bytes());
        key.map(LessSafeKey::new).map_err(|_| VaultError::Altered("the cipher refused"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn of(row: u128) -> Bound {
        Bound::row(Uuid::from_u128(1), "household_doors.sealed", Uuid::from_u128(row))
    }

    #[test]
    fn the_cipher_is_the_one_of_rfc_8452() {
        // Appendix C.2, the first vector and the third: nothing, and eight bytes, without associated data.
        let mut bytes = [0; LENGTH];
        bytes[0] = 1;
        let key = Key::from_bytes(&bytes).unwrap();
        let mut nonce = [0; NONCE_LEN];
        nonce[0] = 3;
        let cipher = key.cipher().unwrap();
        for (plain, wanted) in [
            (&[][..], "07f5f4169bbf55a8400cd47ea6fd400f"),
            (&[1, 0, 0, 0, 0, 0, 0, 0], "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28"),
        ] {
            let mut inside = plain.to_vec();
            let nonce = Nonce::assume_unique_for_key(nonce);
            cipher.seal_in_place_append_tag(nonce, Aad::empty(), &mut inside).unwrap();
            let found: String = inside.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let key = Key::make().unwrap();
        let sealed = key.seal(&of(1), b"Raushan").unwrap();
        assert_eq!(key.open(&of(1), &sealed).unwrap().as_slice(), b"Raushan");
        assert!(key.open(&of(2), &sealed).is_err(), "another row");
        let other = Bound::row(Uuid::from_u128(1), "household_doors.other", Uuid::from_u128(1));
        assert!(key.open(&other, &sealed).is_err(), "another column");
        let other = Bound::row(Uuid::from_u128(2), "household_doors.sealed", Uuid::from_u128(1));
        assert!(key.open(&other, &sealed).is_err(), "another organisation");
        assert!(Key::make().unwrap().open(&of(1), &sealed).is_err(), "another key");
    }

    #[test]
    fn each_byte_is_guarded_and_nothing_short_opens() {
        let key = Key::make().unwrap();
        let sealed = key.seal(&of(1), b"Raushan").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(&of(1), &changed).is_err(), "byte {at}");
            assert!(key.open(&of(1), &sealed[..at]).is_err(), "the first {at}");
        }
        assert_ne!(sealed, key.seal(&of(1), b"Raushan").unwrap(), "equal values look different");
    }

    #[test]
    fn an_index_is_equal_for_equal_values_of_one_purpose_and_one_key() {
        let (key, other) = (Key::make().unwrap(), Key::make().unwrap());
        let index = key.index("phone", "+77010000001");
        assert_eq!(index.len(), 32);
        assert_eq!(index, key.index("phone", "+77010000001"));
        for another in [
            key.index("phone", "+77010000002"),
            key.index("name", "+77010000001"),
            other.index("phone", "+77010000001"),
        ] {
            assert_ne!(index, another);
        }
    }
}
