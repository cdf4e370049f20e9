"""Groups made by hand: the people worth most first, as long as the rules between people allow."""

import numpy as np

from matching.cohorts.sessions import Ints, Options


class Maker:
    """Makes groups of one problem's options."""

    def __init__(self, options: Options) -> None:
        self.options, self.table = options, options.table
        rules = self.table.problem.rules
        self.low, self.high = rules.min_size, rules.max_size
        self.mates = {who: pin for pin in self.table.pins for who in pin}

    def group(self, option: int, worth: Ints, most: int | None = None) -> tuple[int, ...]:
        """People of an option, best first by ``worth`` (as its row); () when they don't suffice.

        Only people worth more than 0 come, unless the group needs them to be large enough.
        """
        most = self.high if most is None else most
        row, alive = self.options.members[option], self.options.alive[option]
        order = [p for p in np.argsort(-worth, kind="stable").tolist() if alive[p]]
        ranked = [int(row[place]) for place in order]
        value = {int(row[place]): int(worth[place]) for place in order}
        left = ranked
        while len(left) >= self.low:
            chosen = self._gather(left, value, most)
            lonely = self._lonely(option, chosen)
            if not lonely:
                return tuple(sorted(chosen)) if len(chosen) >= self.low else ()
            gone = {mate for who in lonely for mate in self.mates.get(who, (who,))}
            left = [who for who in left if who not in gone]
        return ()

    def _gather(self, ranked: list[int], value: dict[int, int], most: int) -> list[int]:
        chosen: list[int] = []
        taken: set[int] = set()
        for who in ranked:
            if who in taken or (value[who] <= 0 and len(chosen) >= self.low):
                continue
            both = self.mates.get(who, (who,))
            if len(chosen) + len(both) > most or any(mate not in value for mate in both):
                continue
            if any(self.table.barred[mate, other] for mate in both for other in chosen):
                continue
            chosen += both
            taken.update(both)
        return chosen

    def _lonely(self, option: int, chosen: list[int]) -> list[int]:
        table = self.table
        asks = table.asks_language[self.options.of(option).language]
        return [
            who
            for who in chosen
            if (asks[who] and not table.speaks_with[who, chosen].any())
            or (table.asks_identity[who] and not table.same_identity[who, chosen].any())
        ]
