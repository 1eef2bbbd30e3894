from analyzer.capture.defects import Defects
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.limits import ANOMALIES_PER_CODE


def test_the_last_defect_of_a_code_counts_the_rest() -> None:
    defects = Defects()
    for index in range(ANOMALIES_PER_CODE + 5):
        defects.add(AnomalyCode.DAMAGED, 10, offset=index)
    defects.add(AnomalyCode.TRUNCATED, 3, offset=0)
    assert len(defects.anomalies) == ANOMALIES_PER_CODE + 1
    last = defects.anomalies[ANOMALIES_PER_CODE - 1]
    assert last.values == {"offset": ANOMALIES_PER_CODE - 1, "more": 5}
    assert last.length == 60
