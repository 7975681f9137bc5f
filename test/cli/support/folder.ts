import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A network with nothing wrong. */
export const GOOD = `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata:
  name: lan
  namespace: prod
spec:
  config: '{
    "cniVersion": "0.3.1", "name": "lan", "type": "bridge", "bridge": "br0",
    "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.10.0.0/24", "gateway": "10.10.0.1" }]] }
  }'
`;

/** The same with a gateway outside its subnet: line 9, column 77. */
export const BAD = GOOD.replace('10.10.0.1"', '10.11.0.1"');

/** A folder of each test's own. */
export class TestFolder {
  path = '';

  /** To be called where tests are described. */
  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(path.join(os.tmpdir(), 'netloom-check-'));
    });
    afterEach(() => rmSync(this.path, { recursive: true, force: true }));
  }

  /** Writes a file, with the folders that it needs. */
  write(name: string, text: string | Buffer): void {
    const file = path.join(this.path, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
