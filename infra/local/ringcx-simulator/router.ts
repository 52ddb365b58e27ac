/** A path below the server, e.g. `/voice/api/v1/admin/accounts/{accountId}`. */
export interface Route<T> {
  method: string;
  path: string;
  target: T;
}

export interface Match<T> {
  target: T;
  /** What stood in the place of each `{name}`. */
  ids: Record<string, string>;
}

/** Finds what serves a request. Routes are tried in their order, so a fixed path stands before one with ids. */
export class Router<T> {
  readonly #routes: { method: string; pattern: RegExp; target: T }[];

  constructor(routes: readonly Route<T>[]) {
    this.#routes = routes.map(({ method, path, target }) => ({
      method,
      pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
      target,
    }));
  }

  /** The match, `methods` when the path is served under other methods only, or undefined. */
  find(method: string, pathname: string): Match<T> | { methods: string[] } | undefined {
    const methods: string[] = [];
    for (const route of this.#routes) {
      const found = route.pattern.exec(pathname);
      if (!found) continue;
      if (route.method === method) return { target: route.target, ids: decoded(found.groups ?? {}) };
      methods.push(route.method);
    }
    return methods.length > 0 ? { methods } : undefined;
  }
}

function decoded(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]));
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
