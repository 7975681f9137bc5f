import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { API_SCHEMAS } from 'netloom/agent-api';
import { documentOfRoutes } from '../../node-agent/src/http/openapi';
import { ROUTES } from '../../node-agent/src/http/routes/table';
import { AgentFolder } from './support/agent-folder';
import { rawRequest } from './support/raw-request';

const FILE = path.join(__dirname, '../../docs/openapi.json');

type Operation = { operationId: string; requestBody?: unknown; parameters: { in: string }[] };

const document = JSON.parse(JSON.stringify(documentOfRoutes(ROUTES))) as ReturnType<
  typeof documentOfRoutes
>;
const operations = Object.entries(document.paths).flatMap(([route, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    place: `${method.toUpperCase()} ${route}`,
    operation: operation as unknown as Operation,
  })),
);

/** A place may fit a path with parameters, too: `DELETE /v1/claims/watch` is that of a claim. */
function describes(method: string, asked: string): boolean {
  return Object.entries(document.paths).some(([route, methods]) => {
    const pattern = new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return methods[method.toLowerCase()] !== undefined && pattern.test(asked);
  });
}

describe('docs/openapi.json', () => {
  /** Renewed by `npm run golden` only, and read in review. */
  test('is the document of the routes', () => {
    const text = `${JSON.stringify(document, undefined, 2)}\n`;
    if (process.env.NETLOOM_GOLDEN === '1') writeFileSync(FILE, text);
    expect(readFileSync(FILE, 'utf8')).toBe(text);
  });

  test('has each route once, under a name of its own', () => {
    expect(operations.map(({ place }) => place).sort()).toEqual(
      ROUTES.map((route) => `${route.method} ${route.path}`).sort(),
    );
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(ROUTES.length);
  });

  test('every parameter of a path is described, and every reference leads somewhere', () => {
    for (const { place, operation } of operations) {
      const inPath = operation.parameters.filter((one) => one.in === 'path');
      expect([place, inPath.length]).toEqual([place, place.split('{').length - 1]);
    }
    const named = Object.keys(document.components.schemas as object);
    expect(named.sort()).toEqual(Object.keys(API_SCHEMAS).sort());
    const used = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)];
    expect(used.map(([, name]) => name).filter((name) => !named.includes(name as string))).toEqual(
      [],
    );
    expect(used.length).toBeGreaterThan(20);
  });

  test('a running agent serves it, answers each of its routes, and nothing else', async () => {
    const folder = await AgentFolder.make();
    try {
      await folder.start();
      const call = (method: string, route: string) =>
        rawRequest(`${folder.url}${route}`, {
          method,
          caFile: folder.at('ca.crt'),
          token: folder.token,
        });
      expect(JSON.parse((await call('GET', '/v1/openapi.json')).text)).toEqual(document);
      const paths = [...Object.keys(document.paths), '/v1/nothing', '/v1/pools/{name}/nothing'];
      for (const route of paths) {
        for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
          const asked = route.replaceAll(/\{\w+\}/g, 'x');
          const isDescribed = describes(method, asked);
          const answer = await call(method, asked);
          const isKnown = !(answer.status === 404 && answer.text.includes('NL_NO_SUCH_ROUTE'));
          expect([method, route, isKnown]).toEqual([method, route, isDescribed]);
        }
      }
    } finally {
      await folder.remove();
    }
  });
});
