import { distance } from "fastest-levenshtein";
import * as z from "zod";

/** A schema at a place, from the outermost of its layers (optional, with a default) to the innermost. */
type Layers = readonly z.core.$ZodType[];

/**
 * What to do about a field, as far as its schema says that: what might be meant, an example (`.meta({ examples })`) or its
 * fields, whether it may be left out and what holds then, what it is for. Nothing where the schema says none of it.
 *
 * @param input what was checked against the schema
 * @param name whether it is the name of the place that is wrong, not what stands there
 */
export function fieldRemedy(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  input: unknown,
  { name = false } = {},
): string | undefined {
  if (name) return exampleText(layersAt(schema, path.slice(0, -1), input).flatMap(keyLayers));
  const layers = layersAt(schema, path, input);
  const value = valueAt(input, path);
  const remedies = [near(layers, value), ...(value === undefined ? [rightText(layers)] : leftOut(layers))];
  const said = remedies.filter((text) => text !== undefined);
  return said.length > 0 ? said.join(", or ") : layers.map(descriptionOf).find((text) => text !== undefined);
}

function near(layers: Layers, value: unknown): string | undefined {
  const options = layers.flatMap((layer) => (layer instanceof z.ZodEnum ? layer.options : [])).map(String);
  if (typeof value !== "string") return undefined;
  const meant = options.find((option) => distance(option.toLowerCase(), value.toLowerCase()) <= 2);
  return meant === undefined ? undefined : `write ${JSON.stringify(meant)} if that is meant`;
}

function exampleText(layers: Layers): string | undefined {
  const example = layers.map(exampleOf).find((one) => one !== undefined);
  return example === undefined ? undefined : `write for example ${JSON.stringify(example)}`;
}

/** An example, or which fields there are. */
function rightText(layers: Layers): string | undefined {
  const innermost = layers.at(-1);
  const fields = innermost instanceof z.ZodObject ? Object.keys(innermost.shape).join(", ") : "";
  return exampleText(layers) ?? (fields === "" ? undefined : `its fields are ${fields}`);
}

/** What stands there without it is an example, too. */
function leftOut(layers: Layers): (string | undefined)[] {
  const withDefault = layers.find((layer) => layer instanceof z.ZodDefault);
  const text = JSON.stringify(withDefault?.def.defaultValue);
  if (text === "[]" || text === "{}") return [rightText(layers), "leave it out: then there is none"];
  if (text !== undefined) return [`leave it out: then it is ${text}`];
  const isPrefault = layers.some((layer) => layer instanceof z.ZodPrefault);
  if (isPrefault) return [rightText(layers), "leave it out: then its fields have their defaults"];
  return [rightText(layers), layers.some((layer) => layer instanceof z.ZodOptional) ? "leave it out" : undefined];
}

function exampleOf(schema: z.core.$ZodType): unknown {
  const { examples } = (z.globalRegistry.get(schema) ?? {}) as { examples?: readonly unknown[] };
  const inner = schema instanceof z.ZodArray ? unwrapped(schema.element).map(exampleOf) : [];
  const ofItem = inner.find((one) => one !== undefined);
  return examples?.[0] ?? (ofItem === undefined ? undefined : [ofItem]);
}

function descriptionOf(schema: z.core.$ZodType): string | undefined {
  return z.globalRegistry.get(schema)?.description;
}

function layersAt(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): Layers {
  const [part, ...rest] = path;
  const layers = unwrapped(schema);
  const innermost = layers.at(-1);
  if (innermost instanceof z.ZodDiscriminatedUnion) {
    const chosen = optionOf(innermost, value);
    return chosen === undefined ? layers : layersAt(chosen, path, value);
  }
  if (part === undefined) return layers;
  const inner = child(innermost, part);
  return inner === undefined ? [] : layersAt(inner, rest, valueAt(value, [part]));
}

function optionOf({ def, options }: z.ZodDiscriminatedUnion, value: unknown): z.core.$ZodType | undefined {
  const given = valueAt(value, [def.discriminator]) as z.core.util.Primitive;
  return options.find((option) => option._zod.propValues?.[def.discriminator]?.has(given));
}

/** What stands at a place of anything. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined | null)?.[part], value);
}

function child(schema: z.core.$ZodType | undefined, part: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodObject ? schema.shape[String(part)] : undefined;
}

function keyLayers(schema: z.core.$ZodType): Layers {
  return schema instanceof z.ZodRecord ? unwrapped(schema.keyType) : [];
}

/** What stands around a schema without changing which fields it knows. */
function unwrapped(schema: z.core.$ZodType): Layers {
  const { innerType, in: input } = schema._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  const inner = innerType ?? input;
  return inner === undefined ? [schema] : [schema, ...unwrapped(inner)];
}
