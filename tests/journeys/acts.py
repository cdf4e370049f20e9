"""What people do on pages, with and without scripts: by the words that stand there."""

from playwright.sync_api import Page, expect

from tests.cast import PASSPHRASE
from tests.plugins.visitors import Visitor


def signs_in(visitor: Visitor, name: str) -> None:
    """By the form."""
    visitor.open("/sign-in")
    page = visitor.page
    page.get_by_label("Name you use here").fill(name)
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def invites(cora: Visitor) -> str:
    """A new member; the code."""
    cora.open("/invitations/new")
    cora.page.get_by_role("button", name="Make the code").click()
    return cora.page.locator("[data-once-code]").inner_text()


def joins(visitor: Visitor, code: str, name: str) -> None:
    """With a code, under a name of their own, with a passphrase of their own."""
    visitor.open("/join")
    page = visitor.page
    page.get_by_label("Invitation code").fill(code)
    page.get_by_label("Or a name of your own").fill(name)
    page.get_by_label("Or words of your own").fill(PASSPHRASE)
    with page.expect_navigation():
        page.locator("main form .actions").last.get_by_role("button", name="Join").click()


def comes_in(visitor: Visitor, room: str) -> None:
    """From the list of rooms, going along with how people are together there."""
    visitor.open("/rooms")
    page = visitor.page
    page.locator("main").get_by_role("link", name=room).click()
    page.get_by_label("I go along with this").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Come in").click()


def writes(page: Page, text: str) -> None:
    """In the writing box of a room."""
    page.get_by_role("textbox", name="Write to").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def sees(page: Page, text: str) -> None:
    """In the conversation of a room."""
    expect(page.locator(".msg", has_text=text)).to_be_visible()


def tells_a_moderator(page: Page, text: str) -> None:
    """About what somebody wrote: once on what to do, once on why."""
    said = page.locator(".msg", has_text=text)
    said.locator(".msg__more > summary").click()
    said.get_by_role("link", name="Tell a moderator").click()
    page.get_by_role("button", name="It is unkind or threatening").click()
    expect(page.get_by_text("Thank you for telling us.")).to_be_visible()


def takes(page: Page) -> None:
    """The item of the queue that is open."""
    with page.expect_navigation():
        page.get_by_role("button", name="Take this").click()


def asks(page: Page, summary: str, question: str) -> None:
    """For something that wants a reason."""
    page.get_by_text(summary).click()
    box = page.get_by_label(question)
    box.fill("The lines before it would show what was meant.")
    with page.expect_navigation():
        box.locator("xpath=ancestor::form").get_by_role("button").click()


def decides(page: Page, *, outcome: str, follows: str = "Nothing more") -> None:
    """About the item that has been taken."""
    page.get_by_label(outcome).check()
    page.get_by_label("What follows for the writer?").select_option(label=follows)
    rule = page.get_by_label("Which house rule is it about?")
    rule.select_option(label="Be kind: no insults, no threats")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Decided. The people it concerns have been told.")).to_be_visible()


def approves(page: Page, *names: str) -> None:
    """A proposal of the round that is open."""
    page.get_by_role("button", name=f"Approve {', '.join(names)}").click()
    expect(page.get_by_text("Both are being asked now.")).to_be_visible()


def says_yes(visitor: Visitor) -> None:
    """To the question that waits."""
    visitor.open("/mentoring")
    visitor.page.get_by_role("link", name="Read it").click()
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name="Yes, I would like to meet").click()
