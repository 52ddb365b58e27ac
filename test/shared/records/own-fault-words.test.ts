import { expect, test } from "vitest";
import { ownFaultWords } from "../../../shared/records/own-fault-words.ts";

const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:crm/oauth";

test.each([
  [`NOT_ASKED/SECRET/${arn}`, `Services called with ${arn}`, /restore the secret/],
  ["NOT_ASKED/SETTINGS/api.example.com", "Services at api.example.com", /probe\.allowedHosts/],
  ["NOT_ASKED/MANIFEST/CRM/lookup", "CRM/lookup", /its manifest/],
  ["NOT_ASKED/LATER/x", "x", /log/],
  ["ITEM_UNREADABLE/ACCOUNT#123456/SERVICE#CRM/lookup", "The item SERVICE#CRM/lookup of account 123456", /mend it/],
  ["REFUSED/RINGCX_FORBIDDEN/CRM/lookup", "CRM/lookup", /RingCX answers/],
  ["TAGS_UNREAD/eu-west-1/111122223333/role", "The tags of alarms in eu-west-1 of account 111122223333", /read them/],
  ["GONE/CRM/lookup", "CRM/lookup", /anew/],
  ["RENAMED/CRM/directory/was/CRM/lookup", "CRM/lookup", /nothing/],
  ["RENAMED/CRM/lookup", "CRM/lookup", /nothing/],
  ["of a later version", "of a later version", /log/],
])("a key in words: %s", (key, subject, hint) => {
  expect(ownFaultWords(key)).toEqual({ subject, hint: expect.stringMatching(hint) });
});
