import { createHmac } from "node:crypto";
import * as z from "zod";
import { UsageError } from "../../../../cli/exit-codes.ts";
import { parseJson } from "../../../../shared/primitives/json.ts";
import { scanJson } from "../../../../shared/primitives/json-scan.ts";
import { nearest } from "../../../../shared/primitives/nearest.ts";
import { propLimits } from "../../../aws-limits.ts";
import { host } from "../../../environment-fields.ts";

/** Hosts are a tag of the secret, separated by spaces. Source: Secrets Manager API Reference, "Tag": Value. */
const longestTagValue = 256;

const fileSchema = z.record(
  z.string().regex(propLimits.secretName.pattern),
  z.strictObject({
    /** The credential, in RingCX's field names for its type. */
    value: z.record(z.string(), z.json()),
    /** Hosts that it may go to. */
    hosts: z
      .array(host)
      .min(1)
      .refine((hosts) => hosts.join(" ").length <= longestTagValue, {
        params: { hint: `${longestTagValue} characters in all` },
      }),
  }),
);

/** A secret as it is put into the local Secrets Manager. */
export interface FileSecret {
  name: string;
  SecretString: string;
  hosts: readonly string[];
  /** The same for the same value, so that a run after this one has nothing to rotate. */
  versionId: string;
}

/**
 * The secrets of a file: `{ "crm/api-key": { "value": { "apiKey": "…" }, "hosts": ["api.example.com"] } }`.
 *
 * @param salt keeps a version's id from saying anything about its value
 * @throws {UsageError} naming what is wrong, never a value
 */
export function readSecretsFile(text: string, file: string, salt: string): FileSecret[] {
  refuseDoubled(text, file);
  const parsed = fileSchema.safeParse(parseJson(text)?.value);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => {
      const hint: unknown = issue.code === "custom" ? issue.params?.hint : undefined;
      return `${issue.path.map(String).join(".") || "the whole object"}${typeof hint === "string" ? ` (${hint})` : ""}`;
    });
    throw new UsageError(
      `${file} must be JSON such as {"crm/api-key": {"value": {"apiKey": "..."}, "hosts": ["api.example.com"]}}. Missing or wrong: ${[...new Set(wrong)].join(", ")}.`,
    );
  }
  return Object.entries(parsed.data).map(([name, { value, hosts }]) => {
    const SecretString = JSON.stringify(value);
    return { name, SecretString, hosts, versionId: versionIdOf(`${name}\n${SecretString}`, salt) };
  });
}

/** Which of two of a name counts depends on who reads it. @throws {UsageError} */
function refuseDoubled(text: string, file: string): void {
  const doubled: string[] = [];
  scanJson(text, {
    deepest: 100,
    onMember: (name, isDoubled, parent) => {
      if (isDoubled) doubled.push([...parent(), name].join("."));
    },
  });
  if (doubled.length === 0) return;
  const which = [...new Set(doubled)].join(", ");
  throw new UsageError(`${file} names ${which} more than once: leave one.`);
}

/**
 * Holds the secrets that messages name against those of the file: there are no others here.
 *
 * @param bodies the messages, as JSON
 * @param file as it was typed
 * @throws {UsageError} naming all that are missing
 */
export function requireSecrets(
  bodies: readonly string[],
  secrets: readonly Pick<FileSecret, "name">[],
  file: string | undefined,
): void {
  const known = secrets.map(({ name }) => name);
  const named = new Set(bodies.flatMap((body) => secretIdsOf(parseJson(body)?.value)));
  const missing = [...named].filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  const which = `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"}`;
  throw new UsageError(
    file === undefined
      ? `${which} not there: give --secrets FILE, which holds what messages name as secretId.`
      : `${which} not in ${file}, which holds what messages name as secretId.${nearest(missing[0] ?? "", known)}`,
  );
}

const namingSchema = z.looseObject({ secretId: z.string().optional() });
const messageSchema = z.object({
  data: z.object({
    resources: z.array(namingSchema).default([]),
    overrides: z.object({ authConfigs: z.array(namingSchema).default([]) }).optional(),
  }),
});

function secretIdsOf(message: unknown): string[] {
  const { resources = [], overrides } = messageSchema.safeParse(message).data?.data ?? {};
  return [...resources, ...(overrides?.authConfigs ?? [])].flatMap(({ secretId }) => secretId ?? []);
}

/** In the form of a UUID, as Secrets Manager's tokens are. */
function versionIdOf(text: string, salt: string): string {
  const digest = createHmac("sha256", salt).update(text).digest("hex");
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
