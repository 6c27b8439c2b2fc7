//! pgbench on the same database: the same rows written with nothing between them and Postgres.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::city::City;

/// As long as our ids are on the wire.
const ID: &str = "req_00000000000000000000000000";

/// As long as the ids of our calls. Tells the events of pgbench from ours.
const CALL: &str = "pgbench0-0000-0000-0000-000000000000";

/// One script for pgbench, with a variable `n` that each client counts up in its own range of ids.
pub(crate) struct Script {
    pub(crate) text: String,
}

/// The claiming UPDATE alone: what one conditional write costs.
pub(crate) fn bare_update() -> Script {
    Script {
        text: "\\set n :n + 1\n\
               UPDATE requests SET status = 'claimed', fence = fence + 1, updated_at = now(), version = version + 1 \
               WHERE id = lpad(to_hex(:base::bigint + :client_id * 1000000 + :n), 32, '0')::uuid AND status = 'open';\n"
            .to_owned(),
    }
}

/// Everything that a claim writes, as one statement: request, volunteer, claim, delivery, event, key. Each of the
/// `clients` claims for so many volunteers in turn, as over HTTP.
pub(crate) fn claim(city: &City, clients: u64, volunteers: u64) -> Script {
    let (organisation, area) = (city.organisation, city.area);
    Script {
        text: format!(
            "\\set n :n + 1\n\
\\set volunteer 1000000 + :client_id + {clients} * (:n % {volunteers})\n\
WITH taken AS (
  UPDATE requests SET status = 'claimed', fence = fence + 1, updated_at = now(), version = version + 1
  WHERE id = lpad(to_hex(:base::bigint + :client_id * 1000000 + :n), 32, '0')::uuid AND status = 'open'
  RETURNING id, household_id, fence
), counted AS (
  UPDATE volunteers SET active_claims = active_claims + 1
  FROM taken WHERE volunteers.id = lpad(to_hex(:volunteer::bigint), 32, '0')::uuid RETURNING volunteers.id
), claim AS (
  INSERT INTO claims (id, organisation_id, area_id, request_id, household_id, volunteer_organisation_id,
                      volunteer_id, source, status, fence, lease_until, policy_version, claimed_at)
  SELECT gen_random_uuid(), '{organisation}', '{area}', taken.id, taken.household_id, '{organisation}',
         counted.id, 'self', 'active', taken.fence, now() + interval '1 hour', 1, now()
  FROM taken, counted RETURNING id, request_id, volunteer_id
), delivery AS (
  INSERT INTO deliveries (id, organisation_id, area_id, request_id, claim_id, status, created_at)
  SELECT gen_random_uuid(), '{organisation}', '{area}', request_id, id, 'awaiting_pickup', now() FROM claim
), event AS (
  INSERT INTO events (id, at, kind, organisation_id, area_id, subject_kind, subject_id, request_id, volunteer_id,
                      actor_kind, actor_id, policy_version, call_id, changes)
  SELECT gen_random_uuid(), now(), 'request.claimed', '{organisation}', '{area}', 'request', request_id, request_id,
         volunteer_id, 'volunteer', volunteer_id, 1, '{CALL}', '[
         {{\"object\": \"request\", \"id\": \"{ID}\", \"from\": \"open\", \"to\": \"claimed\"}},
         {{\"object\": \"claim\", \"id\": \"{ID}\", \"to\": \"active\"}},
         {{\"object\": \"delivery\", \"id\": \"{ID}\", \"to\": \"awaiting_pickup\"}}]'
  FROM claim
)
INSERT INTO idempotency_keys (caller, route, key, fingerprint, status, location, body, created_at)
SELECT '{ID}', 'POST /v1/requests/{ID}/claim', id::text, decode(repeat('00', 32), 'hex'), 201, '/v1/claims/{ID}',
       convert_to(repeat('x', 430), 'UTF8'), now() FROM claim;\n"
        ),
    }
}

/// Everything that an intake writes, as one statement: request, line, note, phrase, event, key.
pub(crate) fn intake(city: &City) -> Script {
    let City { organisation, area, campaign, household, partner, kit, .. } = city;
    Script {
        text: format!(
            "\\set n :n + 1\n\
WITH q AS (
  INSERT INTO requests (id, organisation_id, area_id, campaign_id, household_id, partner_id, kind, status, urgency,
                        skills, languages, weight_g, volume_ml, coarse_lat, coarse_lon, window_start, window_end,
                        opened_at, created_at, updated_at)
  VALUES (gen_random_uuid(), '{organisation}', '{area}', '{campaign}', '{household}', '{partner}', 'delivery', 'open',
          'normal', '{{}}', '{{kk,ru}}', 6000, 9000, 43.24, 76.89, now(), now() + interval '1 day', now(), now(), now())
  RETURNING id
), line AS (
  INSERT INTO request_lines (request_id, line, organisation_id, area_id, campaign_id, kit_id, quantity)
  SELECT id, 0, '{organisation}', '{area}', '{campaign}', '{kit}', 1 FROM q
), note AS (
  INSERT INTO request_notes (request_id, organisation_id, area_id, sealed)
  SELECT id, '{organisation}', '{area}', decode(repeat('00', 92), 'hex') FROM q
), phrase AS (
  INSERT INTO request_phrases (request_id, organisation_id, phrase_mac)
  SELECT id, '{organisation}', decode(repeat('00', 32), 'hex') FROM q
), event AS (
  INSERT INTO events (id, at, kind, organisation_id, area_id, subject_kind, subject_id, request_id, actor_kind,
                      actor_id, policy_version, call_id, changes)
  SELECT gen_random_uuid(), now(), 'request.submitted', '{organisation}', '{area}', 'request', id, id, 'partner',
         '{partner}', 1, '{CALL}', '[{{\"object\": \"request\", \"id\": \"{ID}\", \"to\": \"open\"}}]' FROM q
)
INSERT INTO idempotency_keys (caller, route, key, fingerprint, status, location, body, created_at)
SELECT '{ID}', 'POST /v1/requests', id::text, decode(repeat('00', 32), 'hex'), 201, '/v1/requests/{ID}',
       convert_to(repeat('x', 900), 'UTF8'), now() FROM q;\n"
        ),
    }
}

/// Runs a script with prepared statements; transactions a second. `None` when pgbench is not here.
pub(crate) fn run(
    city: &City,
    script: &Script,
    clients: usize,
    transactions: usize,
    base: u64,
) -> Option<f64> {
    let program = find()?;
    let file = city.folder.join("script.sql");
    std::fs::write(&file, &script.text).unwrap();
    let output = Command::new(program)
        .args(["-n", "-M", "prepared", "-j", "2"])
        .args(["-c", &clients.to_string(), "-t", &transactions.to_string()])
        .args(["-D", "n=0", "-D", &format!("base={base}")])
        .arg("-f")
        .arg(&file)
        .args(city.pgbench_target())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let tps =
        text.lines().find_map(|line| line.strip_prefix("tps = ")).and_then(|rest| rest.split(' ').next());
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(tps.unwrap_or_else(|| panic!("pgbench said: {text}{errors}")).parse().unwrap())
}

fn find() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.iter().rev().map(|folder| folder.join("pgbench")).find(|program| Path::is_file(program))
}
