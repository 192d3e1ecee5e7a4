# clearhead: a tool call waits while clearhead sends a prompt into this session, one second at most.
# Run by the PreToolUse hook in Claude Code's settings. Written by `clearhead hooks install`, ended
# by `clearhead hooks remove`. Never decides anything, and prints nothing.
exec 2>/dev/null
mail=@MAIL@
id=$CLAUDE_CODE_SESSION_ID
hold=$mail/hold/$id

held() {
  [ -e "$hold" ] || return 1
  holder=
  read -r holder <"$hold"
  [ -z "$holder" ] || kill -0 "$holder"
}

case $id in '' | *[!0-9A-Za-z-]*) id= ;; esac
if [ "$id" ] && [ -e @WITNESS@ ] && [ -O "$mail" ] && [ ! -L "$mail" ]; then
  [ -d "$mail/passed" ] && : >"$mail/passed/$id"
  steps=0
  while [ "$steps" -lt @STEPS@ ] && held; do
    sleep 0.05
    steps=$((steps + 1))
  done
fi
exec cat >/dev/null
