import { binaryOfBase64 } from "../../primitives/bytes.ts";
import { looksRandom } from "../../primitives/looks-random.ts";

/** Shortest text with a form, in characters: `Basic YTo=`. */
const shortest = 10;

/** A form by which a credential is known whatever it is called. */
interface Shape {
  what: string;
  /** Begins and ends at the borders of a word, and every repetition is bounded: no text makes it slow. */
  pattern: RegExp;
  /** What must also be true of the part that the pattern captures, so that words are not taken for it. */
  isSo?: (captured: string) => boolean;
}

/**
 * Public descriptions of the forms: RFC 6750 (Bearer), RFC 7617 (Basic), RFC 7519 (JWT), RFC 7468 (PEM), the providers'
 * own pages on their key formats and the rules of the secret scanner gitleaks (`config/gitleaks.toml`, MIT).
 */
const shapes: readonly Shape[] = [
  row(
    "a Bearer token",
    String.raw`Bearer\s{1,8}([\w.~+/-]{16,4000})`,
    (token) => /\d/.test(token) || looksRandom(token),
    "i",
  ),
  row("Basic credentials", String.raw`Basic\s{1,8}([A-Za-z0-9+/]{4,4000})={0,2}(?![\w+/=])`, isUserAndPassword, "i"),
  row(
    "a token of an authorization scheme",
    String.raw`(?:Token|ApiKey|Api-Key|SSWS|OAuth|Negotiate|NTLM|Splunk|GenieKey|Zoho-oauthtoken)\s{1,8}(?:\w{1,20}=)?"?([\w.~+/!-]{16,4000})`,
    looksRandom,
    "i",
  ),
  row("an AWS signature", String.raw`AWS4-HMAC-SHA256\s{1,8}Credential=`),
  // Behind a dash only where a few words begin there, as in a header's name: "eyJ-eyJ-…" would take quadratic time.
  row(
    "a JWT",
    String.raw`(?:(?<!-)|(?<=(?<![\w-])(?:[A-Za-z\d]{1,20}-){1,4}))eyJ[\w-]{8,3000}\.(?:eyJ[\w-]{8}|\.[\w-]{8})`,
  ),
  row("a private key", "-----BEGIN (?:[A-Z0-9 ]{1,40} )?PRIVATE KEY(?: BLOCK)?-----"),
  row("a PuTTY key", String.raw`PuTTY-User-Key-File-\d`),
  row("an age key", "AGE-SECRET-KEY-1[0-9A-Z]{40,80}"),
  row("an AWS access key id", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z0-9])"),
  row("a GitHub token", String.raw`(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{22,255})`),
  row("a GitLab token", String.raw`gl(?:pat|dt|rt|ft|oas|soat|imt|agent|cbt|ptt|rtr)-[\w-]{20,255}`),
  row("a Slack token", String.raw`(?:xox[a-z](?:\.xox[a-z])?-[\w-]{10,500}|xapp-\d-[\w-]{10,500})`),
  row(
    "a webhook address with its secret",
    String.raw`(?:hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/\d{5,30}/|webhook\.office\.com/webhookb2/)[\w@/-]{16,500}`,
  ),
  row("a Stripe key", "(?:(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,255}|whsec_[A-Za-z0-9+/]{24,255})"),
  row("a Google API key", String.raw`AIza[\w-]{35}(?![\w-])`),
  row(
    "a Google OAuth token or client secret",
    String.raw`(?:ya29\.[\w-]{20,2000}|GOCSPX-[\w-]{20,60}|1//0[\w-]{30,500})`,
  ),
  row("an Azure storage or Cosmos DB key", String.raw`(?<!sha512-)([A-Za-z0-9+/]{86})==(?![\w+/=])`, looksRandom),
  row("an Azure client secret", String.raw`[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])`),
  row("an Azure service key", "[A-Za-z0-9]{40,60}(?:JQQJ9|AzCa|AIoT|ARDs|AzFu|AzSe)[A-Za-z0-9+/]{10,60}"),
  row("a shared access signature", String.raw`SharedAccess(?:Signature\s{1,4}s|Key)[a-z]{0,8}=`, undefined, "i"),
  row("an Anthropic key", String.raw`sk-ant-[\w-]{20,255}`),
  row(
    "an OpenAI-like key",
    String.raw`sk-(?:[a-z0-9]{1,12}-){0,3}(\w{20,255})`,
    (key) => /\d/.test(key) && looksRandom(key),
  ),
  row("a Hugging Face token", "(?:hf|api_org)_[A-Za-z0-9]{30,60}"),
  row("a SendGrid key", String.raw`SG\.[\w-]{16,64}\.[\w-]{16,64}`),
  row("a Twilio key", String.raw`SK[0-9a-f]{32}(?![\w])`),
  row("a Mailgun or Mailchimp key", String.raw`(?:key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2})(?![\w-])`),
  row(
    "an npm, PyPI or RubyGems token",
    String.raw`(?:npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,500}|rubygems_[0-9a-f]{48})(?![\w-])`,
  ),
  row("a Docker Hub token", String.raw`dckr_(?:pat|oat)_[\w-]{27,100}`),
  row("a DigitalOcean token", "do[opr]_v1_[0-9a-f]{64}"),
  row("a Shopify token", "shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}"),
  row("a Square token", String.raw`(?:sq0[a-z]{3}-[\w-]{22,60}|EAAA[\w-]{60,80})`),
  row("a Facebook token", "EAA[A-Za-z0-9]{60,500}"),
  row("a Databricks token", String.raw`dapi[0-9a-f]{32}(?:-\d)?(?![\w])`),
  row("a Telegram bot token", String.raw`\d{8,12}:AA[\w-]{33}(?![\w-])`),
  row("a Discord bot token", String.raw`[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}`),
  row("a HashiCorp token", String.raw`hv[sbr]\.[\w-]{20,300}`),
  row("a Terraform token", String.raw`[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,80}`),
  row("an Atlassian token", String.raw`AT(?:ATT3|CTT3|BB)[\w-]{24,300}`),
  row("a HubSpot token", String.raw`pat-[a-z]{2}\d-[0-9a-f]{8}-[0-9a-f-]{20,40}`),
  row("a Salesforce session", String.raw`00D[A-Za-z0-9]{12,15}![\w.]{40,300}`),
  row(
    "an Airtable, Notion or Linear token",
    String.raw`(?:pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{43}|lin_(?:api|oauth)_[A-Za-z0-9]{32,80})`,
  ),
  row(
    "a New Relic, Grafana or Sentry key",
    String.raw`(?:NRAK-[A-Z0-9]{27}|gl(?:sa|c)_[\w+/]{32,400}|sntry[su]_[\w+/]{40,500})`,
  ),
  row(
    "a Postman, Figma, Doppler or Supabase key",
    String.raw`(?:PMAK-[0-9a-f]{24}-[0-9a-f]{34}|figd_[\w-]{40,60}|dp\.[a-z]{2,7}\.[A-Za-z0-9]{40,60}|sbp_[0-9a-f]{40})`,
  ),
];

/**
 * The form of a credential that a text has or holds, in words; `undefined` where it has none. Takes time linear in the
 * text. Full-width letters and invisible characters make no difference.
 */
export function credentialShape(text: string): string | undefined {
  if (text.length < shortest) return undefined;
  const plain = /^\p{ASCII}*$/u.test(text) ? text : text.normalize("NFKC").replaceAll(/\p{Cf}/gu, "");
  return shapes.find(({ pattern, isSo }) => {
    if (!isSo) return pattern.test(plain);
    for (const [, captured = ""] of plain.matchAll(pattern)) if (isSo(captured)) return true;
    return false;
  })?.what;
}

function row(what: string, pattern: string, isSo?: (captured: string) => boolean, flags = ""): Shape {
  return {
    what,
    pattern: new RegExp(`(?<![A-Za-z0-9_])(?:${pattern})`, isSo ? `g${flags}` : flags),
    ...(isSo && { isSo }),
  };
}

/** RFC 7617: base64 of `user:password`. "Basic authentication" is not. */
function isUserAndPassword(base64: string): boolean {
  const text = binaryOfBase64(base64);
  return text.includes(":") && !/\p{Cc}/u.test(text.replaceAll(/[\u0080-\u009f]/g, ""));
}
