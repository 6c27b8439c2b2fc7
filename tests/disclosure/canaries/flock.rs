//! The marks, and the ways by which they are sent in.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::there;
use crate::support::{Answer, World};

/// All marks of a run, each with what it stands for, and the answers in which none may be.
#[derive(Default)]
pub(crate) struct Flock {
    pub(crate) marks: Vec<(&'static str, [String; 2])>,
    /// Where what was made can be read.
    pub(crate) things: Vec<String>,
    answers: Vec<(String, String)>,
}

impl Flock {
    /// As it is, and as the bytes of it are written.
    fn plant(&mut self, kind: &'static str, mark: String) {
        let bytes = mark.bytes().map(|byte| format!("{byte:02x}")).collect();
        self.marks.push((kind, [mark, bytes]));
    }

    /// A text that is nowhere else.
    fn mark(&mut self, kind: &'static str) -> String {
        let mark = format!("Qz{kind}{}zQ", self.marks.len());
        self.plant(kind, mark.clone());
        mark
    }

    /// A telephone number that is nobody else's.
    fn phone(&mut self) -> String {
        let digits = format!("77015{:06}", 900_000 + self.marks.len());
        self.plant("phone", digits.clone());
        format!("+{digits}")
    }

    /// A latitude with digits of its own.
    fn latitude(&mut self) -> f64 {
        let latitude = 43.238_900_1 + self.marks.len() as f64 * 0.000_001;
        // Seven digits behind the point are a centimetre: no other number of the run begins like that.
        self.plant("exact", format!("{latitude:.7}"));
        format!("{latitude:.7}").parse().unwrap()
    }

    /// Of which kinds there are marks in a text, as they are or as the bytes of them.
    pub(crate) fn found_in(&self, text: &str) -> BTreeSet<&'static str> {
        let found = self.marks.iter().filter(|(_, spelt)| spelt.iter().any(|one| text.contains(one.as_str())));
        found.map(|(kind, _)| *kind).collect()
    }

    /// An answer to somebody without the right to anything.
    pub(crate) fn keep_foreign(&mut self, answer: &Answer) {
        self.answers.push((answer.call.clone(), format!("{} {:?}", answer.text, answer.headers)));
    }

    /// A refusal: whoever it is told to, it repeats nothing.
    fn keep_refused(&mut self, answer: &Answer) {
        assert!(!answer.status.is_success(), "{} was to be refused: {}", answer.call, answer.text);
        self.keep_foreign(answer);
    }

    /// No answer that was kept holds a mark.
    pub(crate) fn answers_hold_nothing(&self) {
        assert!(self.answers.len() > 100, "{} answers", self.answers.len());
        for (call, told) in &self.answers {
            assert_eq!(self.found_in(told), BTreeSet::new(), "{call}: {told}");
        }
    }

    fn door(&mut self) -> Value {
        let mut door = json!({"phone": self.phone(), "position": {"lat": self.latitude(), "lon": 76.889_709}});
        for field in ["name", "street", "house", "entrance", "floor", "flat", "intercom", "landmark", "notes"] {
            door[field] = json!(self.mark("door"));
        }
        door
    }

    fn household(&mut self, world: &World) -> Value {
        let mut household = world.household();
        household["external_id"] = json!(self.mark("external"));
        household["door"] = self.door();
        household
    }
}

/// A household's whole life, with marks by every way in.
pub(crate) async fn live(world: &World, url: &str, flock: &mut Flock, round: usize) {
    refused(world, url, flock).await;
    bulk_and_file(world, url, flock).await;
    let (partner, coordinator) = (there(&world.partner_of_a(), url), there(&world.coordinator_of_a(), url));
    let volunteer = there(&world.volunteer_of_a(), url);
    let household = flock.household(world);
    partner.post("/v1/households?dry_run=true", household.clone()).await.expect(201);
    let made = partner.post("/v1/households", household).await.expect(201);
    let household = text(&made["id"]);
    flock.things.push(format!("/v1/households/{household}"));
    flock.things.push(format!("/v1/households/{household}/door"));
    coordinator.post(&format!("/v1/households/{household}/verify"), json!({})).await.expect(200);
    let mut request = world.request(&household);
    request["note"] = json!(flock.mark("note"));
    let key = format!("filing-{round}");
    let filed = partner.post("/v1/requests", request.clone()).key(&key).await.expect(201);
    partner.post("/v1/requests", request).key(&key).await.expect(201);
    let request = text(&filed["id"]);
    for more in ["", "/why-not", "/candidates"] {
        flock.things.push(format!("/v1/requests/{request}{more}"));
    }
    let claim = volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    let (claim_id, delivery) = (text(&claim["id"]), text(&claim["delivery_id"]));
    let door = format!("/v1/claims/{claim_id}/door?fence={}", claim["fence"]);
    volunteer.get(&door).await.expect(200);
    flock.things.extend([door, format!("/v1/claims/{claim_id}"), format!("/v1/deliveries/{delivery}")]);
    volunteer.post(&format!("/v1/deliveries/{delivery}/pick-up"), json!({"fence": claim["fence"]})).await.expect(200);
    let photo = format!("/v1/deliveries/{delivery}/photo?fence={}", claim["fence"]);
    let picture = picture(&flock.mark("photo"));
    volunteer.call(Method::POST, &photo).bytes("image/jpeg", picture).await;
    flock.things.push(format!("/v1/deliveries/{delivery}/photo"));
    let failed = json!({"fence": claim["fence"], "outcome": "other", "reason": flock.mark("reason")});
    volunteer.post(&format!("/v1/deliveries/{delivery}/fail"), failed).await.expect(200);
    let again = volunteer.post(&format!("/v1/requests/{request}/claim"), json!({})).await;
    if again.status.is_success() {
        let again = again.json();
        let release = json!({"fence": again["fence"], "reason": flock.mark("reason")});
        volunteer.post(&format!("/v1/claims/{}/release", text(&again["id"])), release).await.expect(200);
    }
    let block = format!("/v1/volunteers/{}/blocks", world.seeded.a.volunteers[1].id);
    let apart = json!({"household_id": household, "reason": flock.mark("reason")});
    coordinator.post(&block, apart).await;
    let why = json!({"reason": flock.mark("reason")});
    coordinator.post(&format!("/v1/requests/{request}/cancel"), why).await.expect(200);
    for verb in ["suspend", "reinstate", "archive"] {
        let why = json!({"reason": flock.mark("reason")});
        let body = if verb == "reinstate" { json!({}) } else { why };
        coordinator.post(&format!("/v1/households/{household}/{verb}"), body).await.expect(200);
    }
}

/// Calls that are refused, with marks where no mark may be.
async fn refused(world: &World, url: &str, flock: &mut Flock) {
    let (partner, coordinator) = (there(&world.partner_of_a(), url), there(&world.coordinator_of_a(), url));
    for place in ["/members", "/door/position/lat", "/categories/0", "/area_id", "/consent/channel", "/door/phone"] {
        let mut body = flock.household(world);
        *body.pointer_mut(place).unwrap() = json!(flock.mark("refused"));
        flock.keep_refused(&partner.post("/v1/households", body).await);
    }
    // A pointer names the field as it was sent, to who sent it and in no log.
    let mut unknown = flock.household(world);
    unknown[flock.mark("refused")] = json!(1);
    partner.post("/v1/households", unknown).await.refused(400, "unknown_field");
    let cut = flock.household(world).to_string();
    let cut = cut.split_at(cut.len() - 9).0.to_owned();
    flock.keep_refused(&partner.call(Method::POST, "/v1/households").bytes("application/json", cut).await);
    let foreign = flock.household(world);
    flock.keep_refused(&there(&world.volunteer_of_a(), url).post("/v1/households", foreign).await);
    let nobody = flock.household(world);
    flock.keep_refused(&there(&world.nobody(), url).post("/v1/households", nobody).await);
    let mark = flock.mark("refused");
    flock.keep_refused(&coordinator.get(&format!("/v1/households?status={mark}")).await);
    flock.keep_refused(&coordinator.get(&format!("/v1/households?cursor={mark}")).await);
    flock.keep_refused(&coordinator.get(&format!("/v1/households/{mark}")).await);
    let login = json!({"email": format!("{}@example.org", flock.mark("refused")), "password": flock.mark("refused")});
    flock.keep_refused(&there(&world.nobody(), url).post("/v1/auth/login", login).await);
}

/// Many at once, by files, and by the telephone.
async fn bulk_and_file(world: &World, url: &str, flock: &mut Flock) {
    let (partner, coordinator) = (there(&world.partner_of_a(), url), there(&world.coordinator_of_a(), url));
    let mut wrong = flock.household(world);
    wrong["members"] = json!(flock.mark("refused"));
    let two = json!({"households": [flock.household(world), wrong]});
    partner.post("/v1/households/bulk", two).await.expect(207);
    let header = "external_id;name;phone;lat;lon;members;categories;languages;consent_text;consent_channel;notes";
    let mut file = format!("{header}\n");
    for members in ["2".to_owned(), flock.mark("refused")] {
        let (external, name, phone) = (flock.mark("external"), flock.mark("door"), flock.phone());
        let (lat, notes) = (flock.latitude(), flock.mark("door"));
        file += &format!(
            "{external};{name};{phone};{lat:.7};76.889709;{members};elderly_alone;kk;2026-11;paper;{notes}\n"
        );
    }
    let sent = coordinator.call(Method::POST, "/v1/imports?kind=households").bytes("text/csv", file).await;
    let path = format!("/v1/imports/{}", text(&sent.expect(202)["id"]));
    loop {
        let found = coordinator.get(&path).await.expect(200);
        if ["done", "failed"].contains(&found["status"].as_str().unwrap()) {
            break;
        }
        // waits for: a loop of the service to take the file in; it rings no bell that is heard here
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // Its report names columns and reasons, and repeats nothing even to who brought the file.
    flock.keep_foreign(&coordinator.get(&format!("{path}/report")).await);
    flock.things.extend([path.clone(), format!("{path}/report")]);
    let mut intake = json!({
        "area_id": world.seeded.area.to_string(), "members": 1, "categories": ["elderly_alone"], "languages": ["kk"],
        "consent": {"text_version": "2026-11", "language": "kk"}, "kind": "call", "note": flock.mark("note"),
    });
    intake["door"] = flock.door();
    // Somebody may be like them: then nothing is filed, and what is told is told to who may know.
    coordinator.post("/v1/hotline/intakes", intake).await;
}

/// A picture with a comment in it, as a telephone writes where it was taken.
fn picture(comment: &str) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(64, 48, image::Rgb([200, 180, 40]));
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    let length = u16::try_from(comment.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xff, 0xfe][..], &length, comment.as_bytes()].concat();
    bytes.splice(2..2, segment);
    bytes
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
