/** Code that decides something dangerous, and the tests that hold it to that. */
export interface Part {
  /** Files whose code is broken on purpose, one place at a time. */
  mutate: readonly string[];
  /** Test files that must notice. Only quick ones: each runs once for every break that it reaches. */
  tests: readonly string[];
}

/** The most dangerous first. A glob of either kind that matches nothing is found by `parts.test.ts`. */
export const parts: Readonly<Record<string, Part>> = {
  // Where may a secret's value go?
  hosts: {
    mutate: ["shared/primitives/{confined,host-pattern}.ts"],
    tests: ["test/shared/primitives/{confined,host-pattern}.test.ts", "test/shared/secrets/permitted-use.test.ts"],
  },
  urls: {
    mutate: ["shared/primitives/canonical-url.ts"],
    tests: ["test/shared/primitives/canonical-url.test.ts"],
  },
  addresses: {
    mutate: ["shared/primitives/public-address.ts"],
    tests: ["test/shared/primitives/public-address.test.ts"],
  },
  permits: {
    mutate: ["shared/secrets/{edges,permitted-use,secret-tags,tag-bindings,account-links,waived-version}.ts"],
    tests: ["test/shared/secrets/{account-links,edges,permitted-use,secret-tags,waived-version}.test.ts"],
  },
  audit: {
    mutate: [
      "functions/rotate-credentials/audit/find-edges.ts",
      "functions/rotate-credentials/read/permitted-bindings.ts",
    ],
    tests: [
      "test/functions/rotate-credentials/audit/find-edges.test.ts",
      "test/functions/rotate-credentials/read/permitted-bindings.test.ts",
    ],
  },
  edges: {
    mutate: ["functions/provision-services/{edges,authorize}/*.ts"],
    tests: ["test/functions/provision-services/{authorize,confinement,write-guards,swap}.test.ts"],
  },
  // How does what others wrote come in?
  door: {
    mutate: ["shared/contract/door/*.ts", "shared/primitives/{json-scan,exact-json}.ts"],
    tests: [
      "test/shared/contract/door/*.test.ts",
      "test/shared/contract/{cloud-events,command-time,message-problems,provisioning-message,read-event}.test.ts",
      "test/shared/primitives/{json-scan,exact-json,json}.test.ts",
      "test/functions/fail-over-services/command-door.test.ts",
    ],
  },
  secrets: {
    mutate: [
      "shared/secrets/{credential-form,credential,field-names,unusable-secret}.ts",
      "shared/ringcx/session/connection-secret.ts",
    ],
    tests: ["test/shared/secrets/*.test.ts", "test/shared/ringcx/session/connection-secret.test.ts"],
  },
  // What must not be shown?
  redaction: {
    mutate: [
      "shared/primitives/{redacted,looks-random,publishable-text}.ts",
      "shared/ringcx/transport/redact-text.ts",
      "shared/outcomes/publishable.ts",
      "cli/export/{take-out,withheld}.ts",
    ],
    tests: [
      "test/shared/primitives/{redacted,looks-random,publishable-text}.test.ts",
      "test/shared/ringcx/transport/redact-text.test.ts",
      "test/shared/outcomes/publishable.test.ts",
      "test/cli/export/*.test.ts",
    ],
  },
  detection: {
    mutate: ["shared/contract/credentials/*.ts"],
    tests: ["test/shared/contract/fields/{credential-*,undisguised}.test.ts"],
  },
  // Is a service down, is it back?
  outage: {
    mutate: [
      "functions/fail-over-services/outage/{command-change,decide-outage,decide-recovery,lasting-memory,policy}.ts",
      "functions/fail-over-services/evidence/{evidence,manual-change,own-fault}.ts",
    ],
    tests: [
      "test/functions/fail-over-services/outage/*.test.ts",
      "test/functions/fail-over-services/evidence/{manual-change,own-fault}.test.ts",
      "test/functions/fail-over-services/outage.test.ts",
    ],
  },
  activation: {
    mutate: ["shared/activation/{decide-activation,reasons,overtaken}.ts"],
    tests: ["test/shared/activation/*.test.ts", "test/shared/records/account/activation.test.ts"],
  },
  // Which version does RingCX get, which has it?
  rotation: {
    mutate: [
      "functions/rotate-credentials/sync/decide-sync.ts",
      "shared/proof/decide-unproven.ts",
      "functions/rotate-credentials/record/{credential-state,retry-backoff}.ts",
      "shared/records/credential/versions-in-ringcx.ts",
    ],
    tests: [
      "test/functions/rotate-credentials/sync/*.test.ts",
      "test/shared/proof/decide-unproven.test.ts",
      "test/functions/rotate-credentials/record/*.test.ts",
      "test/functions/rotate-credentials/history.property.test.ts",
      "test/shared/records/credential/*.test.ts",
    ],
  },
  // When may a call go?
  quota: {
    mutate: ["shared/ringcx/quota/{quota-window,quota-item,quota-policy}.ts"],
    tests: ["test/shared/ringcx/quota/*.test.ts"],
  },
};
