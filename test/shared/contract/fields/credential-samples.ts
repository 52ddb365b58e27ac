/** Characters that look random and are the same in each run. Written so that no scanner takes the samples for real. */
export function filler(length: number, alphabet = "aZ3bY7cX1dW9eV5fU2gT8hS4iR6jQ0kP"): string {
  return Array.from({ length }, (_, index) => alphabet[(index * 7 + (index >> 3)) % alphabet.length]).join("");
}

const hex = (length: number) => filler(length, "0f1e2d3c4b5a6978");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const joined = (...parts: string[]) => parts.join("");

export const jwt = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({ sub: "1", iat: 1 })}.${filler(43)}`;

/** Credentials as they look, by what they are. */
export const shapes: readonly (readonly [what: string, text: string])[] = [
  ["Bearer", `Bearer ${filler(32)}`],
  ["Bearer in lower case", `bearer  ${hex(40)}`],
  ["Basic", `Basic ${base64("ada:pa55word")}`],
  ["an authorization scheme", `Token ${hex(40)}`],
  ["Okta", `SSWS ${filler(42)}`],
  ["an AWS signature", `AWS4-HMAC-SHA256 Credential=x/20260105/us-east-1/s3/aws4_request`],
  ["JWT", jwt],
  ["JWT without a signature", jwt.slice(0, jwt.lastIndexOf(".") + 1)],
  ["JWE", `${base64url({ alg: "dir", enc: "A128GCM" })}..${filler(16)}.${filler(20)}.${filler(22)}`],
  ["PEM", joined("-----BEGIN ", "PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----")],
  ["PEM of RSA", joined("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIEvQ")],
  ["PEM of OpenSSH", joined("-----BEGIN OPENSSH ", "PRIVATE KEY-----")],
  ["PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519"],
  ["age", joined("AGE-SECRET-", `KEY-1${filler(58, "QPZRY9X8GF2TVDW0")}`)],
  ["AWS access key id", joined("AKIA", filler(16, "ABCD2345EFGH67"))],
  ["AWS temporary access key id", joined("ASIA", filler(16, "ABCD2345EFGH67"))],
  ["GitHub", joined("ghp", `_${filler(36)}`)],
  ["GitHub, fine-grained", joined("github", `_pat_${filler(22)}_${filler(59)}`)],
  ["GitLab", joined("glpat", `-${filler(20)}`)],
  ["Slack", joined("xox", `b-123456789012-123456789012-${filler(24)}`)],
  ["Slack webhook", joined("https://hooks.slack", `.com/services/T00000000/B00000000/${filler(24)}`)],
  ["Stripe", joined("sk", `_live_${filler(24)}`)],
  ["Stripe, restricted", joined("rk", `_test_${filler(24)}`)],
  ["Stripe webhook", joined("whsec", `_${filler(32)}`)],
  ["Google", joined("AI", `zaSy${filler(33)}`)],
  ["Google OAuth", joined("ya", `29.a0${filler(60)}`)],
  ["Google client secret", joined("GOC", `SPX-${filler(28)}`)],
  ["Azure storage", `${filler(86)}==`],
  ["Azure client", joined(filler(3), `8Q~${filler(34)}`)],
  [
    "Azure connection string",
    `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=${filler(43)}=`,
  ],
  ["Azure SAS", `SharedAccessSignature sr=x&sig=${filler(40)}`],
  ["Anthropic", joined("sk-", `ant-api03-${filler(93)}AA`)],
  ["Anthropic, in words", joined("sk-", `ant-${"made-of-words_".repeat(6)}`)],
  ["Azure service", `${filler(52)}${joined("JQQ", "J99")}${filler(26)}`],
  ["OpenAI", joined("sk-", filler(48))],
  ["OpenAI, project", joined("sk-", `proj-${filler(60)}`)],
  ["OpenRouter", joined("sk-", `or-v1-${hex(64)}`)],
  ["Hugging Face", joined("hf", `_${filler(34)}`)],
  ["SendGrid", joined("SG", `.${filler(22)}.${filler(43)}`)],
  ["Twilio", joined("SK", hex(32))],
  ["Mailgun", joined("key-", hex(32))],
  ["Mailchimp", joined(hex(32), "-us12")],
  ["npm", joined("npm", `_${filler(36)}`)],
  ["Docker", joined("dckr", `_pat_${filler(27)}`)],
  ["DigitalOcean", joined("dop", `_v1_${hex(64)}`)],
  ["Shopify", joined("shpat", `_${hex(32)}`)],
  ["Square", joined("sq0", `atp-${filler(22)}`)],
  ["Facebook", joined("EAAC", filler(100))],
  ["Databricks", joined("dapi", hex(32))],
  ["Telegram", joined("123456789:", `AA${filler(33)}`)],
  ["Discord", joined("M", `${filler(23)}.${filler(6)}.${filler(27)}`)],
  ["HashiCorp", joined("hvs", `.${filler(24)}`)],
  ["Terraform", joined(filler(14), `.atlasv1.${filler(64)}`)],
  ["Atlassian", joined("ATATT3", filler(100))],
  ["HubSpot", "pat-na1-60629848-0ddf-4757-8868-de5b76d54bb7"],
  ["Salesforce", joined("00D5g000004Abcd", `!AQ4AQ${filler(80)}`)],
  ["Airtable", joined("pat", `${filler(14)}.${hex(64)}`)],
  ["Grafana", joined("glsa", `_${filler(32)}_0a1b2c3d`)],
  ["Postman", joined("PMAK-", `${hex(24)}-${hex(34)}`)],
];
