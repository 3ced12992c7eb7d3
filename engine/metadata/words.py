"""Small remarks on words: letters that only look Latin, labels made from ids, plurals."""

from __future__ import annotations

LOOKALIKES = str.maketrans("асеорхукмтвнігѕјһАВЕЅІЈКМНОРСТХУ", "aceopxykmtbhirsjhABESIJKMHOPCTXY")


def lookalikes(text: str) -> str:
    """Say which letter of a mostly Latin word is Cyrillic ('' where none is)."""
    latin = sum(one.isascii() and one.isalpha() for one in text)
    twins = [one for one in text if not one.isascii() and one.translate(LOOKALIKES) != one]
    others = [one for one in text if not one.isascii() and one not in twins]
    if not twins or others or not (latin or text.translate(LOOKALIKES).isascii()):
        return ""
    letter = twins[0]
    latin_twin = letter.translate(LOOKALIKES)
    return f"the '{letter}' is a Cyrillic letter that looks like the Latin '{latin_twin}'"


def label_of(id_: str) -> str:
    """Make a label of an id: first_name -> First name."""
    words = id_.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def plural_of(label: str) -> str:
    """Make the name of many, in English; other alphabets keep the name of one."""
    last = label[-1:]
    if not (last.isascii() and last.isalpha()):
        return label
    if last in "yY" and label[-2:-1].lower() not in tuple("aeiou"):
        return f"{label[:-1]}ies"
    if label.lower().endswith(("s", "x", "z", "ch", "sh")):
        return f"{label}es"
    return f"{label}s"
