//! What of a door is sealed, and how: one value under the household's data key, and the indexes by which a door is found.

use domain::door::{Address, Door, Phone};
use domain::sheet::name_key;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::storage::StorageError;
use crate::vault::{Bound, Key, OrganisationKeys, Wrapped};

/// Sealed values are filled up to multiples of this: their lengths tell little of the names in them.
const FILLED_UP_TO: usize = 64;

/// A door as it is kept, without its place.
#[derive(Debug, Clone)]
pub(in crate::storage) struct SealedDoor {
    pub(in crate::storage) sealed: Vec<u8>,
    pub(in crate::storage) data_key: Wrapped,
    pub(in crate::storage) phone_index: Option<Vec<u8>>,
    pub(in crate::storage) name_index: Vec<u8>,
}

/// What is in the sealed value. Its names stay as they are: what was sealed long ago is read by them.
#[derive(Serialize, Deserialize)]
struct Inside {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    house: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entrance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intercom: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    landmark: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plus_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
}

/// What was sealed.
pub(in crate::storage) struct Private {
    pub(in crate::storage) name: String,
    pub(in crate::storage) phone: Option<Phone>,
    pub(in crate::storage) address: Address,
    pub(in crate::storage) notes: Option<String>,
}

fn bound(organisation: Uuid, household: Uuid) -> Bound {
    Bound::row(organisation, "household_doors.sealed", household)
}

impl SealedDoor {
    /// Seals a household's door under a data key that is made for it.
    pub(in crate::storage) fn of(
        keys: &OrganisationKeys,
        household: Uuid,
        door: &Door,
    ) -> Result<Self, StorageError> {
        let (key, data_key) = keys.make_data_key(household)?;
        let sealed = key.seal(&bound(keys.organisation(), household), &filled_up(&Inside::of(door))?)?;
        let phone_index = door.phone.as_ref().map(|phone| keys.phone_index(phone.disclose()));
        let name_index = keys.name_index(&name_key(&door.name));
        Ok(Self { sealed, data_key, phone_index, name_index })
    }
}

impl Private {
    /// Opens what was sealed of a household's door.
    pub(in crate::storage) fn open(
        key: &Key,
        (organisation, household): (Uuid, Uuid),
        sealed: &[u8],
    ) -> Result<Self, StorageError> {
        let inside = key.open(&bound(organisation, household), sealed)?;
        // The parser's own words may quote what it read.
        let inside: Inside = serde_json::from_slice(&inside)
            .map_err(|_| StorageError::Impossible("a door that cannot be read".to_owned()))?;
        let phone = inside.phone.map(|phone| Phone::from_e164(&phone)).transpose();
        Ok(Self {
            name: inside.name,
            phone: phone.map_err(|error| StorageError::Impossible(error.to_string()))?,
            address: Address {
                street: inside.street,
                house: inside.house,
                entrance: inside.entrance,
                floor: inside.floor,
                flat: inside.flat,
                intercom: inside.intercom,
                landmark: inside.landmark,
                plus_code: inside.plus_code,
            },
            notes: inside.notes,
        })
    }
}

impl Inside {
    fn of(door: &Door) -> Self {
        let Address { street, house, entrance, floor, flat, intercom, landmark, plus_code } =
            door.address.clone();
        let phone = door.phone.as_ref().map(|phone| phone.disclose().to_owned());
        Self {
            name: door.name.clone(),
            phone,
            street,
            house,
            entrance,
            floor,
            flat,
            intercom,
            landmark,
            plus_code,
            notes: door.notes.clone(),
        }
    }
}

/// As JSON, with as many spaces behind it as it takes.
pub(in crate::storage) fn filled_up<T: Serialize + ?Sized>(
    inside: &T,
) -> Result<Zeroizing<Vec<u8>>, StorageError> {
    let text = serde_json::to_vec(inside);
    let mut text = Zeroizing::new(
        text.map_err(|_| StorageError::Impossible("something that cannot be written".to_owned()))?,
    );
    let length = text.len().next_multiple_of(FILLED_UP_TO);
    text.resize(length, b' ');
    Ok(text)
}
