import { assumption, notDocumented } from "./assumption.ts";

/** What a clone takes from its source. */
export const cloneAssumptions = {
  "clones.state": assumption({
    question: "Is a clone active?",
    alternatives: {
      asSource: "like its source",
      inactive: "never",
      active: "always",
    },
    default: "asSource",
    why: "A copy is a copy; and a clone that takes calls at once is what a copy must cope with.",
    source: notDocumented,
    dependsOn: "no call before validation (apply/apply-service.ts)",
  }),
  "clones.inputs": assumption({
    question: "Has a clone the inputs of its source?",
    alternatives: { copied: "it has, with ids of their own", absent: "it has none" },
    default: "copied",
    why: "Without them a clone would not do what its source does.",
    source: notDocumented,
    dependsOn: "copies within a group",
  }),
  "clones.authLink": assumption({
    question: "Is a clone linked with the auth config of its source?",
    alternatives: { copied: "it is", absent: "it is not" },
    default: "copied",
    why: "As with inputs; and a credential that goes along is what a copy must cope with.",
    source: notDocumented,
    dependsOn: "copies within a group; no credential to a host that it was not allowed for",
  }),
  "clones.debug": assumption({
    question: "Has a clone the debug flag of its source?",
    alternatives: { copied: "it has", off: "it is off" },
    default: "copied",
    why: "A copy is a copy.",
    source: notDocumented,
    dependsOn: "copies within a group",
  }),
};
