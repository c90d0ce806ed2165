"""Parties and other names in the wording of the publishers; what is not understood is an error with the text."""

import pytest

from originrisk.data.lists.wording import NotUnderstoodError, Party, parties


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ash Co. Ltd. (and one alias: Ashe)", [Party("Ash Co. Ltd.", ("Ashe",))]),
        (
            "Ash Co., Ltd. (including two aliases: Ashe; and XJ Ash)",
            [Party("Ash Co., Ltd.", ("Ashe", "XJ Ash"))],
        ),
        (
            "Ash Co., Ltd. (including two aliases: Ashe and Ash Yarn)",
            [Party("Ash Co., Ltd.", ("Ashe", "Ash Yarn"))],
        ),
        (
            "Ash (Elm) Co. (including one alias: Ashe (Elm) Co.)",
            [Party("Ash (Elm) Co.", ("Ashe (Elm) Co.",))],
        ),
        (
            "Ash Co., Ltd. (formerly known as Old Ash Co., Ltd.)",
            [Party("Ash Co., Ltd.", ("Old Ash Co., Ltd.",))],
        ),
        ("Ash, a/k/a Ashe, a/k/a Asche (Prison No. 4)", [Party("Ash", ("Ashe", "Asche (Prison No. 4)"))]),
        ("Ash Training Center (ATCX)", [Party("Ash Training Center", ("ATCX",))]),
        ("Ash Co., Ltd. and its subsidiaries", [Party("Ash Co., Ltd.", (), "and its subsidiaries")]),
        (
            "Ash Corporation and its three Zhuhai-based subsidiaries, which include Elm Co., Ltd., Oak Inc., and Fir",
            [Party("Ash Corporation"), Party("Elm Co., Ltd."), Party("Oak Inc."), Party("Fir")],
        ),
        ("Ash Co., Ltd. and Elm Co., Ltd.", [Party("Ash Co., Ltd."), Party("Elm Co., Ltd.")]),
        ("Ash Co. (previously listed as Elm Co.)", [Party("Ash Co.", ("Elm Co.",))]),
        ("Ash Co. d/b/a Elm", [Party("Ash Co.", ("Elm",))]),
        ("Ash Co. and its subsidiary Elm Co., Ltd.", [Party("Ash Co."), Party("Elm Co., Ltd.")]),
        ("Ash; Elm", [Party("Ash"), Party("Elm")]),
        ("Ash Logistics Co., Ltd., Elm Branch", [Party("Ash Logistics Co., Ltd., Elm Branch")]),
        ("Ash Subsidiary Holdings Ltd.", [Party("Ash Subsidiary Holdings Ltd.")]),
        ("", []),
    ],
)
def test_wordings(text: str, expected: list[Party]) -> None:
    assert parties(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ash (and three aliases: Ashe; Asche)",
        "Ash (and one alias: Ashe",
        "Ash (and some aliases: Ashe)",
        "Ash known as Ashe",
        "Ash (together with Elm)",
        "Ash, including Elm",
        "Ash and its two subsidiaries, which include Elm",
    ],
)
def test_what_is_not_understood_is_no_name(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        parties(text)
