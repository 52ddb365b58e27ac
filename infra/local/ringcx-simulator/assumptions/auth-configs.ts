import { assumption, notDocumented } from "./assumption.ts";

const patch = "OpenAPI description: PATCH takes the body of the POST; the source document has no update at all";

/** What auth configs show, and what the calls on them do. */
export const authConfigAssumptions = {
  "authConfigs.list": assumption({
    question: "In what does the list of auth configs come?",
    alternatives: { records: "`{ records: [...] }`", array: "an array" },
    default: "records",
    why: "The vendor's OpenAPI description.",
    source: "OpenAPI description",
    dependsOn: "finding auth configs by name",
  }),
  "authConfigs.credential": assumption({
    question: "What does a read show of a stored credential?",
    alternatives: {
      masked: "a mask",
      absent: "nothing: the field is not there",
      null: "`null`",
      lastFour: "a mask and the last four characters",
      plain: "the credential",
    },
    default: "masked",
    why: "A mask that is written back destroys the credential: what must not happen can happen.",
    source: notDocumented,
    dependsOn: "no credential is compared or written back (shared/ringcx/resources/auth-config.ts)",
  }),
  "authConfigs.patch": assumption({
    question: "What does a PATCH need?",
    alternatives: { everything: "all that a POST requires; the rest stays", merges: "nothing: it merges" },
    default: "everything",
    why: "The body has the type of the POST's.",
    source: patch,
    dependsOn: "rotation: the whole credential is sent",
  }),
  "authConfigs.patchType": assumption({
    question: "What does a PATCH under the path of another type do?",
    alternatives: { refused: "400", changes: "it changes the type" },
    default: "refused",
    why: "Fields of two types do not go together.",
    source: patch,
    dependsOn: "nothing: the program refuses a change of type",
  }),
  "authConfigs.usedId": assumption({
    question: "What does a POST under a UUID do that is in use?",
    alternatives: { conflict: "409", badRequest: "400", overwritten: "it takes the place of what is there" },
    default: "conflict",
    why: "The documentation names 409 for what is duplicated.",
    source: notDocumented,
    dependsOn: "a POST that is sent again after a lost answer, once no read can hide what the first one made",
  }),
  "authConfigs.id": assumption({
    question: "Is the UUID kept that the client chose?",
    alternatives: { kept: "it is", replaced: "RingCX chooses one of its own" },
    default: "kept",
    why: "The source document puts it in the path of the POST.",
    source: "Remote HTTP Service APIs, “Create API Key Auth”",
    dependsOn: "a lost answer; the record of what was made",
  }),
  "authConfigs.idCase": assumption({
    question: "In which case do UUIDs come?",
    alternatives: { lower: "in lower case", upper: "in upper case" },
    default: "lower",
    why: "The examples.",
    source: "Remote HTTP Service APIs, “Example HTTP Service Response”: an example",
    dependsOn: "comparing links (isSameId)",
  }),
  "authConfigs.deleteInUse": assumption({
    question: "DELETE of an auth config with which a service is linked?",
    alternatives: { conflict: "409", done: "it is done, and the services keep the dead link" },
    default: "conflict",
    why: "What refers to something usually prevents its deletion.",
    source: notDocumented,
    dependsOn: "retirement",
  }),
  "authConfigs.gone": assumption({
    question: "GET of an auth config that is not there?",
    alternatives: { notFound: "404", forbidden: "403", nothing: "an empty body with 200" },
    default: "notFound",
    why: "Remote HTTP Service APIs, “Common Errors”.",
    source: "Remote HTTP Service APIs, “Common Errors”: 404",
    dependsOn: "following an auth config that a person deleted",
  }),
  "authConfigs.answer": assumption({
    question: "What do POST and PATCH of an auth config answer?",
    alternatives: { record: "the record", nothing: "an empty body with 200" },
    default: "record",
    why: "The vendor's OpenAPI description.",
    source: "OpenAPI description",
    dependsOn: "`updatedTime`, by which a person's change is noticed",
  }),
};
