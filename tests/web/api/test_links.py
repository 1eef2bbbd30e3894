from analyzer.web.api.links import OF_CASE, OF_JOB, made


def test_what_was_made_leads_to_what_can_be_done_with_it() -> None:
    told = made(case="/id", job="/job/id")
    assert set(told["links"]) == {*OF_CASE, *OF_JOB}
    assert told["links"]["getCase"] == {
        "operationId": "getCase",
        "parameters": {"case_id": "$response.body#/id"},
    }
    assert told["links"]["getJob"]["parameters"] == {"job_id": "$response.body#/job/id"}
    assert "Location" in told["headers"]
