import type { Credential, SecretBinding } from "../../shared/secret-binding.ts";

/** What the endpoints say that are called with the credential. */
export type EndpointAnswer =
  /** Every one that could be asked accepts it. */
  | { kind: "ACCEPTED" }
  /** One refuses it. */
  | { kind: "REFUSED"; reason: string }
  /** None could be asked, or the answer says nothing about the credential. */
  | { kind: "UNKNOWN"; reason: string }
  /** No service declares how to ask. */
  | { kind: "UNDECLARED" };

/** Asks the endpoints of the services that use an auth config whether they accept a credential. */
export type Prove = (binding: SecretBinding, credential: Credential, deadline: number) => Promise<EndpointAnswer>;
