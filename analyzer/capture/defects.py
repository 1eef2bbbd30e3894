"""Keep count of what is wrong with a file."""

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.limits import ANOMALIES_PER_CODE


class Defects:
    """Anomalies of a file, a bounded number of each code."""

    def __init__(self) -> None:
        self.anomalies: list[Anomaly] = []
        self._seen: dict[AnomalyCode, int] = {}
        self._last: dict[AnomalyCode, int] = {}

    def add(self, code: AnomalyCode, length: int = 0, **values: str | int) -> None:
        """Keep an anomaly; beyond the cap the last one of its code counts the rest as `more`."""
        seen = self._seen[code] = self._seen.get(code, 0) + 1
        if seen <= ANOMALIES_PER_CODE:
            self._last[code] = len(self.anomalies)
            self.anomalies.append(Anomaly(code=code, values=values, length=length))
            return
        kept = self.anomalies[self._last[code]]
        more = {**kept.values, "more": seen - ANOMALIES_PER_CODE}
        self.anomalies[self._last[code]] = Anomaly(
            code=code, values=more, length=kept.length + length
        )
