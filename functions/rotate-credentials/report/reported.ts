import type { EdgeAudit } from "../../../shared/records/account/edge-audit.ts";
import type { FollowedAuthConfig } from "../../../shared/records/account/followed-auth-config.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import type { SecretProblem } from "../read/secret-problem.ts";

/** What is known of an auth config that has a secret's value. */
export interface Followed {
  accountId: string;
  followed: FollowedAuthConfig;
  /** Whether its secret is listed and feeds it. */
  isBound: boolean;
  /** Where it is not. */
  record: CredentialRecord | undefined;
}

/** Something that is wrong about a secret itself. */
export interface SecretFinding {
  /** The secret's name. */
  secret: string;
  secretArn: string;
  problem: SecretProblem;
  /** Since when it was seen, ISO 8601; `undefined` where an auth config tells of it. */
  since: string | undefined;
}

/** What a report is made of. */
export interface Reported {
  boundSecrets: readonly BoundSecret[];
  secretFindings: readonly SecretFinding[];
  /** By account. */
  audits: ReadonlyMap<string, EdgeAudit>;
  followed: readonly Followed[];
}
