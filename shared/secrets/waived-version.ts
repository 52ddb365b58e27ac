import type { SecretDescription } from "./read-secret.ts";
import { secretTags } from "./secret-tags.ts";

/** What the tag `ringcx:accept-unproven` says. */
export type Waiver =
  | { kind: "NONE" }
  /** Nothing that could be a version's id. */
  | { kind: "UNREADABLE"; text: string }
  /** Several versions of the secret have the id but for capitals, and none has it exactly. */
  | { kind: "AMBIGUOUS"; versionIds: readonly string[] }
  /** The one version that is written unproven; whether the secret has it, is not said. */
  | { kind: "VERSION"; versionId: string };

/** Source: AWS Secrets Manager API Reference, "PutSecretValue", ClientRequestToken, which becomes the `VersionId`. */
const versionIdForm = /^\S{32,64}$/;

/**
 * The one reading of the tag, for whoever writes a version by it and whoever says what is wrong with it. An id is text to
 * Secrets Manager, capitals and all; consoles and hands change them, so that one which a single version has but for
 * capitals means that version.
 */
export function waiverOf({ tags, versionIds }: Pick<SecretDescription, "tags" | "versionIds">): Waiver {
  const text = tags[secretTags.acceptUnproven]?.trim();
  if (text === undefined) return { kind: "NONE" };
  if (!versionIdForm.test(text)) return { kind: "UNREADABLE", text };
  if (versionIds.includes(text)) return { kind: "VERSION", versionId: text };
  const alike = versionIds.filter((id) => id.toLowerCase() === text.toLowerCase());
  if (alike.length > 1) return { kind: "AMBIGUOUS", versionIds: alike };
  return { kind: "VERSION", versionId: alike[0] ?? text };
}

/** Whether a person has said that this version may be written unproven. */
export function isWaived(secret: Pick<SecretDescription, "tags" | "versionIds">, versionId: string): boolean {
  const waiver = waiverOf(secret);
  return waiver.kind === "VERSION" && waiver.versionId === versionId;
}

/** What is wrong with the tag, in words. */
export interface WaiverProblem {
  /** What it is about: the same while the same thing is wrong. */
  about: string;
  message: string;
  hint: string;
}

/**
 * What is wrong with the tag: one thing at most.
 *
 * @param isWaiting whether the secret's current version waits to be proven
 */
export function waiverProblem(
  secret: Pick<SecretDescription, "tags" | "versionIds" | "current">,
  isWaiting: boolean,
): WaiverProblem | undefined {
  const { current } = secret;
  const name = secretTags.acceptUnproven;
  const waiver = waiverOf(secret);
  switch (waiver.kind) {
    case "NONE":
      return undefined;
    case "UNREADABLE":
      return {
        about: name,
        message: `the tag ${name} says ${JSON.stringify(waiver.text.slice(0, 50))}, which is no version`,
        hint: "write the VersionId of the one that is meant, or take the tag off",
      };
    case "AMBIGUOUS":
      return {
        about: name,
        message: `the tag ${name} means ${waiver.versionIds.join(" or ")}, which differ by capitals only`,
        hint: "write the VersionId with its capitals as Secrets Manager shows it, or take the tag off",
      };
    case "VERSION":
      if (!isWaiting || current === undefined || waiver.versionId === current) return undefined;
      return {
        about: `${name} ${current}`,
        message: `the tag ${name} names another version than ${current}, which is the current one and waits`,
        hint: `write ${current}, if it is meant, or take the tag off`,
      };
  }
}
