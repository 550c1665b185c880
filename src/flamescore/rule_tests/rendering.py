"""The outcomes of tests as a human-readable table, as JSON, and as JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flamescore.report import entries_in_words
from flamescore.text import for_log, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.rule_tests.outcome import Outcome, Outcomes

SCHEMA_VERSION: Final = 1
_COUNTED: Final = (("F", "failed"), ("E", "wrong"), (".", "passed"))


def as_table(done: Outcomes) -> str:
    """Return a line per file with a mark per test, all failures with their ledgers, and the totals."""
    lines = [f"{for_log(path)} {''.join(test.mark for test in tests)}".rstrip() for path, tests in done.files]
    failed = [test for test in done.tests if test.failures]
    lines += [""] if failed else []
    for test in failed:
        lines.append(f"FAILED {for_log(test.file)}:{test.line} {for_log(test.name)}")
        lines += (f"    {line}" for line in _failure_lines(test))
    counted = [f"{many} {word}" for mark, word in _COUNTED if (many := done.many(mark))]
    lines.append(f"{', '.join(counted) or '0 passed'} in {done.seconds:.2f} s")
    return "\n".join(lines) + "\n"


def _failure_lines(test: Outcome) -> Iterator[str]:
    """Yield the failed expectations, then the ledgers of the scores concerned."""
    yield from (for_log(f"{each.what}: {each.words}") for each in test.failures)
    for score in test.scores:
        entries = entries_in_words(score, test.timezone)
        if len(test.scores) > 1:
            yield for_log(f"    {score.title}:")
        wide = max((len(points) for points, _ in entries), default=0)
        yield from (for_log(f"    {points:>{wide}}  {words}") for points, words in entries)
        if not entries:
            yield "    no rule gave anything" if score.in_population else "    outside the score's population"


def as_json(done: Outcomes) -> str:
    """Return all tests with their failures, as JSON."""
    data = {"schema_version": SCHEMA_VERSION, "tests": [_test(test) for test in done.tests]}
    return json_text(data, indent=2) + "\n"


def _test(test: Outcome) -> dict[str, Any]:
    failures: list[dict[str, Any]] = [
        {"what": each.what, "expected": each.expected, "actual": each.actual} for each in test.failures
    ]
    failures += [{"what": each.code, "expected": None, "actual": each.message} for each in test.problems]
    return {
        "file": test.file,
        "line": test.line,
        "name": test.name,
        "passed": test.passed,
        "failures": failures,
        "seconds": round(test.seconds, 6),
    }


def as_junit(done: Outcomes) -> str:
    """Return JUnit XML, which CI systems can read, with a `testsuite` per file."""
    suites = Element("testsuites", _counts(done.tests))
    for path, tests in done.files:
        suite = SubElement(suites, "testsuite", {"name": for_log(path), **_counts(tests)})
        for test in tests:
            case = SubElement(
                suite,
                "testcase",
                {
                    "classname": for_log(path),
                    "name": for_log(test.name),
                    "file": for_log(path),
                    "line": str(test.line),
                    "time": f"{test.seconds:.6f}",
                },
            )
            if test.wrong:
                messages = "; ".join(f"{each.code} {each.message}" for each in test.problems)
                SubElement(case, "error", {"message": for_log(messages or "the file is wrong")})
            elif test.failures:
                first = test.failures[0]
                found = SubElement(case, "failure", {"message": for_log(f"{first.what}: {first.words}")})
                found.text = "\n".join(_failure_lines(test))
    indent(suites)
    data: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return data.decode() + "\n"


def _counts(tests: tuple[Outcome, ...]) -> dict[str, str]:
    marks = [test.mark for test in tests]
    return {
        "tests": str(len(tests)),
        "failures": str(marks.count("F")),
        "errors": str(marks.count("E")),
        "time": f"{sum(test.seconds for test in tests):.6f}",
    }
