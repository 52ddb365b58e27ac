import type { AuthType } from "../ringcx/resources/auth-config.ts";

/**
 * Why a credential could not be made ready. `REFUSED`: whoever issues tokens did not accept it. `FORBIDDEN`: our own
 * settings, or the secret's tags, do not let it be sent. `UNREACHABLE`: the token endpoint did not answer, or cannot now.
 * `DIFFERENT`: it answered what says nothing about the credential. `NOT_ASKED`: our resolver or network kept it from being
 * asked. `UNTESTABLE`: it cannot be presented from here. `because` holds no part of it.
 */
export interface CredentialFailure {
  kind: "REFUSED" | "DIFFERENT" | "FORBIDDEN" | "UNREACHABLE" | "NOT_ASKED" | "UNTESTABLE";
  because: string;
  /** Of `UNREACHABLE`: nothing came back from it. */
  isUnanswered?: true;
  /** Of `UNTESTABLE`: no credential of this kind can be presented from here, however well it is made. */
  isByNature?: true;
}

/** A credential that cannot be presented from here, whatever the endpoint says. */
export function untestable(because: string): CredentialFailure {
  return { kind: "UNTESTABLE", because };
}

/** A credential of a kind that can never be presented from here. */
export function untestableByNature(because: string): CredentialFailure {
  return { ...untestable(because), isByNature: true };
}

/** The fields of a credential, opened for one request: never log them, never keep them. */
export interface OpenCredential {
  authType: AuthType;
  fields: Readonly<Record<string, unknown>>;
}

/** A text field of a credential, empty where it is missing. For the request only: never log the result. */
export function textField({ fields }: OpenCredential, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

/** Base64 of a text, as HTTP Basic asks for it (RFC 7617). */
export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
