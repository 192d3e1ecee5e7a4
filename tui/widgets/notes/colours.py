"""What the editor highlights in Markdown, and in which of our colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style

from ...themes import Palette

if TYPE_CHECKING:
    from textual.widgets.text_area import TextAreaTheme

QUERY = """
(atx_heading (inline) @heading)
(setext_heading (paragraph) @heading)
[
  (atx_h1_marker) (atx_h2_marker) (atx_h3_marker)
  (atx_h4_marker) (atx_h5_marker) (atx_h6_marker)
  (setext_h1_underline) (setext_h2_underline)
  (list_marker_plus) (list_marker_minus) (list_marker_star)
  (list_marker_dot) (list_marker_parenthesis)
  (block_quote_marker) (thematic_break) (fenced_code_block_delimiter) (info_string)
  (pipe_table_delimiter_row) (html_block) (link_destination)
] @quiet
(task_list_marker_checked) @ticked
(task_list_marker_unchecked) @open
[(code_fence_content) (indented_code_block)] @code
"""
"""Tree-sitter query for the blocks of Markdown; Textual's own knows no boxes and no comments."""


def highlights(palette: Palette) -> dict[str, Style]:
    """Return the style of each capture of `QUERY`, and of the marks inside a line."""
    return {
        "heading": palette.rich("strong", bold=True),
        "quiet": palette.rich("muted"),
        "ticked": palette.rich("ok", bold=True),
        "open": palette.rich("text", bold=True),
        "code": palette.rich("text", "panel"),
    }


def editor_theme(name: str, palette: Palette) -> TextAreaTheme:
    """Return the theme of the editor that goes with one of ours."""
    from textual.widgets.text_area import TextAreaTheme

    return TextAreaTheme(
        name=name,
        cursor_style=Style(reverse=True) if palette.plain else palette.rich("bg", "text"),
        cursor_line_style=Style.null(),
        selection_style=Style(reverse=True) if palette.plain else palette.rich("strong", "line"),
        bracket_matching_style=Style(underline=True),
        syntax_styles=highlights(palette),
    )
