import { assumption, notDocumented } from "./assumption.ts";

const paging = "OpenAPI description: `page` and `maxRows`, without a default or a first number";
const staleness = { atOnce: "as it is", stale: "as it was 10 seconds ago" };

/** What lists hold, and how fresh a read is. */
export const readAssumptions = {
  "lists.defaultPage": assumption({
    question: "How long is a list without `maxRows`?",
    alternatives: { everything: "as long as it is", rows20: "20 rows", rows25: "25 rows", rows100: "100 rows" },
    default: "everything",
    why: "No default is documented.",
    source: paging,
    dependsOn: "every list that is read",
  }),
  "lists.longestPage": assumption({
    question: "Which `maxRows` is too much?",
    alternatives: { unlimited: "none", rows100: "more than 100: the page has 100 rows all the same" },
    default: "unlimited",
    why: "No limit is documented.",
    source: paging,
    dependsOn: "every list that is read",
  }),
  "lists.firstPage": assumption({
    question: "Which number has the first page?",
    alternatives: { one: "1, and 0 is the first page, too", zero: "0" },
    default: "one",
    why: "No number is documented.",
    source: paging,
    dependsOn: "lists that are longer than one page",
  }),
  "lists.order": assumption({
    question: "In which order do lists come?",
    alternatives: { oldestFirst: "as things were made", newestFirst: "the newest first" },
    default: "oldestFirst",
    why: "The plainest storage.",
    source: notDocumented,
    dependsOn: "nothing: what is looked for is looked for everywhere",
  }),
  "lists.withChildren": assumption({
    question: "How many services of a group does the tree show?",
    alternatives: { all: "all", first20: "the first 20" },
    default: "all",
    why: "The operation has no paging.",
    source: "OpenAPI description: no `page`, no `maxRows`",
    dependsOn: "everything: the tree is how an account is read",
  }),
  "consistency.single": assumption({
    question: "What does a read of one thing show after a write?",
    alternatives: staleness,
    default: "atOnce",
    why: "Nothing speaks of a delay.",
    source: notDocumented,
    dependsOn: "reading back what was written",
  }),
  "consistency.lists": assumption({
    question: "What does a list show after a write?",
    alternatives: staleness,
    default: "atOnce",
    why: "Nothing speaks of a delay.",
    source: notDocumented,
    dependsOn: "looking for what a lost answer may have made",
  }),
};
