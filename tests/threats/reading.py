"""XSS payloads as people might have written them, and reading them back from a page in Chromium."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from peer.core import markup
from tests.threats.showing import Showing
from tests.threats.walking import Page
from tests.threats.xss import payloads

PAYLOADS = [text for text in dict.fromkeys(map(markup.tidy, payloads())) if text]
EACH = [f"⟦{number}⟧{text}⟦/{number}⟧" for number, text in enumerate(PAYLOADS)]

# What a page shows of each word, place by place: how many payloads as typed, and which not.
READ = """(typed) => {
  const found = {};
  const inOneLine = (text) => text.replaceAll('\\n', '');
  // The library shows the address of a site without its scheme.
  const bare = (text) => text.replaceAll('https://', '').replaceAll('http://', '');
  const library = location.pathname.startsWith('/resources');
  const read = (place, text, single) => {
    for (const [, word, said] of text.matchAll(/⟦(zq\\w+)⟧([^]*?)(?=⟦zq|$)/g)) {
      const here = (found[word] ??= {})[place] ??= { good: new Set(), bad: [] };
      for (const [, number, got] of said.matchAll(/⟦(\\d+)⟧([^]*?)⟦\\/\\1⟧/g)) {
        const right = typed[number];
        if (got === right || (single && got === inOneLine(right))) here.good.add(number);
        else if (library && got === bare(right)) here.good.add(number);
        else here.bad.push([right, got]);
      }
    }
  };
  const copy = document.documentElement.cloneNode(true);
  copy.querySelectorAll('br').forEach((br) => br.replaceWith('\\n'));
  copy.querySelectorAll('textarea').forEach((area) => area.remove());
  // Moderators find what is covered in a text below it, the subject's own first.
  const below = [...copy.querySelectorAll('.cover .more bdi')].map((each) => each.textContent);
  for (const each of ['.msg--subject .redacted', '.redacted']) {
    copy.querySelectorAll(each).forEach((covered) => covered.replaceWith(below.shift()));
  }
  read('text', copy.textContent, false);
  document.querySelectorAll('textarea').forEach((area) => read('textarea', area.value, false));
  document.querySelectorAll('input').forEach((input) => read('input', input.value, true));
  for (const node of document.querySelectorAll('*')) {
    for (const { name, value } of node.attributes) {
      if (name !== 'value' && value.includes('⟦')) read(`@${name}`, value, false);
    }
  }
  for (const places of Object.values(found)) {
    for (const here of Object.values(places)) here.good = here.good.size;
  }
  return found;
}"""

# What no page of ours has, whoever wrote on it.
FOREIGN = """() => [...document.querySelectorAll('*')].flatMap((node) => {
  const bad = [...node.attributes].filter(({ name }) => /^on|^style$|^srcdoc$/.test(name));
  const odd = /^(script|iframe|object|embed|base|style|frame|applet|xss|marquee|math|template)$/i;
  const ours = node.tagName === 'SCRIPT' && /^\\/static\\/[0-9a-f]{12}\\/js\\//.test(node.getAttribute('src') ?? '')
    || node.tagName === 'TEMPLATE';
  const link = (node.getAttribute('href') ?? '').trim();
  const leads = /^[a-z]+:/i.test(link) && !/^(https?|tel|sms|mailto):/i.test(link);
  return bad.length || (odd.test(node.tagName) && !ours) || leads ? [node.outerHTML.slice(0, 200)] : [];
})"""


def shown(word: str, texts: Iterable[tuple[int, str]]) -> str:
    """Some payloads, each in its marks, under a word."""
    return f"⟦{word}⟧" + "\n".join(f"⟦{number}⟧{text}⟦/{number}⟧" for number, text in texts)


@dataclass
class Reading:
    """What was read back, over all pages."""

    most: dict[str, int] = field(default_factory=dict)  # word → payloads read at one place
    wrong: list[str] = field(default_factory=list)
    pages: int = 0

    def look(self, showing: Showing, page: Page) -> None:
        """Open a page, and add what it shows."""
        showing.show(page)
        self.note(page, showing.ask(READ, PAYLOADS), showing.ask(FOREIGN))

    def note(self, page: Page, found: dict[str, Any], foreign: list[str]) -> None:
        """Add what one page was seen to show."""
        self.pages += 1
        self.wrong += [f"{page.path}: {each}" for each in foreign]
        for word, places in found.items():
            for place, read in places.items():
                self.most[word] = max(self.most.get(word, 0), read["good"])
                if read["bad"]:
                    self.wrong.append(f"{page.path}, {place}: typed and read {read['bad'][0]}")

    def whole(self) -> set[str]:
        """The words of which one place showed every payload as typed."""
        return {word for word, good in self.most.items() if good == len(PAYLOADS)}
