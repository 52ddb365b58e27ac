import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { patienceMs } from "../support/patience.ts";
import { hostile, startFakeConsole } from "./fake-parts.ts";

/** Debian's. Elsewhere these tests are skipped: nothing is downloaded for them. */
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

describe.skipIf(!existsSync(executablePath))("the console's page, in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(() => browser?.close());

  async function open(options: Parameters<Browser["newPage"]>[0] = {}) {
    const entry = { at: 0, tone: "plain" as const, accountId: "123456" };
    const server = await startFakeConsole([
      { ...entry, number: 1, kind: "outcome", text: "SUCCEEDED: made", correlationId: "m1", more: [hostile] },
      { ...entry, number: 2, kind: "request", text: "GET tree 200" },
      { ...entry, number: 3, kind: "request", text: "GET tree 200" },
      { ...entry, number: 4, kind: "log", text: "Worker: began", correlationId: "m1" },
    ]);
    const page = await browser.newPage(options);
    page.setDefaultTimeout(patienceMs);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    onTestFinished(async () => {
      await page.close();
      await server.stop();
      expect(errors).toEqual([]);
    });
    await page.goto(server.url);
    await page.getByText("a person is asked for").waitFor();
    return { page, pressed: server.pressed };
  }

  it("shows what is out and why, and nothing that is told becomes markup", async () => {
    const { page } = await open();
    const services = page.locator("#service-table");
    expect(await services.innerText()).toMatch(/inactive\s+outage since noon; ends: no alarm fires/);
    expect(await services.innerText()).toContain(hostile);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("#secret-table").innerText()).toMatch(
      /crm\/oauth\s+22222222\s+123456 CRM OAuth: 11111111/,
    );
    expect(await page.locator("#chart").getAttribute("aria-label")).toContain("123456: 1");
    expect(await page.title()).toBe("RingCX service automation");
  });

  it("is used by keyboard: a digit presses a button, a slash goes to the filter", async () => {
    const { page, pressed } = await open();
    await page.keyboard.press("1");
    await page.getByText("alarm was done").waitFor();
    await page.getByRole("button", { name: "End the alarm", pressed: true }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("1 tree");
    expect(pressed).toEqual(["alarm"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("2");
    await page.getByText("secret was done").waitFor();
    expect(pressed).toEqual(["alarm", "secret"]);
  });

  it("folds what is the same, and follows one event through the logs", async () => {
    const { page } = await open();
    const lines = page.locator("#timeline li");
    await lines.first().waitFor();
    expect(await page.locator("#timeline").innerText()).toContain("GET tree 200, 2 times");
    expect(await lines.count()).toBe(2);
    await page.getByRole("button", { name: "m1" }).click();
    expect((await lines.allInnerTexts()).map((text) => text.split("\n")[0])).toEqual([
      expect.stringContaining("Worker: began"),
      expect.stringContaining("SUCCEEDED: made"),
    ]);
  });

  it("is light and dark, and fits a narrow window", async () => {
    const colours: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open({ colorScheme, viewport: { width: 390, height: 800 } });
      colours.push(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"));
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    }
    expect(colours[0]).not.toBe(colours[1]);
  });

  it("has light numbers at the chart once it turns dark while it is open", async () => {
    const { page } = await open({ colorScheme: "light" });
    await page.emulateMedia({ colorScheme: "dark" });
    // The numbers of the axes are the only pixels that are whole and near white.
    const hasLightNumbers = `(() => {
      const canvas = document.querySelector("#chart canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] > 200 && data[at + 1] > 200 && data[at + 2] > 200 && data[at + 3] > 200) return true;
      }
      return false;
    })()`;
    await expect.poll(() => page.evaluate(hasLightNumbers)).toBe(true);
  });
});
