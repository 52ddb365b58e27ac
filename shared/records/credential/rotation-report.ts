import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Key, StateTable } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { verificationLevelSchema } from "./rotation-history.ts";

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

const unreachedSchema = z.object({
  accountId: z.string(),
  authConfigId: z.string(),
  /** The secret's name. */
  secret: z.string(),
  /** Why it does not feed the auth config, for machines and in words; absent before the first look at it. */
  kind: z.string().optional(),
  problem: z.string().optional(),
});

/** An auth config whose credential is in the middle of a change that nothing here ends: no secret feeds it now. */
export type UnreachedChange = z.output<typeof unreachedSchema>;

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
  /** Changes that nothing ends as long as no secret feeds their auth config. */
  unreached: z.array(unreachedSchema).default([]),
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
