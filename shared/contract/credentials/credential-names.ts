import { wordsOf } from "../../primitives/name-words.ts";

/**
 * How far a name says that its value is a credential: `always`, or only `ifRandom`, because the same name is used for
 * other things too (`key` is Google's API key and anybody's key of a record).
 */
export type CredentialName = "always" | "ifRandom" | undefined;

/** How names of credentials end, in whatever spelling: `X-Auth-Token`, `db_password`, `clientSecret`. */
const endings = listed(`
  password passwd passphrase passcode pwd passwort kennwort motdepasse contrasena senha secret token credential jwt
  jwtbearer assertion cookie samlresponse apikey authkey accesskey secretkey privatekey masterkey subscriptionkey
  functionskey consumerkey signingkey encryptionkey decryptionkey sharedkey licensekey sessionkey passkey appkey
  applicationkey developerkey integrationkey partnerkey sshkey hmackey fastlykey
`);

/** Names that are a credential as they are, and are parts of other words: `pass`, but not `bypass`. */
const whole = listed(`
  authorization proxyauthorization xauthorization httpauthorization xforwardedauthorization pass userpass dbpass
  smtppass ftppass pin otp totp creds xwsse xjfrogartapi jsessionid phpsessid aspsessionid connectsid oauthverifier
 
`);

/** Names that are used for credentials and for other things. */
const ambiguous = listed(`
  code sig signature auth xauth authentication bearer sid session sessionid ticket pat hmac xsessionid xamzsignature
  xgoogsignature xhubsignature xzumoauth xtableauauth xbasicauth basicauth authcode authorizationcode accesscode
  xmsclientprincipal
`);

/** Words before `token` where it is a place in a list, a number of words or a mark against repetition. */
const harmlessTokens = listed(`
  page paging pagination next prev previous continuation cursor sync resume start starting scroll marker delta skip
  idempotency request cancellation cancel max min num total input output mask pad eos bos unk stop completion prompt
  per
`);

/** Words before `key` where it names a thing. */
const harmlessKeys = listed(`
  idempotency surrogate cache partition routing sort primary foreign public publishable group message object deduplication
  dedup hash range lookup translation socket row natural business issue project
`);

/** What is left out at the end of a name: `apiKeyValue`, `password1`, `newPassword`. */
const trimmings = /^(\d+|value|val|text|string|str|raw|plain|plaintext|base|encoded|confirm|confirmation)$/;

/**
 * What the name of a header, query parameter, field, input or XML element says about its value. Spelling makes no
 * difference (see {@link wordsOf}). A name that says more than the credential does is none: `tokenUrl`, `secretId`,
 * `passwordPolicy`, `maxTokens`, `pageToken`.
 */
export function credentialName(name: string): CredentialName {
  const words = wordsOf(name);
  if (words.slice(-2).join(" ") === "connection string") return "always";
  while (words.length > 1 && trimmings.test(words.at(-1) ?? "")) words.pop();
  const joined = words.join("");
  if (whole.has(joined)) return "always";
  if (ambiguous.has(joined)) return "ifRandom";
  if (isHarmless(words, joined, /tokens?$/, harmlessTokens) || isHarmless(words, joined, /keys?$/, harmlessKeys)) {
    return undefined;
  }
  return endingOf(joined) ?? (joined.endsWith("s") ? endingOf(joined.slice(0, -1)) : undefined);
}

/** True for `nextToken`, `next_token` and `nexttoken`, and not for `adminToken`, although `min` is a harmless word. */
function isHarmless(words: readonly string[], joined: string, ending: RegExp, harmless: ReadonlySet<string>): boolean {
  if (!ending.test(joined)) return false;
  const last = words.at(-1)?.replace(ending, "") ?? "";
  return harmless.has(last === "" ? (words.at(-2) ?? "") : last);
}

function endingOf(name: string): CredentialName {
  if ([...endings].some((ending) => name.endsWith(ending))) return "always";
  return name.endsWith("key") ? "ifRandom" : undefined;
}

function listed(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
