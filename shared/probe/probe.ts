import type { ProbeOptions, ProbeRequest, ProbeResult } from "./check-endpoint.ts";
import type { PresentedCredential } from "./place-credential.ts";

export type { ProbeRequest, ProbeResult } from "./check-endpoint.ts";

/** The safe HTTP check of an external endpoint. */
export interface Probe {
  /** Sends the declared request, with the credential placed as it declares, and compares the answer. Never throws. */
  check(validation: ProbeRequest, presented?: PresentedCredential): Promise<ProbeResult>;
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
