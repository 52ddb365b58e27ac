import * as z from "zod";
import type { Item, Key, NewItem } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { toldProblemSchema } from "../account/told.ts";
import { unknownAttributes } from "../unknown-attributes.ts";

/** Partition and beginning of `sk` of all secrets that something is wrong about. */
export const secretsWithProblems = { pk: "ROTATION", skPrefix: "SECRET#" } as const;

/** What is wrong about this secret, and what has been published of it? There is none where nothing is. */
export function secretProblemsKey(secretArn: string): Key {
  return { pk: secretsWithProblems.pk, sk: `${secretsWithProblems.skPrefix}${secretArn}` };
}

const problemSchema = toldProblemSchema.extend({
  /** What it is about: a tag, an auth config, a version. */
  topic: z.string(),
});

/** Something that is wrong about a secret, and what has been published of it. */
export type ToldSecretProblem = z.output<typeof problemSchema>;

const itemSchema = z.object({
  secretArn: z.string(),
  /** The secret's name. */
  secret: z.string(),
  /** The account that may use it, where it is one. */
  accountId: z.string().optional(),
  /** At most one of each topic that has not ended. */
  problems: z.array(problemSchema).default([]),
});

/** A secret that something is, or was until now, wrong about. */
export interface SecretProblems extends z.output<typeof itemSchema> {
  /** What a later version of this software wrote; kept as it is. */
  unknownAttributes: Readonly<Record<string, unknown>>;
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function secretProblemsFromItem(item: Item): SecretProblems {
  return { ...parseItem(itemSchema, item), unknownAttributes: unknownAttributes(itemSchema, item) };
}

/** The item that keeps them. */
export function secretProblemsToItem({ unknownAttributes, ...problems }: SecretProblems): NewItem {
  return { ...unknownAttributes, ...problems, ...secretProblemsKey(problems.secretArn) };
}
