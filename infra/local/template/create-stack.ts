import * as z from "zod";
import type { CreatedResource, HostServices } from "../resources/resource-kind.ts";
import { resourceKinds } from "../resources/resource-kinds.ts";
import { creationOrder } from "./creation-order.ts";
import { resolve, type Scope } from "./intrinsics.ts";
import type { Template } from "./template.ts";

/** Raised when the template asks for something that the local host does not have. */
export class UnsupportedTemplateError extends Error {
  override readonly name = "UnsupportedTemplateError";
}

/** Resource types of a template that the local host does not know. */
function unknownTypes(types: readonly string[]): string[] {
  return [...new Set(types.filter((type) => !(type in resourceKinds)))];
}

function scopeOf(template: Template, host: HostServices, created: ReadonlyMap<string, CreatedResource>): Scope {
  const stackId = `arn:aws:cloudformation:${host.region}:${host.account}:stack/${host.stackName}/local`;
  const pseudo: Readonly<Record<string, unknown>> = {
    "AWS::AccountId": host.account,
    "AWS::Region": host.region,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": host.stackName,
    "AWS::StackId": stackId,
    "AWS::NotificationARNs": [],
    "AWS::NoValue": undefined,
  };
  const scope: Scope = {
    ref(name) {
      if (name in pseudo) return pseudo[name];
      const resource = created.get(name);
      if (resource) return resource.ref;
      const parameter = template.Parameters[name];
      if (parameter) return parameter.Default;
      throw new UnsupportedTemplateError(`Ref to ${name}, which the template does not define`);
    },
    attribute(logicalId, attribute) {
      const value = created.get(logicalId)?.attributes?.[attribute];
      if (value !== undefined) return value;
      const type = template.Resources[logicalId]?.Type ?? "a resource that is not there";
      throw new UnsupportedTemplateError(
        `The local host does not know Fn::GetAtt ${logicalId}.${attribute} of ${type}`,
      );
    },
    condition(name) {
      if (!(name in template.Conditions)) throw new UnsupportedTemplateError(`There is no condition ${name}`);
      return resolve(template.Conditions[name], scope) === true;
    },
    mapping: (map, key, secondKey) => template.Mappings[map]?.[key]?.[secondKey],
  };
  return scope;
}

/**
 * Creates every resource of the template in the running services, each after those that it needs.
 *
 * @returns the stack's outputs by name
 * @throws {UnsupportedTemplateError} for a resource type, property or attribute that is not known here, by name,
 *   before anything is skipped
 */
export async function createStack(template: Template, host: HostServices): Promise<Record<string, string>> {
  const { Resources, Outputs } = template;
  const unknown = unknownTypes(Object.values(Resources).map(({ Type }) => Type));
  if (unknown.length > 0) {
    throw new UnsupportedTemplateError(`The local host does not know the resource type ${unknown.join(", ")}`);
  }
  const created = new Map<string, CreatedResource>();
  const scope = scopeOf(template, host, created);
  for (const logicalId of creationOrder(Resources)) {
    const resource = Resources[logicalId];
    if (!resource || (resource.Condition !== undefined && !scope.condition(resource.Condition))) continue;
    try {
      const properties = resolve(resource.Properties, scope);
      const result = await resourceKinds[resource.Type]?.create(properties, logicalId, host);
      if (result) created.set(logicalId, result);
    } catch (error) {
      const what =
        error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error;
      throw new UnsupportedTemplateError(`${logicalId} (${resource.Type}): ${what}`, { cause: error });
    }
  }
  const outputs = Object.entries(Outputs).map(([name, { Value }]) => [name, String(resolve(Value, scope))]);
  return Object.fromEntries(outputs) as Record<string, string>;
}
