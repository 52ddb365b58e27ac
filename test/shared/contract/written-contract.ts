import { readdirSync, readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

/** The published schemas by their type, compiled with Ajv's defaults, as people have it: strict, and without formats. */
export const written: ReadonlyMap<string, ValidateFunction> = new Map(
  readdirSync("docs/contract")
    .filter((name) => name.endsWith(".schema.json"))
    .map((name) => [
      name.replace(".schema.json", ""),
      new Ajv({ logger: false }).compile(JSON.parse(readFileSync(`docs/contract/${name}`, "utf8"))),
    ]),
);

/** Whether the published schema of its type takes an event. */
export function takes(event: object): boolean {
  const { type } = event as { type?: unknown };
  return typeof type === "string" && written.get(type)?.(event) === true;
}

/** The events of the folder `examples`, without those that name what only a run of the demonstration knows. */
export const examples: readonly { type: string }[] = readdirSync("examples")
  .filter((name) => name.endsWith(".ndjson"))
  .flatMap((name) => readFileSync(`examples/${name}`, "utf8").split("\n"))
  .filter((line) => line.startsWith("{"))
  .map((line) => JSON.parse(line.replaceAll("${CRM_URL}", "https://crm.example.com")))
  .filter((event) => !JSON.stringify(event).includes("${"));
