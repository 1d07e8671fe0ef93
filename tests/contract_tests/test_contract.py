"""How the suite reads a spec: lines, sources, references, and which refusal is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from contract_tests.harness.judging.body import schema_place
from contract_tests.harness.judging.breaches import breach_in_query
from contract_tests.harness.judging.finding import place
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.judging.validity import fits, meets_valid_data
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.spec import contract, fixtures, pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.limits import Limit, limits, trespasses
from contract_tests.harness.spec.lined import UnreadableFile
from contract_tests.harness.spec.operation import Operation
from mockserver.app import spec_path
from tests.contract_tests.runs import TOY

Side = Callable[[Contract, Operation], Iterator[Limit]]
SPEC = TOY / "spec.yaml"


@pytest.fixture(scope="module")
def acme() -> Contract:
    return contract.load("acme", SPEC)


def written_at(line: int) -> str:
    return SPEC.read_text(encoding="utf-8").splitlines()[line - 1].strip()


def test_the_base_path_is_that_of_the_first_server(acme: Contract) -> None:
    assert acme.base_path == "/v9"


def test_every_value_has_the_line_where_it_is_written(acme: Contract) -> None:
    at = pointer.join(["paths", "/parcels/{parcel_id}/cancel", "post", "x-lifecycle", "otherwise"])
    assert written_at(acme.line(at)) == "otherwise: wrong_state"


def test_a_place_that_is_not_written_has_the_line_of_what_is_around_it(acme: Contract) -> None:
    assert written_at(acme.line("/x-errors/reason/headers/Retry-After")) == "reason:"


def test_references_are_followed_to_the_line_that_says_it(acme: Contract) -> None:
    operation = acme.operations["get_parcel"]
    root = f"{operation.pointer}/responses/200/content/application~1json/schema"
    here = schema_place(acme, root, ["data", "state"])
    assert here == "/components/schemas/Parcel/properties/state"
    where = place(acme, here, "body")
    assert written_at(where.line).startswith("state: {type: string, enum:")
    assert where.sources == [{"mark": "documented", "document": "manual", "section": "Parcels"}]


def test_items_of_a_list_are_found_through_their_reference(acme: Contract) -> None:
    operation = acme.operations["list_parcels"]
    root = f"{operation.pointer}/responses/200/content/application~1json/schema"
    assert schema_place(acme, root, ["data", 3, "weight"]) == "/components/schemas/Parcel/properties/weight"


def test_a_source_of_another_aspect_is_left_out(tmp_path: Path) -> None:
    text = SPEC.read_text(encoding="utf-8").replace(
        "    x-source: {mark: observed, document: forum}\n",
        "    x-source:\n"
        "      - {of: status, mark: observed, document: forum}\n"
        "      - {mark: documented, document: manual}\n",
    )
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    spec = contract.load("acme", path)
    assert [mark["mark"] for mark in spec.sources("/x-errors/wrong_state/message", "message")] == [
        "documented"
    ]
    assert [mark["mark"] for mark in spec.sources("/x-errors/wrong_state/status", "status")] == ["observed"]


def test_an_operation_refuses_with_its_own_entry_before_the_root(acme: Contract) -> None:
    cancel = acme.operations["cancel_parcel"]
    assert acme.refusal_at(cancel, "body/reason") == acme.errors["reason"]
    assert acme.refusal_at(cancel, "body/other") == acme.errors["unreadable"]
    assert acme.refusal_at(cancel, "route") == acme.errors["route"]


def test_merge_keys_and_environment_are_read(acme: Contract) -> None:
    assert acme.errors["method"].status == 405
    assert acme.errors["method"].refuses == ("method",)
    assert acme.errors["tired"].environment
    assert not acme.errors["route"].environment


def test_methods_and_templates_of_a_path(acme: Contract) -> None:
    assert acme.methods_at("/parcels") == {"GET", "POST"}
    assert acme.serves("/parcels/1/cancel")
    assert not acme.serves("/parcels/1/cancel/now")


def test_the_base_request_is_made_of_the_examples(acme: Contract) -> None:
    assert base_draft(acme.operations["cancel_parcel"]).parts == {
        "path": {"parcel_id": "1"},
        "query": {},
        "headers": {},
        "body": {"reason": "changed my mind"},
    }
    assert base_draft(acme.operations["create_parcel"], "heavy").body == {"weight": 1000}
    assert "body" not in base_draft(acme.operations["get_parcel"]).parts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not an OpenAPI document"),
        ("a: [1", "not YAML"),
        ("x-errors: {}\npaths: {}\nx-outcome: {}\n", "LookupError: no operations"),
        ("paths:\n  /a:\n    get: {operationId: a}\n", "KeyError"),
    ],
)
def test_a_spec_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile) as refused:
        contract.load("acme", path)
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_bytes("records: {name: Sánchez}".encode("latin-1"))
    with pytest.raises(UnreadableFile, match=r"seed\.yaml: not UTF-8"):
        fixtures.load(tmp_path)


def test_a_fixture_without_a_mapping_is_named(tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text("- records", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"seed\.yaml: not a mapping"):
        fixtures.load(tmp_path)


def test_an_example_that_lacks_its_answer_is_named(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "seed.yaml").write_text("records: {}", encoding="utf-8")
    text = "name: one\noperation: get_parcel\nrequest: {}\n"
    (tmp_path / "examples" / "one.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"one\.yaml: response is missing"):
        fixtures.load(tmp_path)


def test_a_spec_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        contract.load("acme", tmp_path / "none.yaml")


def test_limits_are_tried_from_inside_in_letters_of_one_two_and_four_bytes(acme: Contract) -> None:
    found = {(limit.place, limit.value) for limit in limits(acme, acme.operations["cancel_parcel"])}
    assert found == {
        ("body/reason", "a" * 20),
        ("body/reason", "ñ" * 20),
        ("body/reason", "😀" * 20),  # two units each in UTF-16, and one character
        ("body/reason", "Çãñ Ж 日本 😀"),  # letters of two, three and four bytes
        ("body/notInTheContract", "duble"),
    }
    assert [(limit.place, limit.value) for limit in limits(acme, acme.operations["list_parcels"])] == [
        ("query/limit", 1),
        ("query/limit", 50),
    ]


def test_an_exclusive_bound_itself_lies_beyond_the_limit(tmp_path: Path) -> None:
    said, exclusive = "minimum: 1, maximum: 50", "minimum: 1, exclusiveMinimum: true, maximum: 50"
    text = SPEC.read_text(encoding="utf-8").replace(said, exclusive)
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    acme = contract.load("acme", tmp_path / "spec.yaml")
    listing = acme.operations["list_parcels"]
    assert [limit.value for limit in limits(acme, listing)] == [2, 50]
    assert [limit.value for limit in trespasses(acme, listing)] == [1, 51, "duble", 1.5, "1duble", ""]


@pytest.mark.parametrize("side", [limits, trespasses])
def test_each_object_of_a_body_gets_a_property_that_no_schema_knows(side: Side) -> None:
    taf = contract.load("taf", spec_path("taf"))
    found = side(taf, taf.operations["submit_batch"])
    places = [limit.place for limit in found if limit.is_unknown]
    assert places == ["body/notInTheContract", "body/lote/0/notInTheContract"]


def test_only_a_refusal_whose_recipe_is_valid_may_meet_valid_data(acme: Contract) -> None:
    responses = Responses(acme)
    cancel = acme.operations["cancel_parcel"]
    told = {listed.error.id: meets_valid_data(responses, cancel, listed) for listed in cancel.errors}
    assert told == {"reason": False, "missing": True, "wrong_state": True}


@pytest.mark.parametrize("error", ["803.record", "812"])
def test_a_batch_that_fits_may_have_a_later_record_of_a_branch_that_is_not_there(error: str) -> None:
    taf = contract.load("taf", spec_path("taf"))
    submit = taf.operations["submit_batch"]
    listed = next(one for one in submit.errors if one.error.id == error)
    assert meets_valid_data(Responses(taf), submit, listed)


def test_a_request_fits_or_does_not(acme: Contract) -> None:
    responses, cancel = Responses(acme), acme.operations["cancel_parcel"]
    parts = base_draft(cancel).parts
    assert fits(responses, cancel, parts)
    assert not fits(responses, cancel, {**parts, "body": {"reason": "a" * 21}})
    assert not fits(responses, cancel, {**parts, "path": {}})
    assert not fits(responses, cancel, {key: parts[key] for key in ("path", "query", "headers")})


@pytest.mark.parametrize(
    ("query", "breaks"),
    [
        ("", False),
        ("limit=50", False),
        ("limit=", False),
        ("limit=1&limit=99", False),
        ("limit=51", True),
        ("limit=-1", True),
        ("limit=many", True),
        ("limit=1e1", False),
    ],
)
def test_only_what_breaks_the_query_beyond_doubt_counts(
    acme: Contract,
    query: str,
    breaks: bool,
) -> None:
    found = breach_in_query(Responses(acme), acme.operations["list_parcels"], query)
    assert (found is not None) is breaks


def test_the_unknown_ids_of_a_lifecycle_are_those_of_its_recipes(acme: Contract) -> None:
    ours = SimpleNamespace(target=SimpleNamespace(double=True))
    entity = Entity(ours, "parcel")  # type: ignore[arg-type]  # the ids need nothing else of a subject
    assert entity.unknown_ids(acme.operations["cancel_parcel"]) == ["lost"]
