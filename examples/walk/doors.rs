//! The door under a claim: the household's own to whoever holds it, closed to whoever held it.

use serde_json::Value;

use crate::calls::{Answer, text};
use crate::journey::Holding;

impl Holding<'_> {
    /// The holder reads the door, which must be the household's own. False when the claim was over by then.
    pub(crate) async fn read_door(&self) -> Result<bool, String> {
        let answer = self.door().await?;
        if answer.status == 409 {
            self.over("too late", answer.code());
            return Ok(false);
        }
        let open = answer.expect(200)?;
        let address = &self.entry.address;
        let near = |field: &str, own: f64| {
            let told = open.pointer(&format!("/door/position/{field}")).and_then(Value::as_f64);
            told.is_some_and(|told| (told - own).abs() < 1e-6)
        };
        let house = open.pointer("/door/house").and_then(Value::as_str) == Some(address.housenumber.trim());
        let household = text(&open, "household_id")? == self.entry.household;
        if household && house && near("lat", address.lat) && near("lon", address.lon) {
            self.walk.tally.count("doors");
        } else {
            self.walk.tally.fault(format!("{}: a claim opened the wrong door", self.entry.external_id));
        }
        Ok(true)
    }

    async fn door(&self) -> Result<Answer, String> {
        self.volunteer.get(&format!("/v1/claims/{}/door?fence={}", self.claim, self.fence)).await
    }

    pub(crate) async fn has_no_right_any_more(&self) -> Result<(), String> {
        let answer = self.door().await?;
        match answer.status {
            404 | 409 => self.walk.tally.count("closed doors"),
            _ => self.walk.tally.fault(format!("{}; the claim is over", answer.unexpected())),
        }
        Ok(())
    }
}
