"""Keys, clicks, palette and leader all lead to the command, or to the reason why not."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.command import CommandList
from textual.screen import Screen
from textual.widgets import TextArea

from clearhead.tui import themes
from clearhead.tui.command import Context, Situation
from clearhead.tui.command_app import CommandApp
from clearhead.tui.commands import bindings
from clearhead.tui.keymap import Keymap, remap
from clearhead.tui.palette import PaletteScreen
from clearhead.tui.screens.help import HelpScreen
from clearhead.tui.screens.leader import LeaderScreen
from clearhead.tui.widgets.footer import Footer

from ..helpers import until_async
from .harness import rows


class Desk(Screen[None]):
    """A screen with an editor, as the notes have."""

    BINDINGS = bindings(Context.SUPERVISE, Context.NOTES)
    contexts = (Context.NOTES, Context.SUPERVISE, Context.EVERYWHERE)
    situation = Situation(unsaved=False)

    def compose(self) -> ComposeResult:
        yield TextArea()
        footer = Footer()
        footer.contexts = self.contexts
        yield footer

    def action_leader(self) -> None:
        self.app.action_leader()

    def action_find(self) -> None:
        self.app.done.append("find")

    def action_save_notes(self) -> None:
        self.app.done.append("save")

    def action_leave_notes(self) -> None:
        self.set_focus(None)


class Desktop(CommandApp):
    def __init__(self, keymap: Keymap | None = None) -> None:
        super().__init__(keymap)
        themes.install(self)
        themes.offer(self)
        self.done: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(Desk())

    def action_sessions(self) -> None:
        self.done.append("sessions")


def footer_of(app: CommandApp) -> str:
    return rows(app.screen.query_one(Footer))[0]


async def test_letters_are_text_in_the_editor_and_commands_after_the_leader() -> None:
    app = Desktop()
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.press("s", "/")
        assert app.screen.query_one(TextArea).text == "s/"
        await pilot.press("ctrl+g")
        assert isinstance(app.screen, LeaderScreen)
        await pilot.press("s")
        await until_async(lambda: app.done == ["sessions"])
        await pilot.press("ctrl+g", "slash")
        await until_async(lambda: app.done == ["sessions", "find"])
        assert app.screen.query_one(TextArea).text == "s/"


async def test_any_other_key_after_the_leader_does_nothing() -> None:
    app = Desktop()
    async with app.run_test() as pilot:
        for key in ("escape", "ctrl+g", "j"):
            await pilot.press("ctrl+g", key)
            await until_async(lambda: isinstance(app.screen, Desk))
        assert not app.done
        assert app.screen.query_one(TextArea).text == ""


async def test_a_command_that_cannot_run_says_why_in_the_footer() -> None:
    app = Desktop()
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.press("escape", "w")
        assert footer_of(app) == " ! Nothing to save: the notes hold no edits of yours."
        assert not app.done
        app.screen.situation = Situation(unsaved=True)
        await pilot.press("w")
        assert app.done == ["save"]


async def test_a_click_in_the_footer_does_what_its_key_does() -> None:
    app = Desktop()
    async with app.run_test(size=(120, 24)) as pilot:
        at = footer_of(app).index("s sessions")
        await pilot.click(Footer, offset=(at, 0))
        assert app.done == ["sessions"]


async def test_a_command_of_another_place_says_where_it_works() -> None:
    app = Desktop()
    async with app.run_test(size=(100, 24)):
        await app.action_run_command("item.copy")
        assert "works elsewhere (transcript)" in footer_of(app)


async def test_the_palette_offers_what_works_here_and_runs_it() -> None:
    app = Desktop()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, PaletteScreen)
        listed = app.screen.query_one(CommandList)
        await until_async(lambda: listed.option_count > 5)
        words = "\n".join(str(option.prompt) for option in listed.options)
        assert "not now: nothing to save" in words
        assert "Copy the selected line" not in words
        await pilot.press(*"look for")
        await until_async(lambda: listed.option_count == 1)
        await pilot.press("enter")
        await until_async(lambda: app.done == ["find"])


async def test_a_persons_keys_work_everywhere() -> None:
    keymap, _ = remap({"app.help": "f2", "find.open": "j", "editor.leader": "ctrl+l"})
    app = Desktop(keymap)
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.press("ctrl+l", "j")
        await until_async(lambda: app.done == ["find"])
        await pilot.press("f2")
        assert isinstance(app.screen, HelpScreen)


def help_text(app: CommandApp) -> str:
    return str(app.screen.query_one("#keys").render())


async def test_help_lists_the_keys_with_reasons_and_escape_closes_it() -> None:
    app = Desktop()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1", "f1")
        text = help_text(app)
        for command in Keymap().commands:
            if command.keys and Context.DEMO not in command.contexts:
                assert command.help.split()[-1] in text, command.id
        assert "not now: nothing to save" in text
        assert "nothing is looked for" not in text, "reasons of another place"
        assert "demo" not in text
        before = app.screen.query_one("VerticalScroll").scroll_offset
        await pilot.press("pagedown")
        await until_async(lambda: app.screen.query_one("VerticalScroll").scroll_offset != before)
        await pilot.press("escape")
        assert isinstance(app.screen, Desk)


async def test_typing_narrows_the_help_and_escape_first_widens_it_again() -> None:
    app = Desktop()
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("f1", *"compaction")
        assert "Go to the next compaction" in help_text(app)
        assert "Fold" not in help_text(app)
        await pilot.press(*"xx")
        assert "No key has these letters" in help_text(app)
        await pilot.press("backspace", "backspace", "escape")
        assert "Fold" in help_text(app)
        await pilot.press("escape")
        assert isinstance(app.screen, Desk)


async def test_help_follows_the_theme() -> None:
    app = Desktop()
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("f1")
        app.theme = "clearhead-light"
        muted = themes.load("clearhead-light").text.muted
        title = app.screen.query_one("#title")
        await until_async(
            lambda: muted in {seg.style.color.name for seg in title.render_line(0) if seg.style}
        )


async def test_help_uses_two_columns_where_there_is_room() -> None:
    app = Desktop()
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("f1")
        first = help_text(app).splitlines()[0]
        assert first.startswith("  Act")
        assert len(first.split("   ")) > 1
        await pilot.resize_terminal(100, 40)
        await until_async(lambda: len(help_text(app).splitlines()[0].split()) == 1)
