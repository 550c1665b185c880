"""Real exports, as described in their README."""

# ruff: noqa: E501 - lines of project files are not wrapped

import polars as pl
import pytest
from exports_bench import rows

from flamescore.errors import InputError
from real_exports import NEEDED, education, grocer, strangers

pytestmark = NEEDED


def test_the_sound_leads(bench):
    loaded = bench.load(education())
    assert (loaded.contacts.shape, loaded.rejects.height) == ((9191, 37), 0)
    assert loaded.contacts["contact_id"].n_unique() == 9191


def test_the_damaged_leads(bench, real):
    text = education("lead_scoring_damaged")
    with pytest.raises(InputError, match="338 of 9,240 rows are rejected, more than 1%: 338 short_row"):
        bench.load(text)
    loaded = bench.load(text, limit="5%")
    assert (loaded.contacts.height, loaded.rejects.height) == (8902, 338)
    assert set(loaded.rejects["reason"]) == {"short_row"}
    key = pl.read_csv(real / "keys/x_education.csv", infer_schema=False)
    assert set(loaded.contacts["contact_id"]) <= set(key["contact_id"])


def test_the_grocer_from_csv_and_from_parquet(bench):
    loads = [bench.load(grocer(kind)) for kind in ("csv", "parquet")]
    for loaded in loads:
        assert loaded.contacts.height == 801
        assert [source.record.counts.rows for source in loaded.events] == [75_000, 2_102]
    key = ("contact_id", "event", "at", "basket_id")
    csv, parquet = (loaded.events[0].frame.select(key).collect() for loaded in loads)
    assert csv.sort(key).equals(parquet.sort(key))


def test_users_without_a_header_and_emails_with_a_byte_order_mark(bench, real):
    text = f"""\
contacts:
  - path: {real}/yammer/yammer_users.csv
    header: false
    names: [contact_id, created_at, company_id, language, activated_at, state]
events: [{{path: {real}/yammer/yammer_emails.csv, columns: {{contact_id: user_id, event: action, at: occurred_at}}}}]
"""
    loaded = bench.load(text)
    assert loaded.contacts.height == 19_066
    assert loaded.contacts.row(0) == (
        "0",
        "2021-01-01 20:59:00",
        "5737",
        "english",
        "2021-01-01 21:01:00",
        "active",
    )
    assert loaded.events[0].record.counts.rows == 90_389
    assert rows(loaded.events[0].frame.select(pl.len())) == [(90_389,)]
    assert loaded.rejects.is_empty()


def test_customers_parted_by_semicolons(bench, real):
    loaded = bench.load(
        f"contacts: [{{path: {real}/marketing_campaign/marketing_campaign.csv, columns: {{contact_id: ID}}}}]\n"
    )
    assert loaded.contacts.height == 2_240
    assert loaded.contacts["Income"].null_count() == 24


def test_the_orders_of_strangers_need_a_format(bench):
    customers, orders = strangers()
    bench.write("customers.csv", customers)
    bench.write("orders.csv", orders)
    text = "contacts: [{path: customers.csv}]\nevents: [{path: orders.csv, constants: {event: order}%s}]\n"
    with pytest.raises(InputError, match="69,659 are written like `19970101`: `%Y%m%d`"):
        bench.load(text % "")
    loaded = bench.load(text % ", at: {format: '%Y%m%d'}")
    assert (loaded.contacts.height, loaded.contacts["contact_id"][0]) == (23_570, "00001")
    assert loaded.events[0].record.counts.rows == 69_659
    assert loaded.rejects.is_empty()
    assert rows(loaded.events[0].frame.select(pl.len())) == [(69_659,)]  # exact duplicates are kept


WAREHOUSE = {
    "hubspot": (22, 100, "contact_id: id, email: property_email", "email_event_data", "contact: recipient, event: type, at: created, event_id: id}, contact_key: email"),
    "mailchimp": (8, 17, "contact_id: id, email: email_address", "campaign_recipient_activity", "contact_id: member_id, event: action, at: timestamp}"),
    "salesforce": (4, 10, "contact_id: id", "sf_task_data", "contact_id: who_id, event: subject, at: last_modified_date}"),
    "segment": (4, 1, "contact_id: id", "example_segment_pages", "contact_id: user_id, event: title, at: timestamp}"),
}  # fmt: skip
PEOPLE = {"hubspot": "hubspot/contact_data", "mailchimp": "mailchimp/member"}


@pytest.mark.parametrize("vendor", WAREHOUSE)
def test_warehouse_tables_are_sound(bench, real, vendor):
    people, events, contact_columns, name, columns = WAREHOUSE[vendor]
    contacts = PEOPLE.get(vendor, "salesforce/sf_contact_data")
    loaded = bench.load(
        f"contacts: [{{path: {real}/{contacts}.csv, columns: {{{contact_columns}}}}}]\n"
        f"events: [{{path: {real}/{vendor}/{name}.csv, columns: {{{columns}}}]\n"
    )
    counts = loaded.events[0].record.counts
    assert (loaded.contacts.height, counts.rows, counts.rejected) == (people, events, 0)
    # one member is on two of the lists
    assert loaded.rejects["reason"].to_list() == (["repeated_id"] if vendor == "mailchimp" else [])
