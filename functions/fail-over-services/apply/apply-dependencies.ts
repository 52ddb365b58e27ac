import type { EvidenceDependencies } from "../evidence/probe-service.ts";
import type { ReportDependencies } from "../report/service-outcome.ts";
import type { BlastRadius } from "./blast-radius.ts";

/** What it takes to carry a decision out. */
export interface ApplyDependencies extends EvidenceDependencies, ReportDependencies {
  blastRadius: BlastRadius;
}
