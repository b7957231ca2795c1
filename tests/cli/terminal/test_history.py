"""The versions of a record, in words."""

from threesixty.cli.terminal.history import history
from threesixty.history import FieldChange, History, RecordHistory, Version

DAY = 1_772_323_200_000  # 2026-03-01


def test_each_version_tells_when_what_and_which_columns(printed):
    first = Version(1, DAY, "1", "first", (FieldChange("name", "", "Ada"),))
    changed = Version(2, DAY, str(DAY), "changed", (FieldChange("city", "", "Faro"),))
    late = Version(3, DAY, "", "late")
    record = RecordHistory("crm/1", "person", live=True, versions=(first, changed, late))

    text = printed(history(History("k4x7", "Ada", (record,))))

    assert "crm/1" in text
    assert "first heard · version 1 · entry 1" in text
    assert "name Ada" in text
    assert "changed · version 2026-03-01 00:00" in text
    assert "city: empty → Faro" in text
    assert "came late: what was known is newer · entry 3" in text


def test_the_number_of_an_entry_is_never_cut(printed):
    version = Version(1_234_567, DAY, "v" * 30, "late")

    text = printed(history(History("", "", (RecordHistory("crm/1", "person", True, (version,)),))), 60)

    assert "entry 1,234,567" in " ".join(text.split())


def test_what_is_gone_says_so(printed):
    versions = (Version(1, DAY, "", "first"), Version(2, DAY, "", "missing"))

    text = printed(history(History("", "", (RecordHistory("crm/1", "person", False, versions),))))

    assert "person, gone" in text
    assert "gone: a snapshot lacked it" in text
    assert "somebody in it was forgotten" in text
