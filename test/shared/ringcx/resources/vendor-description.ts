import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";

// The vendor's public OpenAPI description, cut down to these resources. It is not part of the project.
const file = new URL("../../../../../shared/reference/ringcx-openapi.json", import.meta.url);

export interface VendorSchema {
  $ref?: string;
  type?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, VendorSchema>;
  items?: VendorSchema;
}

interface VendorOperation {
  requestBody?: { content: Record<string, { schema: VendorSchema }> };
  responses: Record<string, { content?: Record<string, { schema: VendorSchema }> }>;
}

export interface VendorDescription {
  paths: Record<string, Record<string, VendorOperation>>;
  components: { schemas: Record<string, VendorSchema> };
}

/** Undefined where the description is not at hand. */
export const vendor: VendorDescription | undefined = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : undefined;

export function schemaNamed({ components }: VendorDescription, ref: string): VendorSchema {
  const name = ref.replace("#/components/schemas/", "");
  // Described as bare objects; every example and the documented bodies are arrays.
  const element = /^Collection(.+)$/.exec(name)?.[1];
  return element ? { type: "array", items: { $ref: element } } : (components.schemas[name] ?? {});
}

/**
 * Answers that the description allows, each field present or not, except those without which nobody could
 * use the record.
 */
export function answersOf(description: VendorDescription, schema: VendorSchema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref) return answersOf(description, schemaNamed(description, schema.$ref), depth);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "integer":
      return fc.nat();
    case "boolean":
      return fc.boolean();
    case "array":
      return depth > 3
        ? fc.constant([])
        : fc.array(answersOf(description, schema.items ?? {}, depth + 1), { maxLength: 2 });
    case "object": {
      const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
        const value = answersOf(description, field, depth + 1);
        return [name, indispensable.has(name) ? value : fc.option(value, { nil: null })] as const;
      });
      const requiredKeys = fields.map(([name]) => name).filter((name) => indispensable.has(name));
      return fc.record(Object.fromEntries(fields), { requiredKeys });
    }
    default:
      return fc.string();
  }
}

const indispensable = new Set(["serviceGroupId", "serviceId", "inputId", "authConfigId", "serviceType", "name"]);
