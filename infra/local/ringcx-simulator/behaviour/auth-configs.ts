import { randomUUID } from "node:crypto";
import type { Answer } from "../answer.ts";
import type { Profile } from "../assumptions/catalogue.ts";
import type { AuthType, Fields } from "../records.ts";
import { badRequest, conflict, forbidden, notFound } from "../refusal.ts";
import { chosen, type Strategies } from "./chosen.ts";

const lists: Strategies<"authConfigs.list", (records: Fields[]) => unknown> = {
  records: (records) => ({ records }),
  array: (records) => records,
};

/** Whether a PATCH needs what a POST needs. */
const patches: Strategies<"authConfigs.patch", boolean> = { everything: true, merges: false };

const types: Strategies<"authConfigs.patchType", (has: AuthType, sent: AuthType) => AuthType> = {
  refused: (has, sent) => {
    if (has !== sent) throw badRequest(`authType: the auth config is of type ${has}`);
    return has;
  },
  changes: (_has, sent) => sent,
};

const usedIds: Strategies<"authConfigs.usedId", (authConfigId: string) => void> = {
  conflict: (authConfigId) => {
    throw conflict(`An auth config ${authConfigId} exists in this account`);
  },
  badRequest: (authConfigId) => {
    throw badRequest(`authConfigId: ${authConfigId} is in use`);
  },
  overwritten: () => {},
};

const ids: Strategies<"authConfigs.id", (sent: string) => string> = {
  kept: (sent) => sent,
  replaced: () => randomUUID(),
};

const deletions: Strategies<"authConfigs.deleteInUse", (serviceId: number) => void> = {
  conflict: (serviceId) => {
    throw conflict(`The auth config is referenced by the service ${serviceId}`);
  },
  done: () => {},
};

const gone: Strategies<"authConfigs.gone", (authConfigId: string) => Answer> = {
  notFound: (authConfigId) => {
    throw notFound(`Auth config ${authConfigId}`);
  },
  forbidden: () => {
    throw forbidden();
  },
  nothing: () => ({ status: 200 }),
};

const answers: Strategies<"authConfigs.answer", (record: Fields) => Answer> = {
  record: (record) => ({ status: 200, body: record }),
  nothing: () => ({ status: 200 }),
};

/** How auth configs behave, by a profile. */
export type AuthConfigBehaviour = ReturnType<typeof authConfigBehaviour>;

/** See {@link AuthConfigBehaviour}. */
export function authConfigBehaviour(profile: Profile) {
  return {
    listed: chosen(profile, "authConfigs.list", lists),
    patchNeedsAll: chosen(profile, "authConfigs.patch", patches),
    /** The type after a PATCH. @throws {Refusal} 400 when it may not change */
    patchedType: chosen(profile, "authConfigs.patchType", types),
    /** @throws {Refusal} when a UUID in use may not be used again */
    demandUnusedId: chosen(profile, "authConfigs.usedId", usedIds),
    keptId: chosen(profile, "authConfigs.id", ids),
    /** @throws {Refusal} 409 when what a service is linked with may not be deleted */
    demandDeletable: chosen(profile, "authConfigs.deleteInUse", deletions),
    /** The answer to a GET. @throws {Refusal} */
    answerGone: chosen(profile, "authConfigs.gone", gone),
    answerWrite: chosen(profile, "authConfigs.answer", answers),
  };
}
