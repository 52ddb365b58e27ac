import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Item, Key, StateTable } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { verificationLevelSchema } from "./rotation-history.ts";
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

/** What is overdue, what is diverged? As of the last run. */
export const rotationReportKey: Key = { pk: "ROTATION", sk: "REPORT" };

/** Why an auth config's credential needs somebody's attention. */
const concernSchema = z.enum([
  /** Older than its secret allows. */
  "OVERDUE",
  /** RingCX is not known to have the version that it should have. */
  "DIVERGED",
  /** The last version could not be applied. */
  "FAILING",
  /** The last version waits for its proof: it ends by itself, and nobody need do anything. */
  "PROOF_PENDING",
  /** No new version of its secret reaches it. */
  "NOT_FOLLOWED",
  /** Somebody but us changed it in RingCX. */
  "CHANGED",
]);
export type Concern = z.output<typeof concernSchema>;

const reportLineSchema = z.object({
  concerns: z.array(concernSchema),
  /** The secret's name. */
  secret: z.string(),
  accountId: z.string(),
  authConfigId: z.string(),
  providerName: z.string().optional(),
  /** The version that RingCX was given last, where that is known; otherwise every one that it may have. */
  versionId: z.string().optional(),
  mayHave: z.array(z.string()).optional(),
  /** Age in whole hours of the last version that RingCX was known to have. */
  ageHours: z.number().optional(),
  /** The secret's own word on how old it may become. */
  rotateWithin: z.string().optional(),
  /** Code of the last failure. */
  failure: z.string().optional(),
  /** Why it is not followed, or what was changed, and since when it was seen (ISO 8601). */
  problem: z.string().optional(),
  since: z.string().optional(),
});

/** An auth config whose credential needs attention. */
export type RotationReportLine = z.output<typeof reportLineSchema>;

const edgeLineSchema = z.object({
  accountId: z.string(),
  /** `group/service`. */
  service: z.string(),
  host: z.string().optional(),
  authConfigId: z.string(),
  secretArn: z.string(),
  /** ISO 8601. */
  since: z.string(),
});

/** A service that is called with a secret that does not allow it. */
export type EdgeReportLine = z.output<typeof edgeLineSchema>;

const reportSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  authConfigs: z.number(),
  overdue: z.number(),
  diverged: z.number(),
  failing: z.number(),
  notFollowed: z.number().default(0),
  changed: z.number().default(0),
  lines: z.array(reportLineSchema),
  /** What is wrong about secrets themselves, in words: their tags, refused bindings, rotations and revocations that do not come. */
  refused: z.array(
    z.object({
      secret: z.string(),
      problem: z.string(),
      kind: z.string().optional(),
      /** ISO 8601. */
      since: z.string().optional(),
    }),
  ),
  /** Services that are called with a secret that does not allow it, as each account was last looked at. */
  edgesNotPermitted: z.number().default(0),
  edges: z.array(edgeLineSchema).default([]),
});
const reportItemSchema = z.object({ report: reportSchema });

/** What an auditor, and the alarms, ask: is everything rotated in time? As of the beginning of a run. */
export type RotationReport = z.output<typeof reportSchema>;

/** Keeps the report of a run in place of the one before. */
export async function saveRotationReport(table: StateTable, report: RotationReport): Promise<void> {
  await table.put({ ...rotationReportKey, report });
}

/**
 * The report of the last run; `undefined` before the first.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function readRotationReport(table: StateTable): Promise<RotationReport | undefined> {
  const item = await table.get(rotationReportKey);
  return item && parseItem(reportItemSchema, item).report;
}

/** When is each secret rotated next, and how old may its credential become? As of the last run. */
export const rotationCalendarKey: Key = { pk: "ROTATION", sk: "REPORT#ROTATION" };

const calendarLineSchema = z.object({
  /** The secret's name. */
  secret: z.string(),
  /** Age of the oldest of its credentials in RingCX, in whole hours. */
  ageHours: z.number().optional(),
  /** The limit: the secret's own word on how old it may become, and when it is that old (ISO 8601). */
  rotateWithin: z.string().optional(),
  overdueAt: z.string().optional(),
  rotateEvery: z.string().optional(),
  /** When it is rotated next, by our schedule or Secrets Manager's, ISO 8601; what is past waits: an outage, a failure. */
  next: z.string().optional(),
  /** The latest date of the next rotation that Secrets Manager shows, ISO 8601. */
  shown: z.string().optional(),
  /** What Secrets Manager shows is not what will happen: it shows nothing, or a date days behind ours. */
  isShownWrong: z.boolean(),
  /** The weakest verification level of its credentials in RingCX. */
  proof: verificationLevelSchema.optional(),
  /** What keeps its versions from auth configs that have its value, or is wrong about the secret itself. */
  problem: z.string().optional(),
});

const calendarItemSchema = z.object({ rotation: z.array(calendarLineSchema) });

/** A bound secret in the calendar of rotations. */
export type CalendarLine = z.output<typeof calendarLineSchema>;

/** Keeps the calendar of a run in place of the one before, where it says anything else: a long one costs to write. */
export async function saveRotationCalendar(
  table: StateTable,
  calendar: { at: string; rotation: readonly CalendarLine[] },
): Promise<void> {
  const before = await table.get(rotationCalendarKey);
  // What is undefined is not stored.
  const rotation: unknown = JSON.parse(JSON.stringify(calendar.rotation));
  if (isDeepStrictEqual(before?.rotation, rotation)) return;
  await table.put({ ...rotationCalendarKey, at: calendar.at, rotation });
}

/**
 * The calendar as of the last run, ages in whole hours; empty before the first.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function readRotationCalendar(table: StateTable): Promise<readonly CalendarLine[]> {
  const item = await table.get(rotationCalendarKey);
  return item ? parseItem(calendarItemSchema, item).rotation : [];
}
