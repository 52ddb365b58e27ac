import * as z from "zod";
import type { Item, Key, StateTable } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { secretPartition } from "./secret-binding.ts";

/** Which rotation did our own schedule ask for? */
export function rotationRequestKey(secretArn: string): Key {
  return { pk: secretPartition(secretArn), sk: rotationRequest };
}

/** The `sk` of the request in the partition of its secret. */
export const rotationRequest = "REQUEST";

const requestSchema = z.object({
  token: z.string().optional(),
  at: z.string().optional(),
  takenAt: z.string().optional().catch(undefined),
  begunAt: z.string().optional().catch(undefined),
  leftPending: z.string().optional().catch(undefined),
});

const failedStepSchema = z.object({
  versionId: z.string(),
  step: z.string(),
  failedAt: z.string(),
  code: z.string(),
  message: z.string(),
  /** Whether a later try may bring its rotation further, so that nobody ends it for this. An earlier release did not write it down. */
  mayPass: z.boolean().optional(),
});

/**
 * A step that failed and could not end its rotation: when (ISO 8601), with which code and why, in words that hold nothing
 * secret.
 */
export type FailedStep = z.output<typeof failedStepSchema>;

/** The `sk` of the step that failed last in the partition of its secret. */
export const failedRotationStep = "FAILED-STEP";

/** `undefined` where the item cannot be read: it only explains. */
export function failedStepFromItem(item: Item | undefined): FailedStep | undefined {
  return failedStepSchema.safeParse(item).data;
}

/** The rotation of a secret that our own schedule asked for last. */
export interface RotationRequest {
  /** The `VersionId` that the new version is to have: Secrets Manager's `ClientRequestToken`. */
  versionId: string | undefined;
  /** ISO 8601. */
  at: string | undefined;
  /** When Secrets Manager had taken it on, ISO 8601. */
  takenAt?: string | undefined;
  /** When its first step came, ISO 8601. */
  begunAt?: string | undefined;
  /** A version that a rotation gave up, whichever asked for it, and whose label AWSPENDING could not be taken off then. */
  leftPending?: string | undefined;
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function requestFromItem(item: Item): RotationRequest {
  const { token: versionId, ...rest } = parseItem(requestSchema, item);
  return { ...rest, versionId, at: rest.at };
}

/** Several write it at once: our schedule that it was taken on, the first step that it came. */
const maxAttempts = 5;

/** Writes down how far the rotation has come that our own schedule asked for, or what one has left behind. */
export async function noteRotationRequest(
  table: StateTable,
  secretArn: string,
  progress: Partial<Pick<RotationRequest, "takenAt" | "begunAt" | "leftPending">>,
): Promise<void> {
  const key = rotationRequestKey(secretArn);
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const item = await table.get(key);
    const { versionId: token, ...before } = item ? requestFromItem(item) : { versionId: undefined };
    const next = { ...key, token, ...before, ...progress };
    if ((await table.put(next, item?.version ?? "absent")) !== false) return;
  }
}

/** The step of the rotation to a version that failed last, without an end of it. */
export async function readFailedStep(
  table: StateTable,
  secretArn: string,
  versionId: string,
): Promise<FailedStep | undefined> {
  const failed = failedStepFromItem(await table.get({ pk: secretPartition(secretArn), sk: failedRotationStep }));
  return failed?.versionId === versionId ? failed : undefined;
}

/** Writes down that a step of a rotation failed, in place of the one before. Reads nothing: a read may be what failed. */
export async function saveFailedStep(table: StateTable, secretArn: string, failedStep: FailedStep): Promise<void> {
  await table.put({ pk: secretPartition(secretArn), sk: failedRotationStep, ...failedStep });
}

/** A step of the rotation has succeeded since: an item without attributes says that none has failed. */
export async function forgetFailedStep(table: StateTable, secretArn: string): Promise<void> {
  await table.put({ pk: secretPartition(secretArn), sk: failedRotationStep });
}

/** Writes down which rotation our own schedule asks for, in place of the one before. */
export async function saveRotationRequest(
  table: StateTable,
  secretArn: string,
  { versionId: token, at }: RotationRequest,
): Promise<void> {
  await table.put({ ...rotationRequestKey(secretArn), token, at });
}
