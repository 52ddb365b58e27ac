import { substitutions } from "./intrinsics.ts";
import type { TemplateResource } from "./template.ts";

/** The names that a value refers to by `Ref`, `Fn::GetAtt` and `Fn::Sub`, at any depth. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === "Ref" && typeof inner === "string") return [inner];
    if (key === "Fn::GetAtt") return [String(Array.isArray(inner) ? inner[0] : String(inner).split(".")[0])];
    if (key !== "Fn::Sub") return references(inner);
    const [text, variables] = Array.isArray(inner) ? [inner[0], inner[1]] : [inner, undefined];
    return [...substitutions(String(text)).map((name) => name.split(".")[0] ?? ""), ...references(variables)];
  });
}

/**
 * Logical ids in an order in which each resource comes after everything that it refers to or depends on.
 *
 * @throws when the resources depend on each other in a circle, naming the circle
 */
export function creationOrder(resources: Readonly<Record<string, TemplateResource>>): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (logicalId: string, path: readonly string[]): void => {
    const resource = resources[logicalId];
    if (!resource || done.has(logicalId)) return;
    if (path.includes(logicalId)) {
      throw new Error(`The template's resources depend on each other: ${[...path, logicalId].join(" -> ")}`);
    }
    const needed = [...references(resource.Properties), ...[resource.DependsOn ?? []].flat()];
    for (const other of needed) visit(other, [...path, logicalId]);
    done.add(logicalId);
    order.push(logicalId);
  };
  for (const logicalId of Object.keys(resources)) visit(logicalId, []);
  return order;
}
