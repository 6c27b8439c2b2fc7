//! The loop that looks at whatever is due, with every mistake that can be planted in it.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::dispatch::{Asker, Decision, Ledger, Record};
use domain::id::{PolicyId, RequestId, SnapshotId};
use domain::matching::MinuteOfWeek;
use domain::place::GreatCircleTravel;

use super::town::{Plant, Standing, Town, number};

impl Town {
    /// Looks at whatever is due, as a loop of the service would.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        let ended: Vec<RequestId> = self
            .cases
            .values()
            .filter(|case| case.standing == Standing::Open)
            .filter(|case| case.request.window_end.is_some_and(|end| end <= self.now))
            .map(|case| case.request.request)
            .collect();
        for request in ended {
            self.end(request);
        }
        let asks_for_ended = self.plant == Some(Plant::AsksForWhatHasEnded);
        let due: Vec<RequestId> = self
            .cases
            .values()
            .filter(|case| case.standing == Standing::Open || asks_for_ended)
            .filter(|case| !case.is_escalated && case.look_at <= self.now)
            .map(|case| case.request.request)
            .collect();
        for request in due {
            self.look(request)?;
        }
        self.cases.retain(|_, case| case.standing != Standing::Ended || asks_for_ended);
        Ok(())
    }

    fn look(&mut self, request: RequestId) -> Result<(), String> {
        let at = self.at();
        let Some(case) = self.cases.get_mut(&request) else { return Ok(()) };
        let lapsed = case.pursuit.lapse(at.now);
        self.learn(lapsed);
        let Some(case) = self.cases.get(&request) else { return Ok(()) };
        let travel = GreatCircleTravel::default();
        let forgotten = HashMap::new();
        let asker = Asker {
            fleet: &self.fleet,
            ledgers: if self.plant == Some(Plant::ForgetsOffers) { &forgotten } else { &self.ledgers },
            acceptance: &self.acceptance,
            travel: &travel,
            policy: &self.policy,
        };
        let noon = MinuteOfWeek::new(720).expect("a minute");
        let minute = if self.plant == Some(Plant::KnowsNoNight) { noon } else { at.local };
        let snapshot = asker.snapshot(&case.request, &case.pursuit, at, |_| minute, &mut self.seeker);
        let id = SnapshotId::new(number(self.judge.decisions.into()));
        let mut record = Record::of(request, (PolicyId::new(number(1)), &self.policy), id, snapshot);
        if self.plant == Some(Plant::KeepsAnotherDecision)
            && let Decision::Ask(wave) = &mut record.decision
        {
            wave.asked.pop();
        }
        self.judge.looks_at(&record, case, self)?;
        self.judge.decisions += 1;
        let loses_looks = self.plant == Some(Plant::LosesLooks);
        let forgets = self.plant == Some(Plant::ForgetsWhoWasAsked);
        let Some(case) = self.cases.get_mut(&request) else { return Ok(()) };
        match record.decision {
            Decision::Ask(wave) => {
                case.pursuit.send(&wave, at.now);
                case.look_at = wave.next_at;
                for asked in &wave.asked {
                    self.ledgers
                        .entry(asked.volunteer)
                        .or_insert_with(|| Ledger::since(at.now))
                        .asked(at.now);
                }
                self.judge.asks(&wave, request, at.now);
                if forgets {
                    case.pursuit.offers.clear();
                }
            }
            Decision::Wait { until, .. } => {
                case.look_at = if loses_looks { until + TimeDelta::days(9) } else { until };
            }
            Decision::Escalate { .. } => case.is_escalated = true,
        }
        Ok(())
    }
}
