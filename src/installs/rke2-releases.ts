import { compareReleases, parseRelease } from '../cni';

/** What came to RKE2 with a release of each Kubernetes minor; newer minors have it all. */
export type Rke2Feature = 'dhcpDaemon' | 'thick' | 'sharedCilium';

/** rke2-docs, "Multus and SR-IOV": the version gates. */
const SINCE: Readonly<Record<Rke2Feature, readonly string[]>> = {
  dhcpDaemon: ['1.26.13', '1.27.10', '1.28.6', '1.29.1'],
  thick: ['1.31.11', '1.32.7', '1.33.3'],
  // Cilium leaves Multus' configuration alone without being told.
  sharedCilium: ['1.31.14', '1.32.10', '1.33.6', '1.34.2'],
};

/** True when a release of RKE2 has something; undefined where no release, or none to be read, is given. */
export function rke2Has(feature: Rke2Feature, release: string | undefined): boolean | undefined {
  const [major, minor] = parseRelease(release) ?? [];
  if (release === undefined || major === undefined || minor === undefined) return undefined;
  const gates = SINCE[feature];
  const gate = gates.find((one) => one.startsWith(`${major}.${minor}.`));
  return compareReleases(release, gate ?? (gates.at(-1) as string)) >= 0;
}

/** The releases that brought something to RKE2, as a text. */
export function rke2Since(feature: Rke2Feature): string {
  return SINCE[feature].map((release) => `v${release}+rke2r1`).join(', ');
}
