/**
 * What the MicroShift story is made of, for both front ends: a bridge on the host, a dual-stack
 * network on it, and two pods.
 */

/** The host's own place on the bridge: outside of everything that pods can get. */
export const hostBridge = {
  bridge: 'br-test',
  addresses: ['10.10.0.10/24', 'fd00:10:10::a/64'],
};

/** host-local gives .20 to .39 and ::2 to ::9 by itself; the claimable part is handed out by netloom. */
export const addresses = {
  ranges: [
    {
      subnet: '10.10.0.0/24',
      rangeStart: '10.10.0.20',
      rangeEnd: '10.10.0.50',
      gateway: '10.10.0.254',
    },
    {
      subnet: 'fd00:10:10::/64',
      rangeStart: 'fd00:10:10::1',
      rangeEnd: 'fd00:10:10::9',
    },
  ],
  claimable: ['10.10.0.40-10.10.0.50', 'fd00:10:10::40-fd00:10:10::50'],
  dataDir: '/var/lib/cni/br-test',
};

/** What the claimed pod is reached at. The Pulumi program leaves the choice to the agent. */
export const cameraAddresses = ['10.10.0.40', 'fd00:10:10::40'];

/** The page that both pods serve, as MicroShift's own document has it. */
export const page = 'Hello MicroShift';

const serve = `while true; do echo -ne "HTTP/1.0 200 OK\\r\\nContent-Length: ${page.length}\\r\\n\\r\\n${page}" | nc -l -p 8080; done`;

export const container = {
  name: 'hello-microshift',
  image: 'quay.io/microshift/busybox:1.36',
  command: ['/bin/sh', '-c', serve],
};
