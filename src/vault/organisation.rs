//! An organisation's keys, open: by one its households' data keys are wrapped, by the other their indexes are made.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Bound, Key, VaultError};

/// For what a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It wraps data keys, and seals what is no one household's. Its versions are all good for opening; the newest seals.
    Data,
    /// It makes indexes. It has one version: another would find nothing that is there.
    Index,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Data, Self::Index];

    /// Its name in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Index => "index",
        }
    }
}

/// A household's data key as it lies beside its door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// Which version of the organisation's key has wrapped it.
    pub version: i32,
    /// The key, sealed.
    pub bytes: Vec<u8>,
}

/// An organisation's keys.
pub struct OrganisationKeys {
    organisation: Uuid,
    data: BTreeMap<i32, Key>,
    index: Key,
}

impl OrganisationKeys {
    /// Puts them together; none where one is missing.
    #[must_use]
    pub fn of(organisation: Uuid, keys: Vec<(Purpose, i32, Key)>) -> Option<Self> {
        let (mut data, mut index) = (BTreeMap::new(), None);
        for (purpose, version, key) in keys {
            match purpose {
                Purpose::Data => {
                    data.insert(version, key);
                }
                Purpose::Index => index = Some(key),
            }
        }
        if data.is_empty() { None } else { Some(Self { organisation, data, index: index? }) }
    }

    /// Whose they are.
    #[must_use]
    pub const fn organisation(&self) -> Uuid {
        self.organisation
    }

    /// Whether that version of the key for data is known here. Whoever meets another reads the table again.
    #[must_use]
    pub fn knows(&self, version: i32) -> bool {
        self.data.contains_key(&version)
    }

    /// The newest version: what seals from now on.
    ///
    /// # Errors
    /// Never, for there is one at least.
    pub fn newest(&self) -> Result<(i32, &Key), VaultError> {
        let newest = self.data.last_key_value().map(|(version, key)| (*version, key));
        newest.ok_or(VaultError::Altered("an organisation without a key"))
    }

    /// That version.
    ///
    /// # Errors
    /// When it is not known here.
    pub fn version(&self, version: i32) -> Result<&Key, VaultError> {
        self.data.get(&version).ok_or(VaultError::Altered("an unknown version of an organisation's key"))
    }

    /// A new data key for a household, and how it is kept.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn make_data_key(&self, household: Uuid) -> Result<(Key, Wrapped), VaultError> {
        let key = Key::make()?;
        let wrapped = self.wrap(household, &key)?;
        Ok((key, wrapped))
    }

    /// A household's data key by the newest version.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn wrap(&self, household: Uuid, key: &Key) -> Result<Wrapped, VaultError> {
        let (version, newest) = self.newest()?;
        let bytes = newest.wrap(&Bound::data_key(self.organisation, household, version), key)?;
        Ok(Wrapped { version, bytes })
    }

    /// A household's data key, open.
    ///
    /// # Errors
    /// When it is not that household's, or was changed.
    pub fn data_key(&self, household: Uuid, wrapped: &Wrapped) -> Result<Key, VaultError> {
        let bound = Bound::data_key(self.organisation, household, wrapped.version);
        self.version(wrapped.version)?.unwrapped(&bound, &wrapped.bytes)
    }

    /// By what a telephone number in E.164 is found.
    #[must_use]
    pub fn phone_index(&self, number: &str) -> Vec<u8> {
        self.index.index("telephone", number)
    }

    /// By what a name is found, told as what its spellings have in common.
    #[must_use]
    pub fn name_index(&self, name_key: &str) -> Vec<u8> {
        self.index.index("name", name_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(organisation: u128, data: &[i32]) -> OrganisationKeys {
        let data = data.iter().map(|version| (Purpose::Data, *version, Key::make().unwrap()));
        let index = (Purpose::Index, 1, Key::make().unwrap());
        OrganisationKeys::of(Uuid::from_u128(organisation), data.chain([index]).collect()).unwrap()
    }

    #[test]
    fn a_data_key_is_its_households_alone_and_of_its_version() {
        let keys = keys(1, &[1, 2]);
        let (here, there) = (Uuid::from_u128(10), Uuid::from_u128(11));
        let (key, wrapped) = keys.make_data_key(here).unwrap();
        assert_eq!(wrapped.version, 2, "the newest wraps");
        assert_eq!(keys.data_key(here, &wrapped).unwrap().bytes(), key.bytes());
        assert!(keys.data_key(there, &wrapped).is_err(), "another household");
        assert!(keys.data_key(here, &Wrapped { version: 1, ..wrapped.clone() }).is_err(), "another version");
        assert!(!keys.knows(3) && keys.data_key(here, &Wrapped { version: 3, ..wrapped }).is_err());
    }

    #[test]
    fn keys_are_whole_or_none() {
        let id = Uuid::from_u128(1);
        assert!(OrganisationKeys::of(id, vec![(Purpose::Data, 1, Key::make().unwrap())]).is_none());
        assert!(OrganisationKeys::of(id, vec![(Purpose::Index, 1, Key::make().unwrap())]).is_none());
    }

    #[test]
    fn one_number_has_another_index_in_each_organisation() {
        assert_ne!(keys(1, &[1]).phone_index("+77010000001"), keys(2, &[1]).phone_index("+77010000001"));
    }
}
