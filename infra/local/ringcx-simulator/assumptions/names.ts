import { assumption, notDocumented } from "./assumption.ts";

const duplicated = "Remote HTTP Service APIs, “Common Errors”: 409 when the service is “duplicated”";

/** When two groups of an account, or two services of a group, have the same name. */
export const nameAssumptions = {
  "names.duplicates": assumption({
    question: "May there be two groups, or two services of a group, with the same name?",
    alternatives: { conflict: "409", badRequest: "400", allowed: "there may" },
    default: "conflict",
    why: "The documentation names 409 for what is duplicated.",
    source: duplicated,
    dependsOn: "no second service: names are the natural key of what was made",
  }),
  "names.case": assumption({
    question: "Are names the same that differ in case only?",
    alternatives: { sensitive: "they are not", insensitive: "they are" },
    default: "sensitive",
    why: "The plainest comparison.",
    source: notDocumented,
    dependsOn: "finding what was made (shared/primitives/same-name.ts)",
  }),
  "names.blanks": assumption({
    question: "What becomes of blanks at the ends of a name?",
    alternatives: { kept: "they are kept", trimmed: "they are cut off" },
    default: "kept",
    why: "The plainest storage.",
    source: notDocumented,
    dependsOn: "finding what was made",
  }),
  "names.unicode": assumption({
    question: "Is a name kept in the form in which it was sent?",
    alternatives: { asSent: "it is", composed: "it is normalised (NFC)" },
    default: "asSent",
    why: "The plainest storage.",
    source: notDocumented,
    dependsOn: "finding what was made",
  }),
  "names.length": assumption({
    question: "What becomes of a name with more than 64 characters?",
    alternatives: { kept: "it is kept", cut: "it is cut at 64 characters", refused: "400" },
    default: "kept",
    why: "No limit is documented.",
    source: notDocumented,
    dependsOn: "finding what was made",
  }),
};
