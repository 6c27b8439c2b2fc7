"""Who makes the generated calls (the environment's BIRGEMIZ_CALLER), and that no refusal repeats what was sent."""

import json
import os
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import schemathesis

DEMO = json.loads(open(os.environ["BIRGEMIZ_DEMO_JSON"], encoding="utf-8").read())
CALLER = os.environ["BIRGEMIZ_CALLER"]
PEOPLE = ("administrator", "coordinator", "volunteer")

#: Shorter ones occur by chance in any sentence.
LONG_ENOUGH = 6
#: Words of the contract may stand in an answer, whoever sent them.
CONTRACT = open(os.environ["BIRGEMIZ_CONTRACT"], encoding="utf-8").read().lower()


def answered(path: str, body: bytes, kind: str) -> Any:
    call = urllib.request.Request(DEMO["url"] + path, body, {"content-type": kind})
    with urllib.request.urlopen(call) as answer:
        return json.load(answer)


def token() -> str:
    if CALLER == "partner":
        form = {"grant_type": "client_credentials", "client_id": DEMO["client_id"], "client_secret": DEMO["client_secret"]}
        answer = answered("/v1/auth/token", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded")
    else:
        body = {"email": DEMO[f"{CALLER}_email"], "password": DEMO["password"]}
        answer = answered("/v1/auth/login", json.dumps(body).encode(), "application/json")
    return answer["access_token"]


if CALLER == "partner" or CALLER in PEOPLE:

    @schemathesis.auth(refresh_interval=240)
    class Bearer:
        def get(self, case: schemathesis.Case, ctx: schemathesis.AuthContext) -> str:
            return token()

        def set(self, case: schemathesis.Case, data: str, ctx: schemathesis.AuthContext) -> None:
            case.headers = case.headers or {}
            case.headers["Authorization"] = f"Bearer {data}"

elif CALLER == "nobody":

    # Without any, schemathesis looks for a way to log in by itself.
    @schemathesis.auth()
    class Nothing:
        def get(self, case: schemathesis.Case, ctx: schemathesis.AuthContext) -> str:
            return "nothing"

        def set(self, case: schemathesis.Case, data: str, ctx: schemathesis.AuthContext) -> None:
            pass

else:
    raise SystemExit(f"BIRGEMIZ_CALLER is {CALLER}: use nobody, partner, {', '.join(PEOPLE)}")


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, the names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@schemathesis.check
def nothing_submitted_is_echoed(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case) -> None:
    if response.status_code < 400:
        return
    # An unknown field is pointed to by its name; nothing else of what was sent may be in there.
    said = re.sub(r'"pointer":"[^"]*","code":"unknown_field"', "", response.text)
    sent = [*texts(case.body if isinstance(case.body, (dict, list, str)) else None), *texts(dict(case.query or {}))]
    for text in sent:
        if len(text) >= LONG_ENOUGH and text.lower() not in CONTRACT and (text in said or json.dumps(text)[1:-1] in said):
            raise AssertionError(f"the refusal repeats what was sent: {text!r} in {said!r}")
