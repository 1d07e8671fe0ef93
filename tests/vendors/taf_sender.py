"""A sender of records, as the tests of TAF use one."""

from __future__ import annotations

import base64
from typing import Any

import httpx

PATH = "/rest/wstafst2"
TICKET = "WIO9753123654789789363655241452363"
# The seed records hold the rubric 100, and no 998.
KNOWN, UNKNOWN = "100", "998"


def coded(message: str) -> str:
    """A message in Base64, as integrationMessage carries it."""
    return base64.b64encode(message.encode()).decode()


def rubric(operation: str, code: str) -> str:
    """The XML of a rubric table (S-1010) that includes, changes or excludes one rubric."""
    key = f"<ideRubrica><codRubr>{code}</codRubr><iniValid>2016-01</iniValid></ideRubrica>"
    content = f"<dadosRubrica><dscRubr>{operation}</dscRubr></dadosRubrica>"
    inside = f"<infoRubrica><{operation}>{key}{content}</{operation}></infoRubrica>"
    return f"<eSocial><evtTabRubrica>{inside}</evtTabRubrica></eSocial>"


def record(key: str, message: str = "<eSocial/>", **more: Any) -> dict[str, Any]:
    """A record that has nothing wrong with it, but for what is said."""
    return {
        "sourceBranch": "0100",
        "messageType": "2",
        "messageSequential": "001",
        "registryType": "S-1010",
        "registryKey": key,
        "integrationMessage": coded(message),
    } | more


def without(name: str, **more: Any) -> dict[str, Any]:
    """The same, but for one of its properties."""
    sent = record("K", **more)
    del sent[name]
    return sent


class Sender:
    """Posts, asks and takes back; and turns what only the server's own people can."""

    def __init__(self, client: httpx.Client) -> None:
        client.auth = ("duble", "duble")
        self.client = client

    def post(self, *records: Any, ticket: Any = TICKET) -> Any:
        """The answer to a batch."""
        answer = self.client.post(PATH, json={"ticketCode": ticket, "lote": list(records)})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, *records: Any, ticket: str = TICKET) -> None:
        """A batch that is stored as a whole."""
        answer = self.post(*records, ticket=ticket)
        assert [one["success"] for one in answer["registryKey"]] == [True] * len(records), answer

    def stored(self) -> list[str]:
        """The keys of what is stored under the usual ticket."""
        return [item["registryKey"] for item in self.items(ticketCode=TICKET)]

    def errors(self, *records: Any) -> list[list[int]]:
        """The codes of every record's errors."""
        answer = self.post(*records)
        return [[error["coderr"] for error in one.get("error", [])] for one in answer["registryKey"]]

    def ask(self, **query: Any) -> Any:
        """The answer to a query; startRecNo is 0 unless it is said."""
        answer = self.client.get(PATH, params={"startRecNo": 0, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def items(self, **query: Any) -> list[Any]:
        """The items of one answer."""
        found: list[Any] = self.ask(**query)["items"]
        return found

    def item(self, key: str, **query: Any) -> Any:
        """The last item of a key."""
        return self.items(registryKey=key, searchMode=1, **query)[0]

    def delete(self, *tickets: Any, **query: Any) -> Any:
        """The answer to a deletion."""
        body = {"deleteTicket": [{"ticketCode": ticket} for ticket in tickets]}
        answer = self.client.request("DELETE", PATH, json=body, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def code(self, key: str) -> str:
        """The errorCode of a key's last item; empty where it is integrated, `…` where it waits."""
        item = self.item(key)
        if item["description"].startswith("Aguardando"):
            return "…"
        return "" if item["proccessed"] else str(item["errorCode"])

    def outcome(self, *records: dict[str, Any]) -> list[str]:
        """The code of each record, sent and handled in one run of job 2."""
        self.send(*records)
        self.run_job2()
        return [self.code(one["registryKey"]) for one in records]

    # ------------------------------------------------------------ behind the counter

    def control(self, method: str, place: str, body: Any = None) -> Any:
        """The control API's answer."""
        answer = self.client.request(method, f"/_duble/{place}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def backstage(self, event: str, id: str, **details: Any) -> Any:
        """A move that only the server's side makes."""
        return self.control("POST", f"backstage/taf/{event}", {"id": id, **details})

    def run_job2(self) -> None:
        """One run of job 2."""
        self.backstage("run_job2", "2")

    def setting(self, **changes: Any) -> None:
        """Another set-up of the installation."""
        self.control("PUT", "state/taf/settings/service", changes)

    def freeze(self, instant: str) -> None:
        """Stop the sandbox's clock."""
        self.control("POST", "clock", {"freeze": instant})

    def advance(self, seconds: float) -> None:
        """Let the sandbox's time pass."""
        self.control("POST", "clock", {"advance": seconds})
