# clearhead: hands a permission request to a clearhead that listens, and waits for its answer.
# Run by the PermissionRequest hook in Claude Code's settings. Written by `clearhead hooks install`,
# ended by `clearhead hooks remove`. Without an answer it prints nothing: the terminal decides.
exec 2>/dev/null
umask 077
mail=@MAIL@
id=$CLAUDE_CODE_SESSION_ID

leave() {
  exec cat >/dev/null
}

listens() {
  for file in "$mail/listening/$id"/*; do
    kill -0 "${file##*/}" && return 0
  done
  return 1
}

case $id in '' | *[!0-9A-Za-z-]*) leave ;; esac
[ -e @WITNESS@ ] && [ -O "$mail" ] && [ ! -L "$mail" ] && listens || leave
request=$mail/requests/$id/$PPID-$$
[ -d "$mail/requests/$id" ] || mkdir -p "$mail/requests/$id" || leave
trap 'rm -f "$request.part" "$request.json" "$request.answer"' EXIT
trap 'exit 0' HUP INT TERM
cat >"$request.part" && mv -f "$request.part" "$request.json" || exit 0
tenths=0
while [ -e "$request.json" ] && [ "$tenths" -lt @TENTHS@ ] && listens; do
  if [ -e "$request.answer" ]; then
    cat "$request.answer"
    exit 0
  fi
  if [ "$tenths" -lt 600 ]; then
    sleep 0.1
    tenths=$((tenths + 1))
  else
    sleep 0.5
    tenths=$((tenths + 5))
  fi
done
exit 0
