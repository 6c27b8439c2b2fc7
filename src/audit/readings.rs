//! Who read which door, told by ids and words: when, what of it, and by which right.

use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, SecondsFormat, Utc};
use domain::id::{ClaimId, HouseholdId, OrganisationId, PartnerId, RequestId, UserId, VolunteerId};
use serde::Serialize;
use uuid::Uuid;

use crate::storage::inspection::{Reader, Reading, Readings};

/// By which right a door was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// The volunteer's who holds the claim, or held it until just now.
    Claim,
    /// A coordinator's of the household's own organisation.
    Organisation,
    /// A coordinator's who makes a telephone call of the hotline.
    Call,
    /// The partner app's that filed the household.
    Filed,
    /// Anybody else's: there is no such right.
    None,
}

/// What of it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// All of the door.
    Door,
    /// Name and telephone number.
    Telephone,
    /// A photo of a delivery at it.
    Photo,
    /// All of the door, as a row of a file.
    Export,
}

/// A reading as it is told.
#[derive(Debug, Clone, Serialize)]
pub struct ToldReading {
    at: String,
    organisation: String,
    household: String,
    reader: ToldReader,
    shown: Shown,
    right: Right,
    request: Option<String>,
    claim: Option<String>,
    call: Option<String>,
}

/// All readings of a household by one reader, as they are told.
#[derive(Debug, Clone, Serialize)]
pub struct ToldReadings {
    organisation: String,
    household: String,
    reader: ToldReader,
    times: i64,
    exported: i64,
    first: String,
    last: String,
}

/// A reader as they are told.
#[derive(Debug, Clone, Serialize)]
struct ToldReader {
    kind: String,
    id: Option<String>,
    organisation: Option<String>,
}

/// What was read and by which right, from what was recorded: each way to a door leaves its own marks. A volunteer has a
/// claim; an operator who calls has the request alone; who looks at a photo has request and claim; a coordinator at a
/// door has neither.
#[must_use]
pub fn right_of(reading: &Reading) -> (Shown, Right) {
    let marks = (reading.request.is_some(), reading.claim.is_some());
    match (reading.reader.kind.as_str(), marks) {
        ("coordinator", _) if reading.is_exported => (Shown::Export, Right::Organisation),
        ("coordinator", (true, false)) => (Shown::Telephone, Right::Call),
        ("coordinator", (true, true)) => (Shown::Photo, Right::Organisation),
        ("coordinator", (false, _)) => (Shown::Door, Right::Organisation),
        ("volunteer", (_, true)) => (Shown::Door, Right::Claim),
        ("partner", _) => (Shown::Door, Right::Filed),
        _ => (Shown::Door, Right::None),
    }
}

impl From<Reading> for ToldReading {
    fn from(reading: Reading) -> Self {
        let (shown, right) = right_of(&reading);
        Self {
            at: moment(reading.at),
            organisation: OrganisationId::new(reading.organisation).to_string(),
            household: HouseholdId::new(reading.household).to_string(),
            reader: reading.reader.into(),
            shown,
            right,
            request: reading.request.map(|id| RequestId::new(id).to_string()),
            claim: reading.claim.map(|id| ClaimId::new(id).to_string()),
            call: reading.call_id,
        }
    }
}

impl From<Readings> for ToldReadings {
    fn from(readings: Readings) -> Self {
        Self {
            organisation: OrganisationId::new(readings.organisation).to_string(),
            household: HouseholdId::new(readings.household).to_string(),
            reader: readings.reader.into(),
            times: readings.times,
            exported: readings.exported,
            first: moment(readings.first),
            last: moment(readings.last),
        }
    }
}

impl From<Reader> for ToldReader {
    fn from(reader: Reader) -> Self {
        let written: fn(Uuid) -> String = match reader.kind.as_str() {
            "volunteer" => |id| VolunteerId::new(id).to_string(),
            "partner" => |id| PartnerId::new(id).to_string(),
            _ => |id| UserId::new(id).to_string(),
        };
        let organisation = reader.organisation.map(|id| OrganisationId::new(id).to_string());
        Self { id: reader.id.map(written), organisation, kind: reader.kind }
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Display for ToldReader {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id.as_deref().unwrap_or("unknown"))?;
        self.organisation.as_ref().map_or(Ok(()), |whose| write!(f, " of {whose}"))
    }
}

impl Display for ToldReading {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let shown = match self.shown {
            Shown::Door => "the door",
            Shown::Telephone => "the telephone number",
            Shown::Photo => "a photo",
            Shown::Export => "the door, in an export",
        };
        let right = match self.right {
            Right::Claim => "as holder of the claim",
            Right::Organisation => "as the organisation's coordinator",
            Right::Call => "to call",
            Right::Filed => "as who filed it",
            Right::None => "BY NO RIGHT",
        };
        write!(f, "{}  {} of {}  {}, {right}", self.at, shown, self.household, self.reader)?;
        for (what, id) in [("claim", &self.claim), ("request", &self.request), ("call", &self.call)] {
            if let Some(id) = id {
                write!(f, "  {what} {id}")?;
            }
        }
        Ok(())
    }
}

impl Display for ToldReadings {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { organisation, household, reader, times, exported, first, last } = self;
        write!(
            f,
            "{organisation}  {household}  {reader}  {times} times, {exported} in exports, {first} to {last}"
        )
    }
}
