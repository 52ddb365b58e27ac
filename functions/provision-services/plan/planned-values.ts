import { suspectedCredentials } from "../../../shared/contract/credentials/credential-detection.ts";
import { carriesCredential } from "../../../shared/contract/fields/headers.ts";
import { looksRandom } from "../../../shared/primitives/looks-random.ts";
import { shortenText } from "../../../shared/primitives/publishable-text.ts";

/** Longest value that a plan shows, in characters. */
const longest = 200;

const hidden = "(not shown)";

/**
 * What a plan says of a field that is to be: `url "https://a.example"`. Pure.
 *
 * @param path as it is told, `httpServiceConfig.headers.Accept`
 */
export function plannedValue(path: string, value: unknown): string {
  return `${path} ${shownValue(path, value)}`;
}

/** What a plan says of a field that is to change: `isDebug false → true`. Nothing stands for what is not there. Pure. */
export function plannedChange(path: string, found: unknown, declared: unknown): string {
  return `${path} ${shownValue(path, found)} → ${shownValue(path, declared)}`;
}

/** A value for everybody who reads outcomes: what RingCX holds may be a credential, and its name need not say so. */
function shownValue(path: string, value: unknown): string {
  if (value === undefined || value === null) return "(nothing)";
  const name = path.replace(/^httpServiceConfig\.(headers\.)?/, "");
  if (carriesCredential(name) || suspectedCredentials({ [name]: value }).length > 0) return hidden;
  const text = JSON.stringify(value);
  const isRandom = (text.match(/[\w-]{12,}/g) ?? []).some(looksRandom);
  return isRandom ? hidden : shortenText(text, longest);
}
