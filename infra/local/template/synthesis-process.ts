import { synthesizeEnvironment } from "./environment-assemblies.ts";
import type { SynthesisAnswer, SynthesisTask } from "./synthesize-apart.ts";

// One task, one answer, and the end. See `synthesizeApart`.
process.once("message", async ({ environment, outdir }: SynthesisTask) => {
  const answer: SynthesisAnswer = await synthesizeEnvironment(environment, outdir).then(
    (assemblies) => ({ assemblies }),
    (error: unknown) => ({ because: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(answer, () => process.disconnect());
});
