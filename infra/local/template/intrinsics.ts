/** What an intrinsic function may ask for while a template is resolved. */
export interface Scope {
  /** Value of `Ref` for a logical id, a parameter or a pseudo parameter such as `AWS::Region`. */
  ref(name: string): unknown;
  /** Value of `Fn::GetAtt`. */
  attribute(logicalId: string, attribute: string): unknown;
  /** Whether the named condition of the template holds. */
  condition(name: string): boolean;
  /** Value of `Fn::FindInMap`. */
  mapping(map: string, key: string, secondKey: string): unknown;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The logical ids and pseudo parameters in the `${...}` of an `Fn::Sub`, `${!literal}` excepted. */
export function substitutions(text: string): string[] {
  return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = ""]) => name.trim());
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, variables] = Array.isArray(argument) ? [argument[0], argument[1]] : [argument, {}];
  const own = isObject(variables) ? variables : {};
  return String(text)
    .replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      const key = name.trim();
      if (key in own) return String(resolve(own[key], scope));
      const dot = key.indexOf(".");
      return String(dot < 0 ? scope.ref(key) : scope.attribute(key.slice(0, dot), key.slice(dot + 1)));
    })
    .replaceAll("${!", "${");
}

function list(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${name} expects a list, got ${JSON.stringify(value)}`);
}

const functions: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  Ref: (argument, scope) => scope.ref(String(argument)),
  "Fn::GetAtt": (argument, scope) => {
    const [logicalId = "", ...attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split(".");
    return scope.attribute(logicalId, attribute.join("."));
  },
  "Fn::Sub": substitute,
  "Fn::Join": (argument, scope) => {
    const [separator, parts] = list(argument, "Fn::Join");
    return list(resolve(parts, scope), "Fn::Join").map(String).join(String(separator));
  },
  "Fn::Split": (argument, scope) => {
    const [separator, text] = list(argument, "Fn::Split");
    return String(resolve(text, scope)).split(String(separator));
  },
  "Fn::Select": (argument, scope) => {
    const [index, values] = list(argument, "Fn::Select");
    const chosen = list(resolve(values, scope), "Fn::Select")[Number(resolve(index, scope))];
    if (chosen === undefined) throw new Error(`Fn::Select has no element ${JSON.stringify(index)}`);
    return chosen;
  },
  "Fn::If": (argument, scope) => {
    const [condition, yes, no] = list(argument, "Fn::If");
    return resolve(scope.condition(String(condition)) ? yes : no, scope);
  },
  "Fn::FindInMap": (argument, scope) => {
    const [map, key, secondKey] = list(resolve(argument, scope), "Fn::FindInMap").map(String);
    return scope.mapping(map ?? "", key ?? "", secondKey ?? "");
  },
  "Fn::Equals": (argument, scope) => {
    const [left, right] = list(resolve(argument, scope), "Fn::Equals");
    return String(left) === String(right);
  },
  "Fn::Not": (argument, scope) => !list(resolve(argument, scope), "Fn::Not")[0],
  "Fn::And": (argument, scope) => list(resolve(argument, scope), "Fn::And").every(Boolean),
  "Fn::Or": (argument, scope) => list(resolve(argument, scope), "Fn::Or").some(Boolean),
  Condition: (argument, scope) => scope.condition(String(argument)),
  "Fn::ToJsonString": (argument, scope) => JSON.stringify(resolve(argument, scope)),
  "Fn::Base64": (argument, scope) => Buffer.from(String(resolve(argument, scope))).toString("base64"),
};

/**
 * A value of a CloudFormation template with its intrinsic functions replaced by what they stand for. A property
 * whose value is `AWS::NoValue` disappears.
 *
 * @throws when a function is not known here, by its name
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== undefined);
  if (typeof value === "string" && value.includes("{{resolve:")) {
    throw new Error(`The local host does not know dynamic references: ${value}`);
  }
  if (!isObject(value)) return value;
  const [name = "", ...others] = Object.keys(value);
  if (others.length === 0) {
    const apply = functions[name];
    // `Condition` is a function inside conditions and an ordinary key in an IAM statement.
    if (apply && !(name === "Condition" && typeof value[name] !== "string")) return apply(value[name], scope);
    if (name.startsWith("Fn::")) throw new Error(`The local host does not know the intrinsic function ${name}`);
  }
  const resolved: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const result = resolve(item, scope);
    if (result !== undefined) resolved[key] = result;
  }
  return resolved;
}
