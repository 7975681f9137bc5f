import type { Route } from './route';

/** The route that a request is for, and what stands in its path in place of the parameters. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly route: Route;
  /** Names of parameters have their index, fixed parts their text. */
  readonly parts: readonly string[];
}

const NO_PARAMS = {};

/** Finds routes by method and path. */
export class Router {
  private readonly fixed = new Map<string, Route>();
  private readonly patterns = new Map<string, Pattern[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (!route.path.includes('{')) {
        this.fixed.set(`${route.method} ${route.path}`, route);
        continue;
      }
      const parts = route.path.split('/');
      const key = `${route.method} ${parts.length}`;
      const patterns = this.patterns.get(key) ?? [];
      this.patterns.set(key, patterns);
      patterns.push({ route, parts });
    }
  }

  /** @param path as it came, without the query; a fixed part goes before a parameter */
  find(method: string, path: string): RouteMatch | undefined {
    const route = this.fixed.get(`${method} ${path}`);
    if (route) return { route, params: NO_PARAMS };
    const parts = path.split('/');
    for (const pattern of this.patterns.get(`${method} ${parts.length}`) ?? []) {
      const params = paramsOf(pattern.parts, parts);
      if (params) return { route: pattern.route, params };
    }
    return undefined;
  }
}

function paramsOf(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] as string;
    if (!wanted.startsWith('{')) {
      if (wanted !== part) return undefined;
      continue;
    }
    const value = decoded(part);
    if (value === undefined || value === '') return undefined;
    params[wanted.slice(1, -1)] = value;
  }
  return params;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
