"""Files a request, brings it to the door and confirms it, through the client that openapi-python-client makes of
the contract: `python walk.py demo.json`, against a demo that holds still."""

import json
import sys
import uuid
from typing import Any, TypeVar

from birgemiz_client import AuthenticatedClient, Client
from birgemiz_client.api.auth import issue_partner_token, log_in
from birgemiz_client.api.claims import read_claim_door
from birgemiz_client.api.deliveries import arrive_delivery, complete_delivery, pick_up_delivery
from birgemiz_client.api.households import register_household, verify_household
from birgemiz_client.api.requests import acknowledge_request, claim_request, get_request, submit_request
from birgemiz_client.models import (
    CompleteDeliveryBody,
    ProgressBody,
    HandOver,
    LogInBody,
    PartnerTokenForm,
    ProblemBody,
    ReasonBody,
    RegisterHouseholdBody,
    SubmitRequestBody,
)

T = TypeVar("T")


def answered(what: str, answer: T | ProblemBody | None) -> T:
    """The answer, or an end with the problem that came instead."""
    if answer is None or isinstance(answer, ProblemBody):
        raise SystemExit(f"{what}: {answer}")
    return answer


def key() -> str:
    return str(uuid.uuid4())


def main(demo: dict[str, Any]) -> None:
    nobody = Client(base_url=demo["url"])

    def bearing(token: str) -> AuthenticatedClient:
        return AuthenticatedClient(base_url=demo["url"], token=token)

    def person(email: str) -> AuthenticatedClient:
        body = LogInBody(email=email, password=demo["password"])
        return bearing(answered("log in", log_in.sync(client=nobody, body=body)).access_token)

    form = PartnerTokenForm.from_dict(
        {"grant_type": "client_credentials", "client_id": demo["client_id"], "client_secret": demo["client_secret"]}
    )
    partner = bearing(answered("partner token", issue_partner_token.sync(client=nobody, body=form)).access_token)
    coordinator, volunteer = person(demo["coordinator_email"]), person(demo["volunteer_email"])

    told = {
        "area_id": demo["area_id"],
        "members": 1,
        "categories": ["elderly_alone"],
        "languages": ["kk"],
        "consent": {"text_version": "1", "language": "kk", "channel": "hotline"},
        "door": {
            "name": "Raushan",
            "street": "Abay Avenue",
            "house": "150",
            "position": {"lat": 43.238949, "lon": 76.889709},
        },
    }
    household = answered(
        "household",
        register_household.sync(client=partner, body=RegisterHouseholdBody.from_dict(told), idempotency_key=key()),
    )
    answered(
        "verification",
        verify_household.sync(household.id, client=coordinator, body=ReasonBody(), idempotency_key=key()),
    )
    needed = {"household_id": household.id, "kind": "delivery", "lines": [{"item_id": demo["item_id"], "quantity": 1}]}
    request = answered(
        "request",
        submit_request.sync(client=partner, body=SubmitRequestBody.from_dict(needed), idempotency_key=key()),
    )
    claim = answered("claim", claim_request.sync(request.id, client=volunteer, idempotency_key=key()))
    door = answered("door", read_claim_door.sync(claim.id, client=volunteer, fence=claim.fence))
    delivery, fence = str(claim.delivery_id), ProgressBody(fence=claim.fence)
    answered("pick-up", pick_up_delivery.sync(delivery, client=volunteer, body=fence, idempotency_key=key()))
    answered("arrival", arrive_delivery.sync(delivery, client=volunteer, body=fence, idempotency_key=key()))
    completion = CompleteDeliveryBody(outcome=HandOver.HANDED_OVER, fence=claim.fence, phrase=request.phrase)
    answered(
        "completion", complete_delivery.sync(delivery, client=volunteer, body=completion, idempotency_key=key())
    )
    answered(
        "acknowledgement",
        acknowledge_request.sync(request.id, client=partner, body=ReasonBody(), idempotency_key=key()),
    )
    seen = answered("reading", get_request.sync(request.id, client=partner))
    if seen.status != "fulfilled" or not seen.acknowledged_at:
        raise SystemExit(f"it ended as {seen}")
    print(f"python: {door.door.street} {door.door.house}, {seen.status} and acknowledged")


if __name__ == "__main__":
    with open(sys.argv[1] if len(sys.argv) > 1 else "demo.json", encoding="utf-8") as file:
        main(json.load(file))
