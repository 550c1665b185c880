"""URLs in place of paths: exit code 2, no files created, and no secrets in messages."""

import pytest

WRITES = "flamescore writes to folders. Mount it, or copy out/latest there afterwards."
READS = "flamescore reads local files. Fetch it first."
PIPED = "flamescore reads local files. Fetch it first, or pipe it in and write `-`."
URL = "gs://key:hush@bucket/leads?token=hush#hush"


@pytest.fixture(autouse=True)
def _nothing_is_made(project):
    before = sorted(path.name for path in project.iterdir())
    yield
    assert sorted(path.name for path in project.iterdir()) == before


@pytest.mark.parametrize(
    ("flag", "variable", "instead"),
    [
        ("--output", "FLAMESCORE_OUTPUT", WRITES),
        ("--rules", "FLAMESCORE_RULES", READS),
        ("--contacts", "FLAMESCORE_CONTACTS", PIPED),
        ("--events", "FLAMESCORE_EVENTS", PIPED),
        ("--config", "FLAMESCORE_CONFIG", READS),
    ],
)
def test_by_a_flag_or_a_variable(flamescore, flag, variable, instead):
    for origin, done in (
        (flag, flamescore("score", flag, URL)),
        (variable, flamescore("score", **{variable: URL})),
    ):
        assert (done.code, done.out) == (2, "")
        assert done.err == f'error P031: {origin}: "gs://bucket/leads" is a URL; {instead}\n'


@pytest.mark.parametrize(
    ("line", "place", "instead"),
    [
        ("output: {url}", "5:9", WRITES),
        ("rules: {url}", "5:8", READS),
        ("events: [{{path: '{url}'}}]", "5:17", PIPED),
        ("tag_history: [{{path: '{url}'}}]", "5:22", PIPED),
        ("opportunities: [{{path: '{url}'}}]", "5:24", PIPED),
    ],
)
def test_in_the_project_file(project, flamescore, line, place, instead):
    rules = "\n" if line.startswith("rules") else "rules: rules.yaml\n"
    text = f"version: 1\n{rules}contacts:\n  - path: contacts.csv\n{line.format(url=URL)}\n"
    (project / "flamescore.yaml").write_text(text)
    done = flamescore("score")
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[0].startswith(
        f'flamescore.yaml:{place}: error P031: "gs://bucket/leads" is a URL; {instead}'
    )
    assert "gs://bucket/leads" in lines[1]
    assert "hush" not in done.err


def test_every_url_is_told_at_once(project, flamescore):
    text = "version: 1\noutput: s3://a/b\nrules: https://h/r.yaml\ncontacts: [{path: 'gs://b/*.csv'}]\n"
    (project / "flamescore.yaml").write_text(text)
    done = flamescore("score")
    assert done.code == 2
    assert [line.split(": ")[1].split()[-1] for line in done.err.splitlines() if "P031" in line] == [
        "P031"
    ] * 3
    done = flamescore("score", "--contacts", "s3://a", "--contacts", "b.csv", "--events", "HTTPS://c")
    assert done.code == 2  # errors in the project file are reported first
    (project / "flamescore.yaml").write_text("version: 1\n")
    done = flamescore("score", "--contacts", "s3://a", "--contacts", "b.csv", "--events", "HTTPS://c")
    assert (done.code, done.err.count("P031")) == (2, 2)


@pytest.mark.parametrize(
    ("url", "plain"), [("file:///srv/my%20leads", "/srv/my leads"), ("FILE:///srv/leads", "/srv/leads")]
)
def test_a_file_url_names_the_plain_path(flamescore, url, plain):
    done = flamescore("runs", "--output", url)
    assert (done.code, done.err) == (
        2,
        f'error P031: --output: "{url}" is a URL; write the plain path: {plain}\n',
    )


def test_under_json(flamescore):
    done = flamescore("score", "--output", URL, "--log-format", "json")
    assert done.code == 2
    assert '"code": "P031"' in done.err
    assert "hush" not in done.err


@pytest.mark.parametrize("words", [("--output", "~nobody-here/x"), ("--rules", "~nobody-here/x")])
def test_the_home_of_a_user_whom_nobody_knows(flamescore, words):
    done = flamescore("score", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "error U002: `~nobody-here/x` begins with the home of a user whom this machine does not"
    )
