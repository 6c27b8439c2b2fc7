"""Verifies our signatures with the Standard Webhooks library for Python: verify.py FILE."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def is_good(secret: str, body: str, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        deliveries = json.load(file)
    if not deliveries:
        sys.exit("Nothing was signed.")
    for delivery in deliveries:
        body, headers = delivery["body"], delivery["headers"]
        for secret in delivery["secrets"]:
            if not is_good(secret, body, headers):
                sys.exit(f"{headers['webhook-id']} does not verify.")
            if is_good(secret, body + " ", headers) or is_good(secret, body, headers | {"webhook-id": "evt_other"}):
                sys.exit(f"{headers['webhook-id']} verifies although it was changed.")
    stranger = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    if is_good(stranger, deliveries[0]["body"], deliveries[0]["headers"]):
        sys.exit("A stranger's secret verifies it.")
    print(f"{len(deliveries)} deliveries verify, each by two secrets.")


main(sys.argv[1])
