import { nodeAgentParts, platformFacts } from 'netloom';
import { AgentFolder, refusal } from './support/agent-folder';
import { rawRequest } from './support/raw-request';

interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: { name: string; labels: Record<string, string>; value: number }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;
const UNESCAPED: Record<string, string> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`odd labels: ${text}`);
    labels[name] = value.replace(/\\["\\n]/g, (one) => UNESCAPED[one] as string);
  }
  return labels;
}

/** Reads the text format as strictly as Prometheus does. */
function parseMetrics(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  let current = '';
  for (const line of lines) {
    const [, word, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (word === 'HELP' && name && rest) {
      if (families.has(name)) throw new Error(`${name} comes twice`);
      if (!NAME.test(name)) throw new Error(`odd name: ${name}`);
      families.set(name, { type: '', help: rest, samples: [] });
      current = name;
      continue;
    }
    const family = families.get(current);
    if (!family) throw new Error(`a line of nothing: ${line}`);
    if (word === 'TYPE') {
      families.set(current, { ...family, type: rest as string });
      continue;
    }
    const [, sample = '', labels = '', number = ''] = SAMPLE.exec(line) ?? [];
    const suffix = sample.slice(current.length);
    const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (
      !sample.startsWith(current) ||
      !suffixes.includes(suffix) ||
      !Number.isFinite(Number(number))
    ) {
      throw new Error(`odd sample: ${line}`);
    }
    family.samples.push({ name: sample, labels: labelsOf(labels), value: Number(number) });
  }
  return families;
}

describe('metrics', () => {
  let folder: AgentFolder;
  const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };

  beforeAll(async () => {
    folder = await AgentFolder.make();
    folder.addToken('apps', { verbs: ['read'], pools: ['apps/*'] });
    await folder.start();
    const client = folder.client();
    await client.putPool('apps/lan', { owner: 'stack', spec });
    await client.putPool('other', { owner: 'stack', spec });
    await client.claim({ pool: 'apps/lan', owner: 'pod' });
    await client.offer({ pool: 'apps/lan', owner: 'preview' });
    await client.claim({ pool: 'other', owner: 'pod' });
    await refusal(client.claim({ pool: 'gone', owner: 'pod' }));
    await client.putBridge('br-a', { owner: 'stack', spec: {} });
  });

  afterAll(() => folder.remove());

  async function scrape(token = folder.token): Promise<Map<string, Family>> {
    const { text, type } = await rawRequest(`${folder.url}/metrics`, {
      caFile: folder.at('ca.crt'),
      token,
    });
    expect(type).toContain('text/plain; version=0.0.4');
    return parseMetrics(text);
  }

  const figure = (all: Map<string, Family>, name: string, labels = {}): number | undefined =>
    all.get(name)?.samples.find((one) => JSON.stringify(one.labels) === JSON.stringify(labels))
      ?.value;

  test('tell of pools, bridges, requests and the certificate', async () => {
    const all = await scrape();
    const pool = { pool: 'apps/lan' };
    const wanted: [string, object, number][] = [
      ['netloom_pools', {}, 2],
      ['netloom_claims', {}, 2],
      ['netloom_offers', {}, 1],
      ['netloom_pool_addresses', pool, 254],
      ['netloom_pool_claims', pool, 1],
      ['netloom_pool_free', pool, 252],
      ['netloom_bridges', {}, 1],
      ['netloom_bridges_failed', {}, 0],
      ['netloom_bridges_contended', {}, 0],
      ['netloom_bridge_changes_waiting', {}, 0],
      ['netloom_node_networks', {}, 0],
      ['netloom_links_failed', {}, 0],
      ['netloom_links_contended', {}, 0],
      ['netloom_link_repairs_total', {}, 0],
      ['netloom_ready', {}, 1],
      ['netloom_requests_total', { method: 'POST', route: '/v1/claims', status: '200' }, 2],
      ['netloom_requests_total', { method: 'POST', route: '/v1/claims', status: '404' }, 1],
      ['netloom_requests_in_flight', {}, 1],
    ];
    for (const [name, labels, value] of wanted) {
      expect([name, labels, figure(all, name, labels)]).toEqual([name, labels, value]);
    }
    const now = Date.now() / 1000;
    expect(figure(all, 'netloom_certificate_expiry_timestamp_seconds')).toBeGreaterThan(now);
    expect(figure(all, 'netloom_last_look_timestamp_seconds')).toBeGreaterThan(now - 60);
    expect(figure(all, 'process_start_time_seconds')).toBeLessThan(now + 1);
    expect([...all.values()].filter(({ type, help }) => type === '' || help === '')).toEqual([]);
  });

  test('buckets grow, and the last one has them all', async () => {
    const { samples = [] } = (await scrape()).get('netloom_request_duration_seconds') ?? {};
    const claims = samples.filter(({ labels }) => labels.route === '/v1/claims');
    const buckets = claims.filter(({ name }) => name.endsWith('_bucket')).map(({ value }) => value);
    expect(buckets).toEqual([...buckets].sort((one, other) => one - other));
    expect(buckets.at(-1)).toBe(claims.find(({ name }) => name.endsWith('_count'))?.value);
    expect(buckets.at(-1)).toBe(3);
  });

  test('say nothing of pools that are not the caller’s, but in sums', async () => {
    const { readFileSync } = await import('node:fs');
    const all = await scrape(readFileSync(folder.at('apps.token'), 'utf8').trim());
    expect(all.get('netloom_pool_free')?.samples.map(({ labels }) => labels.pool)).toEqual([
      'apps/lan',
    ]);
    expect(figure(all, 'netloom_claims')).toBe(2);
  });

  test('odd methods are counted together', async () => {
    const options = { caFile: folder.at('ca.crt'), token: folder.token };
    for (const method of ['PROPFIND', 'LOCK']) {
      await rawRequest(`${folder.url}/v1/info`, { ...options, method });
    }
    const { samples = [] } = (await scrape()).get('netloom_requests_total') ?? {};
    const methods = new Set(samples.map(({ labels }) => labels.method));
    expect(
      [...methods].filter((one) => !['GET', 'POST', 'PUT', 'DELETE'].includes(one as string)),
    ).toEqual(['other']);
  });

  test('alerts speak of metrics and labels that there are', async () => {
    const all = await scrape();
    const { objects } = nodeAgentParts(platformFacts('kubernetes'), {
      image: 'registry.example.com/netloom-agent:0.1.0',
      prometheusRule: {},
    });
    const rule = objects.find(({ manifest }) => manifest.kind === 'PrometheusRule')
      ?.manifest as any;
    const rules: { alert: string; expr: string; annotations: object }[] = rule.spec.groups[0].rules;
    expect(rules.length).toBeGreaterThan(5);
    // What Prometheus adds to each target.
    const target = ['instance', 'job'];
    for (const { alert, expr, annotations } of rules) {
      const names = expr.match(/\b(netloom|process)_\w+/g) ?? [];
      expect([alert, names.filter((name) => !all.has(name))]).toEqual([alert, []]);
      expect([alert, names.length > 0 || /^up\{/.test(expr)]).toEqual([alert, true]);
      const labels = names.flatMap((name) => Object.keys(all.get(name)?.samples[0]?.labels ?? {}));
      const shown = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(
        ([, one]) => one,
      );
      const chosen = [...expr.matchAll(/[{,](\w+)[=!]/g)].map(([, one]) => one);
      expect([
        alert,
        [...shown, ...chosen].filter((one) => ![...labels, ...target].includes(one as string)),
      ]).toEqual([alert, []]);
    }
  });
});

test('who runs an agent is told once that many have asked', async () => {
  const folder = await AgentFolder.make();
  folder.changeConfig((config) => Object.assign(config, { limits: { requestsPerSecond: 10_000 } }));
  let told = 0;
  try {
    await folder.start({
      onManyRequests: () => {
        told += 1;
      },
    });
    const client = folder.client();
    for (let asked = 0; asked < 299; asked++) await client.pools();
    expect(told).toBe(0);
    for (let asked = 0; asked < 301; asked++) await client.pools();
    expect(told).toBe(1);
  } finally {
    await folder.remove();
  }
}, 60_000);
