"""Load the colour themes, give them to Textual, and hand out styles by token name.

A theme is data (`themes/*.toml`): surfaces, text, diff, gauge. Stylesheets name its tokens as
variables (`$raised`, `$muted`); code that draws its own cells asks the `Palette`.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from rich.style import Style as RichStyle
from textual.color import Color
from textual.style import Style
from textual.theme import Theme

from ..core.problems import Unreadable

if TYPE_CHECKING:
    from textual.app import App
    from textual.widget import Widget

DEFAULT = "clearhead"
_THEMES = Path(__file__).parents[1] / "themes"

NAMES = (
    "clearhead",
    "clearhead-light",
    "high-contrast",
    "high-contrast-light",
    "no-colour",
    "no-colour-light",
)
"""The themes that come with clearhead, the default first."""

Hex = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}$")]


class _Part(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """A table of a theme file."""


class Surfaces(_Part, frozen=True):
    """Grounds: the screen, bands, chips and cards, the selected row; and the colour of rules."""

    bg: Hex
    panel: Hex
    raised: Hex
    sel: Hex
    line: Hex


class Inks(_Part, frozen=True):
    """Text by what it means; `ink` is text on a chip of any of these colours."""

    text: Hex
    strong: Hex
    muted: Hex
    you: Hex
    agent: Hex
    ok: Hex
    dumb: Hex
    compact: Hex
    reset: Hex
    needs: Hex
    ink: Hex


class Diff(_Part, frozen=True):
    """Added and removed lines, each with its ground."""

    add: Hex
    add_on: Hex
    rem: Hex
    rem_on: Hex


class ZoneFill(_Part, frozen=True):
    """How one zone of the gauge is drawn: filled, the hatch on the fill, and empty."""

    fill: Hex
    hatch: Hex
    track: Hex


class Gauges(_Part, frozen=True):
    """The gauge by zone; `ended` is the bar of a session that is over."""

    smart: ZoneFill
    dumb: ZoneFill
    compact: ZoneFill
    reset: ZoneFill
    ended: ZoneFill


class Palette(_Part, frozen=True, cache_hash=True):
    """A theme as it is drawn.

    `plain` themes do not tell things apart by tone or hue: chips stand in brackets, titles carry
    a rule, and the tokens in `bold` are always bold.
    """

    title: str
    dark: bool
    plain: bool
    bold: frozenset[str]
    surface: Surfaces
    text: Inks
    diff: Diff
    gauge: Gauges

    @property
    def colours(self) -> dict[str, str]:
        """Every token by name, as the stylesheets know it: `muted`, `add-on`, `dumb-track`."""
        named = {
            **msgspec.to_builtins(self.surface),
            **msgspec.to_builtins(self.text),
            **msgspec.to_builtins(self.diff),
        }
        for zone, parts in msgspec.to_builtins(self.gauge).items():
            named |= {f"{zone}-{part}": colour for part, colour in parts.items()}
        return named

    def style(self, token: str = "", on: str = "", *, bold: bool = False) -> Style:
        """Return the style of text `token` on the ground `on` for Textual's `Content`.

        Either may be left empty to inherit it.

        Raises:
            KeyError: No such token.
        """
        return _style(self, token, on, bold)

    def rich(self, token: str = "", on: str = "", *, bold: bool = False) -> RichStyle:
        """Return the same as a Rich style, for widgets that build strips of segments."""
        return _style(self, token, on, bold).rich_style


@lru_cache(maxsize=1024)
def _style(palette: Palette, token: str, on: str, bold: bool) -> Style:
    named = palette.colours
    return Style(
        foreground=Color.parse(named[token]) if token else None,
        background=Color.parse(named[on]) if on else None,
        bold=True if bold or token in palette.bold else None,
    )


@cache
def load(name: str) -> Palette:
    """Return the theme called `name`.

    Raises:
        Unreadable: There is no such theme.
    """
    if name not in NAMES:
        raise Unreadable(
            f"There is no theme called {name!r}.",
            remedy=f"Choose one of: {', '.join(NAMES)}.",
        )
    return parse((_THEMES / f"{name}.toml").read_bytes(), name)


def parse(data: bytes, name: str) -> Palette:
    """Return the theme written in the TOML `data`; `name` is for the problem only.

    Raises:
        Unreadable: A token is missing, unknown, or not a colour.
    """
    try:
        return msgspec.toml.decode(data, type=Palette)
    except msgspec.DecodeError as error:
        raise Unreadable(
            f"Theme {name}: {error}",
            remedy="Compare it with a theme that comes with clearhead.",
        ) from error


def choose(configured: str | None, *, no_colour: bool) -> str:
    """Name the theme to start with; `NO_COLOR` beats the configuration but keeps its lightness.

    Raises:
        Unreadable: There is no theme called `configured`.
    """
    name = configured or DEFAULT
    dark = load(name).dark
    if no_colour:
        return "no-colour" if dark else "no-colour-light"
    return name


def install(app: App[Any], name: str = DEFAULT) -> None:
    """Start `app` with the theme `name`, without Textual's; call it in `__init__`, then `offer`."""
    app.register_theme(to_textual(name, load(name)))
    app.theme = name
    for other in app.available_themes.keys() - set(NAMES):
        app.unregister_theme(other)


def offer(app: App[Any]) -> None:
    """Let the person choose every theme of ours; five are read that nobody sees at first."""
    for name in NAMES:
        if name not in app.available_themes:
            app.register_theme(to_textual(name, load(name)))


def palette_of(widget: Widget | App[Any]) -> Palette:
    """Return the palette that `widget` is drawn with now."""
    return load(widget.app.theme)


def to_textual(name: str, palette: Palette) -> Theme:
    """Return `palette` as a Textual theme: its tokens, and Textual's own names for them."""
    named = palette.colours
    return Theme(
        name=name,
        primary=named["you"],
        secondary=named["agent"],
        success=named["ok"],
        warning=named["dumb"],
        error=named["reset"],
        accent=named["you"],
        foreground=named["text"],
        background=named["bg"],
        surface=named["bg"],
        panel=named["panel"],
        dark=palette.dark,
        variables=named | _textual_names(named),
    )


def _textual_names(named: dict[str, str]) -> dict[str, str]:
    """Textual's variables for its own widgets, so that nothing on screen is off the palette."""
    text, muted, line, bg = named["text"], named["muted"], named["line"], named["bg"]
    return {
        "text-muted": muted,
        "text-disabled": muted,
        "foreground-muted": muted,
        "foreground-disabled": muted,
        "border": named["you"],
        "border-blurred": line,
        "block-cursor-background": named["sel"],
        "block-cursor-foreground": named["strong"],
        "block-cursor-blurred-background": named["raised"],
        "block-cursor-blurred-foreground": text,
        "block-hover-background": named["raised"],
        "surface-active": named["raised"],
        "panel-darken-1": named["panel"],
        "scrollbar": line,
        "scrollbar-hover": muted,
        "scrollbar-active": named["you"],
        "scrollbar-background": bg,
        "scrollbar-background-hover": bg,
        "scrollbar-background-active": bg,
        "scrollbar-corner-color": bg,
        "link-color": named["you"],
        "link-background-hover": named["raised"],
        "link-color-hover": named["you"],
        "input-cursor-background": text,
        "input-cursor-foreground": bg,
        "input-selection-background": line,
        "input-selection-foreground": named["strong"],
        "screen-selection-background": line,
        "screen-selection-foreground": named["strong"],
        "button-foreground": text,
        "button-color-foreground": named["ink"],
    }
