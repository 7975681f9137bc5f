import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { MultiNetPod } from 'netloom/constructs';
import { nodePath } from '../../scripts/tools';

const containers = [{ image: 'nginx:1.27' }];

test('MultiNetPod is a class like any other', () => {
  const chart = new Chart(new App(), 'apps');
  const pod = new MultiNetPod(chart, 'pod', { containers });
  expect(pod).toBeInstanceOf(MultiNetPod);
  expect(pod).toBeInstanceOf(kplus.Pod);
  expect(pod.constructor.name).toBe('MultiNetPod');
  expect(MultiNetPod.name).toBe('MultiNetPod');
  expect(Object.prototype.isPrototypeOf.call(kplus.Pod, MultiNetPod)).toBe(true);
  expect(MultiNetPod.isConstruct(pod)).toBe(true);

  class Camera extends MultiNetPod {
    get isCamera(): boolean {
      return true;
    }
  }
  const camera = new Camera(chart, 'camera', { containers });
  expect(camera.isCamera).toBe(true);
  expect(camera).toBeInstanceOf(MultiNetPod);
  expect(new MultiNetPod(chart, 'other', { containers })).not.toBeInstanceOf(Camera);
  expect(Testing.synth(chart).map((one) => one.kind)).toEqual(['Pod', 'Pod', 'Pod']);
});

test('cdk8s-plus is loaded with the first pod, not before', () => {
  const code = `
    const loaded = () => Object.keys(require.cache).some((file) => file.includes('cdk8s-plus-28'));
    const { MultiNetPod, BridgeNetwork } = require('netloom/constructs');
    const before = loaded();
    MultiNetPod.prototype;
    console.log(JSON.stringify([before, loaded(), typeof BridgeNetwork]));`;
  const cwd = path.join(__dirname, '../..');
  const { stdout } = spawnSync(nodePath(), ['-e', code], { cwd, encoding: 'utf8' });
  expect(JSON.parse(stdout)).toEqual([false, true, 'function']);
});
