import type { Answer } from "../answer.ts";
import type { Profile } from "../assumptions/catalogue.ts";
import type { Fields, ServiceRecord } from "../records.ts";
import { conflict, type Refusal } from "../refusal.ts";
import { chosen, type Strategies } from "./chosen.ts";

/** A v1 service's link: what is kept of the one that is sent, and whether it is shown. */
interface LinkStrategy {
  kept(sent: unknown, before: unknown): unknown;
  isShown: boolean;
}

const links: Strategies<"services.authLink", LinkStrategy> = {
  kept: { kept: (sent) => sent, isShown: true },
  dropped: { kept: (_sent, before) => before, isShown: false },
  hidden: { kept: (sent) => sent, isShown: false },
};

const births: Strategies<"services.born", (isEnabled: boolean) => boolean> = {
  asSent: (isEnabled) => isEnabled,
  active: () => true,
};

const puts: Strategies<"services.put", (sent: Fields, before: Fields) => Fields> = {
  replaces: (sent) => sent,
  merges: (sent, before) => ({ ...before, ...sent }),
};

const unknowns: Strategies<"services.unknownFields", (fields: Fields, known: ReadonlySet<string>) => Fields> = {
  kept: (fields) => fields,
  dropped: (fields, known) => Object.fromEntries(Object.entries(fields).filter(([name]) => known.has(name))),
};

/** What a PUT answers: given the record as it is shown now, and as it was shown before. */
const putAnswers: Strategies<"services.putAnswer", (now: Fields, before: Fields) => Answer> = {
  record: (now) => ({ status: 200, body: now }),
  oldRecord: (_now, before) => ({ status: 200, body: before }),
  nothing: () => ({ status: 200 }),
};

const createAnswers: Strategies<"services.createAnswer", (made: Fields) => Answer> = {
  record: (made) => ({ status: 200, body: made }),
  nothing: () => ({ status: 200 }),
};

/** What `setIsActive` answers, or refuses. @param was the state before */
const activeAnswers: Strategies<
  "services.setActiveAnswer",
  (asked: boolean, was: boolean, record: () => Fields) => Answer
> = {
  state: (asked) => ({ status: 200, body: asked }),
  success: () => ({ status: 200, body: true }),
  record: (_asked, _was, record) => ({ status: 200, body: record() }),
  noContent: () => ({ status: 204 }),
  conflictWhenSame: (asked, was) => {
    if (asked === was) throw conflict(`The service is ${was ? "active" : "inactive"} already`);
    return { status: 200, body: asked };
  },
};

const shownInputs: Strategies<"services.inputsInAnswer", (service: ServiceRecord) => Fields> = {
  absent: () => ({}),
  present: ({ inputs }) => ({ httpServiceInputs: inputs }),
};

/** What may be refused for the state that a service is in. */
export type GuardedCall = "put" | "inputs" | "clone" | "delete" | "deactivate";

type Guard = (service: ServiceRecord) => Refusal | undefined;
const whenInactive: Record<"done" | "conflict", Guard> = {
  done: () => undefined,
  conflict: ({ isEnabled, serviceId }) => (isEnabled ? undefined : conflict(`The service ${serviceId} is inactive`)),
};

const workflowCalls: Strategies<"services.workflows", readonly GuardedCall[]> = {
  delete: ["delete"],
  deleteAndPut: ["delete", "put"],
  deleteAndDeactivate: ["delete", "deactivate"],
};

/** How services behave, by a profile. */
export type ServiceBehaviour = ReturnType<typeof serviceBehaviour>;

/** See {@link ServiceBehaviour}. */
export function serviceBehaviour(profile: Profile) {
  const guarded: Record<GuardedCall, Guard> = {
    put: chosen(profile, "services.inactivePut", whenInactive),
    inputs: chosen(profile, "services.inactiveInputs", whenInactive),
    clone: chosen(profile, "services.inactiveClone", whenInactive),
    delete: chosen(profile, "services.inactiveDelete", whenInactive),
    deactivate: () => undefined,
  };
  const prevented = chosen(profile, "services.workflows", workflowCalls);
  return {
    link: chosen(profile, "services.authLink", links),
    isEnabledAtBirth: chosen(profile, "services.born", births),
    afterPut: chosen(profile, "services.put", puts),
    keptFields: chosen(profile, "services.unknownFields", unknowns),
    answerPut: chosen(profile, "services.putAnswer", putAnswers),
    answerCreate: chosen(profile, "services.createAnswer", createAnswers),
    answerSetActive: chosen(profile, "services.setActiveAnswer", activeAnswers),
    shownInputs: chosen(profile, "services.inputsInAnswer", shownInputs),
    /** @throws {Refusal} 409 for what may not be done with a service in its state */
    demand(call: GuardedCall, service: ServiceRecord): void {
      const { workflows } = service;
      const refused = guarded[call](service);
      if (refused) throw refused;
      if (workflows.length > 0 && prevented.includes(call)) {
        throw conflict(`The service is referenced by a workflow (${workflows.join(", ")}) that prevents it`);
      }
    },
  };
}
