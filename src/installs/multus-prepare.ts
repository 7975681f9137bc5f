/**
 * What happens on a node before Multus is copied there, as a script for `sh`. All that differs comes
 * in environment variables: nothing is written into the text.
 *
 * - `CONF_DIR`, `BIN_DIR`: the node's folders, as the container sees them
 * - `MODE`: `thick` or `thin`
 * - `MASTER`: file of the cluster network in `CONF_DIR`. @default - the first that is not Multus' own
 * - `WAIT_SECONDS`: how long to wait for it
 *
 * It never takes away a configuration that works: pods that start meanwhile would come up without
 * their networks, and nobody would be told. It takes away
 *
 * - what an interrupted copy left (`CopyFileAtomic` writes `multus.temp<number>` and renames it);
 * - `00-multus.conf.new`, which the thin entrypoint would write over without cutting it off;
 * - what the other mode left. The runtime takes the first file, so `00-multus.conf` of a thick daemon
 *   that was killed hides `00-multus.conflist` of the thin one for ever, and the other way round the
 *   list takes over, with a token long expired, when the thick daemon ends.
 *
 * Then it waits for the cluster network: the thin entrypoint ends when there is none, and is started
 * again later and later.
 *
 * @see https://github.com/k8snetworkplumbingwg/multus-cni/blob/v4.3.0/cmd/thin_entrypoint/main.go
 */
export const MULTUS_PREPARE = `set -eu
conf="$CONF_DIR/00-multus.conf"
list="$CONF_DIR/00-multus.conflist"
for dir in "$CONF_DIR" "$BIN_DIR"; do
  probe="$dir/.netloom-probe"
  if ! printf '' > "$probe"; then
    echo "netloom: can not write to $dir: is it another folder here," >&2
    echo "or read-only? See cniBinDir and cniConfDir of the platform." >&2
    exit 1
  fi
  rm -f "$probe"
done
for name in multus multus-shim passthru; do
  rm -f "$BIN_DIR/$name.temp" "$BIN_DIR/$name".temp[0-9]*
  rm -f "$BIN_DIR/_$name"[0-9]*
done
rm -f "$conf.new"
if [ "$MODE" = thick ]; then
  rm -f "$list"
elif [ -f "$list" ] || grep -qs '"multus-shim"' "$conf"; then
  rm -f "$conf"
fi
has_master() {
  if [ -n "\${MASTER-}" ]; then
    [ -f "$CONF_DIR/$MASTER" ]
    return
  fi
  for file in "$CONF_DIR"/*.conf "$CONF_DIR"/*.conflist; do
    case "$file" in "$CONF_DIR"/00-multus*) continue ;; esac
    [ ! -f "$file" ] || return 0
  done
  return 1
}
waited=0
until has_master; do
  if [ "$waited" -ge "$WAIT_SECONDS" ]; then
    echo "netloom: no cluster network in $CONF_DIR after $waited s:" >&2
    echo "is its CNI plugin installed?" >&2
    exit 1
  fi
  waited=$((waited + 1))
  sleep 1
done
`;
