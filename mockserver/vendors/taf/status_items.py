"""The items of GET: one record in words, by how far it is."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from mockserver.core.replies import JSON
from mockserver.vendors.taf.records import SentRecord, State

Grouping = Literal["ticketCode", "registryKey"]

# statusCode and statusDescription; only the first text is the vendor's.
_STATUS: dict[State, tuple[str, str]] = {
    "INTEGRATED": (" ", "Registro Integrado"),
    "VALID": ("0", "Registro válido"),
    "INVALID": ("1", "Registro inválido"),
    "TRANSMITTED": ("2", "Transmitido"),
    "REJECTED": ("3", "Transmitido e rejeitado"),
    "AUTHORISED": ("4", "Transmitido e autorizado"),
    "EXCLUSION_REQUESTED": ("6", "Exclusão solicitada"),
    "EXCLUDED": ("7", "Exclusão confirmada"),
}
_PROCESSED = "Registro Processado."
_INCONSISTENT = "Registro Inconsistente."
_NOT_FOUND = "Registro não localizado na tabela TAFST2."
_NO_LOG = "Registro não localizado na tabela TAFXERP."


class Wish(NamedTuple):
    """How a client wants its items: grouping, the government's errors and XML, and the text for waiting."""

    grouping: Grouping
    streaming_errors: bool
    ret_response: bool
    waiting_text: str


def item(record: SentRecord, wish: Wish) -> JSON:
    """One record ("Estrutura da Resposta do método GET", TAF-A31)."""
    head = {
        "success": True,
        "proccessed": record.processed,
        "description": _description(record, wish),
        **_other_name(wish.grouping, record.ticket_code, record.registry_key),
    }
    return head | (_success(record, wish) if record.processed else _failure(record))


def nothing_found(wish: Wish, ticket: str, key: str) -> JSON:
    """The one item of an answer without records (TAF-A26)."""
    return {
        "success": False,
        "proccessed": False,
        "description": _NOT_FOUND,
        **_other_name(wish.grouping, ticket, key),
        "errorCode": "",
        "errorDescription": "",
        "errorDetail": "",
        "receiptNumber": "",
    }


def _other_name(grouping: Grouping, ticket: str, key: str) -> JSON:
    return {"registryKey": key} if grouping == "ticketCode" else {"ticketCode": ticket}


def _description(record: SentRecord, wish: Wish) -> str:
    if record.processed:
        return _PROCESSED
    return {"WAITING": wish.waiting_text, "INCONSISTENT": _INCONSISTENT}.get(record.state, _NO_LOG)


def _failure(record: SentRecord) -> JSON:
    return {
        "errorCode": record.error_code,
        "errorDescription": record.error_description,
        "errorDetail": record.error_detail,
        "receiptNumber": record.receipt_number,
        "registryPriority": record.registry_priority,
        "integrationQueue": _queue(record),
    }


def _queue(record: SentRecord) -> str:
    """Whether the queue brings the record up again, or the error is for good (TAF-A36)."""
    rejected = record.integration_queue and record.state == "INCONSISTENT"
    return "R" if rejected else record.integration_queue


def _success(record: SentRecord, wish: Wish) -> JSON:
    code, text = _STATUS[record.state]
    shown: JSON = {
        # The page prints a space for an integrated record and nothing for a deletion event.
        "statusCode": code.strip() if record.delete_type else code,
        "statusDescription": text,
        "active": record.active,
        "receiptNumber": record.receipt_number,
    }
    if record.delete_type:
        shown["deleteType"] = record.delete_type
    if wish.streaming_errors and record.state == "REJECTED" and record.streaming_errors:
        shown["streamingErrors"] = msgspec.to_builtins(record.streaming_errors)
    if wish.ret_response and record.xml_ret_response:
        shown["xmlRetResponse"] = record.xml_ret_response
    return shown
