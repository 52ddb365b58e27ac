import * as z from "zod";
import { physicalName, resourceKind } from "./resource-kind.ts";

const parameterSchema = z.strictObject({
  Name: z.string().optional(),
  Type: z.enum(["String", "StringList"]),
  Value: z.string(),
  Tier: z.unknown().optional(),
  Description: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

export const parameter = resourceKind(parameterSchema, ({ Name, Type, Value }, logicalId, host) => {
  const name = Name ?? physicalName(logicalId, host, 1_011);
  host.parameters.put({ name, type: Type, value: Value });
  return { ref: name, attributes: { Type, Value } };
});
