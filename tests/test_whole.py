"""Answering words come out whole: numbers, dates, names, and marks that stand in pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag.answering.whole import whole


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("It took place on 10 and 11 December 2025 in Paris.", "11", "10 and 11 December 2025"),
        ("Le salon a eu lieu les 10 et 11 décembre 2025.", "décembre", "10 et 11 décembre 2025"),
        ("It was released on May 3, 2019 by friends.", "3", "May 3, 2019"),
        ("Le 1er mars 2024, il ouvre.", "mars", "1er mars 2024"),
        ("Public funding is up to 1.2 billion euros in total.", "2 billion", "1.2 billion euros"),
        ("Un fonds doté de 27 millions d'euros, dont 80 %.", "27", "27 millions d'euros"),
        ("Il en coûte 15 000 € par an.", "000", "15 000 €"),
        ("Fines reach 2.5% of turnover.", "5", "2.5%"),
        ("It is worth US$ 1.3 billion today.", "1.3", "US$ 1.3 billion"),
        ("It is licensed under AGPL-3.0-or-later.", "AGPL", "AGPL-3.0-or-later"),
        ("The speaker was Stefane Fermigier, of the CNLL.", "Fermigier", "Stefane Fermigier"),
        ("À la Cité des Sciences et de l'Industrie, à Paris.", "Sciences", "Cité des Sciences et de l'Industrie"),
        ("In brackets (the Data Bene company) it stands.", "(the Data Bene company", "(the Data Bene company)"),
        ("In brackets (Heron) it stands.", "(Heron", "(Heron)"),
        ("A mark (alone stands here.", "(alone", "alone"),
        ("Keycloak was rebuilt on Quarkus.", "Quarkus", "Quarkus"),
    ],
)
def test_no_number_date_or_name_is_cut_in_two(text, found, expected):
    start = text.index(found)
    low, high = whole(text, start, start + len(found))
    assert text[low:high] == expected


def test_what_is_whole_stays_as_it_is():
    text = "a talk about mail servers for everybody"
    assert whole(text, 13, 25) == (13, 25)


@given(st.text(alphabet="aZé 3.,()«»-d'€%\n", max_size=60), st.data())
def test_a_whole_span_lies_in_the_text_and_cuts_no_word(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low, high = whole(text, start, end)
    assert 0 <= low <= high <= len(text)
    if low < high:
        assert not (low and text[low - 1].isalnum() and text[low].isalnum())
        assert not (high < len(text) and text[high - 1].isalnum() and text[high].isalnum())
