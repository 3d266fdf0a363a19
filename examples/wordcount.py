"""Count the words of text files: a small but whole program.

    python wordcount.py [-n N] [--json] FILE...
"""

import argparse
import json
import re
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(slots=True)
class Report:
    """What was counted."""

    words: Counter = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)
    failures: dict[Path, str] = field(default_factory=dict)

    def add(self, path: Path) -> None:
        try:
            with ExitStack() as stack:
                file = stack.enter_context(path.open(encoding="utf-8"))
                for line in file:
                    self.words.update(match[0].casefold() for match in WORD.finditer(line))
        except (OSError, UnicodeDecodeError) as error:
            self.failures[path] = str(error)
        else:
            self.files.append(path)

    @property
    def total(self) -> int:
        return sum(self.words.values())

    def most_common[T: int | None](self, n: T) -> list[tuple[str, int]]:
        return sorted(self.words.items(), key=lambda item: (-item[1], item[0]))[:n]


def as_text(report: Report, n: int) -> str:
    width = max((len(word) for word, _ in report.most_common(n)), default=0)
    lines = [f"{word:<{width}}  {count:>6}  {count / report.total:6.2%}" for word, count in report.most_common(n)]
    return "\n".join([*lines, f"{report.total} words, {len(report.words)} different, {len(report.files)} files"])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-n", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)

    report = Report()
    for path in options.files:
        report.add(path)
    match (options.json, report.failures):
        case (True, failures):
            json.dump({"words": dict(report.most_common(options.n)), "failures": {str(k): v for k, v in failures.items()}}, sys.stdout)
            print()
        case (False, {}):
            print(as_text(report, options.n))
        case _:
            for path, why in report.failures.items():
                print(f"{path}: {why}", file=sys.stderr)
    return 1 if report.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
