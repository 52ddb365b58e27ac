import * as z from "zod";
import { AwsServiceError } from "../gateway/aws-request.ts";
import type { Secret } from "./secret.ts";

/** The input of `ListSecrets`. */
export const listSecretsInput = z.object({
  Filters: z.array(z.object({ Key: z.string(), Values: z.array(z.string()) })).default([]),
  IncludePlannedDeletion: z.boolean().default(false),
  MaxResults: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
  SortOrder: z.enum(["asc", "desc"]).default("desc"),
});

/** What a filter looks at. Source: Secrets Manager API Reference, "Filter". */
const filtered: Readonly<Record<string, (secret: Secret) => readonly string[]>> = {
  name: ({ name }) => [name],
  description: ({ description }) => (description === undefined ? [] : [description]),
  "tag-key": ({ tags }) => [...tags.keys()],
  "tag-value": ({ tags }) => [...tags.values()],
  "primary-region": () => [],
  "owning-service": () => [],
  all: ({ name, description, tags }) => [name, description ?? "", ...tags.keys(), ...tags.values()],
};

function matches(secret: Secret, { Key, Values }: { Key: string; Values: readonly string[] }): boolean {
  const valuesOf = filtered[Key];
  if (!valuesOf) throw new AwsServiceError("InvalidParameterException", `Invalid filter key: ${Key}`);
  // Descriptions match without regard to case, everything else by a prefix that respects it.
  const isCaseSensitive = Key !== "description" && Key !== "all";
  const fold = (text: string) => (isCaseSensitive ? text : text.toLowerCase());
  const hit = (value: string) => valuesOf(secret).some((found) => fold(found).startsWith(fold(value)));
  return Values.some((value) => (value.startsWith("!") ? !hit(value.slice(1)) : hit(value)));
}

/** One page of secrets, newest first unless asked otherwise. */
export function listSecrets(secrets: readonly Secret[], request: unknown): { page: Secret[]; nextToken?: string } {
  const { Filters, IncludePlannedDeletion, MaxResults, NextToken, SortOrder } = listSecretsInput.parse(request);
  const found = secrets
    .filter(({ deletedAt }) => IncludePlannedDeletion || deletedAt === undefined)
    .filter((secret) => Filters.every((filter) => matches(secret, filter)))
    .sort((a, b) => a.createdAt - b.createdAt || a.name.localeCompare(b.name));
  if (SortOrder === "desc") found.reverse();
  const start = NextToken === undefined ? 0 : found.findIndex(({ arn }) => arn === NextToken);
  if (start < 0) throw new AwsServiceError("InvalidNextTokenException", "Invalid NextToken.");
  const next = found[start + MaxResults];
  return { page: found.slice(start, start + MaxResults), ...(next && { nextToken: next.arn }) };
}
