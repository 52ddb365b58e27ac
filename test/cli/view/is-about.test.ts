import { expect, test } from "vitest";
import { concerns, namesService } from "../../../cli/view/is-about.ts";

test.each([
  ["CRM/lookup: active again", true],
  ["CRM/lookup cannot be seen: The item cannot be read. What needs it is left as it is.", true],
  ["CRM/lookup cannot be brought into the state that its record asks for: 403", true],
  ["CRM/lookup is not in RingCX any more: somebody deleted it.", true],
  ["CRM/lookup has another name in RingCX: it is CRM/find now.", true],
  ["2 services (CRM/other, CRM/lookup) cannot be seen: no secret.", true],
  ["2 services (CRM/other, CRM/lookup 2) cannot be seen: no secret.", false],
  ["CRM/lookup 2 cannot be seen: The item cannot be read.", false],
  ["CRM/lookup 2: active again", false],
  ["CRM/lookup stays inactive: activate by ada: done; held inactive by bob.", true],
  ["CRM/lookup is about to be activated: release by ada: done changes nothing about it.", true],
  ["CRM/lookup is active now (no reason keeps it inactive). Nothing was done (dryRun): …", true],
  ["CRM/lookup was not seen yet (…). Nothing was done (dryRun): …", true],
  ["CRM/lookup 2 stays inactive: activate by ada: done; held inactive by bob.", false],
  ["CRM/lookups stays inactive: activate by ada: done.", false],
  ["CRM/look cannot be seen: because of CRM/lookup", false],
])("%s: about CRM/lookup %s", (summary, isAbout) => {
  expect(namesService(summary, "CRM/lookup", ["CRM/look", "CRM/lookup", "CRM/lookup 2"])).toBe(isAbout);
});

test.each<[string, string | undefined, boolean]>([
  ["NOT_ASKED/SECRET/arn", "CRM/lookup cannot be seen: no secret.", true],
  ["NOT_ASKED/MANIFEST/CRM/lookup", undefined, true],
  ["NOT_ASKED/SECRET/arn", undefined, false],
  ["NOT_ASKED/MANIFEST/CRM/other", "CRM/other cannot be seen: no method.", false],
])("a fault %s, told as %s, concerns the service: %s", (key, summary, isConcerned) => {
  const name = { accountId: "123456", groupName: "CRM", serviceDescription: "lookup" };
  expect(concerns({ key, ...(summary !== undefined && { summary }) }, name, [name])).toBe(isConcerned);
});
