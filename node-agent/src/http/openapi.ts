import { API_SCHEMAS, API_VERSION } from 'netloom/agent-api';
import { z } from 'zod';
import { LINES_TYPE } from './feed-answer';
import { PROBLEM_TYPE } from './problem-replies';
import type { Route } from './route';

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Json;
  readonly components: Json;
  readonly security: readonly Json[];
  /** By path and method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

const MEDIA = { json: 'application/json', lines: LINES_TYPE, text: 'text/plain' } as const;

/** What every guarded route may be refused with beside its own reasons. */
const REFUSALS: Readonly<Record<string, string>> = {
  '400': 'The request does not fit',
  '401': 'No valid credential',
  '403': 'Not allowed',
  '429': 'Too much at a time',
  '503': 'The agent can not answer now',
};

/** The document of a table of routes. The same table gives the same document. */
export function documentOfRoutes(routes: readonly Route[]): OpenApiDocument {
  const components = namedSchemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const { path } = route;
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'netloom-agent',
      version: API_VERSION,
      description: 'Pools, claims and host bridges of one node. See docs/agent.md.',
    },
    security: [{ bearer: [] }, { certificate: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        certificate: { type: 'mutualTLS' },
      },
    },
  };
}

function operation(route: Route): Json {
  const { name, summary, verbs, kind = 'json' } = route;
  const answer = route.answer === undefined ? { type: 'string' } : schemaOf(route.answer);
  const refusals = Object.entries(verbs.length === 0 ? {} : REFUSALS).map(
    ([status, description]) => [
      status,
      { description, content: { [PROBLEM_TYPE]: { schema: ref('ProblemDocument') } } },
    ],
  );
  return {
    operationId: name,
    summary,
    'x-netloom-verbs': verbs,
    ...(verbs.length === 0 ? { security: [] } : {}),
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(route.body) } },
          },
        }),
    responses: {
      '200': {
        description: kind === 'lines' ? 'Lines, each a document of this schema' : 'Done',
        content: { [MEDIA[kind]]: { schema: answer } },
      },
      ...Object.fromEntries(refusals),
    },
  };
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = inlined(schema) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one,
  }));
}

const NAMES = new Map<z.ZodType, string>(
  Object.entries(API_SCHEMAS).map(([name, schema]) => [schema, name]),
);

function schemaOf(schema: z.ZodType): Json {
  const name = NAMES.get(schema);
  return name === undefined ? inlined(schema) : ref(name);
}

function ref(name: string): Json {
  return { $ref: refTo(name) };
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}

function registry(): z.core.$ZodRegistry<{ id?: string }> {
  const known = z.registry<{ id?: string }>();
  for (const [schema, id] of NAMES) known.add(schema, { id });
  return known;
}

function namedSchemas(): Record<string, Json> {
  const { schemas } = z.toJSONSchema(registry(), { io: 'input', uri: refTo });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withoutIds(schema as Json)]),
  );
}

function inlined(schema: z.ZodType): Json {
  return withoutIds(z.toJSONSchema(schema, { io: 'input' }) as Json);
}

/** The document says once what dialect it has. */
function withoutIds({ $schema: _dialect, $id: _id, ...rest }: Json): Json {
  return rest;
}
