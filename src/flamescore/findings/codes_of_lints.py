"""Codes of lints: what `check` tells of rules that are right and hardly meant. See docs/lints.md."""

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
        '"Works for a competitor" takes 20 points, but its group `person` has a `min` of 0',
        "The floor of a group keeps its sum from going below. A penalty of more than that takes nothing, or "
        "less than it says, from the rest of the score.",
        "Lower `min` of the group, or move the rule out of the group.",
    ),
    Code(
        "L102",
        WARNING,
        "Branch 2 can't be reached: whoever fits it is taken by branch 1, on line 14",
        "Of `first_of` the first branch that holds is taken. An earlier one holds for everybody for whom "
        "this one does.",
        "Put the narrower branch first.",
    ),
    Code(
        "L103",
        WARNING,
        "It can never hold: `employees` can't be at least 50 and at most 10",
        "Two things are asked that rule each other out.",
        "Take one of the two out; for either of them write `any`.",
    ),
    Code(
        "L104",
        WARNING,
        "Five flames are out of reach: they take 20 points, and all rules together give 14 at most",
        "Every rule at its most, with all limits, comes to less than five flames take. Rules that count each "
        "occurrence have no most.",
        "Lower `five_flames`, or give more points.",
    ),
    Code(
        "L105",
        WARNING,
        '"Saw the prices" asks for the same as "Pricing" on line 9: their points add up',
        "Two rules of a score differ in name, id, note and points only. Mostly one was copied and then "
        "forgotten.",
        "Keep one of them, with the points of both.",
    ),
    Code(
        "L106",
        WARNING,
        '`per` of "Read" changes nothing: of `count: once` only the latest occurrence counts',
        "`per` leaves one occurrence of each day, or of each value, and `count: once` leaves one of all.",
        "Take `per` out, or count more than one.",
    ),
    Code(
        "L107",
        NOTE,
        "The disabled rule `Pricing` has a namesake that is enabled, on line 9",
        "Somebody who searches the file may change the one that does nothing.",
        "Delete the one that is not meant, or give it another name.",
    ),
    Code(
        "L201",
        WARNING,
        '"Opened an e-mail" fires for 1,992 of 2,001 contacts: it tells nobody from anybody',
        "A rule that gives or takes something for 99% or more of the contacts moves everybody alike. It is "
        "judged from 100 contacts on.",
        "Ask for more, or drop the rule.",
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
        "`subscribed` holds `false`, `true` and never the text `yes`",
        "A text in quotes, and `yes` or `no` without them, fits that very text; `true` and `false` without "
        "quotes fit every word for it.",
        "Write `true` or `false`, without quotes.",
    ),
    Code(
        "L204",
        WARNING,
        '"Read a page" counts per `url`, but its 340 different values are 120 pages',
        "Addresses differ in the case of the host, a final `/`, a fragment, or parameters such as "
        "`utm_source` and `gclid`, so one page counts several times.",
        "Write `per: day`, or export a cleaned column.",
    ),
    Code(
        "L205",
        WARNING,
        "Prospect interest: nobody of 2,001 contacts has five flames",
        "A call list of nobody, or of half the contacts, is no list. It is judged from 100 contacts on, and "
        "not for flames by percentile.",
        "Take the `five_flames` that is offered: at most 5% of the contacts reach it.",
    ),
    Code(
        "L206",
        NOTE,
        "Prospect interest: nobody has 3 flames, though some have fewer and some have more",
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
        "12 contacts have 4 or more different `url` of `link_click` within 10 seconds, twice or more",
        "People don't click so fast; mail scanners do. It is told of types that rules count, from five "
        "contacts on.",
        "Paste the entry of `ignore` that is offered.",
    ),
    Code(
        "L209",
        NOTE,
        "3 types of events in the exports have no rule",
        "Nothing in the rule file or the project file names them, so they count for nothing. The commonest "
        "five are listed.",
        "Nothing, or write a rule.",
    ),
    Code(
        "L210",
        NOTE,
        "The `min` of score `interest`, 0, is all that 120 contacts get",
        "Without the floor they would have less. What was taken from them shows no more.",
        "Nothing, if that is what the floor is for.",
    ),
)
