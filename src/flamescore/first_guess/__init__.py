"""A first project file and a first rule file, guessed from the exports: `flamescore init`."""

from __future__ import annotations

from flamescore.first_guess.guess import TargetPaths
from flamescore.first_guess.guessing import FirstGuess, first_guess
from flamescore.first_guess.writing import refuse, tidy, write_both

__all__ = ["FirstGuess", "TargetPaths", "first_guess", "refuse", "tidy", "write_both"]
