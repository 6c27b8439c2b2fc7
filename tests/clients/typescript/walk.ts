// Files a request, brings it to the door and confirms it, through the client that openapi-typescript makes of the
// contract: `node walk.js demo.json`, against a demo that holds still.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import createClient from "openapi-fetch";

import type { paths } from "./birgemiz.js";

const demo = JSON.parse(readFileSync(process.argv[2] ?? "demo.json", "utf8"));

/** The answer, or an end with the problem that came instead. */
function answered<T>(what: string, { data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(`${what}: ${JSON.stringify(error)}`);
  return data;
}

const as = (token?: string) =>
  createClient<paths>({ baseUrl: demo.url, headers: token ? { Authorization: `Bearer ${token}` } : {} });
const key = () => ({ header: { "Idempotency-Key": randomUUID() } });

async function loggedIn(email: string) {
  const tokens = answered("log in", await as().POST("/v1/auth/login", { body: { email, password: demo.password } }));
  return as(tokens.access_token);
}

const token = answered(
  "partner token",
  await as().POST("/v1/auth/token", {
    body: { grant_type: "client_credentials", client_id: demo.client_id, client_secret: demo.client_secret },
    bodySerializer: (body) => new URLSearchParams(body as unknown as Record<string, string>),
  }),
);
const partner = as(token.access_token);
const coordinator = await loggedIn(demo.coordinator_email);
const volunteer = await loggedIn(demo.volunteer_email);

const household = answered(
  "household",
  await partner.POST("/v1/households", {
    params: key(),
    body: {
      area_id: demo.area_id,
      members: 1,
      categories: ["elderly_alone"],
      languages: ["kk"],
      consent: { text_version: "1", language: "kk", channel: "hotline" },
      door: { name: "Raushan", street: "Abay Avenue", house: "150", position: { lat: 43.238949, lon: 76.889709 } },
    },
  }),
);
answered(
  "verification",
  await coordinator.POST("/v1/households/{id}/verify", { params: { path: { id: household.id }, ...key() }, body: {} }),
);
const request = answered(
  "request",
  await partner.POST("/v1/requests", {
    params: key(),
    body: { household_id: household.id, kind: "delivery", lines: [{ item_id: demo.item_id, quantity: 1 }] },
  }),
);
const claim = answered(
  "claim",
  await volunteer.POST("/v1/requests/{id}/claim", { params: { path: { id: request.id }, ...key() } }),
);
const door = answered(
  "door",
  await volunteer.GET("/v1/claims/{id}/door", { params: { path: { id: claim.id }, query: { fence: claim.fence } } }),
);
const fence = claim.fence;
const delivery = () => ({ path: { id: claim.delivery_id! }, ...key() });
answered("pick-up", await volunteer.POST("/v1/deliveries/{id}/pick-up", { params: delivery(), body: { fence } }));
answered("arrival", await volunteer.POST("/v1/deliveries/{id}/arrive", { params: delivery(), body: { fence } }));
const completion = { fence, outcome: "handed_over" as const, phrase: request.phrase };
answered("completion", await volunteer.POST("/v1/deliveries/{id}/complete", { params: delivery(), body: completion }));
answered(
  "acknowledgement",
  await partner.POST("/v1/requests/{id}/acknowledge", { params: { path: { id: request.id }, ...key() }, body: {} }),
);
const seen = answered("reading", await partner.GET("/v1/requests/{id}", { params: { path: { id: request.id } } }));
if (seen.status !== "fulfilled" || !seen.acknowledged_at) throw new Error(`it ended as ${JSON.stringify(seen)}`);
console.log(`typescript: ${door.door.street} ${door.door.house}, ${seen.status} and acknowledged`);
