//! How a volunteer at the door proves it: the household's phrase, where they stand, or a photo.

use std::io::Cursor;

use serde_json::{Value, json};

use crate::calls::{Answer, new_key};
use crate::fates::Fate;
use crate::journey::{Holding, Went};
use crate::volunteers::go_to;

/// Wrong phrases after which only a coordinator may complete a hand-over: the policy's default.
const TRIES: usize = 5;

/// Completes the delivery, with the proof that the fate has chosen.
pub(crate) async fn complete(holding: &Holding<'_>, fate: Fate, delivery: &str) -> Result<(), String> {
    let path = format!("{delivery}/complete");
    let address = &holding.entry.address;
    let here = json!({"lat": address.lat + 0.0001, "lon": address.lon});
    let body = match fate {
        Fate::LeaveAtDoor => json!({"fence": holding.fence, "outcome": "left_at_door", "position": here}),
        Fate::LeaveWithPhoto => {
            if add_photo(holding, delivery).await? {
                return Ok(());
            }
            json!({"fence": holding.fence, "outcome": "left_at_door"})
        }
        Fate::VouchedFor => return vouch(holding, &path).await,
        Fate::HandOverAfterWrongPhrase => {
            if say_wrong_phrase(holding, &path).await? {
                return Ok(());
            }
            hand_over(holding, holding.entry.phrase.as_deref())
        }
        Fate::HandOver
        | Fate::ReleaseBeforePickUp
        | Fate::ReleaseWithGoods
        | Fate::LapseBeforePickUp
        | Fate::LapseWithGoods
        | Fate::NoAnswer
        | Fate::BadAddress
        | Fate::Refused
        | Fate::CalledOff => hand_over(holding, holding.entry.phrase.as_deref()),
    };
    let key = new_key();
    let answer = holding.volunteer.post_as(&path, body.clone(), &key).await?;
    if answer.status == 422 && answer.code() == "phrase_exhausted" {
        // An earlier attempt has used the tries up, and then ran out of time.
        return vouched(holding, &path).await;
    }
    let Went::Well(after) = holding.went(answer)? else { return Ok(()) };
    if holding.twice {
        let again = holding.volunteer.post_as(&path, body, &key).await?;
        holding.walk.replayed("a completion", again.replayed, again.expect(200)? == after);
    }
    delivered(holding, fate, &after);
    go_to(holding.volunteer, address).await
}

fn delivered(holding: &Holding<'_>, fate: Fate, after: &Value) {
    let proof = match fate {
        Fate::LeaveAtDoor => "position at the door",
        Fate::LeaveWithPhoto => "photo",
        Fate::VouchedFor => "coordinator's word",
        Fate::HandOver
        | Fate::HandOverAfterWrongPhrase
        | Fate::ReleaseBeforePickUp
        | Fate::ReleaseWithGoods
        | Fate::LapseBeforePickUp
        | Fate::LapseWithGoods
        | Fate::NoAnswer
        | Fate::BadAddress
        | Fate::Refused
        | Fate::CalledOff => "phrase",
    };
    holding.walk.tally.count_as("delivered", proof);
    holding.ended(after, "fulfilled");
}

fn hand_over(holding: &Holding<'_>, phrase: Option<&str>) -> Value {
    json!({"fence": holding.fence, "outcome": "handed_over", "phrase": phrase})
}

/// True when the claim was over by then.
async fn say_wrong_phrase(holding: &Holding<'_>, path: &str) -> Result<bool, String> {
    let wrong = if holding.entry.phrase.as_deref() == Some("000000") { "111111" } else { "000000" };
    let answer = holding.volunteer.post(path, hand_over(holding, Some(wrong))).await?;
    refused_with(holding, answer, &["phrase_wrong", "phrase_exhausted"])
}

fn refused_with(holding: &Holding<'_>, answer: Answer, codes: &[&str]) -> Result<bool, String> {
    if answer.status == 422 && codes.contains(&answer.code()) {
        holding.walk.tally.count_as("refused proofs", answer.code());
        return Ok(false);
    }
    match holding.went(answer)? {
        Went::TooLate => Ok(true),
        Went::Well(_) => Err(format!("{}: a proof that proves nothing was taken", holding.entry.external_id)),
    }
}

/// The phrase fails as often as it may; then even the right one is refused, and a coordinator completes.
async fn vouch(holding: &Holding<'_>, path: &str) -> Result<(), String> {
    for _ in 0..TRIES {
        if say_wrong_phrase(holding, path).await? {
            return Ok(());
        }
    }
    let right = hand_over(holding, holding.entry.phrase.as_deref());
    let answer = holding.volunteer.post(path, right).await?;
    if refused_with(holding, answer, &["phrase_exhausted"])? {
        return Ok(());
    }
    vouched(holding, path).await
}

/// The coordinator completes it.
async fn vouched(holding: &Holding<'_>, path: &str) -> Result<(), String> {
    let answer = holding.walk.stage.coordinator.post(path, json!({"outcome": "handed_over"})).await?;
    if let Went::Well(after) = holding.went(answer)? {
        delivered(holding, Fate::VouchedFor, &after);
    }
    Ok(())
}

/// True when the claim was over by then.
async fn add_photo(holding: &Holding<'_>, delivery: &str) -> Result<bool, String> {
    let path = format!("{delivery}/photo?fence={}", holding.fence);
    let answer = holding.volunteer.post_jpeg(&path, photo(holding.entry.place)?).await?;
    if answer.status == 201 {
        return Ok(false);
    }
    Ok(matches!(holding.went(answer)?, Went::TooLate))
}

/// A small picture of nothing, a different one for each household.
fn photo(place: usize) -> Result<Vec<u8>, String> {
    let shade = u8::try_from(place % 256).unwrap_or(0);
    let picture = image::RgbImage::from_fn(96, 64, |x, y| {
        let slope = u8::try_from((x + y) % 256).unwrap_or(0);
        image::Rgb([shade, slope, shade.wrapping_add(slope)])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}
