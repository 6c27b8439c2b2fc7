//! Identifiers: a UUID with the kind of thing it names, so that a claim's id can never be passed
//! where a request's is wanted.
//!
//! On the wire an id is a short prefix, an underscore and 26 lower-case letters and digits:
//! the 128 bits in Crockford's base 32 (<https://www.crockford.com/base32.html>).

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS: u32 = 26;

/// Why a text is not an id of the wanted kind. Carries the wanted prefix, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind; expected `{prefix}_` and 26 letters or digits")]
pub struct MalformedId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn encode(uuid: Uuid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (mut bits, mut letters) = (uuid.as_u128(), [b'0'; LETTERS as usize]);
    for letter in letters.iter_mut().rev() {
        let digit = usize::try_from(bits & 31).unwrap_or_default();
        *letter = ALPHABET.get(digit).copied().unwrap_or(b'0');
        bits >>= 5;
    }
    // In one piece: a call answers dozens of ids, and each piece costs as much as the letters.
    f.write_str(std::str::from_utf8(&letters).map_err(|_| fmt::Error)?)
}

fn decode(text: &str) -> Option<Uuid> {
    if text.len() != LETTERS as usize {
        return None;
    }
    text.bytes()
        .try_fold(0_u128, |bits, letter| {
            let digit = ALPHABET.iter().position(|known| *known == letter)?;
            // The first letter holds three bits only: anything larger would not fit in 128.
            (bits >> 123 == 0).then_some((bits << 5) | digit as u128)
        })
        .map(Uuid::from_u128)
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What every id of this kind begins with on the wire.
            pub const PREFIX: &'static str = $prefix;

            /// Names the thing that this UUID stands for.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, as tables keep it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                encode(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;
            fn from_str(text: &str) -> Result<Self, MalformedId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(MalformedId { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                    .examples([serde_json::json!(concat!($prefix, "_01jd9x0q3vfhz8w2k5m7n6t4ra"))])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }
    };
}

id!(/// An organisation.
    OrganisationId, "org");
id!(/// A campaign: a programme of one or more organisations.
    CampaignId, "cmp");
id!(/// A service area.
    AreaId, "area");
id!(/// A version of a campaign's policy.
    PolicyId, "pol");
id!(/// A person who can log in.
    UserId, "usr");
id!(/// A session: from logging in to its end.
    SessionId, "ses");
id!(/// A partner app's client credentials.
    PartnerId, "key");
id!(/// An invitation by which volunteers register.
    InvitationId, "inv");
id!(/// A hub: a pick-up point.
    HubId, "hub");
id!(/// An item of the catalogue.
    ItemId, "itm");
id!(/// A kit: a fixed set of items.
    KitId, "kit");
id!(/// A household: one door.
    HouseholdId, "hh");
id!(/// A request: one need of one household.
    RequestId, "req");
id!(/// A volunteer.
    VolunteerId, "vol");
id!(/// A plan: who could do which of many requests.
    PlanId, "plan");
id!(/// A state of the world that a decision was made from.
    SnapshotId, "snap");
id!(/// An offer: a volunteer who is asked whether they take a request.
    OfferId, "off");
id!(/// A claim: one volunteer's exclusive right to one request.
    ClaimId, "clm");
id!(/// A delivery under a claim.
    DeliveryId, "dlv");
id!(/// A proof of delivery.
    ProofId, "prf");
id!(/// A call that the hotline makes.
    CallId, "call");
id!(/// An import: a file of rows on its way in.
    ImportId, "job");
id!(/// A receiver of webhooks.
    WebhookId, "whk");
id!(/// An event of the log.
    EventId, "evt");

/// The bare UUID of an id of whatever kind.
#[must_use]
pub fn any_id(text: &str) -> Option<Uuid> {
    let (prefix, rest) = text.split_once('_')?;
    let is_prefix =
        (2..=4).contains(&prefix.len()) && prefix.bytes().all(|letter| letter.is_ascii_lowercase());
    decode(rest).filter(|_| is_prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_uuid_has_seven_first() {
        let id = RequestId::new(Uuid::from_u128(u128::MAX));
        assert_eq!(id.to_string(), format!("req_7{}", "z".repeat(25)));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let claim = ClaimId::new(Uuid::from_u128(7)).to_string();
        assert_eq!(claim.parse::<RequestId>(), Err(MalformedId { prefix: "req" }));
    }

    #[test]
    fn what_does_not_fit_in_128_bits_is_refused() {
        for text in ["8".to_owned() + &"0".repeat(25), "z".repeat(26), "0".repeat(25), "u".repeat(26)] {
            assert!(format!("req_{text}").parse::<RequestId>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_id_survives_the_wire(bits: u128) {
            let id = HouseholdId::new(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<HouseholdId>(), Ok(id));
        }

        #[test]
        fn ids_keep_the_order_of_their_uuids(a: u128, b: u128) {
            let (x, y) = (EventId::new(Uuid::from_u128(a)), EventId::new(Uuid::from_u128(b)));
            prop_assert_eq!(x.to_string().cmp(&y.to_string()), a.cmp(&b));
        }
    }
}
