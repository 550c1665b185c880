"""`flamescore freeze`: a run's percentile bounds, as a line for the rule file."""

import pytest

RULES = """\
version: 1
scores:
  interest:
    flames: {flames}
    rules:
      - {{name: Has points, field: {{n: {{at_least: 1}}}}, points: 1}}
      - {{name: Has more, field: {{n: {{at_least: 2}}}}, points: 1}}
      - {{name: Has most, field: {{n: {{at_least: 3}}}}, points: 2.5}}
      - {{name: Has all, field: {{n: {{at_least: 4}}}}, points: 1}}
      - {{name: Has it, field: {{n: {{at_least: 5}}}}, points: 1}}
  fit: {{five_flames: 5, rules: [{{name: N, field: {{n: 1}}, points: 1}}]}}
"""


@pytest.fixture
def scored_by(here, flamescore):
    def score(flames, numbers):
        (here / "rules.yaml").write_text(RULES.format(flames=flames))
        (here / "c.csv").write_text("contact_id,n\n" + "".join(f"{i},{n}\n" for i, n in enumerate(numbers)))
        (here / "flamescore.yaml").write_text(
            "version: 1\nrules: rules.yaml\noutput: out\ncontacts: [{path: c.csv}]\n"
        )
        done = flamescore("score", "--as-of", "2026-11-21")
        assert done.code == 0
        return done

    return score


def test_the_line_to_paste(scored_by, flamescore):
    scored_by("{percentile: [20, 40, 60, 80, 100]}", [0, 1, 2, 3, 4, 5])
    done = flamescore("freeze")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "# interest: percentiles 20, 40, 60, 80, 100 of 2026-11-21T00:00:00Z, 6 contacts\n"
        "flames: [1, 2, 4.5, 5.5, 6.5]\n"
    )
    before = flamescore("search", "--columns", "contact_id,flames", "--flames", "0-5").out
    scored_by("[1, 2, 4.5, 5.5, 6.5]", [0, 1, 2, 3, 4, 5])
    assert flamescore("search", "--columns", "contact_id,flames", "--flames", "0-5").out == before


def test_quiet_and_verbose(scored_by, flamescore):
    scored_by("{percentile: [20, 40, 60, 80, 100]}", [0, 1, 2, 3, 4, 5])
    plain, quiet, verbose = (flamescore("freeze", *more) for more in ((), ("-q",), ("-v",)))
    assert plain.out == quiet.out == verbose.out
    assert (quiet.err, "freeze" in verbose.err) == ("", True)


def test_bounds_that_do_not_rise_are_no_bounds(scored_by, flamescore):
    told = scored_by("{percentile: [20, 40, 90, 95, 99]}", [0, 1, 1, 1, 1, 5, 5])
    assert "warning R182" in told.err
    assert "interest: nobody has 5 flames: 2 contacts share the top score of 6.5." in told.err
    done = flamescore("freeze", "--score", "interest")
    assert (done.code, done.out) == (3, "")
    reasons = "nobody reaches 90%; nobody reaches 95%; nobody reaches 99%"
    assert f"U020: interest can't be frozen: 20% and 40% both begin at 6.5 points; {reasons}." in done.err


def test_two_flames_that_begin_at_one_score(scored_by, flamescore):
    scored_by("{percentile: [20, 50, 60, 80, 100]}", [0, 1, 1, 1, 2, 3, 5])
    done = flamescore("freeze")
    assert done.code == 3
    pairs = "20% and 50% both begin at 2 points; 50% and 60% both begin at 2 points"
    assert f"U020: interest can't be frozen: {pairs}." in done.err


def test_a_score_without_percentiles(scored_by, flamescore):
    scored_by("{percentile: [20, 40, 60, 80, 100]}", [0, 1, 2, 3, 4, 5])
    done = flamescore("freeze", "--score", "fit")
    assert (done.code, "U021: fit has no percentiles to freeze." in done.err) == (2, True)
    done = flamescore("freeze", "--score", "fitt")
    assert (done.code, "no score `fitt`" in done.err) == (2, True)


def test_there_is_no_run(here, flamescore):
    (here / "flamescore.yaml").write_text("version: 1\nrules: rules.yaml\noutput: out\n")
    assert flamescore("freeze").code == 4
