"""Messages: Base64 taken off, XML read without obeying it."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from hashlib import blake2b
from typing import Literal, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]  # it ships no types
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]  # the same

Operation = Literal["inclusao", "alteracao", "exclusao", ""]

DEEPEST = 128
_VERSION_1 = re.compile(r"v_S_01_")
# Root and event name the layout; what lies deeper is content.
_NAMES_LAYOUT = 2
_LONGEST_IDENTITY = 200
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotBase64(ValueError):
    """The message is no Base64 (TAF-A14)."""


class DangerousXml(ValueError):
    """The XML has a document type, entities, or too many levels (TAF-A48)."""


class XmlMessage(NamedTuple):
    """What TAF looks for in an XML message; of one that breaks off, what stands before the break.

    `operation` is the first inclusao, alteracao or exclusao, `identity` the texts in the first element inside
    it, `receipt` the one that an S-3000 names, `version_1` whether the layout is of version 1.0.
    """

    whole: bool
    version_1: bool
    operation: Operation
    identity: str
    receipt: str


def decoded(message: str) -> bytes:
    """A message without its Base64 (RFC 4648, padded, one line); raises NotBase64."""
    try:
        return base64.b64decode(message, validate=True)
    except (binascii.Error, ValueError):
        raise NotBase64 from None


def read(raw: bytes) -> XmlMessage:
    """Read an XML message; raises DangerousXml. Nothing is expanded, and nothing fetched."""
    reader = _Reader()
    parser = DefusedXMLParser(target=reader, forbid_dtd=True)
    whole = True
    try:
        parser.feed(_readable(raw))
        parser.close()
    except DefusedXmlException:
        raise DangerousXml from None
    except DangerousXml:
        raise
    except (ParseError, ValueError, LookupError):  # the last two: an encoding that nobody knows
        whole = False
    return reader.message(whole=whole)


def _readable(raw: bytes) -> bytes | str:
    """XML that declares no encoding is Windows-1252: the page demands a declaration for UTF-8."""
    if raw.startswith((b"<?xml", *_BOMS)):
        return raw
    return raw.decode("cp1252", "replace")


class _Reader:
    """Called by the parser for every piece; keeps little and never looks back."""

    def __init__(self) -> None:
        self._depth = 0
        self._version_1 = False
        self._operation: Operation = ""
        self._identity: list[str] = []
        self._receipt = ""
        self._text: list[str] = []
        # Depths of the elements that are being read; 0 where there is none.
        self._operation_at = self._identity_at = self._receipt_at = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; raises DangerousXml where it lies too deep."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise DangerousXml
        self._flush()
        name = tag.rpartition("}")[2]
        if self._depth <= _NAMES_LAYOUT and any(map(_VERSION_1.search, (tag, *attributes.values()))):
            self._version_1 = True
        if not self._operation and name in ("inclusao", "alteracao", "exclusao"):
            self._operation, self._operation_at = _operation(name), self._depth
        elif self._operation_at and not self._identity_at and self._depth == self._operation_at + 1:
            self._identity_at = self._depth
        elif name == "nrRecEvt" and not self._receipt:
            self._receipt_at = self._depth

    def data(self, text: str) -> None:
        """A piece of text, of which only what identifies is kept."""
        if self._identity_at or self._receipt_at:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._flush()
        if self._depth == self._identity_at:
            # One identifying element is enough: what follows in the operation is its content.
            self._identity_at = self._operation_at = 0
        if self._depth == self._receipt_at:
            self._receipt_at = 0
        self._depth -= 1

    def close(self) -> None:
        """The end of the document."""

    def message(self, *, whole: bool) -> XmlMessage:
        """What was found."""
        identity = "|".join(self._identity)
        if len(identity) > _LONGEST_IDENTITY:
            identity = blake2b(identity.encode(), digest_size=32).hexdigest()
        return XmlMessage(whole, self._version_1, self._operation, identity, self._receipt)

    def _flush(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if not text:
            return
        if self._receipt_at:
            self._receipt = text
        elif self._identity_at:
            self._identity.append(text)


def _operation(name: str) -> Operation:
    return "inclusao" if name == "inclusao" else "alteracao" if name == "alteracao" else "exclusao"
