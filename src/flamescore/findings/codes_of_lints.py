"""Codes of lints: rules that are valid but probably not what was intended. See docs/lints.md."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

WARNING: Final = Severity.WARNING
NOTE: Final = Severity.NOTE

LINTS: Final = (
    Code(
        "L101",
        WARNING,
        '"Works for a competitor" takes 20 points, but the `min` of its group `person` is 0',
        "The floor of a group keeps its sum from going below. A penalty of more than that takes nothing, or "
        "less than it says, from the rest of the score.",
        "Lower `min` of the group, or move the rule out of the group.",
    ),
    Code(
        "L102",
        WARNING,
        "Branch 2 is never reached: branch 1 on line 14 takes everyone who fits it",
        "Of `first_of` the first branch that holds is taken. An earlier one holds for everybody for whom "
        "this one does.",
        "Put the narrower branch first.",
    ),
    Code(
        "L103",
        WARNING,
        "This can never be true: `employees` can't be at least 50 and at most 10",
        "Two things are asked that rule each other out.",
        "Remove one of the two; for either of them, use `any`.",
    ),
    Code(
        "L104",
        WARNING,
        "Five flames are out of reach: they take 20 points, but all rules together give at most 14",
        "Every rule at its most, with all limits, comes to less than five flames take. Rules that count each "
        "occurrence have no most.",
        "Lower `five_flames`, or give more points.",
    ),
    Code(
        "L105",
        WARNING,
        '"Saw the prices" has the same conditions as "Pricing" on line 9, so their points add up',
        "Two rules of a score differ in name, id, note and points only. Mostly one was copied and then "
        "forgotten.",
        "Keep one of them.",
    ),
    Code(
        "L106",
        WARNING,
        '`per` has no effect on "Read": with `count: once` only the latest occurrence counts',
        "`per` leaves one occurrence of each day, or of each value, and `count: once` leaves one of all.",
        "Remove `per`, or count more than one.",
    ),
    Code(
        "L107",
        NOTE,
        "The disabled rule `Pricing` has the same name as the enabled rule on line 9",
        "Somebody who searches the file may change the one that does nothing.",
        "Delete the disabled rule, or rename it.",
    ),
    Code(
        "L201",
        WARNING,
        '"Opened an e-mail" fires for 1,992 of 2,001 contacts, so it sets nobody apart',
        "A rule that gives or takes something for 99% or more of the contacts moves everybody alike. It is "
        "judged from 100 contacts on.",
        "Require more, or drop the rule.",
    ),
    Code(
        "L202",
        WARNING,
        '"Clicked" fires for the same contacts as "Opened" on line 9',
        "Of the contacts for whom either of two rules fires both do for 98% or more: one thing is counted "
        "twice. It is judged from 20 contacts of each on.",
        "Keep one of them, or put both into a group with `limits: {max: ...}`.",
    ),
    Code(
        "L203",
        WARNING,
        "`subscribed` holds `false`, `true`, but never the text `yes`",
        "A text in quotes, and `yes` or `no` without them, fits that very text; `true` and `false` without "
        "quotes fit every word for it.",
        "Use `true` or `false` without quotes.",
    ),
    Code(
        "L204",
        WARNING,
        '"Read a page" counts per `url`, but its 340 different values are 120 pages',
        "Addresses differ in the case of the host, a final `/`, a fragment, or parameters such as "
        "`utm_source` and `gclid`, so one page counts several times.",
        "Use `per: day`, or export a column with the bare page.",
    ),
    Code(
        "L205",
        WARNING,
        "Prospect interest: none of 2,001 contacts has five flames",
        "A call list of nobody, or of half the contacts, is no list. It is judged from 100 contacts on, and "
        "not for flames by percentile.",
        "Take the `five_flames` that is offered: at most 5% of the contacts reach it.",
    ),
    Code(
        "L206",
        NOTE,
        "Prospect interest: nobody has 3 flames, though others have fewer or more",
        "No score lies between two of the bounds. Often there are few rules with many points each.",
        "Nothing, or move the bounds.",
    ),
    Code(
        "L207",
        WARNING,
        '"Visited" looks back 1w, but a new file of exports/visits-*.csv comes every 30 days',
        "A window that is over before the next file comes makes scores fall until then. The rhythm is the "
        "median distance between the newest events of the files, of three or more.",
        "Give it a longer window, or export more often.",
    ),
    Code(
        "L208",
        WARNING,
        "12 contacts have 4 or more different `url` of `link_click` within 10 seconds, at least twice",
        "People don't click so fast; mail scanners do. It is told of types that rules count, from five "
        "contacts on.",
        "Paste the entry of `ignore` that is offered.",
    ),
    Code(
        "L209",
        NOTE,
        "3 event types in the exports have no rule",
        "Nothing in the rule file or the project file names them, so they count for nothing. The commonest "
        "five are listed.",
        "Nothing, or write a rule.",
    ),
    Code(
        "L210",
        NOTE,
        "120 contacts are raised to the `min` of score `interest`, 0",
        "Without the floor their scores would be lower; the report does not show by how much.",
        "Nothing, if that is what the floor is for.",
    ),
)
