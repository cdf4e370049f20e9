"""What the macros promise: labels, errors, numbers, and other people's words kept harmless."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import jinja2
import pytest
from flask import render_template
from werkzeug.datastructures import MultiDict

from tests.house.look_app import DAYS, HOURS, ROOT, KitForm, base_context, make_app, render

HOSTILE = "<script>alert(1)</script>\"'&"


def with_form(source: str, sent: dict[str, str] | None = None) -> str:
    app = make_app()
    imports = '{% import "components/forms.html" as forms %}'
    with app.test_request_context(method="POST"):
        form = KitForm(MultiDict(sent or {}), meta={"csrf": False})
        if sent is not None:
            form.validate()
        return app.jinja_env.from_string(imports + source).render(form=form)


def test_field_is_named_by_its_label_and_described_by_its_hint() -> None:
    html = with_form("{{ forms.field(form.name, autocomplete='off') }}")
    assert '<label class="label" for="name">Name</label>' in html
    assert 'id="name-hint">Not your real name.' in html
    assert 'aria-describedby="name-hint"' in html
    assert 'autocomplete="off"' in html
    assert "aria-invalid" not in html


def test_refused_field_says_why_and_keeps_what_was_written() -> None:
    html = with_form("{{ forms.field(form.name) }}{{ forms.field(form.word) }}", {"name": HOSTILE})
    assert 'id="word-error"' in html
    assert "Four words work well." in html
    assert 'aria-describedby="word-error"' in html
    assert 'aria-invalid="true"' in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>" not in html


def test_choices_are_one_named_group_with_the_answer_kept() -> None:
    html = with_form("{{ forms.choices(form.mood, hints={'c': 'We show ideas.'}) }}", {"mood": "c"})
    assert html.count("<fieldset") == html.count("<legend") == 1
    assert re.search(r'type="radio" name="mood" value="c"[^>]* checked', html)
    assert not re.search(r'value="a"[^>]* checked', html)
    assert "We show ideas." in html
    assert 'type="checkbox" name="topics"' in with_form("{{ forms.choices(form.topics) }}")


def test_summary_leads_to_each_field_that_needs_a_look() -> None:
    html = with_form("{{ forms.summary(form) }}", {"name": "x"})
    assert 'role="alert"' in html
    assert 'href="#word"' in html
    assert 'href="#mood"' in html
    assert with_form("{{ forms.summary(form) }}").strip() == ""


def test_every_hour_of_the_grid_has_a_spoken_name_and_posts_its_value() -> None:
    html = render(
        "{{ avail.grid('slot', days, hours, checked) }}",
        days=DAYS,
        hours=HOURS,
        checked={"1-18:00"},
    )
    assert html.count('type="checkbox"') == len(DAYS) * len(HOURS)
    assert 'value="1-18:00" aria-label="Monday 18:00 to 19:00" checked' in html
    assert html.count(" checked") == 1
    assert html.count("<tbody>") == html.count("</tbody>") == 2
    assert "Hours chosen: 1" in html


def test_bars_rise_with_their_values_up_to_a_round_top() -> None:
    points = [("Mon", 0), ("Tue", 5), ("Wed", 20)]
    html = render("{{ charts.bar_chart('c', 'T', 'D', points, ['Day', 'Min']) }}", points=points)
    heights = [float(x) for x in re.findall(r'class="bar[^>]* height="([\d.]+)"', html)]
    assert heights == [25, 100]
    assert html.count('class="bar bar--now"') == 1
    assert "<title id=" in html
    assert "<desc id=" in html
    assert all(f'<th scope="row">{day}</th>' in html for day, _ in points)


def test_two_days_with_the_same_value_stand_side_by_side() -> None:
    html = render("{{ charts.bar_chart('c', 'T', 'D', [('Mon', 4), ('Mon', 4)], ['Day', 'Min']) }}")
    places = re.findall(r'class="bar[^>]* x="([\d.]+)%"', html)
    assert len(set(places)) == 2


def test_chart_without_figures_is_empty_not_broken() -> None:
    for points in ([], [("Mon", None)], [("Mon", 0)]):
        html = render("{{ charts.bar_chart('c', 'T', 'D', points, ['A', 'B']) }}", points=points)
        assert 'class="bar' not in html
        line = "{{ charts.line_chart('c', 'T', 'D', points, ['A', 'B'], ['low', 'high']) }}"
        assert "<path" in render(line, points=points)


def test_missing_week_breaks_the_line() -> None:
    points = [("1", 0), ("2", 1), ("3", None), ("4", 1)]
    html = render(
        "{{ charts.line_chart('c', 'T', 'D', points, ['W', 'H'], ['low', 'high']) }}", points=points
    )
    drawn = re.search(r' d="([^"]*)"', html)
    assert drawn
    assert re.sub(r"[^ML]", "", drawn[1]) == "MLM"
    assert html.count("<circle") == 3


def test_score_parts_fill_their_share() -> None:
    html = render(
        "{{ charts.score_parts([('Times', 60, 150, '60 of 150'), ('None', 0, 0, '0')]) }}"
    )
    assert re.findall(r'part__fill" width="([\d.]+)%"', html) == ["40.0"]
    assert "60 of 150" in html


@pytest.mark.parametrize(
    "source",
    [
        "{{ ui.banner('info', words, words) }}",
        "{{ ui.badge('ok', words) }}{{ ui.avatar(words) }}",
        "{{ ui.page_header(words, words) }}{{ ui.empty_state('inbox', words, words) }}",
        "{{ lists.tags([words]) }}{{ lists.facts([(words, words)]) }}{{ lists.steps([words], 1) }}",
        "{{ lists.once(words, words, words) }}{{ lists.tiles([(words, words, words)]) }}",
        "{{ charts.bar_chart('c', words, words, [(words, 1)], [words, words], (1, words)) }}",
        "{{ charts.score_parts([(words, 1, 2, words)]) }}",
    ],
)
def test_words_of_a_person_stay_words(source: str) -> None:
    html = render(source, words=HOSTILE)
    assert "<script" not in html
    assert "alert(1)" in html or "avatar" in html


def test_avatar_copes_with_any_name() -> None:
    for name in ("Noor", "العربية", "é", "7", "", "🌿 leaf"):
        assert 'aria-hidden="true"' in render("{{ ui.avatar(name) }}", name=name)


def test_time_carries_its_moment() -> None:
    at = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    html = render("{{ ui.when(at, 'Sunday, 19:30') }}", at=at)
    assert html.strip() == '<time datetime="2026-03-01T18:30:00+00:00">Sunday, 19:30</time>'


# --- The page around ---------------------------------------------------------------------


def page(path: str) -> str:
    return make_app().test_client().get(path).get_data(as_text=True)


def test_signed_in_page_stays_out_of_search_and_offers_a_way_out() -> None:
    html = page("/kit")
    assert '<meta name="robots" content="noindex">' in html
    assert "<title>Kit – Commonroom</title>" in html
    assert re.search(
        r'<form action="/sign-out" method="post">\s*<input type="hidden" name="csrf', html
    )
    assert re.search(r'<a class="btn leave" href="/leave"[^>]* data-leave-end="/leave"', html)
    assert 'href="#main"' in html
    assert 'aria-current="page"' in html


def test_visitor_sees_no_account_but_language_help_and_the_way_out() -> None:
    html = page("/kit?out=1")
    assert "/sign-out" not in html
    assert "/inbox" not in html
    assert 'href="?lang=ar" lang="ar"' in html
    assert "0 800 00" in html
    assert 'href="/leave"' in html


def test_page_says_its_direction_and_theme() -> None:
    html = page("/kit?text_dir=rtl&theme=dark")
    assert '<html lang="en" dir="rtl" data-theme="dark">' in html
    assert "data-theme" not in page("/kit")


def test_news_of_what_happened_stands_above_the_page() -> None:
    html = page("/kit?flash=1")
    assert re.search(r'role="status">\s*<div class="banner banner--ok">', html)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 503])
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_error_says_what_to_do_next(status: int, signed_in: bool) -> None:
    app = make_app()
    with app.test_request_context("/x" if signed_in else "/x?out=1"):
        html = render_template("errors/page.html", status=status)
    assert html.count("<h1>") == 1
    assert "btn--primary" in html
    assert str(status) not in re.sub(r"<[^>]+>", "", html), "no numbers for people"


def test_error_gives_back_what_was_written() -> None:
    app = make_app()
    with app.test_request_context("/x"):
        html = render_template(
            "errors/page.html", status=409, sentence="Fay was first.", kept=[("Note", HOSTILE)]
        )
    assert "Fay was first." in html
    assert "&lt;script&gt;" in html


def test_error_page_of_last_resort_needs_nothing_at_all() -> None:
    bare = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
    )
    html = bare.get_template("errors/plain.html").render()
    assert "not your doing" in html
    assert 'href="/leave"' in html
    assert set(re.findall(r'="/static/([^"]+)"', html)) == {
        p for p in re.findall(r'="/static/([^"]+)"', html) if (ROOT / "static" / p).is_file()
    }


def test_base_page_needs_only_what_the_app_promises() -> None:
    assert set(base_context()) == {
        *("site", "locale", "text_dir", "theme", "languages", "me", "nav"),
    }
