/**
 * Clients that claim as fast as they are answered: each has one connection and one request in
 * flight. Arguments: one JSON text of {@link Load}. Writes what it saw as JSON.
 */

import { readFileSync } from 'node:fs';
import { Client } from 'undici';

interface Load {
  readonly url: string;
  readonly caFile: string;
  readonly tokenFile: string;
  readonly pool: string;
  /** Makes owners unique over all runs. */
  readonly run: string;
  readonly clients: number;
  /** Claims of one request: more than one go as a batch. */
  readonly steps: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

const load = JSON.parse(process.argv[2] ?? '') as Load;
const ca = readFileSync(load.caFile, 'utf8');
const headers = {
  'content-type': 'application/json',
  authorization: `Bearer ${readFileSync(load.tokenFile, 'utf8').trim()}`,
};
const addresses: string[] = [];
const latenciesMs: number[] = [];
const from = performance.now() + load.warmUpMs;
const until = from + load.measuredMs;

async function claimOn(client: Client, number: number): Promise<void> {
  for (let count = 0; performance.now() < until; count++) {
    const asked = Array.from({ length: load.steps }, (_, index) => ({
      pool: load.pool,
      owner: `bench/${load.run}::urn:pulumi:prod::edge::netloom:index:AddressClaim::camera-${number}-${count}-${index}`,
    }));
    const isBatch = load.steps > 1;
    const batch = { steps: asked.map((one) => ({ verb: 'claim', ...one })) };
    const sent = JSON.stringify(isBatch ? batch : asked[0]);
    const start = performance.now();
    const { statusCode, body } = await client.request({
      path: isBatch ? '/v1/batches' : '/v1/claims',
      method: 'POST',
      headers,
      body: sent,
    });
    const text = await body.text();
    const end = performance.now();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}: ${text}`);
    const answer = JSON.parse(text);
    const claims = isBatch
      ? answer.answers.map((one: { claim: { addresses: string[] } }) => one.claim)
      : [answer];
    for (const claim of claims) addresses.push(...claim.addresses);
    if (start >= from && end <= until) latenciesMs.push(end - start);
  }
  await client.close();
}

async function main(): Promise<void> {
  const clients = Array.from({ length: load.clients }, () => {
    return new Client(load.url, { pipelining: 1, connect: { ca } });
  });
  await Promise.all(clients.map(claimOn));
  process.stdout.write(JSON.stringify({ addresses, latenciesMs }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
