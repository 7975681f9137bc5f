/**
 * What is done to the files of a node when Multus goes, as a script for `sh` (busybox is enough). All
 * that differs comes in environment variables: nothing is written into the text.
 *
 * - `ROOT`: where the container sees the node's files. Empty for the node itself.
 * - `CONF_DIR`, `BIN_DIR`: where the runtime has its CNI configuration and plugins
 * - `WHEREABOUTS_DIRS`: folders of whereabouts, with blanks between
 * - `PHASE`: `config` gives the runtime back to the cluster network and leaves what pods need to end;
 *   `all` takes away everything
 * - `DRY_RUN`: `true` only tells what would be done
 * - `FORCE`: `true` does not wait for pods with networks
 * - `CRIO_DIR`: CRI-O's configuration; empty for other runtimes
 * - `MASTER`: name of the file of the cluster network, when Multus renamed it. Empty: found out.
 * - `WAIT_SECONDS`: between two looks, while something has to end first; 0 gives up at once
 * - `WATCH_SECONDS`: with a number above 0 it never ends, and looks again and again, since a Multus
 *   that still runs writes its files anew
 *
 * It may be killed at any point and started again: each step looks at what is there. The cluster
 * network's file comes back before Multus' goes, so that the node always has one. A file that says
 * of itself that it is somebody else's stays, whatever its name.
 *
 * What is kept of an interface counts only while the network namespace of its pod is there: a node that
 * fails leaves it behind, and no pod is left that could be deleted.
 *
 * @see https://github.com/k8snetworkplumbingwg/multus-cni/issues/461
 */
export const REMOVAL_SCRIPT = `set -eu
conf=$ROOT$CONF_DIR
bin=$ROOT$BIN_DIR
state=$ROOT/var/lib/cni
watching=false
say() { printf 'netloom: %s\\n' "$*"; }
note() { [ "$watching" = true ] || say "$*"; }
fail() {
  say "$*" >&2
  exit 1
}
node() { printf '%s' "\${1#"$ROOT"}"; }
does() {
  verb=$1
  shift
  if [ "$DRY_RUN" = true ]; then
    say "would $verb $(node "$1")"
    return 1
  fi
  say "$verb $(node "$1")"
}
there() { [ -e "$1" ] || [ -L "$1" ]; }
remove() {
  for file in "$@"; do
    there "$file" || continue
    if [ -d "$file" ] && [ ! -L "$file" ]; then
      note "leave $(node "$file"): a folder"
    elif does remove "$file"; then
      rm -f -- "$file" || fail "can not remove $(node "$file"): is its folder read-only?"
    fi
  done
}
remove_folder() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  if [ -n "$(ls -A "$1")" ]; then
    [ "$DRY_RUN" = true ] || note "leave $(node "$1"): what is in it is not Multus'"
  elif [ "$DRY_RUN" = true ]; then
    say "would remove $(node "$1")"
  elif rmdir -- "$1" 2>/dev/null; then
    say "remove $(node "$1")"
  fi
}
MULTUS_TYPE='"type"[[:space:]]*:[[:space:]]*"multus(-shim)?"'
is_multus() { [ -f "$1" ] && grep -qE "$MULTUS_TYPE" "$1"; }
is_foreign() { [ ! -f "$1" ] || { grep -q '"type"' "$1" && ! is_multus "$1"; }; }
multus_files() {
  for file in "$conf"/00-multus.conf "$conf"/00-multus.conflist "$conf"/00-multus.conf.new; do
    there "$file" || continue
    if is_foreign "$file"; then
      note "leave $(node "$file"): it is not Multus'" >&2
    else
      printf '%s\\n' "$file"
    fi
  done
  for file in "$conf"/[0-9][0-9]-multus.conf "$conf"/[0-9][0-9]-multus.conflist; do
    case \${file##*/} in 00-*) continue ;; esac
    if is_multus "$file"; then printf '%s\\n' "$file"; fi
  done
}
masters() {
  for file in "$conf"/*.conf "$conf"/*.conflist "$conf"/*.json; do
    case \${file##*/} in *loopback*) continue ;; esac
    if [ -f "$file" ] && [ -s "$file" ] && ! is_multus "$file"; then printf '%s\\n' "$file"; fi
  done
}
renamed() {
  for file in "$conf"/*.conf.old "$conf"/*.conflist.old; do
    if [ -f "$file" ] && ! is_multus "$file"; then printf '%s\\n' "$file"; fi
  done
}
was_master() {
  name=$(grep -oE '"name"[[:space:]]*:[[:space:]]*"[^"]*"' "$1" | head -n 1 | sed 's/.*"\\([^"]*\\)"$/\\1/')
  [ -n "$name" ] || return 1
  multus_files 2>/dev/null | while read -r file; do
    tr -d ' \\t\\n' <"$file" | grep -qF "\\"name\\":\\"$(printf '%s' "$name" | tr -d ' \\t')\\"" && echo yes
  done | grep -q yes
}
only_one() { [ "$(renamed | wc -l)" -eq 1 ] && [ -z "$(masters)" ]; }
restore_master() {
  renamed | while read -r old; do
    file=\${old%.old}
    if there "$file"; then
      note "leave $(node "$old"): $(node "$file") is there"
    elif [ "\${file##*/}" = "$MASTER" ] || was_master "$old" || only_one; then
      if does "put back" "$file"; then
        mv -- "$old" "$file" || fail "can not put back $(node "$file"): is its folder read-only?"
      fi
    else
      note "leave $(node "$old"): nothing says that Multus renamed it; see masterCniFile"
    fi
  done
}
waiting() {
  if [ "$DRY_RUN" = true ]; then
    say "would wait: $1"
    return 1
  fi
  [ "$WAIT_SECONDS" -gt 0 ] || fail "$1"
  [ "$1" = "\${told-}" ] || say "waiting: $1"
  told=$1
  sleep "$WAIT_SECONDS"
}
check_crio() {
  [ -n "$CRIO_DIR" ] || return 0
  while :; do
    file=$(grep -rlsE '^[[:space:]]*cni_default_network[[:space:]]*=[[:space:]]*"multus-cni-network"' "$ROOT$CRIO_DIR" | head -n 1) || :
    [ -n "$file" ] || return 0
    waiting "CRI-O is told to use Multus in $(node "$file"): take cni_default_network out and restart crio" || return 0
  done
}
is_over() {
  netns=$(sed -n 's/.*"netns":"\\([^"]*\\)".*/\\1/p' "$1" 2>/dev/null | head -n 1)
  case $netns in /var/run/netns/*) netns=\${netns#/var} ;; esac
  case $netns in
    /run/netns/*) ! there "$ROOT$netns" ;;
    *) return 1 ;;
  esac
}
interfaces() {
  for file in "$state"/multus/results/*; do
    case $file in *-eth0 | *'/*') continue ;; esac
    is_over "$file" || printf '%s\\n' "\${file##*/}"
  done
}
sandboxes() {
  for file in "$state"/results/multus-cni-network-*; do
    there "$file" || continue
    is_over "$file" || printf '%s\\n' "\${file##*/}"
  done
}
wait_for_pods() {
  [ "$FORCE" != true ] || return 0
  while :; do
    count=$(interfaces | wc -l)
    [ "$count" -gt 0 ] && [ -n "$(multus_files 2>/dev/null)" ] || return 0
    waiting "pods here have $((count)) interfaces by Multus, which needs its configuration to take them away: delete these pods" || return 0
  done
}
wait_for_sandboxes() {
  [ -n "$CRIO_DIR" ] && [ "$FORCE" != true ] || return 0
  while :; do
    count=$(sandboxes | wc -l)
    [ "$count" -gt 0 ] || return 0
    waiting "CRI-O calls Multus for $((count)) interfaces of pods that started with it: restart these pods" || return 0
  done
}
listens() { grep -qsE " [^ ]*$1\\$" /proc/net/unix; }
wait_for_daemon() {
  [ "$FORCE" != true ] || return 0
  while listens /run/multus/multus.sock; do
    waiting "Multus' daemon still runs: delete its DaemonSet" || return 0
  done
}
remove_config() {
  restore_master
  files=$(multus_files)
  [ -n "$files" ] || return 0
  if [ -z "$(masters)" ] && [ -z "$(renamed)" ]; then
    fail "no cluster network in $CONF_DIR besides Multus: put its configuration there first"
  fi
  if [ -z "$(masters)" ] && [ "$DRY_RUN" != true ]; then
    fail "no cluster network in $CONF_DIR besides Multus, and nothing says which file it renamed: see masterCniFile"
  fi
  printf '%s\\n' "$files" | while read -r file; do remove "$file"; done
}
remove_plugin() {
  file=$bin/$1
  if [ -L "$file" ] || { [ -f "$file" ] && ! tr '\\000' '\\n' <"$file" | grep -qF "$2"; }; then
    note "leave $(node "$file"): no installer of $2 put it there"
  else
    remove "$file"
  fi
}
remove_socket() {
  if listens "$1"; then
    note "leave $1: somebody listens there"
  else
    remove "$ROOT$1"
  fi
}
remove_all() {
  remove "$conf"/multus.d/multus.kubeconfig "$conf"/multus.d/multus.kubeconfig.new
  remove_folder "$conf/multus.d"
  for dir in $WHEREABOUTS_DIRS; do
    for name in whereabouts.kubeconfig whereabouts.conf nodename; do
      remove "$ROOT$dir/$name" "$ROOT$dir/$name.new"
    done
    remove_folder "$ROOT$dir"
  done
  for name in multus multus-shim passthru; do
    remove_plugin "$name" multus-cni
    remove "$bin/$name".temp[0-9]* "$bin/_$name"[0-9]* "$bin/_$name"
  done
  if [ -n "$WHEREABOUTS_DIRS" ]; then
    remove_plugin whereabouts whereabouts
    remove "$bin/.whereabouts.new"
  fi
  if there "$state/multus" && does remove "$state/multus"; then
    rm -rf -- "$state/multus" || fail "can not remove $(node "$state/multus"): is its folder read-only?"
  fi
  [ -n "$CRIO_DIR" ] || remove "$state"/results/multus-cni-network-*
  remove "$ROOT"/etc/cni/multus/certs/multus-client-*
  for dir in /certs /net.d ''; do remove_folder "$ROOT/etc/cni/multus$dir"; done
  remove_socket /run/multus/multus.sock
  [ "$DRY_RUN" = true ] || rmdir "$ROOT/run/multus" 2>/dev/null || :
  remove_socket /run/cni/dhcp.sock
}
clean() {
  check_crio
  wait_for_pods
  remove_config
  [ "$PHASE" = all ] || return 0
  wait_for_sandboxes
  wait_for_daemon
  remove_all
}
clean
[ "$DRY_RUN" = true ] && say 'nothing was changed' || say "done ($PHASE)"
[ "$WATCH_SECONDS" -gt 0 ] || exit 0
trap 'exit 0' TERM INT
watching=true
while :; do
  sleep "$WATCH_SECONDS" &
  wait $!
  [ "$DRY_RUN" = true ] || clean
done
`;
