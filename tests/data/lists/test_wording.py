"""Parties and other names in the wording of the publishers; what is not understood is an error with the text."""

import pytest

from originrisk.data.lists.wording import ListedParty, NotUnderstoodError, parties


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ash Co. Ltd. (and one alias: Ashe)", [ListedParty("Ash Co. Ltd.", ("Ashe",))]),
        ("Ash Co., Ltd. (including two aliases: Ashe; and XJ Ash)", [ListedParty("Ash Co., Ltd.", ("Ashe", "XJ Ash"))]),
        (
            "Ash Co., Ltd. (including two aliases: Ashe and Ash Yarn)",
            [ListedParty("Ash Co., Ltd.", ("Ashe", "Ash Yarn"))],
        ),
        ("Ash (Elm) Co. (including one alias: Ashe (Elm) Co.)", [ListedParty("Ash (Elm) Co.", ("Ashe (Elm) Co.",))]),
        ("Ash Co., Ltd. (formerly known as Old Ash Co., Ltd.)", [ListedParty("Ash Co., Ltd.", ("Old Ash Co., Ltd.",))]),
        ("Ash, a/k/a Ashe, a/k/a Asche (Prison No. 4)", [ListedParty("Ash", ("Ashe", "Asche (Prison No. 4)"))]),
        ("Ash Training Center (ATCX)", [ListedParty("Ash Training Center", ("ATCX",))]),
        ("Ash Co., Ltd. and its subsidiaries", [ListedParty("Ash Co., Ltd.", (), "and its subsidiaries")]),
        (
            "Ash Corporation and its three Zhuhai-based subsidiaries, which include Elm Co., Ltd., Oak Inc., and Fir",
            [ListedParty("Ash Corporation"), ListedParty("Elm Co., Ltd."), ListedParty("Oak Inc."), ListedParty("Fir")],
        ),
        ("Ash Co., Ltd. and Elm Co., Ltd.", [ListedParty("Ash Co., Ltd."), ListedParty("Elm Co., Ltd.")]),
        ("Ash Co. (previously listed as Elm Co.)", [ListedParty("Ash Co.", ("Elm Co.",))]),
        ("Ash Co. a/k/a Ashe; n/k/a Elm", [ListedParty("Ash Co.", ("Ashe", "Elm"))]),
        (
            "Ash Co., Ltd., including its two subsidiaries: Elm Co., Ltd.; and Oak Inc.",
            [ListedParty("Ash Co., Ltd."), ListedParty("Elm Co., Ltd."), ListedParty("Oak Inc.")],
        ),
        ("Ash Co. d/b/a Elm", [ListedParty("Ash Co.", ("Elm",))]),
        ("Ash Co. and its subsidiary Elm Co., Ltd.", [ListedParty("Ash Co."), ListedParty("Elm Co., Ltd.")]),
        ("Ash; Elm", [ListedParty("Ash"), ListedParty("Elm")]),
        ("Ash Logistics Co., Ltd., Elm Branch", [ListedParty("Ash Logistics Co., Ltd., Elm Branch")]),
        ("Ash Subsidiary Holdings Ltd.", [ListedParty("Ash Subsidiary Holdings Ltd.")]),
        ("", []),
        (
            "Ash Co., Ltd. (also known as Ashe Co., Ltd.; and formerly known as Elm)",
            [ListedParty("Ash Co., Ltd.", ("Ashe Co., Ltd.", "Elm"))],
        ),
        (
            "Ash Co. (also known as Ashe Co. Ltd.; Asche Co., Ltd.; and Elm Co., Ltd.)",
            [ListedParty("Ash Co.", ("Ashe Co. Ltd.", "Asche Co., Ltd.", "Elm Co., Ltd."))],
        ),
        ("Ash (also known as Ashe and formerly known as Elm and Oak)", [ListedParty("Ash", ("Ashe", "Elm and Oak"))]),
        ("Ash Co. (aliases Ashe Ltd. and Asche Ltd.)", [ListedParty("Ash Co.", ("Ashe Ltd.", "Asche Ltd."))]),
        ("Ash Co. (and four aliases, including B, C, D, and E)", [ListedParty("Ash Co.", ("B", "C", "D", "E"))]),
        ("Ash Co. aka Ashe; fka Elm", [ListedParty("Ash Co.", ("Ashe", "Elm"))]),
        ("Ash Co. — also known as “Ashe”", [ListedParty("Ash Co.", ("Ashe",))]),
        ("Ash, also known as Ashe, Elm, and Oak Ltd.", [ListedParty("Ash", ("Ashe", "Elm", "Oak Ltd."))]),
        ("Ash Co., Ltd. (华孚时尚股份有限公司)", [ListedParty("Ash Co., Ltd.", ("华孚时尚股份有限公司",))]),
        ("Ash Co., Ltd.（又名 华孚有限公司）", [ListedParty("Ash Co., Ltd.", ("华孚有限公司",))]),
        ("和田浩林发饰品有限公司 (Ash Co., Ltd.)", [ListedParty("和田浩林发饰品有限公司", ("Ash Co., Ltd.",))]),
        (
            "Ash Co. and two of its subsidiaries (Elm Ltd. and Oak)",
            [ListedParty("Ash Co."), ListedParty("Elm Ltd."), ListedParty("Oak")],
        ),
        (
            "Ash Co., including its subsidiaries Elm Ltd. and Oak",
            [ListedParty("Ash Co."), ListedParty("Elm Ltd."), ListedParty("Oak")],
        ),
        ("Ash and Elm Co., Ltd.", [ListedParty("Ash and Elm Co., Ltd.")]),
    ],
)
def test_wordings(text: str, expected: list[ListedParty]) -> None:
    assert parties(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ash (and three aliases: Ashe; Asche)",
        "Ash (and one alias: Ashe",
        "Ash (and some aliases: Ashe)",
        "Ash known as Ashe",
        "Ash (together with Elm)",
        "Ash (trading as Ashe, Elm and Oak)",
        "Ash, including Elm",
        "Ash and its two subsidiaries, which include Elm",
    ],
)
def test_what_is_not_understood_is_no_name(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        parties(text)
