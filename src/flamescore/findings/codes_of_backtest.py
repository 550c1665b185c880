"""Codes of what `backtest` finds, and of what it can't be asked."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

BACKTEST: Final = (
    Code(
        "B001",
        ERROR,
        "A time of its own stands in an outcome",
        "An outcome counts in the horizon after a cut, and nowhere else.",
        "Take `last`, `since`, `burst` and followers out of it.",
    ),
    Code(
        "B002",
        ERROR,
        "An outcome holds where nothing happened",
        "It would hold for everybody who does nothing.",
        "Ask for an event that happens.",
    ),
    Code(
        "B003",
        ERROR,
        "An outcome asks for an event type or a column that is not there",
        "No export has it.",
        "Take the name that is offered.",
    ),
    Code(
        "B004",
        ERROR,
        "An outcome mixes events with what has no date",
        "Fields, tags, scores and labels are known as of today alone.",
        "Use events alone; to look at some contacts only, use the score's `population`.",
    ),
    Code(
        "B005",
        ERROR,
        "No cut can be looked at",
        "Outcomes are not known for the whole horizon, or the exports don't go back far enough.",
        "Shorten the horizon, export more, or use `--short-cuts`.",
    ),
    Code(
        "B006",
        ERROR,
        "Nothing is left of a score, or nobody to look at",
        "All its rules ask for fields or tags, which have no past; or everybody has had the outcome before.",
        "Name columns that are as good as constant: `--static-fields`; or look at everyone: `--repeat`.",
    ),
    Code(
        "B010",
        WARNING,
        "Nobody has the outcome after any cut",
        "The event is there, but not in the horizon after a cut.",
        "Look at the outcome and the horizon.",
    ),
    Code(
        "B011",
        NOTE,
        "The times after the cuts overlap",
        "Cuts are closer than the horizon, so one outcome can count at several.",
        "Nothing; the intervals know that.",
    ),
    Code(
        "B012",
        WARNING,
        "Contacts seem to have come later",
        "Without `created_at` everybody counts as having been there at every cut.",
        "Map `created_at`.",
    ),
    Code(
        "B013",
        NOTE,
        "Where the history of outcomes begins",
        "Who had the outcome before that counts as new.",
        "Export a longer history, if there is one.",
    ),
    Code(
        "B014",
        WARNING,
        "A `population` is left out",
        "It asks for fields or tags, which have no past.",
        "Name the columns under `--static-fields`, if they are as good as constant.",
    ),
    Code(
        "B015",
        NOTE,
        "A part of `call_list.exclude` is left out",
        "It asks for fields or tags, which have no past.",
        "Nothing, or `--static-fields`.",
    ),
    Code(
        "B016",
        NOTE,
        "Rules are left out",
        "They ask for fields or tags, which have no past: a past day's score would know the future.",
        "Nothing, or `--static-fields`.",
    ),
    Code(
        "B020",
        WARNING,
        "Flames are out of order",
        "More flames convert less than fewer, beyond chance.",
        "Look at the rules that `disagree`.",
    ),
    Code(
        "B021",
        WARNING,
        "Flames say nothing about the outcome",
        "No number of flames can be told apart from another.",
        "Look at the rules, at the outcome and at how many outcomes there are.",
    ),
    Code(
        "B022",
        WARNING,
        "The list is ordered by chance",
        "The interval of AUC reaches down to a half.",
        "Look at the rules that `disagree`.",
    ),
    Code(
        "B030",
        WARNING,
        "A rule points the wrong way",
        "Those with it convert otherwise than its points say, compared with others who are alike.",
        "Change its points, or take it out.",
    ),
    Code(
        "B040",
        NOTE,
        "Calls seem to be among the events",
        "Whoever is called is more likely to buy, whatever the score says.",
        "Read the result with that in mind.",
    ),
    Code(
        "B041",
        WARNING,
        "Half of the score is the outcome itself",
        "Rules give points for the event that is looked for.",
        "Look at AUC without these rules.",
    ),
    Code(
        "B042",
        WARNING,
        "A rule looks like a leak",
        "Nearly everybody with it has the outcome: it may have been filled in afterwards.",
        "Find out when the field is filled in; leave the rule out if that is after the outcome.",
    ),
    Code(
        "B050",
        WARNING,
        "A rule has stopped giving points",
        "It gave some at an earlier cut, and none at the last.",
        "See whether its event still arrives.",
    ),
    Code(
        "B051",
        WARNING,
        "A rule's reach has doubled or halved",
        "It gives points to far more or far fewer than at the first cut.",
        "See what has changed in what it asks.",
    ),
    Code(
        "B052",
        WARNING,
        "The order of the list has got worse",
        "AUC of the later cuts is below that of the earlier ones, beyond chance.",
        "Look at the rules again.",
    ),
    Code(
        "U009",
        ERROR,
        "There is no such score",
        "The rule file has no enabled score of this name.",
        "Take the name that is offered.",
    ),
    Code(
        "U030",
        ERROR,
        "It is not said who is looked at",
        "First-only and repeat answer different questions.",
        "Give `--first-only` or `--repeat`.",
    ),
    Code(
        "U031",
        ERROR,
        "A backtest lacks its outcome or its horizon",
        "What is looked for, and for how long, is yours to say.",
        "Give `--outcome` and `--horizon`, or `backtest:` in the project file.",
    ),
    Code(
        "U032",
        ERROR,
        "An outcome without a date",
        "Nothing shows that the score came first.",
        "`--cross-section` compares the list with itself as exported.",
    ),
    Code(
        "U033",
        ERROR,
        "Options don't go together, or a number is out of bounds",
        "One of them makes the other meaningless.",
        "Leave one out.",
    ),
)
