import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { CountedRequest } from "../snapshot.ts";

/** RingCX's limit for each account, a minute. */
const limit = 120;
const stepMs = 2_000;
const shownMs = 4 * 60_000;
const colours = ["#2f7ed8", "#c77c11", "#3f9b5b", "#a04fb0"];

/** For each moment that is shown, how many requests of an account lie in the 60 s before it. Pure. */
export function windowCounts(
  requests: readonly CountedRequest[],
  account: string,
  moments: readonly number[],
): number[] {
  const times = requests.filter(([, of, isRefused]) => of === account && !isRefused).map(([at]) => at);
  return moments.map((moment) => times.filter((at) => at <= moment && at > moment - 60_000).length);
}

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString("en-GB");
}

/** The moving window of each account, beside the limit. */
export class QuotaChart {
  readonly #target: HTMLElement;
  #plot: uPlot | undefined;
  #accounts = "";

  constructor(target: HTMLElement) {
    this.#target = target;
    new ResizeObserver(() => this.#plot?.setSize({ width: target.clientWidth, height: 160 })).observe(target);
  }

  show(requests: readonly CountedRequest[], accounts: readonly string[], now: number): void {
    const moments: number[] = [];
    for (let moment = now - shownMs; moment <= now; moment += stepMs) moments.push(moment);
    const counts = accounts.map((account) => windowCounts(requests, account, moments));
    const data: uPlot.AlignedData = [moments.map((moment) => moment / 1_000), moments.map(() => limit), ...counts];
    const latest = accounts.map((account, index) => `${account}: ${counts[index]?.at(-1) ?? 0}`).join(", ");
    this.#target.setAttribute("aria-label", `Requests in the last 60 seconds, of ${limit}. ${latest}`);
    if (!this.#plot || this.#accounts !== accounts.join(" ")) this.#draw(accounts, data);
    else this.#plot.setData(data);
  }

  #draw(accounts: readonly string[], data: uPlot.AlignedData): void {
    this.#plot?.destroy();
    this.#accounts = accounts.join(" ");
    // Asked at each drawing: the page may turn dark while it is open.
    const axis = {
      stroke: () => getComputedStyle(this.#target).color,
      grid: { stroke: "#8884" },
      ticks: { stroke: "#8884" },
    };
    this.#plot = new uPlot(
      {
        width: this.#target.clientWidth,
        height: 160,
        cursor: { show: false },
        scales: { y: { range: [0, limit + 10] } },
        legend: { live: false },
        axes: [
          { ...axis, values: (_, seconds) => seconds.map(timeOfDay) },
          { ...axis, size: 40 },
        ],
        series: [
          {},
          { label: "limit", stroke: "#c33", dash: [6, 4] },
          ...accounts.map((account, index) => ({
            label: account,
            stroke: colours[index % colours.length] ?? "#888",
            width: 2,
          })),
        ],
      },
      data,
      this.#target,
    );
  }
}
