"""Who speaks which language, and when."""

import threading

from scenarios import tongue
from scenarios.tongue import says, speaking, spoken


def test_what_is_made_later_speaks_as_it_was_asked_for():
    """On another thread, after the language has changed; and nobody who asks is English."""
    with speaking("zh"):
        later = spoken(lambda: tongue.say("Language"))
    assert tongue.say("Language") == "Language"
    heard = []
    thread = threading.Thread(target=lambda: heard.append((later(), tongue.say("Language"))))
    thread.start()
    thread.join()
    assert heard == [("语言", "Language")]


def test_numbers_and_unknown_words():
    """One and many in English; what no catalogue has is said in English; an unknown language is English."""
    assert [says("{n} seat is", "{n} seats are", n) for n in (1, 2)] == ["1 seat is", "2 seats are"]
    with speaking("zh"):
        assert tongue.say("Nobody translated this, {who}", who="you") == "Nobody translated this, you"
    with speaking("tlh"):
        assert tongue.language() == "en"
    assert [tongue.nearest(code) for code in ("zh-Hans-CN", "zh_TW", "de", None)] == ["zh", "zh", "en", "en"]
