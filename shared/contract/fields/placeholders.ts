/** The name of a value that is put in later: `{{crm.token}}`, `${TOKEN}`, `#{token}`, `{token}`. */
const placeholder = /\{\{\s{0,5}([\w .-]{1,60}?)\s{0,5}\}\}|[$#]\{\s{0,5}([\w .-]{1,60}?)\s{0,5}\}|\{([\w.-]{1,60})\}/g;

/** What may stand around placeholders without being a credential itself: `Bearer {{token}}`, `{{user}}:{{password}}`. */
const around = /^(?:Bearer|Basic|Token|ApiKey|Api-Key|OAuth|Digest|[\s:;,."'])*$/i;

/** The names of the placeholders in a text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, double, dollar, single]) => double ?? dollar ?? single ?? "");
}

/** True when a text holds no value of its own: it is empty, blank, or made of placeholders. */
export function isWithoutValue(text: string): boolean {
  if (text.trim() === "") return true;
  return /[{]/.test(text) && around.test(text.replaceAll(placeholder, ""));
}
