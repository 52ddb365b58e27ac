import { Document } from "yaml";
import { type Manifest, mostResources } from "../../shared/contract/apply.ts";
import { longestMessage } from "../../shared/contract/door/read-json.ts";
import { counted } from "../view/words.ts";
import type { Exported } from "./manifests.ts";

/** What of a message's length manifests may take: the rest is the envelope's. */
const longestManifests = longestMessage * 0.75;

/** What one message of an export says. */
export interface ExportedMessage {
  accountId: string;
  resources: readonly Manifest[];
}

/** Manifests in as few messages as are not too long; their order is that of the manifests. Pure. */
export function inMessages(accountId: string, resources: readonly Manifest[]): ExportedMessage[] {
  const messages: Manifest[][] = [];
  let length = 0;
  for (const resource of resources) {
    const size = Buffer.byteLength(JSON.stringify(resource)) + 1;
    const last = messages.at(-1);
    if (last && last.length < mostResources && length + size <= longestManifests) {
      last.push(resource);
      length += size;
    } else {
      messages.push([resource]);
      length = size;
    }
  }
  return messages.map((some) => ({ accountId, resources: some }));
}

/** An export as YAML, with what was left out as comments at its beginning. Pure. */
export function exportText(accountId: string, { resources, leftOut, lookAt }: Exported): string {
  const head = [
    ` Account ${accountId} as it is in RingCX: ${counted(resources.length, "resource")}.`,
    " Applied as it is, it takes everything over (adopt) and changes nothing. Whether a service is active is not said here.",
    ...(leftOut.length === 0 ? [] : ["", ` Left out, ${counted(leftOut.length, "thing")} to do:`]),
    ...leftOut.map(listed),
    ...(lookAt.length === 0 ? [] : ["", ` Exported as it is, ${counted(lookAt.length, "thing")} to look at:`]),
    ...lookAt.map(listed),
  ].join("\n");
  const documents = inMessages(accountId, resources).map((message, index) => {
    const document = new Document(message, { aliasDuplicateObjects: false });
    if (index === 0) document.commentBefore = head;
    return document.toString({ lineWidth: 0 });
  });
  return documents.length === 0 ? `${head.replaceAll(/^/gm, "#")}\n` : documents.join("---\n");
}

function listed(line: string): string {
  return ` - ${line.replaceAll(/\s+/g, " ")}`;
}
