import type { Logger } from "@aws-lambda-powertools/logger";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { IssuerDependencies } from "../issuer/issue-credential.ts";
import type { ReadDependencies } from "../read/bound-secrets.ts";
import type { SecretItems } from "../read/secret-records.ts";
import type { Held } from "../record/leased-record.ts";
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
  /** A service that uses the auth config and has an outage now, by name. */
  openOutage(binding: SecretBinding): Promise<string | undefined>;
}

/** One rotation of one secret, seen by one step. */
export interface RotationContext {
  secret: SecretDescription;
  /** The `VersionId` that is to become the current one. */
  token: string;
  items: SecretItems;
  /** Every auth config that the secret feeds. */
  held: readonly Held[];
  change: Change;
  run: Invocation;
  /** Past the first step: RingCX may have the candidate. */
  hasBegun: boolean;
}
