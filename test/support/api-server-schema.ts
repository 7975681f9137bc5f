import type { KubernetesObject } from './api-server-client';

/** As much of an OpenAPI v3 schema as Kubernetes' own documents use. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly 'x-kubernetes-group-version-kind'?: readonly Gvk[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  array: Array.isArray,
  object: isMembers,
};

/** The schemas of one Kubernetes release, by name as its OpenAPI documents have them. */
export class KubernetesSchemas {
  private readonly byKind = new Map<string, Schema>();

  constructor(private readonly schemas: Readonly<Record<string, Schema>>) {
    for (const schema of Object.values(schemas)) {
      for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
        // Options and lists of all groups share one schema; no manifest is one.
        if (schema.properties?.['metadata']) this.byKind.set(keyOf(group, version, kind), schema);
      }
    }
  }

  /** True when the release has the object's kind in its version. */
  has({ apiVersion, kind }: KubernetesObject): boolean {
    return this.byKind.has(`${apiVersion} ${kind}`);
  }

  /** Everything wrong with an object, each with its path: unknown and missing keys, wrong types. */
  problems(object: KubernetesObject): string[] {
    const schema = this.byKind.get(`${object.apiVersion} ${object.kind}`);
    if (!schema) return [`${object.apiVersion} ${object.kind} is unknown`];
    return this.check(object, schema, '');
  }

  private check(value: unknown, schema: Schema, path: string): string[] {
    const { $ref, allOf, oneOf, anyOf, type } = schema;
    const parts = [...($ref ? [this.resolve($ref)] : []), ...(allOf ?? [])];
    const problems = parts.flatMap((part) => this.check(value, part, path));
    for (const choice of [oneOf, anyOf]) {
      const found = choice?.map((one) => this.check(value, one, path));
      if (found?.every((one) => one.length > 0)) problems.push(`${path}: is none of the choices`);
    }
    if (type !== undefined && TYPES[type]?.(value) === false) {
      return [...problems, `${path}: ${JSON.stringify(value)} is not of type ${type}`];
    }
    if (schema.enum && !schema.enum.includes(value)) {
      problems.push(`${path}: ${JSON.stringify(value)} is none of ${schema.enum.join(', ')}`);
    }
    if (Array.isArray(value)) problems.push(...this.checkItems(value, schema, path));
    if (isMembers(value)) problems.push(...this.checkMembers(value, schema, path));
    return problems;
  }

  private checkItems(value: readonly unknown[], { items }: Schema, path: string): string[] {
    return items ? value.flatMap((item, at) => this.check(item, items, `${path}[${at}]`)) : [];
  }

  private checkMembers(
    value: Readonly<Record<string, unknown>>,
    schema: Schema,
    path: string,
  ): string[] {
    const { properties, additionalProperties, required = [] } = schema;
    const problems = required
      .filter((name) => !(name in value))
      .map((name) => `${path}.${name}: is missing`);
    const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    for (const [name, member] of Object.entries(value)) {
      const known = properties?.[name] ?? rest;
      const place = `${path}.${name}`;
      if (known) problems.push(...this.check(member, known, place));
      else if (properties && !isOpen(schema)) problems.push(`${place}: is unknown`);
    }
    return problems;
  }

  private resolve(ref: string): Schema {
    const schema = this.schemas[ref.replace('#/components/schemas/', '')];
    if (!schema) throw new Error(`no schema ${ref}`);
    return schema;
  }
}

function isOpen(schema: Schema): boolean {
  const { additionalProperties } = schema;
  return additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
}

function keyOf(group: string, version: string, kind: string): string {
  return `${group === '' ? '' : `${group}/`}${version} ${kind}`;
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
