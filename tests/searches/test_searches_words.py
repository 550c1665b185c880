"""Words are found independently, in any order, ignoring case and accents."""

import polars as pl
import pytest

from flamescore.searches import Query, Term, search

CONTACTS = pl.DataFrame(
    {
        "contact_id": ["1", "2", "A 3", "4"],
        "name": ["María Delgado", "Søren Åkesson", None, "İnci"],
        "company": ["Saguaro Vets", None, "Ünal GmbH", ""],
        "email": ["m@example.com", None, "delgado@example.com", None],
        "phone": ["+1 (602) 555-0142", "602.555.0199", None, ""],
    }
).lazy()
SCORES = pl.DataFrame(
    {
        "contact_id": ["1", "2", "A 3", "4"],
        "score_name": "s",
        "score": [4.0, 3.0, 2.0, 1.0],
        "flames": [4, 3, 2, 1],
        "percentile": 0.0,
    }
).lazy()
MERGED = pl.DataFrame(
    {"merged_id": ["9"], "contact_id": ["2"], "name": ["Delgado"], "company": [None], "email": [None]},
    schema_overrides={"company": pl.String, "email": pl.String},
).lazy()


def found(*texts, merged=None):
    rows = search(SCORES, CONTACTS, Query(terms=(Term("s"),), texts=texts), merged=merged)
    return rows["contact_id"].to_list()


@pytest.mark.parametrize(
    ("texts", "ids"),
    [
        (["delgado maria"], ["1"]),
        (["DELGADO"], ["1", "A 3"]),
        (["delgado", "gmbh"], ["A 3"]),
        (["maria gmbh"], []),
        (["akesson"], ["2"]),
        (["SOREN"], ["2"]),
        (["søren"], ["2"]),
        (["Åke"], ["2"]),
        (["unal"], ["A 3"]),
        (["inci"], ["4"]),
        (["5550142"], ["1"]),
        (["602"], ["1", "2"]),
        (["555-01"], ["1", "2"]),
        (["(602) 555-0199"], ["2"]),
        (["602 maria"], ["1"]),
        (["+160255"], ["1"]),
        (["a602"], []),
        (["1"], ["1", "2"]),
        (["4"], ["1", "4"]),
        (["A 3"], ["A 3"]),
        (["a 3"], []),
        ([".*"], []),
    ],
)
def test_who_has_the_words(texts, ids):
    assert found(*texts) == ids


def test_what_was_merged_is_found_as_if_it_were_the_survivors():
    assert found("delgado", merged=MERGED) == ["1", "2", "A 3"]
    assert found("maria akesson", merged=MERGED) == []
    assert found("akesson delgado", merged=MERGED) == ["2"]
    assert found("9", merged=MERGED) == ["2"]
    assert found("9 akesson", merged=MERGED) == ["2"]


def test_without_columns_of_text_only_ids_are_found():
    rows = search(SCORES, CONTACTS.select("contact_id"), Query(terms=(Term("s"),), texts=("2",)))
    assert rows["contact_id"].to_list() == ["2"]
