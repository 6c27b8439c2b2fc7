//! One claim from its making to its end, as the fate of the attempt has it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Walk;
use crate::book::{Entry, Former};
use crate::calls::{Answer, Caller, new_key, text};
use crate::fates::{self, Fate};
use crate::proofs;
use crate::staging::LEASE_S;

/// A claim that a volunteer holds.
pub(crate) struct Holding<'a> {
    pub(crate) walk: &'a Walk,
    pub(crate) volunteer: &'a Caller,
    pub(crate) index: usize,
    request: &'a str,
    pub(crate) entry: Entry,
    pub(crate) claim: String,
    pub(crate) fence: i64,
    /// The path of its delivery, where goods change hands.
    delivery: Option<String>,
    /// Whether what can be sent twice is.
    pub(crate) twice: bool,
}

/// How an act under a claim went.
pub(crate) enum Went {
    Well(Value),
    /// The claim was over by then: its lease had run out on a slow machine.
    TooLate,
}

/// Claims a request and, where that succeeds, walks it to the end of the claim.
pub(crate) async fn take(walk: &Walk, index: usize, request: &str, twice: bool) -> Result<(), String> {
    let volunteer = walk.volunteer(index)?;
    let (path, key) = (format!("/v1/requests/{request}/claim"), new_key());
    let answer = volunteer.post_as(&path, json!({}), &key).await?;
    if answer.status == 409 {
        walk.tally.count_as("conflicts", answer.code());
        return Ok(());
    }
    let claim = answer.expect(201)?;
    walk.tally.count("claims");
    if twice {
        let again = volunteer.post_as(&path, json!({}), &key).await?;
        walk.replayed("a claim", again.replayed, again.expect(201)? == claim);
    }
    let entry = walk.book.attempt(request).ok_or("a request was claimed that nobody filed")?;
    let delivery = claim.get("delivery_id").and_then(Value::as_str).map(|id| format!("/v1/deliveries/{id}"));
    let fence = claim.get("fence").and_then(Value::as_i64).ok_or("a claim without a fence")?;
    let holding = Holding {
        walk,
        volunteer,
        index,
        request,
        entry,
        claim: text(&claim, "id")?,
        fence,
        delivery,
        twice,
    };
    if holding.read_door().await? {
        holding.walk_to_its_end().await?;
    }
    Ok(())
}

impl Holding<'_> {
    async fn walk_to_its_end(&self) -> Result<(), String> {
        let fate = fates::of(self.walk.seed, self.entry.place, self.entry.attempts);
        match (fate, &self.delivery) {
            (Fate::LapseBeforePickUp, _) | (Fate::LapseWithGoods, None) => self.let_lapse().await,
            (Fate::ReleaseBeforePickUp, _) | (Fate::ReleaseWithGoods, None) => self.release().await,
            (Fate::CalledOff, None) => self.see_it_called_off(None).await,
            (fate, None) => self.conclude(fate).await,
            (Fate::CalledOff, Some(delivery)) if self.entry.place.is_multiple_of(2) => {
                self.see_it_called_off(Some(delivery)).await
            }
            (fate, Some(delivery)) => self.carry(fate, delivery).await,
        }
    }

    async fn carry(&self, fate: Fate, delivery: &str) -> Result<(), String> {
        if self.progress(&format!("{delivery}/pick-up")).await? {
            return Ok(());
        }
        match fate {
            Fate::ReleaseWithGoods => return self.release().await,
            Fate::LapseWithGoods => return self.let_lapse().await,
            Fate::CalledOff => return self.see_it_called_off(Some(delivery)).await,
            Fate::BadAddress => return self.fail(delivery, "bad_address").await,
            Fate::HandOver
            | Fate::HandOverAfterWrongPhrase
            | Fate::VouchedFor
            | Fate::LeaveAtDoor
            | Fate::LeaveWithPhoto
            | Fate::ReleaseBeforePickUp
            | Fate::LapseBeforePickUp
            | Fate::NoAnswer
            | Fate::Refused => {}
        }
        if self.progress(&format!("{delivery}/arrive")).await? {
            return Ok(());
        }
        match fate {
            Fate::NoAnswer => self.fail(delivery, "no_answer").await,
            Fate::Refused => self.fail(delivery, "refused").await,
            Fate::HandOver
            | Fate::HandOverAfterWrongPhrase
            | Fate::VouchedFor
            | Fate::LeaveAtDoor
            | Fate::LeaveWithPhoto
            | Fate::ReleaseBeforePickUp
            | Fate::ReleaseWithGoods
            | Fate::LapseBeforePickUp
            | Fate::LapseWithGoods
            | Fate::BadAddress
            | Fate::CalledOff => proofs::complete(self, fate, delivery).await,
        }
    }

    /// A sign of progress; true when it came too late.
    async fn progress(&self, path: &str) -> Result<bool, String> {
        let went = self.act(path, json!({"fence": self.fence})).await?;
        Ok(matches!(went, Went::TooLate))
    }

    /// An act under the claim.
    pub(crate) async fn act(&self, path: &str, body: Value) -> Result<Went, String> {
        let answer = self.volunteer.post(path, body).await?;
        self.went(answer)
    }

    /// What an answer says: done, or too late; anything else is a fault.
    pub(crate) fn went(&self, answer: Answer) -> Result<Went, String> {
        if answer.status == 409 && matches!(answer.code(), "claim_ended" | "stale_fence" | "wrong_state") {
            self.over("too late", answer.code());
            return Ok(Went::TooLate);
        }
        answer.expect(200).map(Went::Well)
    }

    /// The end of the request is seen, once, in the service's own word.
    pub(crate) fn ended(&self, body: &Value, end: &'static str) {
        if body.get("status").and_then(Value::as_str) != Some(end) {
            self.walk.tally.fault(format!("{}: should be {end} now", self.entry.external_id));
        }
        self.walk.ended(self.request, end);
    }

    /// The claim is over without a delivery.
    pub(crate) fn over(&self, what: &'static str, sort: &str) {
        self.walk.tally.count_as(what, sort);
        let former = Former { volunteer: self.index, claim: self.claim.clone(), fence: self.fence };
        self.walk.book.add_former(former);
    }

    async fn release(&self) -> Result<(), String> {
        let body = json!({"fence": self.fence, "reason": "something came up"});
        let path = format!("/v1/claims/{}/release", self.claim);
        let Went::Well(after) = self.act(&path, body).await? else { return Ok(()) };
        let goods = after.get("hold").and_then(Value::as_str) == Some("goods_out");
        self.over("released", if goods { "with the goods" } else { "before pick-up" });
        self.has_no_right_any_more().await
    }

    /// Does nothing until the lease has run out; then finds the door closed and the delivery out of reach.
    async fn let_lapse(&self) -> Result<(), String> {
        let path = format!("/v1/claims/{}", self.claim);
        let started = birgemiz::clock::instant();
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let status = text(&self.volunteer.get(&path).await?.expect(200)?, "status")?;
            match status.as_str() {
                "active" if birgemiz::clock::since(started).as_secs() < 5 * LEASE_S => {}
                "lapsed" => break,
                other => return Err(format!("{path}: {other}, and should have lapsed")),
            }
        }
        self.over("lapsed", "");
        if let Some(delivery) = &self.delivery {
            let late =
                self.volunteer.post(&format!("{delivery}/pick-up"), json!({"fence": self.fence})).await?;
            if late.status != 409 {
                self.walk.tally.fault(late.unexpected());
            }
        }
        self.has_no_right_any_more().await
    }

    async fn see_it_called_off(&self, delivery: Option<&str>) -> Result<(), String> {
        let path = format!("/v1/requests/{}/cancel", self.request);
        let after = self
            .walk
            .stage
            .partner
            .post(&path, json!({"reason": "not needed any more"}))
            .await?
            .expect(200)?;
        self.ended(&after, "cancelled");
        self.over("called off", "");
        if let Some(delivery) = delivery {
            let late =
                self.volunteer.post(&format!("{delivery}/arrive"), json!({"fence": self.fence})).await?;
            if late.status != 409 {
                self.walk.tally.fault(late.unexpected());
            }
        }
        self.has_no_right_any_more().await
    }

    async fn fail(&self, delivery: &str, outcome: &'static str) -> Result<(), String> {
        let body = json!({"fence": self.fence, "outcome": outcome});
        let Went::Well(after) = self.act(&format!("{delivery}/fail"), body).await? else { return Ok(()) };
        if outcome == "refused" {
            // The claim was completed: its holder may still see the door for a while.
            self.walk.tally.count_as("failed", outcome);
            self.ended(&after, "unfulfilled");
            return Ok(());
        }
        self.over("failed", outcome);
        self.has_no_right_any_more().await
    }

    /// Calls and welfare checks have no delivery: how it went is said of the claim.
    async fn conclude(&self, fate: Fate) -> Result<(), String> {
        let (outcome, end) = match fate {
            Fate::NoAnswer | Fate::BadAddress => ("no_answer", None),
            Fate::Refused => ("refused", Some("unfulfilled")),
            Fate::LeaveWithPhoto => ("needs_help", Some("fulfilled")),
            Fate::HandOver
            | Fate::HandOverAfterWrongPhrase
            | Fate::VouchedFor
            | Fate::LeaveAtDoor
            | Fate::ReleaseBeforePickUp
            | Fate::ReleaseWithGoods
            | Fate::LapseBeforePickUp
            | Fate::LapseWithGoods
            | Fate::CalledOff => ("reached", Some("fulfilled")),
        };
        let path = format!("/v1/claims/{}/complete", self.claim);
        let Went::Well(after) = self.act(&path, json!({"fence": self.fence, "outcome": outcome})).await?
        else {
            return Ok(());
        };
        self.walk.tally.count_as("concluded", outcome);
        if let Some(end) = end {
            self.ended(&after, end);
            return Ok(());
        }
        self.over("failed", outcome);
        self.has_no_right_any_more().await
    }
}
