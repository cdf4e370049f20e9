"""``score``: every eligible pair, a JSON line each."""

import argparse
import json
from pathlib import Path

import numpy as np

from matching.commands import files
from matching.commands.exits import DONE, Commands
from matching.table.scoring import Table


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    score = commands.add_parser("score", help="print every eligible pair as a JSON line")
    score.add_argument("problem", type=Path)
    score.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints the pairs in the order of the file."""
    table = Table(files.problem(options.problem)[0])
    for first, block in table.blocks():
        for row, mentor in np.argwhere(block.broken == 0).tolist():
            parts = block.parts[row, mentor].tolist()
            print(json.dumps(_scored(table, first + row, mentor, parts), ensure_ascii=False))
    return DONE


def _scored(table: Table, mentee: int, mentor: int, parts: list[int]) -> dict[str, object]:
    problem = table.problem
    return {
        "mentee": problem.mentees[mentee].id,
        "mentor": problem.mentors[mentor].id,
        "score": sum(parts),
        "parts": dict(zip(table.part_names, parts, strict=True)),
        "starts": [] if problem.timeless else table.starts(mentee, mentor),
    }
