"""Arrays and texts grow, and never write into what they were made of."""

import numpy as np

from originrisk.serve.party.book import Growing, Texts


def test_numbers_come_back_in_order() -> None:
    grown = Growing(np.arange(3, dtype=np.uint64))
    for number in range(3, 100):
        grown.append(number)
    assert grown.values.tolist() == list(range(100))


def test_what_it_was_made_of_stays_as_it_was() -> None:
    source = np.arange(3, dtype=np.uint64)
    source.setflags(write=False)
    grown = Growing(source)
    grown.put(0, np.uint64(9))
    grown.replace(np.uint64(2), np.uint64(8))
    grown.append(7)
    assert source.tolist() == [0, 1, 2]
    assert grown.values.tolist() == [9, 1, 8, 7]


def test_texts_of_any_letters_come_back() -> None:
    texts = Texts(np.empty(0, np.uint8), np.empty(0, np.int64))
    written = ["", "QIAOLONG", "ŞİŞLİ 42", "", "a\tb"]
    for text in written:
        texts.append(text)
    assert [texts[number] for number in range(len(texts))] == written
