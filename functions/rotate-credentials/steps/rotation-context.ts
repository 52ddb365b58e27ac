import type { Logger } from "@aws-lambda-powertools/logger";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { IssuerDependencies } from "../issuer/issue-credential.ts";
import type { Run } from "../read/account-services.ts";
import type { ReadDependencies } from "../read/bound-secrets.ts";
import type { FindOutage } from "../read/dependent-services.ts";
import type { SecretRecords } from "../read/secret-records.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import type { Change } from "../record/record-change.ts";
import type { PublishDependencies } from "../report/publish-history.ts";
import type { WriteDependencies } from "../write/write-context.ts";

/** What the four steps stand on. */
export interface StepDependencies
  extends WriteDependencies,
    IssuerDependencies,
    PublishDependencies,
    Pick<ReadDependencies, "connections"> {
  logger: Pick<Logger, "info" | "warn" | "error">;
  findOutage: FindOutage;
}

/** What Secrets Manager sends. Source: AWS Secrets Manager User Guide, "Lambda rotation functions". */
export interface RotationStepEvent {
  Step: "createSecret" | "setSecret" | "testSecret" | "finishSecret";
  SecretId: string;
  ClientRequestToken: string;
}

/** One rotation of one secret, seen by one step. */
export interface RotationContext {
  secret: SecretDescription;
  /** The `VersionId` that is to become the current one: Secrets Manager's `ClientRequestToken`. */
  pendingVersionId: string;
  /** What the table kept about the secret when the step began. */
  secretRecords: SecretRecords;
  /** Every auth config that the secret is bound to. */
  targets: readonly LeasedRecord[];
  change: Change;
  invocation: Run;
  /** Past the first step: RingCX may have the candidate. */
  hasStarted: boolean;
}
