import { assumption, notDocumented } from "./assumption.ts";

const saving =
  "Remote HTTP Service APIs, “Create a Service Input”: “the save endpoint accepts an array”, and no more than that";

/** What happens to the inputs of a service. */
export const inputAssumptions = {
  "inputs.save": assumption({
    question: "What does a POST of inputs do with those that are there?",
    alternatives: { adds: "they stay", replaces: "the array is the whole set from then on" },
    default: "adds",
    why: "The vendor's OpenAPI description calls the operation create.",
    source: saving,
    dependsOn: "changing the inputs of a service (apply/apply-inputs.ts)",
  }),
  "inputs.answer": assumption({
    question: "What does a POST of inputs answer?",
    alternatives: {
      saved: "those of the array, with their ids",
      all: "all of the service",
      nothing: "an empty body with 200",
    },
    default: "saved",
    why: "The vendor's OpenAPI description: an array of inputs.",
    source: saving,
    dependsOn: "what is known of a service's inputs afterwards",
  }),
  "inputs.sameName": assumption({
    question: "May two inputs of a service have the same name?",
    alternatives: { allowed: "they may", conflict: "409" },
    default: "allowed",
    why: "An input has an id of its own.",
    source: notDocumented,
    dependsOn: "a changed input is made anew before the old one is deleted",
  }),
  "inputs.rank": assumption({
    question: "Is `rank` a string in answers?",
    alternatives: { string: "it is", number: "it is a number" },
    default: "string",
    why: "Every example has a string.",
    source: "Remote HTTP Service APIs, “Create a Service Input”; the OpenAPI description calls it bytes",
    dependsOn: "what counts as a change of an input",
  }),
  "inputs.deleteAnswer": assumption({
    question: "What does DELETE of an input answer?",
    alternatives: { boolean: "`true`", nothing: "an empty body with 200", noContent: "204" },
    default: "boolean",
    why: "The vendor's OpenAPI description says boolean.",
    source: "OpenAPI description",
    dependsOn: "changing the inputs of a service",
  }),
};
