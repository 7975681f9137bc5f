/** Where the containers see the host's folders and the files of the ConfigMap. */
export const WHEREABOUTS_MOUNTS = {
  bin: '/host/bin',
  conf: '/host/whereabouts.d',
  flatFile: '/flat-file',
} as const;

/**
 * Where the plugin finds its settings. Its own code says so, wherever the runtime has its files: these
 * two folders are looked at, and a network with `configuration_path` elsewhere (pkg/config).
 */
const LOOKED_AT = ['/etc/cni/net.d', '/etc/kubernetes/cni/net.d'];

/** The folder of whereabouts on a node. */
export function whereaboutsFolder(cniConfDir: string): string {
  return `${LOOKED_AT.includes(cniConfDir) ? cniConfDir : LOOKED_AT[0]}/whereabouts.d`;
}

/**
 * What `put` writes is there as a whole or not at all: a pod that starts at that moment reads the
 * old file or the new one. What is there already is left alone.
 */
const FILES = `set -eu
account=/var/run/secrets/kubernetes.io/serviceaccount
put() {
  if [ "$(cat "$1" 2>/dev/null)" = "$3" ]; then
    chmod "$2" "$1"
    return
  fi
  rm -f "$1.new"
  (umask 077 && printf '%s\\n' "$3" >"$1.new")
  chmod "$2" "$1.new"
  mv -f "$1.new" "$1"
}
configure() {
  host=$KUBERNETES_SERVICE_HOST
  case $host in *:*) host="[$host]" ;; esac
  ca=$(base64 "$account/ca.crt")
  ca=$(printf '%s' "$ca" | tr -d '\\n')
  token=$(cat "$account/token")
  put "$CONF_DIR/nodename" 644 "$NODENAME"
  put "$CONF_DIR/whereabouts.kubeconfig" 600 "apiVersion: v1
kind: Config
clusters:
- name: local
  cluster:
    server: https://$host:$KUBERNETES_SERVICE_PORT
    certificate-authority-data: $ca
users:
- name: whereabouts
  user:
    token: \\"$token\\"
contexts:
- name: whereabouts-context
  context:
    cluster: local
    user: whereabouts
    namespace: $WHEREABOUTS_NAMESPACE
current-context: whereabouts-context"
  put "$CONF_DIR/whereabouts.conf" 644 "$(cat "$FLAT_FILE")"
}
`;

/** Puts the plugin and its files onto a node; again, it changes what differs. */
export const INSTALL_SCRIPT = `${FILES}configure
if ! cmp -s "$PLUGIN" "$BIN_DIR/whereabouts"; then
  rm -f "$BIN_DIR/.whereabouts.new"
  cp "$PLUGIN" "$BIN_DIR/.whereabouts.new"
  chmod 755 "$BIN_DIR/.whereabouts.new"
  mv -f "$BIN_DIR/.whereabouts.new" "$BIN_DIR/whereabouts"
fi
chmod 755 "$BIN_DIR/whereabouts"
`;

/** Follows the token, which the kubelet renews each hour, and the ConfigMap. */
export const REFRESH_SCRIPT = `${FILES}trap 'exit 0' TERM INT
while :; do
  configure
  sleep "$REFRESH_SECONDS" &
  wait $!
done
`;
