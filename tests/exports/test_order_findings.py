"""Findings about returned orders, and about events whose kept row is missing a cell that another row had."""

import pytest
import yaml
from exports_bench import PEOPLE, looked_at

from flamescore.columns import NamedColumns
from flamescore.exports import load

DAY = "2026-01-01"


def told(bench, events, *, named=(), **files):
    for name, text in {"people": PEOPLE, **files}.items():
        bench.write(f"{name}.csv", text)
    opened = bench.survey(f"contacts: [{{path: people.csv}}]\nevents: [{{{events}}}]\n")
    exports = looked_at(load(opened, named=NamedColumns(events=frozenset(named))))
    found = exports.events[0].record.findings
    return [each for each in found if each.code in ("I119", "I149")]


def orders(*statuses, header="Financial Status"):
    rows = "".join(f"1,{DAY},{status}\n" for status in statuses)
    return f"contact_id,at,{header}\n{rows}"


PURCHASES = "path: e.csv, constants: {event: purchase}"


def test_orders_that_were_given_back(bench):
    text = orders(*["paid"] * 6, "refunded", "voided", "refunded", "")
    (found,) = told(bench, PURCHASES, e=text)
    assert (found.code, found.severity, found.subject) == ("I149", "warning", "events e.csv Financial Status")
    assert found.message == '3 of 10 purchases are "refunded" or "voided" in "Financial Status".'
    assert (found.count, found.of, found.samples) == (3, 10, ("refunded", "voided"))
    assert found.cure == "leave_out: {Financial Status: [refunded, voided]}"
    assert told(bench, f"{PURCHASES}, {found.cure}", e=text) == []


@pytest.mark.parametrize(
    "status",
    [
        "refunded", "Refund", "partially_refunded", "Partially Refunded", "VOIDED", "void", "cancelled",
        "canceled", "failed", "declined", "expired", "disputed", " chargeback ",
    ],
)  # fmt: skip
def test_each_word_for_an_order_that_is_none(bench, status):
    (found,) = told(bench, PURCHASES, e=orders("paid", status))
    assert (found.count, found.of) == (1, 2)
    assert told(bench, f"{PURCHASES}, {found.cure}", e=orders("paid", status)) == []


def test_one_is_told_in_the_singular(bench):
    (found,) = told(bench, PURCHASES, e=orders("paid", "void", header="PAYMENT STATUS"))
    assert found.message == '1 of 2 purchases is "void" in "PAYMENT STATUS".'


@pytest.mark.parametrize(
    ("events", "text"),
    [
        (PURCHASES, orders("paid", "pending", "refund requested")),
        (PURCHASES, orders("paid", "refunded", header="State")),
        (PURCHASES, orders("refunded", *(f"s{number}" for number in range(50)))),
        ("path: e.csv, constants: {event: order}", orders("paid", "refunded")),
        ("path: e.csv, columns: {event: Financial Status}", orders("paid", "refunded")),
    ],
)
def test_what_is_no_purchase_given_back(bench, events, text):
    assert told(bench, events, e=text) == []


def test_of_fifty_different_values_it_is_still_told(bench):
    text = orders("refunded", *(f"s{number}" for number in range(49)))
    assert len(told(bench, PURCHASES, e=text)) == 1


def test_a_mapped_status_goes_by_its_header_and_what_is_left_out_already_stays(bench):
    events = f"{PURCHASES}, columns: {{state: Order Status}}, leave_out: {{Order Status: [test]}}"
    (found,) = told(bench, events, e=orders("paid", "test", "void", header="Order Status"))
    assert (found.count, found.of) == (1, 2)
    assert yaml.safe_load(found.cure) == {"leave_out": {"Order Status": ["test", "void"]}}


def test_files_are_added_up(bench):
    events = "path: '?.csv', constants: {event: purchase}"
    files = {"a": orders("paid", "void"), "b": f"contact_id,at\n1,{DAY}\n"}
    (found,) = told(bench, events, **files)
    assert (found.count, found.of) == (1, 3)


LOST = "path: e.csv, columns: {event_id: Order, amount: Total}"
HEADER = "Order,contact_id,event,at,Total,note\n"


def items(*rows):
    return HEADER + "".join(f"{order},1,buy,{DAY},{total},{note}\n" for order, total, note in rows)


def test_the_row_that_stands_lacks_a_cell(bench):
    text = items(("A", 5, ""), ("A", "", "x"), ("B", 7, ""), ("B", "", ""), ("C", "", ""), ("C", 9, ""))
    (found,) = told(bench, LOST, named=["amount", "note"], e=text)
    assert (found.code, found.severity, found.subject) == ("I119", "warning", "events e.csv amount")
    assert found.message == '2 events lost their "amount": the row that is kept has none.'
    assert (found.count, found.of, found.samples) == (2, None, ())
    assert found.cure == 'leave_out: {Total: ""}'
    assert told(bench, f"{LOST}, {found.cure}", named=["amount"], e=text) == []


def test_one_event_is_told_in_the_singular(bench):
    (found,) = told(bench, LOST, named=["amount"], e=items(("A", 5, ""), ("A", "", "")))
    assert found.message == '1 event lost its "amount": the row that is kept has none.'


@pytest.mark.parametrize(
    "rows",
    [
        [("A", "", ""), ("A", 5, "")],
        [("A", "", ""), ("A", "", "")],
        [("A", 5, ""), ("B", "", "")],
        [("", 5, ""), ("", "", "")],
    ],
)
def test_nothing_is_lost(bench, rows):
    assert told(bench, LOST, named=["amount"], e=items(*rows)) == []


def test_a_column_that_no_rule_names_is_not_told(bench):
    assert told(bench, LOST, e=items(("A", 5, ""), ("A", "", ""))) == []


def test_the_newer_file_lacks_the_column(bench):
    events = "path: '?.csv', columns: {event_id: Order}"
    files = {
        "a": items(("A", 5, "")),
        "b": f"Order,contact_id,event,at\nA,1,buy,{DAY}\n",
    }
    (found,) = told(bench, events, named=["Total"], **files)
    assert (found.subject, found.count) == ("events ?.csv Total", 1)
    assert found.cure == 'leave_out: {Total: ""}'


def test_what_is_left_out_by_a_value_already_stays_so(bench):
    events = f"{LOST}, leave_out: {{Total: ['0']}}"
    (found,) = told(bench, events, named=["amount"], e=items(("A", 5, ""), ("A", "", ""), ("B", 0, "")))
    assert yaml.safe_load(found.cure) == {"leave_out": {"Total": ["0", ""]}}
