"""What may be shown of a cell: masked, and masked whole where it is not recognised."""

from __future__ import annotations

import pytest

PERSON = {"name": "王小明", "id_no": "430299199003071239", "sex": "男", "birth_date": "1990-03-07", "house_id": "0001"}


def rule_rows(findings, code):
    return findings.rows.filter(findings.rows["rule"] == code)


@pytest.mark.parametrize(
    ("residents", "rule", "masked"),
    [
        ({"id_no": "430299199003071235"}, "I103", "4***************35"),
        ({"id_no": "护照号不清楚"}, "I101", "***"),
        ({"phone": "13900000"}, "V108", "***"),
        ({"name": "A1王"}, "V109", "***"),
        ({"sex": "男女"}, "V101", "***"),
        ({"birth_date": "1990-02-30"}, "V110", "***"),
    ],
)
def test_masks_fail_closed(findings_of, residents, rule, masked):
    assert rule_rows(findings_of(residents=[PERSON | residents]), rule)["masked"].to_list() == [masked]


def test_no_clear_value_stands_in_a_shown_field(findings_of):
    wrong = {"id_no": "430299199003071235", "name": "王小明", "phone": "1390000000", "house_id": "430299199003071239"}
    shown = findings_of(residents=[PERSON | wrong]).rows.drop("identity", "home").write_ndjson()
    assert not [
        value for value in ("430299199003071235", "1390000000", "王小明", "430299199003071239") if value in shown
    ]
