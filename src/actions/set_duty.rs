//! A volunteer goes on duty, for some hours, or off duty.

use chrono::TimeDelta;
use domain::Moment;
use domain::matching::Duty;
use domain::refusal::Code;
use domain::volunteer::VolunteerStatus;

use super::edit_volunteer::told;
use super::whose::{self, Whose};
use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::events;
use crate::storage::tables::volunteer_profiles;
use crate::storage::tables::volunteers::{self, VolunteerRow};

/// How long somebody is on duty who does not say until when.
const USUAL: TimeDelta = TimeDelta::hours(12);
/// The longest: whoever forgets to go off duty is not asked for ever.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// Set one's duty.
#[derive(Clone, Copy)]
pub struct SetDuty {
    /// On, until when, or off.
    pub duty: Duty,
}

impl Action for SetDuty {
    type Done = VolunteerRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<VolunteerRow, Refusal> {
        let row = whose::find_locked(unit, Whose::Own).await?;
        let now = volunteer_profiles::time_of(unit, row.volunteer()).await?;
        let until = end(self.duty, now)?;
        if until.is_some() && row.status()? != VolunteerStatus::Approved {
            let detail = format!("a volunteer who is {} is not on duty", row.status()?);
            return Err(Refusal::because(Code::WrongState, detail));
        }
        volunteers::set_duty(unit, row.volunteer(), until).await?;
        events::append(unit, &[told(&row, "volunteer.duty_changed")]).await?;
        volunteers::find(unit, row.volunteer()).await?.ok_or_else(Refusal::not_found)
    }
}

/// When the duty ends; none when there is none.
fn end(duty: Duty, now: Moment) -> Result<Option<Moment>, Refusal> {
    match duty {
        Duty::Off => Ok(None),
        Duty::On { until: None } => Ok(Some(now + USUAL)),
        Duty::On { until: Some(until) } if now < until && until <= now + LONGEST => Ok(Some(until)),
        Duty::On { until: Some(_) } => Err(Refusal::flaw("/until", "within the next 24 hours")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duty_ends_within_a_day() {
        let now = Moment::UNIX_EPOCH;
        let end_after = |hours| end(Duty::On { until: Some(now + TimeDelta::hours(hours)) }, now).ok();
        assert_eq!(end(Duty::Off, now).ok(), Some(None));
        assert_eq!(end(Duty::On { until: None }, now).ok(), Some(Some(now + USUAL)));
        assert_eq!(end_after(24), Some(Some(now + LONGEST)));
        assert_eq!((end_after(25), end_after(0), end_after(-1)), (None, None, None));
    }
}
