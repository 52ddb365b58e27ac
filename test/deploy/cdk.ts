import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceMapping } from "../../infra/deployment/retained-data.ts";
import type { EnvironmentInput } from "../../infra/environments.ts";
import { commandEntry } from "../../infra/package-command.ts";

/** The credentials that the emulator takes; it ignores what they may do. */
export const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** The real CDK command line, pointed at the emulator. */
export interface Cdk {
  bootstrap(environment: EnvironmentInput): Promise<void>;
  /** Synthesizes and deploys all stacks; answers the outputs of the environment's own. */
  deploy(environment: EnvironmentInput): Promise<Readonly<Record<string, string>>>;
  destroy(environment: EnvironmentInput): Promise<void>;
  /** Takes what a removed stack has left behind into a new one of its name. */
  import(environment: EnvironmentInput, mapping: ResourceMapping): Promise<void>;
}

/**
 * @param directory where assemblies and outputs go
 * @param known all environments of the account, where there are several
 */
export function cdkFor(endpoint: string, directory: string, known?: readonly EnvironmentInput[]): Cdk {
  const output = join(directory, "cdk.out");
  const outputsFile = join(directory, "outputs.json");

  const cdk = (environment: EnvironmentInput, ...args: string[]) =>
    succeeded(["--app", "node test/deploy/app.ts", "--output", output, ...args], {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: environment.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      DEPLOY_TEST_ENVIRONMENT: JSON.stringify({ name: environment.name, known: known ?? [environment] }),
    });

  return {
    bootstrap: (environment) =>
      cdk(
        environment,
        "bootstrap",
        ...[environment.region, "us-east-1"].map((region) => `aws://000000000000/${region}`),
      ),
    async deploy(environment) {
      await cdk(environment, "deploy", "--all", "--require-approval", "never", "--outputs-file", outputsFile);
      return JSON.parse(readFileSync(outputsFile, "utf8"))[`RingCxAutomation-${environment.name}`];
    },
    destroy: (environment) => cdk(environment, "destroy", "--all", "--force"),
    import: (environment, mapping) => {
      const stack = `RingCxAutomation-${environment.name}`;
      return cdk(environment, "import", stack, "--resource-mapping-inline", JSON.stringify(mapping));
    },
  };
}

/** @throws {Error} with what the command printed */
function succeeded(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    const child = spawn(process.execPath, [commandEntry("aws-cdk", "cdk"), ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => printed.push(text));
    }
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cdk ${args.join(" ")} ended with ${code}:\n${printed.join("").slice(-4_000)}`));
    });
  });
}
