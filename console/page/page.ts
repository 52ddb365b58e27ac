import type { ActionName } from "../actions.ts";
import type { Snapshot } from "../snapshot.ts";
import type { TimelineEntry } from "../timeline.ts";
import { QuotaChart } from "./chart.ts";
import { byId, element } from "./element.ts";
import { type FoldedEntry, folded } from "./folded.ts";
import "./page.css";

/** The buttons: what each says, and what it says while its thing is on. */
const labels: Readonly<Record<ActionName, { off: string; on?: string }>> = {
  alarm: { off: "Raise the alarm", on: "End the alarm" },
  secret: { off: "New secret version" },
  endpoint: { off: "Endpoint down", on: "Endpoint up again" },
  "lose-answer": { off: "Lose an answer" },
  "foreign-client": { off: "Foreign client takes 60 requests" },
};

/** So many entries are drawn, of those that fit the filter. */
const drawn = 200;
const everyMs = 1_000;

const parts = {
  connection: byId("connection", HTMLParagraphElement),
  actions: byId("actions", HTMLDivElement),
  done: byId("done", HTMLParagraphElement),
  filter: byId("filter", HTMLFormElement),
  text: byId("text", HTMLInputElement),
  timeline: byId("timeline", HTMLOListElement),
  needs: byId("needs", HTMLUListElement),
  services: byId("service-table", HTMLTableElement),
  secrets: byId("secret-table", HTMLTableElement),
  queues: byId("queues", HTMLParagraphElement),
};
const chart = new QuotaChart(byId("chart", HTMLDivElement));
const entries: TimelineEntry[] = [];
const buttons = Object.entries(labels).map(([name, { off }], index) => {
  const button = element("button", { type: "button", onclick: () => void act(name) }, off);
  button.dataset.name = name;
  button.setAttribute("aria-keyshortcuts", String(index + 1));
  return button;
});
parts.actions.append(...buttons);

async function act(name: string): Promise<void> {
  const response = await fetch(`/actions/${name}`, { method: "POST" });
  parts.done.textContent = response.ok ? ((await response.json()) as { text: string }).text : await response.text();
  await look();
}

async function look(): Promise<void> {
  const response = await fetch(`/snapshot?since=${entries.at(-1)?.number ?? 0}`);
  if (!response.ok) throw new Error(await response.text());
  show((await response.json()) as Snapshot);
}

function show({ status, needsPerson, secrets, requests, entries: more, now, on }: Snapshot): void {
  parts.connection.textContent = `environment ${status.environment}, ${clockTime(now)}`;
  for (const button of buttons) {
    const label = labels[button.dataset.name as ActionName];
    const isOn = on.includes(button.dataset.name ?? "");
    if (label.on === undefined) continue;
    button.textContent = isOn ? label.on : label.off;
    button.setAttribute("aria-pressed", String(isOn));
  }
  const accounts = status.accounts.map(({ accountId }) => accountId);
  chart.show(requests, accounts, now);
  parts.needs.replaceChildren(
    ...(needsPerson.length === 0
      ? [element("li", { className: "good" }, "Nothing.")]
      : needsPerson.map((what) => element("li", { className: "bad" }, what))),
  );
  parts.services.replaceChildren(
    row("th", "Account", "Service", "State and why"),
    ...status.accounts.flatMap(({ accountId, services }) =>
      services.map(({ name, state, reasons, holds, pending }) =>
        row(
          "td",
          accountId,
          `${name.groupName} / ${name.serviceDescription}`,
          element(
            "div",
            {},
            element("strong", { className: state === "active" ? "good" : "bad" }, state),
            ...reasons.map(({ why, ends }) =>
              element("div", {}, `${state === "active" ? "although " : ""}${why}; ends: ${ends}`),
            ),
            ...[pending, ...holds].map((line) => (line === undefined ? undefined : element("div", {}, line))),
          ),
        ),
      ),
    ),
  );
  parts.secrets.replaceChildren(
    row("th", "Secret", "Current version", "RingCX has"),
    ...secrets.map(({ name, current, pending, authConfigs }) =>
      row(
        "td",
        name,
        element("div", {}, version(current), ...(pending === undefined ? [] : [" (pending ", version(pending), ")"])),
        element(
          "div",
          {},
          ...authConfigs.map(({ accountId, providerName, versionIds }) =>
            element(
              "div",
              { className: versionIds.every((versionId) => versionId === current) ? "good" : "bad" },
              `${accountId} ${providerName}: `,
              ...(versionIds.length === 0
                ? [version(undefined)]
                : versionIds.flatMap((id, index) => (index === 0 ? [version(id)] : [" or ", version(id)]))),
            ),
          ),
        ),
      ),
    ),
  );
  const waiting = status.waiting.reduce((sum, { messages }) => sum + messages, 0);
  parts.queues.textContent = `${status.queues.Provisioning} messages in the queue, ${waiting} being worked at, ${status.queues.Command} commands, ${status.queues.Alarm} alarm events; ${status.queues.Reject + status.queues.CommandReject} rejected.`;
  // Two looks at once bring the same.
  const last = entries.at(-1)?.number ?? 0;
  const fresh = more.filter(({ number }) => number > last);
  if (fresh.length > 0) {
    entries.push(...fresh);
    entries.splice(0, entries.length - 2_000);
    draw();
  }
}

function draw(): void {
  const kinds = new Set(["action"]);
  for (const box of parts.filter.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) {
    if (box.checked) kinds.add(box.value);
  }
  const wanted = parts.text.value.trim().toLowerCase();
  const fitting = entries.filter(
    (entry) => kinds.has(entry.kind) && (wanted === "" || wordsOf(entry).includes(wanted)),
  );
  parts.timeline.replaceChildren(...folded(fitting).slice(-drawn).reverse().map(line));
}

function wordsOf({ text, correlationId = "", accountId = "", more = [] }: TimelineEntry): string {
  return [text, correlationId, accountId, ...more].join(" ").toLowerCase();
}

function line(entry: FoldedEntry): HTMLLIElement {
  const { at, kind, text, tone, correlationId, accountId, more = [], times } = entry;
  const said = element(
    "span",
    { className: tone === "plain" ? kind : tone },
    times > 1 ? `${text}, ${times} times` : text,
  );
  const id =
    correlationId === undefined
      ? undefined
      : element("button", { type: "button", className: "id", onclick: () => follow(correlationId) }, correlationId);
  return element(
    "li",
    {},
    element("time", {}, clockTime(at)),
    ...(accountId === undefined ? [] : [`${accountId} `]),
    said,
    " ",
    id,
    ...more.map((text) => element("div", { className: "more" }, text)),
  );
}

/** Shows what belongs to one event, logs included. */
function follow(correlationId: string): void {
  parts.text.value = correlationId;
  for (const box of parts.filter.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) box.checked = true;
  draw();
}

function row(tag: "th" | "td", ...cells: readonly (Node | string)[]): HTMLTableRowElement {
  return element("tr", {}, ...cells.map((cell) => element(tag, {}, cell)));
}

function version(id: string | undefined): HTMLElement {
  return element("code", { title: id ?? "" }, id === undefined ? "none" : id.slice(0, 8));
}

function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

parts.filter.addEventListener("input", draw);
parts.filter.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    parts.text.value = "";
    parts.text.blur();
    draw();
  } else if (!(event.target instanceof HTMLInputElement && event.target.type === "search")) {
    if (event.key === "/") {
      event.preventDefault();
      parts.text.focus();
    } else buttons[Number(event.key) - 1]?.click();
  }
});

/** Looks again and again. A look that fails says so and is tried again: the system may have ended. */
async function watch(): Promise<void> {
  for (;;) {
    await look().catch((error: unknown) => {
      parts.connection.textContent = `no answer: ${error instanceof Error ? error.message : String(error)}. Does npm start still run?`;
    });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

void watch();
