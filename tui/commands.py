"""The registry of commands: one row makes key, footer, palette, help and the README's key table.

An `id` never changes: people name it in their own keymap.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from ..core.acting.action import Verb
from .command import (
    Command,
    Context,
    Group,
    needs_answerable,
    needs_armed,
    needs_asked,
    needs_asking,
    needs_attachable,
    needs_composer,
    needs_confirmable,
    needs_conflict,
    needs_decisions,
    needs_edits,
    needs_entry,
    needs_failure,
    needs_line,
    needs_mendable,
    needs_notes,
    needs_now,
    needs_offer,
    needs_open_notes,
    needs_search,
    needs_selected,
    needs_session,
    needs_several,
    unless_shut,
)

LEADER = "editor.leader"
"""The command whose key comes before a letter while text is being edited."""

HELP = "app.help"
"""The command that the footer never drops."""

_EVERYWHERE = frozenset({Context.EVERYWHERE})
_SUPERVISE = frozenset({Context.SUPERVISE})
_READING = frozenset({Context.TRANSCRIPT})
_FINDING = frozenset({Context.FIND})
_ASKED = frozenset({Context.REQUEST})
_ANSWERING = frozenset({Context.ANSWER})
_EDITING = frozenset({Context.NOTES})
_COMPOSING = frozenset({Context.COMPOSER})
_CHOOSING = frozenset({Context.SESSIONS})
_WELCOME = frozenset({Context.WELCOME})
_DECIDING = frozenset({Context.CONFLICT})
_MENDING = frozenset({Context.HEALTH})
_LOOKING_BACK = frozenset({Context.HISTORY})
_CAPTURING = frozenset({Context.CAPTURE})
_BY_HAND = frozenset({Context.ERRAND})
_NO_WAY_IN = frozenset({Context.WAY_IN})
_COMPACTING = frozenset({Context.COMPACT})
_COMPACTED = frozenset({Context.COMPACTED})
_WRITING = frozenset({Context.WORDS})
_CHECKING = frozenset({Context.CHECKPOINT})
_CLOSABLE = frozenset(
    {
        Context.SESSIONS,
        Context.PAGE,
        Context.CONFLICT,
        Context.HEALTH,
        Context.HISTORY,
        Context.CAPTURE,
        Context.COMPACT,
        Context.WAY_IN,
        Context.CHECKPOINT,
        Context.TEXT,
        Context.RESET,
        Context.HAND_OFF,
        Context.DELIVERY,
        Context.UNDO,
        Context.SINCE,
        Context.BESIDE,
    }
)
_TEXT = frozenset({Context.TEXT})
_RESET = frozenset({Context.RESET})
_PLANNING = frozenset({Context.RESET_PLAN})
_BRIEFING = frozenset({Context.RESET_BRIEF})
_RESULT = frozenset({Context.RESET_RESULT})
_HAND_OFF = frozenset({Context.HAND_OFF})
_DELIVERY = frozenset({Context.DELIVERY})
_UNDO = frozenset({Context.UNDO})
_SINCE = frozenset({Context.SINCE})
_BESIDE = frozenset({Context.BESIDE})
_DEMO = frozenset({Context.DEMO})

# The order is the footer's: what stands last goes first on a narrow screen.
# fmt: off
COMMANDS: tuple[Command, ...] = (
    Command("compact.open", "c", "compact", "compact",
            "See what a compaction would keep and free; Enter there compacts.",
            Group.ACT, _SUPERVISE, True, needs_session),
    Command("reset.open", "r", "reset", "reset",
            "End the session with its notes in order and begin a fresh one from them.",
            Group.ACT, _SUPERVISE, True, needs_session),
    Command("handoff.open", "h", "hand off", "hand_off",
            "Give the task to another model, agent, person or machine.",
            Group.ACT, _SUPERVISE, True, needs_session),
    Command("undo.open", "u", "undo", "undo",
            "Bring the session from before a reset back, beside the fresh one.",
            Group.ACT, _SUPERVISE | _RESULT, False, needs_session),

    Command("since.open", "U", "since you left", "app.since",
            "See what happened while you were away, what waits, and what it cost.",
            Group.SESSION, _SUPERVISE | _CHOOSING | _WELCOME),

    Command("reset.go", "enter", "go on", "reset_go",
            "Do what the line above the footer says.",
            Group.ACT, _RESET, True, unless_shut("reset.go")),
    Command("reset.tick", "space", "tick", "reset_tick",
            "Tick the selected path for the commit, or take its tick away.",
            Group.ACT, _PLANNING, True, unless_shut("reset.tick")),
    Command("reset.edit", "e", "edit", "reset_edit",
            "Edit the brief before it is sent, or the message of the commit.",
            Group.ACT, _PLANNING | _BRIEFING, True, unless_shut("reset.edit")),
    Command("reset.overrule", "O", "in spite of it", "reset_overrule",
            "Go on in spite of errors in the notes, or with a hook that is new.",
            Group.ACT, _PLANNING, False, unless_shut("reset.overrule")),
    Command("reset.notes_out", "n", "without asking", "reset_notes_out",
            "Leave out the agent's turn for the notes, or ask for it again.",
            Group.ACT, _PLANNING, True, unless_shut("reset.notes_out")),
    Command("reset.commit_out", "g", "without a commit", "reset_commit_out",
            "Leave out the commit, or take it in again.",
            Group.ACT, _PLANNING, True, unless_shut("reset.commit_out")),
    Command("reset.whole", "v", "whole brief", "reset_whole",
            "Show the whole brief, or fold it again.",
            Group.ACT, _BRIEFING, True, unless_shut("reset.whole")),
    Command("reset.rehearse", "R", "rehearse", "reset_rehearse",
            "Ask a throw-away session what the brief does not tell it.",
            Group.ACT, _BRIEFING, True, unless_shut("reset.rehearse")),
    Command("reset.say_again", "m", "say it again", "reset_say_again",
            "Ask the fresh session for what it missed of its brief.",
            Group.ACT, _RESULT, True, unless_shut("reset.say_again")),
    Command("reset.select", "down", "next", "reset_select(1)",
            "Select the next path; before the brief, the next of several next steps.",
            Group.ACT, _PLANNING | _BRIEFING, False, unless_shut("reset.select")),
    Command("reset.select_back", "up", "one before", "reset_select(-1)",
            "Select the one before.",
            Group.ACT, _PLANNING | _BRIEFING, False, unless_shut("reset.select")),
    Command("reset.page", "pagedown", "page down", "reset_page(1)",
            "Go one page down in what is shown.", Group.ACT, _RESET),
    Command("reset.page_up", "pageup", "page up", "reset_page(-1)",
            "Go one page up in what is shown.", Group.ACT, _RESET),
    Command("reset.skip", "S", "leave it out", "reset_skip",
            "Leave out the step that failed, and go on.",
            Group.ACT, _RESET, False, unless_shut("reset.skip")),
    Command("reset.interrupt", "x", "interrupt", "reset_interrupt",
            "Interrupt the turn that is waited for.",
            Group.ACT, _RESET, False, unless_shut("reset.interrupt")),
    Command("reset.copy", "y", "copy", "reset_copy",
            "Copy again what has to be pasted by hand.",
            Group.ACT, _RESET, False, unless_shut("reset.copy")),
    Command("reset.notes", "p", "notes", "reset_notes",
            "Go to the notes and mend them; the reset waits.",
            Group.ACT, _RESET, False, unless_shut("reset.notes")),
    Command("reset.abort", "X", "stop it", "reset_abort",
            "Stop the reset; what was done stays done.",
            Group.ACT, _RESET, True, unless_shut("reset.abort")),
    Command("handoff.go", "enter", "go on", "hand_over",
            "Go on with the selected receiver.", Group.ACT, _HAND_OFF, True),
    Command("handoff.next", "down", "next", "receiver_move(1)", "Select the next receiver.",
            Group.ACT, _HAND_OFF, True),
    Command("handoff.previous", "up", "one before", "receiver_move(-1)",
            "Select the receiver before.", Group.ACT, _HAND_OFF),
    Command("delivery.write", "w", "write the file", "write_delivery",
            "Write the text to the file that is named above it.",
            Group.ACT, _DELIVERY, True, unless_shut("delivery.write")),
    Command("delivery.copy", "y", "copy", "copy_delivery",
            "Copy the text to the clipboard of your terminal.",
            Group.ACT, _DELIVERY, True, unless_shut("delivery.copy")),
    Command("undo.go", "enter", "bring it back", "undo_go",
            "Bring the old session back beside the fresh one.",
            Group.ACT, _UNDO, True, unless_shut("undo.go")),
    Command("text.take", "ctrl+s", "take it", "take_text",
            "Go back with the text as it is now.", Group.ACT, _TEXT, True),

    Command("request.approve", "y", "arm", "arm_request",
            "The first of two keys: arms what the agent asks for, and runs nothing by itself.",
            Group.ACT, _ASKED, True, needs_answerable),
    Command("request.run", "enter", "run once", "run_request",
            "The second key: what was armed and stands on the card is done, once.",
            Group.ACT, _ASKED, True, needs_answerable),
    Command("request.refuse", "n", "refuse", "refuse_request",
            "Refuse what the agent asks for; you may say why, and the agent is told.",
            Group.ACT, _ASKED, True, needs_answerable),
    Command("request.later", "escape", "later", "answer_later",
            "Leave it waiting and go back to the transcript.", Group.ACT, _ASKED, True),
    Command("request.page", "pagedown space", "show more", "scroll_request(1)",
            "Go on in what is asked for: it can be approved when all of it was shown.",
            Group.ACT, _ASKED, False, needs_asked),
    Command("request.page_up", "pageup", "show what was before", "scroll_request(-1)",
            "Go back in what is asked for.", Group.ACT, _ASKED, False, needs_asked),
    Command("request.line", "down", "line down", "move_request(1)",
            "Go one line on in what is asked for.", Group.ACT, _ASKED, False, needs_asked),
    Command("request.line_up", "up", "line up", "move_request(-1)",
            "Go one line back in what is asked for.", Group.ACT, _ASKED, False, needs_asked),
    Command("request.next", "]", "next request", "other_request(1)",
            "Look at the next request that waits.", Group.ACT, _ASKED, False, needs_asked),
    Command("request.previous", "[", "request before", "other_request(-1)",
            "Look at the request before.", Group.ACT, _ASKED, False, needs_asked),
    Command("answer.send", "enter", "send", "send_answer",
            "Refuse with this reason, or go on with this answer.", Group.ACT, _ANSWERING, True),
    Command("answer.leave", "escape", "back", "leave_answer",
            "Go back to what is asked for; nothing is sent.", Group.ACT, _ANSWERING, True),
    Command("request.go", "!", "answer", "go_to_request",
            "Go to what the agent asks for, to answer it. Keys typed elsewhere never answer.",
            Group.ACT, _SUPERVISE, True, needs_asked),
    Command("item.toggle", "enter space", "open", "toggle_item",
            "Open the selected line, or fold it again.",
            Group.READ, _READING, True, needs_selected),
    Command("item.next", "down", "down", "cursor_down", "Select the next line.",
            Group.READ, _READING),
    Command("item.previous", "up", "up", "cursor_up", "Select the line before.",
            Group.READ, _READING),
    Command("page.next", "pagedown", "page down", "page_down", "Go one screen down.",
            Group.READ, _READING),
    Command("page.previous", "pageup", "page up", "page_up", "Go one screen up.",
            Group.READ, _READING),
    Command("items.open", "v", "open all", "open_all", "Open every tool call.",
            Group.READ, _READING),
    Command("items.fold", "V", "fold all", "fold_all", "Fold every tool call.",
            Group.READ, _READING),

    Command("jump.turn", "t", "turn", "jump('turn', 1)", "Go to the next turn of yours.",
            Group.JUMP, _READING, True),
    Command("jump.turn_back", "T", "turn before", "jump('turn', -1)", "Go back to the turn before.",
            Group.JUMP, _READING),
    Command("jump.error", "e", "error", "jump('error', 1)", "Go to the next error.",
            Group.JUMP, _READING, True),
    Command("jump.error_back", "E", "error before", "jump('error', -1)",
            "Go back to the error before.", Group.JUMP, _READING),
    Command("jump.edit", "m", "edit", "jump('edit', 1)", "Go to the next edit of a file.",
            Group.JUMP, _READING, True),
    Command("jump.edit_back", "M", "edit before", "jump('edit', -1)",
            "Go back to the edit before.", Group.JUMP, _READING),
    Command("jump.compaction", "b", "compaction", "jump('compaction', 1)",
            "Go to the next compaction (context boundary).", Group.JUMP, _READING),
    Command("jump.compaction_back", "B", "compaction before", "jump('compaction', -1)",
            "Go back to the compaction before.", Group.JUMP, _READING),
    Command("jump.newest", "G end", "newest", "newest",
            "Go to the newest line and follow what comes.", Group.JUMP, _READING),
    Command("jump.oldest", "home", "oldest", "oldest", "Go to the first line.",
            Group.JUMP, _READING),
    Command("item.copy", "y", "copy", "copy_item", "Copy the selected line, whole.",
            Group.READ, _READING, True, needs_selected),

    Command("composer.send", "enter", "send", "send_message",
            "Send what is written; while the agent works it waits for the end of the turn.",
            Group.ACT, _COMPOSING, True),
    Command("composer.new_line", "ctrl+j", "new line", "new_line",
            "Begin a new line; Shift+Enter where the terminal tells it, or Enter after a \\.",
            Group.ACT, _COMPOSING, True),
    Command("composer.leave", "escape", "transcript", "leave_composer",
            "Leave what is written as it is and go back to the transcript.",
            Group.ACT, _COMPOSING, True),
    Command("composer.older", "up", "older message", "older_message",
            "From the first line: take up the message that was sent before.",
            Group.ACT, _COMPOSING),
    Command("composer.newer", "down", "newer message", "newer_message",
            "From the last line: go back to the message after, the draft at last.",
            Group.ACT, _COMPOSING),
    Command("composer.write", "i", "message", "write_message",
            "Write to the agent; @ names a file.",
            Group.ACT, _SUPERVISE, False, needs_composer),
    Command("session.attach", "a", "attach", "attach",
            "Find a way into the session, to act on it; nothing is typed or sent by that.",
            Group.ACT, _SUPERVISE, True, needs_attachable),
    Command("session.interrupt", "x", "interrupt", "interrupt",
            "Interrupt what the agent does now.",
            Group.ACT, _SUPERVISE | _ASKED, True, needs_now(Verb.INTERRUPT)),
    Command("armed.cancel", "A", "cancel what is armed", "disarm",
            "Forget what was to be done when the turn ends.",
            Group.ACT, _SUPERVISE, False, needs_armed),
    Command("armed.run", "R", "do it all the same", "run_armed",
            "Do what was armed and asks now, although something changed since.",
            Group.ACT, _SUPERVISE, False, needs_asking),
    Command("session.detach", "", "only watch again", "detach",
            "Let go of the session; it goes on by itself.",
            Group.ACT, _SUPERVISE, False, needs_now(Verb.PROMPT)),

    Command("welcome.choose", "enter", "choose", "choose", "Do what is selected.",
            Group.SESSION, _WELCOME, True),
    Command("sessions.open", "s", "sessions", "app.sessions", "See all sessions and choose one.",
            Group.SESSION, _SUPERVISE | _ASKED | _WELCOME, True),
    Command("notes.focus", "p", "notes", "focus_notes", "Go to the progress file and edit it.",
            Group.NOTES, _SUPERVISE | _ASKED, True, needs_notes),
    Command("find.open", "/", "find", "find", "Look for words in the transcript.",
            Group.FIND, _SUPERVISE, True, needs_session),
    Command("find.accept", "enter", "go there", "accept_find", "Go to the match and read on.",
            Group.FIND, _FINDING, True),
    Command("find.leave", "escape", "end the search", "leave_find",
            "End the search and go back to where you were.", Group.FIND, _FINDING, True),
    Command("find.next", "]", "next match", "find_next", "Go to the next match.",
            Group.FIND, _READING, False, needs_search),
    Command("find.previous", "[", "match before", "find_previous", "Go back to the match before.",
            Group.FIND, _READING, False, needs_search),

    Command("notes.leave", "escape", "transcript", "leave_notes",
            "Leave the notes and go back to the transcript.", Group.NOTES, _EDITING, True),
    Command(LEADER, "ctrl+g", "then a letter: any other key", "leader",
            "While you type: the next letter is a command and not text.",
            Group.NOTES, _EDITING | _COMPOSING, True),
    Command("notes.save", "w ctrl+s", "save now", "save_notes",
            "Save your edits of the notes now, without waiting for the end of the turn.",
            Group.NOTES, _SUPERVISE, False, needs_edits),
    Command("notes.health", "H", "health", "notes_health",
            "See what is not well with the notes, and mend it.",
            Group.NOTES, _SUPERVISE, False, needs_open_notes),
    Command("notes.history", "o", "older versions", "notes_history",
            "See the versions of the notes and put one back.",
            Group.NOTES, _SUPERVISE, False, needs_open_notes),
    Command("notes.hold", "Z", "wait with the save", "hold_notes",
            "Let the edits wait unsaved until you save them; again: let them save by themselves.",
            Group.NOTES, _SUPERVISE, False, needs_edits),
    Command("notes.resolve", "C", "block by block", "resolve_notes",
            "When the notes changed on disk: see both texts and choose block by block.",
            Group.NOTES, _SUPERVISE, False, needs_conflict),
    Command("notes.keep_mine", "K", "keep mine", "keep_mine",
            "When the notes changed on disk: save your text over the other, which is kept.",
            Group.NOTES, _SUPERVISE, False, needs_conflict),
    Command("notes.take_theirs", "L", "take theirs", "take_theirs",
            "When the notes changed on disk: load the other text in place of yours.",
            Group.NOTES, _SUPERVISE, False, needs_conflict),
    Command("notes.confirm", "W", "edit all the same", "confirm_notes",
            "Edit notes that lie outside the repository or belong to someone else.",
            Group.NOTES, _SUPERVISE, False, needs_confirmable),
    Command("pane.switch", "tab", "other pane", "switch_pane",
            "Go to the other pane: transcript or notes.", Group.NOTES, _SUPERVISE | _ASKED),

    Command("capture.take", "enter", "put in", "take_entry", "Put the entry into the notes.",
            Group.NOTES, _CAPTURING, True, needs_entry),
    Command("capture.field", "tab", "other field", "other_field",
            "Go to the other field of the entry.", Group.NOTES, _CAPTURING, True),
    Command("capture.choose", "down", "another one", "choose_draft(1)",
            "Take the next one that is offered.", Group.NOTES, _CAPTURING, True, needs_several),
    Command("capture.choose_back", "up", "one before", "choose_draft(-1)",
            "Take the one before.", Group.NOTES, _CAPTURING, False, needs_several),

    Command("conflict.mine", "left m", "yours", "choose_side('mine')",
            "Take your lines for this block.", Group.NOTES, _DECIDING, True),
    Command("conflict.theirs", "right t", "the agent's", "choose_side('theirs')",
            "Take the agent's lines for this block.", Group.NOTES, _DECIDING, True),
    Command("conflict.both", "b", "both", "choose_side('both')",
            "Take both for this block, the agent's first.", Group.NOTES, _DECIDING, True),
    Command("conflict.next", "down", "next", "conflict_move(1)", "Go to the next block.",
            Group.NOTES, _DECIDING, True),
    Command("conflict.previous", "up", "block before", "conflict_move(-1)",
            "Go back to the block before.", Group.NOTES, _DECIDING),
    Command("conflict.take", "enter", "done", "take_choices",
            "Go on with what you chose for every block.", Group.NOTES, _DECIDING, True,
            needs_decisions),

    Command("health.go", "enter", "go there", "go_to_finding", "Go to the line it is about.",
            Group.NOTES, _MENDING, True, needs_selected),
    Command("health.mend", "m", "mend", "mend", "Mend what is selected, as an edit of yours.",
            Group.NOTES, _MENDING, True, needs_mendable),
    Command("health.next", "down", "next", "finding_move(1)", "Select the next finding.",
            Group.NOTES, _MENDING),
    Command("health.previous", "up", "finding before", "finding_move(-1)",
            "Select the finding before.", Group.NOTES, _MENDING),

    Command("history.restore", "enter", "put back", "restore_version",
            "Put the selected version into the notes, as an edit of yours.",
            Group.NOTES, _LOOKING_BACK, True, needs_selected),
    Command("history.next", "down", "older", "version_move(1)", "Select an older version.",
            Group.NOTES, _LOOKING_BACK, True),
    Command("history.previous", "up", "newer", "version_move(-1)", "Select a newer version.",
            Group.NOTES, _LOOKING_BACK),
    Command("history.compare", "v", "compare otherwise", "compare_other",
            "Compare with the version before, or with the notes as they are now.",
            Group.NOTES, _LOOKING_BACK, True, needs_selected),
    Command("history.page", "pagedown", "page down", "scroll_change(1)",
            "Go one page down in the difference.", Group.NOTES, _LOOKING_BACK),
    Command("history.page_up", "pageup", "page up", "scroll_change(-1)",
            "Go one page up in the difference.", Group.NOTES, _LOOKING_BACK),

    Command("errand.open", "Y", "by hand", "app.errand",
            "See what you are asked to do by hand: copy it again, save it, or give it up.",
            Group.ACT, _EVERYWHERE),
    Command("errand.copy", "y", "copy", "errand_copy", "Copy the text that is pasted by hand.",
            Group.ACT, _BY_HAND, True),
    Command("errand.save", "w", "save to a file", "errand_save",
            "Put the text into a file, where the clipboard does not reach.",
            Group.ACT, _BY_HAND, True),
    Command("errand.give_up", "x", "give up", "errand_give_up",
            "Wait no longer for what is done by hand.", Group.ACT, _BY_HAND, True),
    Command("way.choose", "enter", "choose", "way_choose",
            "Go the selected way into a session that nothing leads into.",
            Group.ACT, _NO_WAY_IN, True),
    Command("way.next", "down", "next", "way_move(1)", "Select the next way.",
            Group.ACT, _NO_WAY_IN, True),
    Command("way.previous", "up", "way before", "way_move(-1)", "Select the way before.",
            Group.ACT, _NO_WAY_IN),
    Command("compact.lost", "J", "what was lost", "compact_lost",
            "Compare the newest summary with the notes, whoever asked for it.",
            Group.ACT, _SUPERVISE, False, needs_session),
    Command("compact.send", "enter", "compact", "compact_send",
            "Compact the session; while it works: when the turn ends.",
            Group.ACT, _COMPACTING, True, unless_shut("compact.send")),
    Command("compact.edit", "e", "edit the text", "compact_edit",
            "Edit what the summary is asked to keep.",
            Group.ACT, _COMPACTING, True, unless_shut("compact.edit")),
    Command("compact.interrupt", "x", "interrupt", "compact_interrupt",
            "Stop the turn that runs, to compact now.",
            Group.ACT, _COMPACTING, True, unless_shut("compact.interrupt")),
    Command("compact.reset", "r", "reset instead", "compact_reset",
            "Leave the compaction and reset the session.", Group.ACT, _COMPACTING, True),
    Command("compacted.back", "m", "send missing", "compacted_back",
            "Send what the summary left out, as the next prompt.",
            Group.ACT, _COMPACTED, True, unless_shut("compacted.back")),
    Command("compacted.choose", "space", "choose", "compacted_choose",
            "Choose a missing line, or leave it out.",
            Group.ACT, _COMPACTED, True, unless_shut("compacted.choose")),
    Command("compacted.edit", "e", "edit", "compacted_edit", "Edit the text that goes back.",
            Group.ACT, _COMPACTED, True, unless_shut("compacted.edit")),
    Command("compacted.close", "enter escape", "close", "compacted_close", "Close the sheet.",
            Group.ACT, _COMPACTED, True),
    Command("compacted.instruction", "v", "instruction", "compacted_instruction",
            "Read the text that was sent with the compaction.",
            Group.ACT, _COMPACTED, True, unless_shut("compacted.instruction")),
    Command("compacted.summary", "V", "summary", "compacted_summary", "Read the whole summary.",
            Group.ACT, _COMPACTED, True, unless_shut("compacted.summary")),
    Command("compacted.reset", "r", "reset instead", "compacted_reset",
            "Reset the session instead.", Group.ACT, _COMPACTED, True),
    Command("compacted.next", "down", "next", "compacted_move(1)", "Select the next line.",
            Group.ACT, _COMPACTED),
    Command("compacted.previous", "up", "line before", "compacted_move(-1)",
            "Select the line before.", Group.ACT, _COMPACTED),
    Command("checkpoint.open", "k", "checkpoint", "checkpoint",
            "Have the agent bring its notes up to date, look at them, commit, and go on.",
            Group.ACT, _SUPERVISE, True, needs_session),
    Command("checkpoint.go", "enter", "go on", "checkpoint_go",
            "Ask the agent for its notes; then commit what is ticked.",
            Group.ACT, _CHECKING, True, unless_shut("checkpoint.go")),
    Command("checkpoint.tick", "space", "tick", "checkpoint_tick",
            "Tick the selected path for the commit, or leave it out.",
            Group.ACT, _CHECKING, True, unless_shut("checkpoint.tick")),
    Command("checkpoint.message", "e", "edit the message", "checkpoint_message",
            "Edit the message of the commit.",
            Group.ACT, _CHECKING, True, unless_shut("checkpoint.message")),
    Command("checkpoint.skip", "n", "no commit", "checkpoint_skip", "Commit nothing and go on.",
            Group.ACT, _CHECKING, True, unless_shut("checkpoint.skip")),
    Command("checkpoint.next", "down", "next", "checkpoint_move(1)", "Select the next path.",
            Group.ACT, _CHECKING),
    Command("checkpoint.previous", "up", "path before", "checkpoint_move(-1)",
            "Select the path before.", Group.ACT, _CHECKING),
    Command("checkpoint.page", "pagedown", "page down", "checkpoint_scroll(10)",
            "Scroll down in what changed.", Group.ACT, _CHECKING),
    Command("checkpoint.page_up", "pageup", "page up", "checkpoint_scroll(-10)",
            "Scroll up in what changed.", Group.ACT, _CHECKING),
    Command("words.end", "escape", "done", "end_words", "Leave the text as it is now.",
            Group.ACT, _WRITING, True),

    Command("session.choose", "enter", "open", "choose_session", "Open the selected session.",
            Group.SESSION, _CHOOSING, True, needs_selected),
    Command("figures.why", "?", "why", "why",
            "Explain the figures: formula, inputs, source and age.",
            Group.SESSION, _SUPERVISE | _ASKED, True, needs_session),
    Command("problems.open", "P", "problems", "app.problems",
            "See what went wrong and what to do.", Group.SESSION,
            frozenset({Context.SUPERVISE, Context.SESSIONS, Context.WELCOME}), True),

    Command("capture.failed", "f", "failed", "capture('FAILED')",
            "Put the selected line into the failed approaches; you say why it fails.",
            Group.NOTES, _SUPERVISE, True, needs_failure),
    Command("capture.completed", "d", "done", "capture('COMPLETED')",
            "Put the selected line into what is completed, with its commit or test.",
            Group.NOTES, _SUPERVISE, True, needs_line),
    Command("capture.next", "n", "next step", "capture('NEXT')",
            "Put the selected line, or what you type, into the next steps.",
            Group.NOTES, _SUPERVISE, True, needs_notes),
    Command("capture.decision", "D", "decision", "capture('DECISIONS')",
            "Put the selected line, or a correction of yours, into the decisions.",
            Group.NOTES, _SUPERVISE, True, needs_notes),
    Command("symptom.go", "g", "see the evidence", "go_to_symptom",
            "Go to the calls that repeat, or to the edit that was undone.",
            Group.JUMP, _SUPERVISE, False, needs_offer),
    Command("symptom.dismiss", "z", "hide the offer", "dismiss_symptom",
            "Hide the offer above the footer; only more of the same brings it back.",
            Group.NOTES, _SUPERVISE, False, needs_offer),

    Command("demo.pause", "=", "pause", "app.demo_pause", "Stop the demo, or let it go on.",
            Group.DEMO, _DEMO, True),
    Command("demo.faster", "+", "faster", "app.demo_faster", "Play the demo twice as fast.",
            Group.DEMO, _DEMO, True),
    Command("demo.slower", "-", "slower", "app.demo_slower", "Play the demo half as fast.",
            Group.DEMO, _DEMO, True),

    Command("view.close", "escape", "back", "close", "Close this screen and go back.",
            Group.PROGRAM, _CLOSABLE, True),
    Command(HELP, "f1", "keys", "app.help", "See every key that works here.",
            Group.PROGRAM, _EVERYWHERE, True),
    Command("app.palette", "ctrl+p", "commands", "app.command_palette",
            "Find a command by its name and run it.", Group.PROGRAM, _EVERYWHERE),
    Command("app.theme", "", "theme", "app.change_theme",
            "Choose the colours: dark, light, high contrast, none.",
            Group.PROGRAM, _EVERYWHERE),
    Command("app.quit", "q", "quit", "app.quit",
            "Leave clearhead. The agents work on.", Group.PROGRAM, _EVERYWHERE, True),
)
# fmt: on


def bindings(*contexts: Context) -> list[BindingType]:
    """Return Textual's bindings of the commands that work in any of `contexts`.

    Each carries its command's id, so that `App.set_keymap` can change its key.
    """
    return [
        Binding(
            key=textual_keys(command.keys),
            action=command.action,
            description=command.title,
            tooltip=command.help,
            show=command.in_footer,
            id=command.id,
        )
        for command in COMMANDS
        if command.keys and not command.contexts.isdisjoint(contexts)
    ]


def textual_keys(keys: str) -> str:
    """Return `keys` (blanks between) as Textual lists them, with commas between."""
    return ",".join("comma" if key == "," else key for key in keys.split())


def readme_table() -> str:
    """Return the key table of the README as Markdown: every command that has a key."""
    lines = ["| key | what it does | name in a keymap |", "| --- | --- | --- |"]
    for group in Group:
        lines.append(f"| **{group}** | | |")
        lines += [
            f"| {_marked(command.all_keys)} | {command.help} | `{command.id}` |"
            for command in COMMANDS
            if command.group is group and command.keys
        ]
    return "\n".join(lines) + "\n"


def _marked(keys: str) -> str:
    return " or ".join(f"`{key}`" for key in keys.split(" or "))
