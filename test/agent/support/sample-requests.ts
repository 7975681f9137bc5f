import { documentOfRoutes } from '../../../node-agent/src/http/openapi';
import { ROUTES } from '../../../node-agent/src/http/routes/table';

type Schema = {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  minItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
};
type Operation = {
  operationId: string;
  'x-netloom-verbs': string[];
  parameters: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
};

/** A request that the OpenAPI document calls right. */
export interface SampleRequest {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  /** Verbs of which its caller needs one; none for an open route. */
  readonly verbs: readonly string[];
  /** True when it names a pool or an owner. */
  readonly isBound: boolean;
}

/** One request for each operation of the document, made from its schemas. */
export function sampleRequests(pool: string, owner: string): SampleRequest[] {
  const document = JSON.parse(JSON.stringify(documentOfRoutes(ROUTES)));
  const named = document.components.schemas as Record<string, Schema>;
  const words: Record<string, unknown> = {
    pool,
    owner,
    from: owner,
    id: '0123456789abcdef#1',
    subnet: '10.77.0.0/24',
  };

  const sample = (schema: Schema, name: string): unknown => {
    if (schema.$ref !== undefined)
      return sample(named[schema.$ref.split('/').at(-1) as string] ?? {}, name);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return schema.enum[0];
    const [choice] = schema.oneOf ?? schema.anyOf ?? [];
    if (choice) return sample(choice, name);
    if (schema.type === 'object') {
      const wanted = Object.entries(schema.properties ?? {}).filter(([key]) =>
        schema.required?.includes(key),
      );
      return Object.fromEntries(wanted.map(([key, one]) => [key, sample(one, key)]));
    }
    if (schema.type === 'array')
      return Array.from({ length: schema.minItems ?? 1 }, () => sample(schema.items ?? {}, name));
    if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
    if (schema.type === 'boolean') return true;
    return words[name] ?? 'x';
  };

  const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>);
  return operations.flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { parameters, requestBody, operationId } = operation;
      const isPool = route.startsWith('/v1/pools/');
      const path = route.replaceAll(/\{(\w+)\}/g, (_text, name: string) =>
        encodeURIComponent(String(name === 'name' && isPool ? pool : (words[name] ?? 'x'))),
      );
      const query = new URLSearchParams(
        parameters
          .filter((one) => one.in === 'query' && one.required)
          .map((one): [string, string] => [one.name, String(sample(one.schema, one.name))]),
      );
      const schema = requestBody?.content['application/json'].schema;
      const body = schema && JSON.stringify(sample(schema, ''));
      return {
        name: operationId,
        method: method.toUpperCase(),
        path: `${path}${query.size > 0 ? `?${query}` : ''}`,
        body,
        verbs: operation['x-netloom-verbs'],
        isBound:
          isPool || [...query.keys()].some((key) => key in words) || /"owner":/.test(body ?? ''),
      };
    }),
  );
}
