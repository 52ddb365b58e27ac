import type { Key } from "../../state/table.ts";
import { secretPartition } from "./secret-binding.ts";

/** Which rotation did our own schedule ask for? */
export function rotationRequestKey(secretArn: string): Key {
  return { pk: secretPartition(secretArn), sk: "REQUEST" };
}

/** What is overdue, what is diverged? As of the last run. */
export const rotationReportKey: Key = { pk: "ROTATION", sk: "REPORT" };

/** An auth config whose credential needs attention. */
export interface ReportLine {
  concerns: readonly Concern[];
  secret: string;
  accountId: string;
  authConfigId: string;
  providerName?: string | undefined;
  /** The version that RingCX was last known to have, and its age in whole hours. */
  versionId?: string | undefined;
  ageHours?: number | undefined;
  /** The secret's own word on how old it may become. */
  rotateWithin?: string | undefined;
  /** Code of the last failure. */
  failure?: string | undefined;
}

/** What an auditor, and the alarms, ask: is everything rotated in time? As of the beginning of a run. */
export interface RotationReport {
  /** ISO 8601. */
  at: string;
  authConfigs: number;
  overdue: number;
  diverged: number;
  failing: number;
  lines: readonly ReportLine[];
  /** Bindings that were refused, and tags that cannot be read, in words. */
  refused: readonly { secret: string; problem: string }[];
}

/** Why an auth config's credential needs somebody's attention. */
export type Concern = "OVERDUE" | "DIVERGED" | "FAILING";
