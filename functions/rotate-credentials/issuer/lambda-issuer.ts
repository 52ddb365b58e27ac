import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";

/**
 * What we ask of the customer's issuer function: the one that can create and revoke credentials at the system
 * that is called. Each action may be repeated with the same `clientRequestToken`.
 */
export type IssuerRequest =
  /** Make a second valid credential; the current one stays valid. */
  | ({ action: "create"; currentCredentialId: string | null } & IssuerSubject)
  /** Is the credential of this version (labelled AWSPENDING) accepted? */
  | ({ action: "verify"; credentialId: string | null } & IssuerSubject)
  /** Make exactly this credential invalid. Without an id: the one that was created for `clientRequestToken`, if any. */
  | ({ action: "revoke"; credentialId: string | null } & IssuerSubject);

interface IssuerSubject {
  contract: "ringcx.issuer.v1";
  secretArn: string;
  authType: string;
  /** The `VersionId` that the credential has, or is to have, in the secret. */
  clientRequestToken: string;
}

const createdSchema = z.strictObject({
  /** Names the credential at the issuer; not a secret. */
  credentialId: z.string().min(1).max(256),
  /** The fields of the secret's JSON that change, in RingCX's names. */
  fields: z.record(z.string(), z.unknown()),
});
const verifiedSchema = z.strictObject({
  isValid: z.boolean(),
  /** Why not; not a secret. */
  reason: z.string().max(500).optional(),
});
const revokedSchema = z.looseObject({}).nullish();

/** A credential that the issuer has made. */
export interface Issued {
  credentialId: string;
  fields: Redacted<Record<string, unknown>>;
}

export interface Issuer {
  /** @throws {AutomationError} `ISSUER_FAILED` */
  create(subject: Omit<IssuerSubject, "contract">, currentCredentialId: string | null): Promise<Issued>;
  verify(
    subject: Omit<IssuerSubject, "contract">,
    credentialId: string | null,
  ): Promise<{ isValid: boolean; reason?: string | undefined }>;
  revoke(subject: Omit<IssuerSubject, "contract">, credentialId: string | null): Promise<void>;
}

/** The issuer function of this ARN. What it answers is never logged: a creation answers a credential. */
export function lambdaIssuer(lambda: LambdaClient, functionArn: string): Issuer {
  async function ask<Schema extends z.ZodType>(request: IssuerRequest, schema: Schema): Promise<z.output<Schema>> {
    const failed = (why: string) =>
      new AutomationError(
        `The issuer function ${functionArn} failed to ${request.action}: ${why}. Its own log says more.`,
        {
          code: "ISSUER_FAILED",
          retryable: true,
          details: { functionArn, action: request.action },
        },
      );
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(request) }),
    );
    if (FunctionError !== undefined) throw failed(`it ended with an error (${FunctionError})`);
    const result = schema.safeParse(json(Payload));
    if (result.success) return result.data;
    const fields = result.error.issues.map(({ path }) => path.join(".") || "the answer");
    throw failed(`its answer is not of the contract ringcx.issuer.v1 (${[...new Set(fields)].join(", ")})`);
  }
  const contract = "ringcx.issuer.v1" as const;
  return {
    async create(subject, currentCredentialId) {
      const { credentialId, fields } = await ask(
        { contract, action: "create", ...subject, currentCredentialId },
        createdSchema,
      );
      return { credentialId, fields: new Redacted(fields) };
    },
    verify: (subject, credentialId) => ask({ contract, action: "verify", ...subject, credentialId }, verifiedSchema),
    async revoke(subject, credentialId) {
      await ask({ contract, action: "revoke", ...subject, credentialId }, revokedSchema);
    },
  };
}

function json(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload)) as unknown;
  } catch {
    return undefined; // the parser's own message quotes the text
  }
}
