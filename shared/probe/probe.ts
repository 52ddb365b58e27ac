import type { Validation } from "../contract/fields/validation.ts";
import type { Clock } from "../primitives/clock.ts";
import type { Lookup } from "./checked-addresses.ts";
import type { PresentedCredential } from "./place-credential.ts";
import type { ProbeSettings } from "./probe-settings.ts";

/** A validation whose URL is known. */
export type ProbeRequest = Validation & { url: string };

/**
 * What a probe found. `because` says what differed in words that hold no body, header or path: those may be
 * secret or personal.
 */
export type ProbeResult =
  | { passed: true; ms: number }
  | {
      passed: false;
      /**
       * `REFUSED`: the credential was not accepted. `DIFFERENT`: another status or shape. `UNREACHABLE`: no answer,
       * a 5xx or a 429. `FORBIDDEN`: our own settings do not let it be asked. `UNTESTABLE`: the credential cannot be presented, or
       * the validation was stored before the contract refused what it holds; nothing was sent to the endpoint.
       * `NOT_ASKED`: our own resolver or network kept it from being sent.
       */
      kind: "REFUSED" | "DIFFERENT" | "UNREACHABLE" | "FORBIDDEN" | "UNTESTABLE" | "NOT_ASKED";
      because: string;
      /** Of `UNREACHABLE`: nothing came back, not even an error of the endpoint's. */
      isUnanswered?: true;
      /** Of `UNTESTABLE`: no credential of this kind can be presented from here. */
      isByNature?: true;
    };

/** The safe HTTP check of an external endpoint. */
export interface Probe {
  /** Sends the declared request, with the credential placed as it declares, and compares the answer. Never throws. */
  check(validation: ProbeRequest, presented?: PresentedCredential): Promise<ProbeResult>;
}

/** What a probe is made of. */
export interface ProbeOptions {
  settings: ProbeSettings;
  clock: Clock;
  /** How names are resolved. @default the system's resolver */
  lookup?: Lookup;
}

/** A probe that asks only where the settings allow. What it takes is loaded with the first one: a start does not wait for it. */
export function createProbe(options: ProbeOptions): Probe {
  return {
    async check(validation, presented) {
      const { checkEndpoint } = await import("./check-endpoint.ts");
      return checkEndpoint(options, validation, presented);
    },
  };
}
