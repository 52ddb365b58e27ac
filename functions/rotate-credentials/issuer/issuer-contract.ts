import * as z from "zod";
import type { Redacted } from "../../../shared/primitives/redacted.ts";

/**
 * What we ask of the customer's issuer function: the one that can create and revoke credentials at the system
 * that is called. Each action may be repeated with the same `clientRequestToken`.
 */
export type IssuerRequest =
  /** Make a second valid credential; the current one stays valid. */
  | ({ action: "create"; currentCredentialId: string | null } & IssuerSubject)
  /** Is the credential of this version (labelled AWSPENDING) accepted? */
  | ({ action: "verify"; credentialId: string | null } & IssuerSubject)
  /** Make exactly this credential invalid, and answer `{}`. Without an id: the one that was created for `clientRequestToken`, if any. */
  | ({ action: "revoke"; credentialId: string | null } & IssuerSubject);

interface IssuerSubject {
  /** The contract's version. */
  contract: "ringcx.issuer.v1";
  /** The secret whose credential it is. */
  secretArn: string;
  /** Of the auth configs that get it: `OAUTH`, `APIKEY`, ... */
  authType: string;
  /** The `VersionId` that the credential has, or is to have, in the secret. */
  clientRequestToken: string;
}

/** The answer to `create`. */
export const createdSchema = z.strictObject({
  /** Names the credential at the issuer; not a secret. */
  credentialId: z
    .string({ error: "a text is needed, which names it" })
    .max(256, { error: "at most 256 characters" })
    .regex(/^\S(.*\S)?$/, { error: "in one line, not empty, and without blanks at its ends" }),
  /** The fields of the secret's JSON that change, in RingCX's names. */
  fields: z.record(z.string(), z.unknown()),
});

/** The answer to `verify`. */
export const verifiedSchema = z.strictObject({
  isValid: z.boolean(),
  /** Why not; not a secret. */
  reason: z.string().max(500).optional(),
});

/**
 * The answer to `revoke`: an object without anything in it. Nothing (`null`) is none, because a handler that does not know the
 * action answers so, too.
 */
export const revokedSchema = z.strictObject({});

/** A credential that the issuer has made. */
export interface Issued {
  credentialId: string;
  fields: Redacted<Record<string, unknown>>;
}

/** An issuer function, called by the contract. Every action throws `ISSUER_FAILED`, which may pass by itself. */
export interface Issuer {
  /** Makes a second valid credential. The same subject twice: the same credential. */
  create(subject: Omit<IssuerSubject, "contract">, currentCredentialId: string | null): Promise<Issued>;
  /** Whether the credential of a version is accepted, and if not, why. */
  verify(
    subject: Omit<IssuerSubject, "contract">,
    credentialId: string | null,
  ): Promise<{ isValid: boolean; reason?: string | undefined }>;
  /** Makes exactly this credential invalid; without an id, the one that was made for the subject's version. */
  revoke(subject: Omit<IssuerSubject, "contract">, credentialId: string | null): Promise<void>;
}
