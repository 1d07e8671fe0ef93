"""Huawei Cloud OSM: service tickets, and the IAM call that issues tokens for them."""

from __future__ import annotations

from mockserver.core.vendor import Vendor
from mockserver.vendors.huawei_osm import (
    case_actions,
    case_counts,
    case_labels,
    case_list,
    cases,
    config,
    labels,
    messages,
    new_cases,
    operate_logs,
    scores,
    tokens,
)
from mockserver.vendors.huawei_osm.auth import authenticate
from mockserver.vendors.huawei_osm.engineer import EVENTS
from mockserver.vendors.huawei_osm.errors import envelope
from mockserver.vendors.huawei_osm.leniency import forgive
from mockserver.vendors.huawei_osm.records import TABLES
from mockserver.vendors.huawei_osm.request_ids import with_request_id
from mockserver.vendors.huawei_osm.room import OsmRoom

HUAWEI_OSM = Vendor(
    name="huawei_osm",
    title="Huawei Cloud OSM",
    modules=(
        case_actions,
        case_counts,
        case_labels,
        case_list,
        cases,
        config,
        labels,
        messages,
        new_cases,
        operate_logs,
        scores,
        tokens,
    ),
    room=OsmRoom,
    tables=TABLES,
    envelope=envelope,
    authenticate=authenticate,
    sandbox_in=(
        "header/x-auth-token",
        "header/authorization/Access",
        "body/auth/identity/password/user/name",
    ),
    events=EVENTS,
    content_type_required=False,
    mounts=("/v2/servicerequest", "/v3/auth/tokens"),
    array_forms=(
        "list_cases.label_id_list",
        "create_case_labels.label_ids",
        "delete_case_labels.label_ids",
    ),
    forgive=forgive,
    finish=with_request_id,
)

__all__ = ["HUAWEI_OSM"]
